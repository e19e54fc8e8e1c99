data "okta_account" "prod" {
  name = "Okta_Prod"
}

output "okta_prod_domain" {
  description = "The Okta org of the account Okta_Prod."
  value       = data.okta_account.prod.domain
}
