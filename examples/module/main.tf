# One account of Datadog's Okta integration for each Okta org.
resource "okta_account" "org" {
  for_each = var.okta_orgs

  name             = each.key
  domain           = each.value.domain
  client_id        = each.value.client_id
  client_secret_wo = var.client_secrets[each.key]
}

# All accounts that Datadog has.
data "okta_accounts" "all" {}
