variable "okta_orgs" {
  description = "The Okta orgs whose logs Datadog collects, by the name that the account has in Datadog."
  type = map(object({
    domain    = string
    client_id = string
  }))
}

variable "client_secrets" {
  description = "Client secret of Datadog's API service integration in each org, by the same names."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}
