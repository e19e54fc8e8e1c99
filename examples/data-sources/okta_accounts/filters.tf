# Accounts whose name begins with "okta_", in any case, and that collect from one Okta org.
data "okta_accounts" "some" {
  name_regex = "(?i)^okta_"
  domain     = "https://example.okta.com"
}

output "okta_account_names" {
  description = "The names of these accounts."
  value       = data.okta_accounts.some.accounts[*].name
}
