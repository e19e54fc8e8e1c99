variable "okta_api_token" {
  description = "Okta API token of an administrator."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "okta_auth_method" {
  description = "What Datadog calls the method with an Okta API token. It is not documented: look at an account that has one."
  type        = string
}

resource "okta_account" "legacy" {
  name        = "Okta_Legacy"
  domain      = "https://legacy.okta.com"
  auth_method = var.okta_auth_method

  # Write-only: sent to Datadog, kept in no plan and no state.
  api_key_wo = var.okta_api_token
}
