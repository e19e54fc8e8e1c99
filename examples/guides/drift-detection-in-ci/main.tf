terraform {
  required_version = ">= 1.11"
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

locals {
  okta_orgs = {
    Okta_Prod = { domain = "https://example.okta.com", client_id = "0oa1example2client3id", secret_version = "1" }
  }
}

variable "okta_client_secrets" {
  description = "Client secret of Datadog's API service integration in each Okta org, by the name of the account."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
  default     = {} # enough for a plan
}

resource "okta_account" "org" {
  for_each = local.okta_orgs

  name      = each.key
  domain    = each.value.domain
  client_id = each.value.client_id

  # A plan sends no secret, so any text can stand for one that is missing. An apply has to have the real one.
  client_secret_wo         = lookup(var.okta_client_secrets, each.key, terraform.applying ? null : "missing")
  client_secret_wo_version = each.value.secret_version
}

# An account that was made by hand belongs to no resource, so it is no drift. The check below finds it. The data source
# stands outside the check: inside, every plan would show it as a change.
data "okta_accounts" "all" {}

locals {
  existing  = [for account in data.okta_accounts.all.accounts : coalesce(account.name, account.id, "an account without a name")]
  unmanaged = setsubtract(local.existing, keys(local.okta_orgs))
}

check "every_account_is_managed" {
  assert {
    condition     = length(local.unmanaged) == 0
    error_message = "Datadog has Okta accounts that this configuration does not manage: ${join(", ", local.unmanaged)}."
  }
}
