# The accounts of one Okta org whose name begins with "Okta_"
list "okta_account" "some" {
  provider         = okta
  include_resource = true

  config {
    name_regex = "^Okta_"
    domain     = "https://example.okta.com"
  }
}
