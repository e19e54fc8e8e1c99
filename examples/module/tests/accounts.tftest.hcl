# No request is sent and no key is needed: the mock takes the provider's schema and makes up what Datadog would answer.
mock_provider "okta" {
  mock_resource "okta_account" {
    defaults = {
      id          = "f749daaf-682e-4208-a38d-c9b43162c609"
      auth_method = "oauth"
    }
  }

  mock_data "okta_accounts" {
    defaults = {
      accounts = [
        {
          id          = "f749daaf-682e-4208-a38d-c9b43162c609"
          name        = "Okta_Prod"
          domain      = "https://example.okta.com"
          auth_method = "oauth"
          client_id   = "0oa1example2client3id"
        },
        {
          id          = "0d1c3b5f-8a41-4a3e-9d53-2f6a7c0d9e11"
          name        = "Made_By_Hand"
          domain      = "https://other.okta.com"
          auth_method = null
          client_id   = null
        },
      ]
    }
  }
}

variables {
  okta_orgs = {
    Okta_Prod = {
      domain    = "https://example.okta.com"
      client_id = "0oa1example2client3id"
    }
    Okta_Preview = {
      domain    = "https://example.oktapreview.com"
      client_id = "0oa4example5client6id"
    }
  }
  client_secrets = {
    Okta_Prod    = "made-up-secret"
    Okta_Preview = "another-made-up-secret"
  }
}

run "one_account_for_each_org" {
  assert {
    condition     = keys(okta_account.org) == ["Okta_Preview", "Okta_Prod"]
    error_message = "There should be an account for each org, under its name."
  }
  assert {
    condition     = okta_account.org["Okta_Prod"].client_id == "0oa1example2client3id"
    error_message = "The client ID should reach the account."
  }
  assert {
    condition     = output.domains["Okta_Preview"] == "https://example.oktapreview.com"
    error_message = "The output should have the domain of each account."
  }
}

run "accounts_made_by_hand_are_reported" {
  assert {
    condition     = output.unmanaged == toset(["Made_By_Hand"])
    error_message = "The output should have the account that the module does not manage, and no other."
  }
}
