terraform {
  required_providers {
    okta = {
      source = "datadog-okta/okta"
    }
  }
}

# The accounts as they should be. What exists under one of these names is taken over. An account that does not exist yet
# would be created, and needs a client secret for that.
locals {
  okta_orgs = {
    Okta_Prod    = { domain = "https://example.okta.com", client_id = "0oa1example2client3id" }
    Okta_Staging = { domain = "https://staging.okta.com", client_id = "0oa9made8by7hand6" }
  }
}

# The accounts as they are.
data "okta_accounts" "existing" {}

import {
  for_each = {
    for account in data.okta_accounts.existing.accounts : account.name => account.id
    if contains(keys(local.okta_orgs), account.name)
  }
  to = okta_account.org[each.key]
  id = each.value
}

resource "okta_account" "org" {
  for_each = local.okta_orgs

  name      = each.key
  domain    = each.value.domain
  client_id = each.value.client_id
}

output "not_in_this_configuration" {
  description = "The accounts of the organization that this configuration does not manage."
  value       = setsubtract(data.okta_accounts.existing.accounts[*].name, keys(local.okta_orgs))
}
