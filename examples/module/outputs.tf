output "domains" {
  description = "The Okta org of each account, by the account's name."
  value       = { for name, account in okta_account.org : name => account.domain }
}
