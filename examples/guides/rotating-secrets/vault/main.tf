terraform {
  required_version = ">= 1.11"
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.0"
    }
  }
}

locals {
  okta_client_secret_version = 7 # the version in Vault
}

# Read anew in every plan and apply, and kept in neither.
ephemeral "vault_kv_secret_v2" "okta" {
  mount   = "kv"
  name    = "datadog/okta-prod"
  version = local.okta_client_secret_version
}

resource "okta_account" "prod" {
  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"

  client_secret_wo         = ephemeral.vault_kv_secret_v2.okta.data["client_secret"]
  client_secret_wo_version = local.okta_client_secret_version
}
