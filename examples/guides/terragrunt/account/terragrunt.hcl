terraform {
  source = "../modules/account"
}

inputs = {
  name      = "Okta_Prod"
  domain    = "https://example.okta.com"
  client_id = "0oa1example2client3id"
}
