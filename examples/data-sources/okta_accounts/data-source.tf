data "okta_accounts" "all" {}

output "okta_accounts" {
  description = "Every account of the organization."
  value       = data.okta_accounts.all.accounts
}
