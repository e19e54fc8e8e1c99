terraform {
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

variable "account_name" {
  type = string
}

data "okta_account" "this" {
  name = var.account_name
}

output "domain" {
  value = data.okta_account.this.domain
}
