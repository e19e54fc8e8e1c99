terraform {
  required_version = ">= 1.8"
  required_providers {
    okta = {
      source = "datadog-okta/okta"
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
  name          = "Okta-Prod"
  domain        = "https://example.okta.com"
  client_id     = "0oa1example2client3id"
  client_secret = var.okta_client_secret
}
