data "okta_account" "prod" {
  name = "Okta-Prod"
}

output "okta_prod_domain" {
  description = "The Okta org of the account Okta-Prod."
  value       = data.okta_account.prod.domain
}
