terraform {
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

# The accounts as they should be. Terraform imports those that exist under these names, and creates the others, which
# needs a client secret.
locals {
  okta_orgs = {
    Okta_Prod = {
      domain      = "https://example.okta.com"
      auth_method = "oauth"
      client_id   = "0oa1example2client3id"
    }
    Okta_Staging = {
      domain      = "https://staging.okta.com"
      auth_method = "oauth"
      client_id   = "0oa9made8by7hand6"
    }
    # An old account without auth_method and client_id. With null, it stays as it is.
    Okta_Legacy = {
      domain      = "https://legacy.okta.com"
      auth_method = null
      client_id   = null
    }
  }
}

# The accounts as they are.
data "okta_accounts" "existing" {}

import {
  for_each = setintersection(keys(local.okta_orgs), data.okta_accounts.existing.accounts[*].name)

  to = okta_account.org[each.key]
  id = each.key
}

resource "okta_account" "org" {
  for_each = local.okta_orgs

  name        = each.key
  domain      = each.value.domain
  auth_method = each.value.auth_method
  client_id   = each.value.client_id
}

output "not_in_this_configuration" {
  description = "The accounts of the organization that this configuration does not manage."
  value       = setsubtract(data.okta_accounts.existing.accounts[*].name, keys(local.okta_orgs))
}
