terraform {
  required_version = ">= 1.11"
  required_providers {
    okta = {
      source = "datadog-okta/okta"
    }
  }
}

variable "okta_client_secret" {
  description = "Client secret of the Okta app that Datadog reads logs with."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "okta_client_secret_version" {
  description = "Another text with every new client secret, such as the day on which it was made."
  type        = string
  default     = "2026-01-31"
}

resource "okta_account" "prod" {
  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"

  client_secret_wo         = var.okta_client_secret
  client_secret_wo_version = var.okta_client_secret_version
}
