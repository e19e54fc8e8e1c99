data "okta_accounts" "all" {}

output "okta_orgs" {
  description = "The accounts with their Okta orgs."
  value = [
    for account in data.okta_accounts.all.accounts :
    "${coalesce(account.name, account.id, "no name")}: ${coalesce(account.domain, "no domain")}"
  ]
}

output "okta_client_ids" {
  description = "The client IDs of the accounts that have one."
  value       = compact(data.okta_accounts.all.accounts[*].client_id)
}
