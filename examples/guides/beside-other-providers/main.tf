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

# Of okta/okta: the app in Okta that Datadog reads logs with.
resource "okta_app_oauth" "datadog" {
  label          = "Datadog"
  type           = "service"
  grant_types    = ["client_credentials"]
  response_types = ["token"]
}

# Of datadog-okta/okta: without the first line it would be taken for one of okta/okta.
resource "okta_account" "prod" {
  provider = datadog-okta

  name      = "Okta-Prod"
  domain    = "https://example.okta.com"
  client_id = okta_app_oauth.datadog.client_id

  # okta/okta keeps the secret in the state, so its hash may be there too: it says when the secret is another.
  client_secret_wo         = okta_app_oauth.datadog.client_secret
  client_secret_wo_version = sha256(okta_app_oauth.datadog.client_secret)
}
