terraform {
  required_providers {
    datadog = {
      source = "DataDog/datadog"
    }
    datadog-okta = {
      source = "datadog-okta/okta"
    }
    okta = {
      source = "okta/okta"
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

# Of datadog-okta/okta: without the first line it would be taken for one of okta/okta.
resource "okta_account" "prod" {
  provider = datadog-okta

  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"

  client_secret_wo         = var.okta_client_secret
  client_secret_wo_version = "1"
}
