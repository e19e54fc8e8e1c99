terraform {
  required_version = ">= 1.8"
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

variable "okta_client_secret" {
  type      = string
  sensitive = true
}

moved {
  from = restapi_object.prod
  to   = okta_account.prod
}

resource "okta_account" "prod" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = "0oa1example2client3id"
  client_secret = var.okta_client_secret
}
