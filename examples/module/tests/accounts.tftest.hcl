# No request is sent and no key is needed: the mock takes the provider's schema and makes up what Datadog would answer.
mock_provider "okta" {
  mock_resource "okta_account" {
    defaults = {
      id          = "f749daaf-682e-4208-a38d-c9b43162c609"
      auth_method = "oauth"
    }
  }
}

variables {
  okta_orgs = {
    Okta_Prod = {
      domain                = "https://example.okta.com"
      client_id             = "0oa1example2client3id"
      client_secret_version = "1"
    }
    Okta_Preview = {
      domain                = "https://example.oktapreview.com"
      client_id             = "0oa4example5client6id"
      client_secret_version = "1"
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

run "a_new_secret_is_announced_by_its_version" {
  variables {
    okta_orgs = {
      Okta_Prod = {
        domain                = "https://example.okta.com"
        client_id             = "0oa1example2client3id"
        client_secret_version = "2"
      }
    }
  }

  assert {
    condition     = okta_account.org["Okta_Prod"].client_secret_wo_version == "2"
    error_message = "The version should reach the account."
  }
}
