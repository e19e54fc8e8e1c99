terraform {
  required_providers {
    restapi = {
      source = "Mastercard/restapi"
    }
  }
}

variable "datadog_api_key" {
  type      = string
  sensitive = true
}

variable "datadog_app_key" {
  type      = string
  sensitive = true
}

variable "okta_client_secret" {
  type      = string
  sensitive = true
}

provider "restapi" {
  uri                  = "https://api.datadoghq.com"
  id_attribute         = "data/id"
  update_method        = "PATCH"
  write_returns_object = true
  headers = {
    Content-Type       = "application/json"
    DD-API-KEY         = var.datadog_api_key
    DD-APPLICATION-KEY = var.datadog_app_key
  }
}

resource "restapi_object" "prod" {
  path = "/api/v2/integrations/okta/accounts"
  data = jsonencode({
    data = {
      type = "okta-accounts"
      attributes = {
        name          = "Okta_Prod"
        domain        = "https://example.okta.com/"
        auth_method   = "oauth"
        client_id     = "0oa1example2client3id"
        client_secret = var.okta_client_secret
      }
    }
  })
  ignore_changes_to = ["data.id", "data.attributes.client_secret"]
}
