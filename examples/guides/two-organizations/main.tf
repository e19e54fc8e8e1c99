terraform {
  required_providers {
    okta = {
      source = "datadog-okta/okta"
    }
  }
}

variable "eu_api_key" {
  description = "Datadog API key of the organization on datadoghq.eu."
  type        = string
  sensitive   = true
}

variable "eu_app_key" {
  description = "Datadog application key of the organization on datadoghq.eu."
  type        = string
  sensitive   = true
}

variable "eu_api_url" {
  description = "Base URL of the API of that organization's site."
  type        = string
  default     = "https://api.datadoghq.eu"
}

variable "okta_client_secrets" {
  description = "Client secret of each Okta app, by the name of the account."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

# Keys and site of the first organization come from the environment.
provider "okta" {}

provider "okta" {
  alias   = "eu"
  api_key = var.eu_api_key
  app_key = var.eu_app_key
  api_url = var.eu_api_url
}

resource "okta_account" "us" {
  name      = "Okta_US"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"

  client_secret_wo         = var.okta_client_secrets["Okta_US"]
  client_secret_wo_version = "1"
}

resource "okta_account" "eu" {
  provider = okta.eu

  name      = "Okta_EU"
  domain    = "https://example.okta-emea.com"
  client_id = "0oa4example5client6id"

  client_secret_wo         = var.okta_client_secrets["Okta_EU"]
  client_secret_wo_version = "1"
}
