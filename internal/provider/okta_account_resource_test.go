// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAccOktaAccount_lifecycle(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(domain, clientID string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = %q
  client_id     = %q
  client_secret = "made-up-secret"
  api_key       = "made-up-token"
}
`, domain, clientID)
	}
	testAccounts(t, s,
		resource.TestStep{
			Config:           config("https://example.okta.com", "made-up-client"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("auth_method", "oauth"),
				attribute("client_id", "made-up-client"),
				attribute("client_secret", "made-up-secret"),
				attribute("api_key", "made-up-token"),
				wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"oauth",
					"client_id":"made-up-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
		resource.TestStep{
			Config:           config("https://other.okta.com", "other-client"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("client_id", "other-client"),
				wantBodies(s, "PATCH", body(`"domain":"https://other.okta.com","auth_method":"oauth",
					"client_id":"other-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
	)
	if err := wantCount(s, "DELETE", "account", 1)(); err != nil {
		t.Error(err)
	}
}

func TestAccOktaAccount_withoutOptionalAttributes(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s, resource.TestStep{
		Config: providerConfig(url) + `
resource "okta_account" "test" {
  name        = "Okta_Prod"
  domain      = "https://example.okta.com"
  auth_method = "other"
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			stateIsStub(s, "Okta_Prod"),
			noAttribute("client_id"),
			wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"other"`)),
		},
	})
}

func TestAccOktaAccount_rekeyedOnUpdate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(domain string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = %q
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, domain)
	}
	var old string
	testAccounts(t, s,
		resource.TestStep{
			Config: config("https://example.okta.com"),
			ConfigStateChecks: []statecheck.StateCheck{stubCheck(func() error {
				account, _ := s.Account("Okta_Prod")
				old = account.ID
				return nil
			})},
		},
		resource.TestStep{
			Config: config("https://second.okta.com"),
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				stubCheck(func() error {
					if account, _ := s.Account("Okta_Prod"); account.ID == old {
						return fmt.Errorf("the id is still %s", old)
					}
					s.ResetRequests() // from here on, nothing goes to the old id
					return nil
				}),
			},
		},
		resource.TestStep{
			Config: config("https://third.okta.com"),
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod")},
		},
	)
	if err := wantCount(s, "", old, 0)(); err != nil {
		t.Error(err)
	}
	if err := wantCount(s, "PATCH", "", 1)(); err != nil {
		t.Error(err)
	}
}

func TestAccOktaAccount_nameChangeReplaces(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(name string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = %q
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, name)
	}
	testAccounts(t, s,
		resource.TestStep{Config: config("Okta_Prod")},
		resource.TestStep{
			Config:           config("Okta_Next"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Next"),
				wantCount(s, "DELETE", "account", 1),
				wantCount(s, "PATCH", "", 0),
				stubCheck(func() error {
					if _, ok := s.Account("Okta_Prod"); ok {
						return fmt.Errorf("the account of the old name is still there")
					}
					return nil
				}),
			},
		},
	)
}

// The service of this test keeps the id in an update.
func TestAccOktaAccount_authMethodChangesInPlace(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Vary(stub.KeepID)
	url := s.Start(t)
	config := func(method string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
  auth_method   = %s
}
`, method)
	}
	testAccounts(t, s,
		resource.TestStep{Config: config("null")},
		resource.TestStep{
			Config:           config(`"other"`),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("auth_method", "other"),
				wantBodies(s, "PATCH", body(`"domain":"https://example.okta.com","auth_method":"other",
					"client_id":"made-up-client","client_secret":"made-up-secret"`)),
			},
		},
		resource.TestStep{ // the default again
			Config:            config("null"),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("auth_method", "oauth")},
		},
	)
}

func TestAccOktaAccount_clientIDToNullReplaces(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(clientID string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = %s
  client_secret = "made-up-secret"
  auth_method   = "other"
}

resource "terraform_data" "client" {}
`, clientID)
	}
	testAccounts(t, s,
		resource.TestStep{Config: config("null")},
		resource.TestStep{
			Config:            config(`"made-up-client"`),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{attribute("client_id", "made-up-client")},
		},
		resource.TestStep{ // not known yet is not null: it may turn out to be set
			Config:           config("terraform_data.client.id"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
		},
		resource.TestStep{
			Config:           config("null"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				noAttribute("client_id"),
				wantCount(s, "DELETE", "account", 1),
				wantCount(s, "POST", "list", 2),
			},
		},
	)
}

func TestAccOktaAccount_identity(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(name, clientID string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = %q
  domain        = "https://example.okta.com"
  client_id     = %q
  client_secret = "made-up-secret"
}
`, name, clientID)
	}
	wantIdentity := func(name string) statecheck.StateCheck {
		return statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"name": knownvalue.StringExact(name)})
	}
	acceptanceTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config:            config("Okta_Prod", "made-up-client"),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Prod")},
			},
			{
				Config:            config("Okta_Prod", "other-client"),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Prod")},
			},
			{
				Config:            config("Okta_Next", "other-client"),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Next")},
			},
		},
	})
}
