terraform {
  required_version = ">= 1.11"
  required_providers {
    restful = {
      source = "magodo/restful"
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
  ephemeral = true
}

provider "restful" {
  base_url = "https://api.datadoghq.com"
  header = {
    DD-API-KEY         = var.datadog_api_key
    DD-APPLICATION-KEY = var.datadog_app_key
  }
}

resource "restful_resource" "prod" {
  path                 = "/api/v2/integrations/okta/accounts"
  read_path            = "$(path)/$(body.data.id)"
  update_method        = "PATCH"
  merge_patch_disabled = true
  body = {
    data = {
      type = "okta-accounts"
      attributes = {
        name        = "Okta_Prod"
        domain      = "https://example.okta.com/"
        auth_method = "oauth"
        client_id   = "0oa1example2client3id"
      }
    }
  }
  ephemeral_body = {
    data = {
      attributes = {
        client_secret = var.okta_client_secret
      }
    }
  }
}
