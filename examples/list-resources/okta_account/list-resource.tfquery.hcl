# Every account of the organization
list "okta_account" "all" {
  provider         = okta
  include_resource = true
}

# The accounts of one Okta org
list "okta_account" "prod" {
  provider         = okta
  include_resource = true

  config {
    domain = "https://example.okta.com"
  }
}
