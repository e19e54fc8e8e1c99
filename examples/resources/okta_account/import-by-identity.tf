import {
  to = okta_account.staging
  identity = {
    name = "Okta_Staging"
  }
}
