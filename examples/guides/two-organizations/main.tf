terraform {
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

# Ephemeral, so that no saved plan holds the keys.
variable "eu_api_key" {
  description = "Datadog API key of the organization on datadoghq.eu."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "eu_app_key" {
  description = "Datadog application key of the organization on datadoghq.eu."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "okta_client_secrets" {
  description = "Client secret of Datadog's API service integration in each Okta org, by the name of the account."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

# Keys and site of the first organization come from the environment.
provider "okta" {}

provider "okta" {
  alias   = "eu"
  site    = "datadoghq.eu"
  api_key = var.eu_api_key
  app_key = var.eu_app_key
}

resource "okta_account" "us" {
  name             = "Okta_US"
  domain           = "https://example.okta.com"
  client_id        = "0oa1example2client3id"
  client_secret_wo = var.okta_client_secrets["Okta_US"]
}

resource "okta_account" "eu" {
  provider = okta.eu

  name             = "Okta_EU"
  domain           = "https://example.okta-emea.com"
  client_id        = "0oa4example5client6id"
  client_secret_wo = var.okta_client_secrets["Okta_EU"]
}
