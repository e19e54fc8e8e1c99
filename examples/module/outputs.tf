output "domains" {
  description = "The Okta org of each account, by the account's name."
  value       = { for name, account in okta_account.org : name => account.domain }
}

output "unmanaged" {
  description = "The accounts that Datadog has and this module does not manage."
  value = setsubtract(
    [for account in data.okta_accounts.all.accounts : coalesce(account.name, account.id, "no name")],
    keys(var.okta_orgs),
  )
}
