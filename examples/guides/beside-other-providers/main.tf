terraform {
  required_providers {
    datadog = {
      source  = "DataDog/datadog"
      version = "~> 4.0"
    }
    datadog-okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
    okta = {
      source  = "okta/okta"
      version = "~> 6.0"
    }
  }
}

# DataDog/datadog and datadog-okta/okta read the same environment: DD_API_KEY, DD_APP_KEY, and where the API is.
provider "datadog-okta" {}

variable "okta_client_secret" {
  description = "Client secret of Datadog's API service integration in Okta."
  type        = string
  sensitive   = true
  ephemeral   = true
}

# Of okta/okta: a group in Okta.
resource "okta_group" "datadog" {
  name        = "Datadog users"
  description = "May sign in to Datadog."
}

# Of datadog-okta/okta. Without its first line, the CLI would look for this type in okta/okta.
resource "okta_account" "prod" {
  provider = datadog-okta

  name             = "Okta_Prod"
  domain           = "https://example.okta.com"
  client_id        = "0oa1example2client3id"
  client_secret_wo = var.okta_client_secret
}
