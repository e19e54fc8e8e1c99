variable "okta_client_secret" {
  description = "Client secret of Datadog's API service integration in Okta."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "okta_account" "prod" {
  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"

  # Write-only: sent to Datadog, kept in no plan and no state.
  client_secret_wo = var.okta_client_secret
}
