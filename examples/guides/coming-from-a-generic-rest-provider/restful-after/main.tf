terraform {
  required_version = ">= 1.8"
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

moved {
  from = restful_resource.prod
  to   = okta_account.prod
}

resource "okta_account" "prod" {
  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"
}
