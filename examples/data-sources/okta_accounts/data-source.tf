data "okta_accounts" "all" {}

output "okta_domains" {
  description = "The Okta org of each account."
  value       = { for account in data.okta_accounts.all.accounts : account.name => account.domain }
}
