variable "okta_client_secrets" {
  description = "Client secret of Datadog's API service integration in each Okta org, by the name of the account."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

locals {
  okta_orgs = {
    Okta_Prod    = { domain = "https://example.okta.com", client_id = "0oa1example2client3id" }
    Okta_Preview = { domain = "https://example.oktapreview.com", client_id = "0oa4example5client6id" }
  }
}

resource "okta_account" "org" {
  for_each = local.okta_orgs

  name             = each.key
  domain           = each.value.domain
  client_id        = each.value.client_id
  client_secret_wo = var.okta_client_secrets[each.key]
}
