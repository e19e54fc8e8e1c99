terraform {
  required_providers {
    okta = {
      source = "datadog-okta/okta"
    }
  }
}

locals {
  okta_orgs = {
    Okta_Prod = { domain = "https://example.okta.com", client_id = "0oa1example2client3id" }
  }
}

variable "okta_client_secrets" {
  description = "Client secret of each Okta app, by the name of the account."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
  default     = {} # a plan needs none, with plan_only
}

variable "plan_only" {
  description = "Whether this run only plans: a plan sends no secret, so any text can stand for one that is missing."
  type        = bool
  default     = false
}

resource "okta_account" "org" {
  for_each = local.okta_orgs

  name             = each.key
  domain           = each.value.domain
  client_id        = each.value.client_id
  client_secret_wo = lookup(var.okta_client_secrets, each.key, var.plan_only ? "no plan sends this" : null)

  client_secret_wo_version = "1"
}

# Accounts that were made by hand are no drift of any resource. This tells of them. The data source stands outside the
# check: inside, every plan would count it as a change.
data "okta_accounts" "all" {}

locals {
  unmanaged = setsubtract(data.okta_accounts.all.accounts[*].name, keys(local.okta_orgs))
}

check "every_account_is_managed" {
  assert {
    condition     = length(local.unmanaged) == 0
    error_message = "Datadog has Okta accounts that this configuration does not manage: ${join(", ", local.unmanaged)}."
  }
}
