# Every account of the organization
list "okta_account" "all" {
  provider         = okta
  include_resource = true
  limit            = 1000 # 100 if it is left out
}
