# The accounts of one Okta org whose name begins with "Okta-"
list "okta_account" "some" {
  provider         = okta
  include_resource = true

  config {
    name_regex = "^Okta-"
    domain     = "https://example.okta.com"
  }
}
