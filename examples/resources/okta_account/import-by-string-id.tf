# The id is the account's name in Datadog, or the account's id.
import {
  to = okta_account.staging
  id = "Okta_Staging"
}
