terraform {
  required_version = ">= 1.11"
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

variable "name" {
  type = string
}

variable "domain" {
  type = string
}

variable "client_id" {
  type = string
}

variable "okta_client_secret" {
  description = "Client secret of Datadog's API service integration in Okta."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "okta_account" "this" {
  name             = var.name
  domain           = var.domain
  client_id        = var.client_id
  client_secret_wo = var.okta_client_secret
}

output "name" {
  description = "For other units. Not the id, which changes with every update."
  value       = okta_account.this.name
}
