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

// A life with OAuth: each update gives the account another id, and nothing goes to the old one; another name
// replaces it.
func TestAccOktaAccount_lifecycle(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(name, domain, clientID string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = %q
  domain        = %q
  client_id     = %q
  client_secret = "made-up-secret"
  api_key       = "made-up-token"
}
`, name, domain, clientID)
	}
	ids := map[string]bool{}
	newID := stubCheck(func() error {
		id := s.Accounts()[0].ID
		if ids[id] || len(s.Accounts()) != 1 {
			return fmt.Errorf("accounts %v, want one with a new id", s.Accounts())
		}
		for old := range ids {
			if n := s.Count("", old); n > 1 { // the update
				return fmt.Errorf("%d requests to the old id %s", n, old)
			}
		}
		ids[id] = true
		return nil
	})
	update := preApply(
		expectAction(plancheck.ResourceActionUpdate), plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
	)
	testAccounts(t, s,
		resource.TestStep{
			Config:           config("Okta_Prod", "https://example.okta.com", "made-up-client"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), newID,
				attribute("auth_method", "oauth"), attribute("client_id", "made-up-client"),
				attribute("client_secret", "made-up-secret"), attribute("api_key", "made-up-token"),
				wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"oauth",
					"client_id":"made-up-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
		resource.TestStep{
			Config:           config("Okta_Prod", "https://other.okta.com", "other-client"),
			ConfigPlanChecks: update,
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), newID, attribute("client_id", "other-client"),
				wantBodies(s, "PATCH", body(`"domain":"https://other.okta.com","auth_method":"oauth",
					"client_id":"other-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
		resource.TestStep{
			Config:            config("Okta_Prod", "https://third.okta.com", "other-client"),
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), newID, wantCount(s, "PATCH", "", 2)},
		},
		resource.TestStep{
			Config:           config("Okta_Next", "https://third.okta.com", "other-client"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Next"), newID, wantCount(s, "DELETE", "account", 1), wantCount(s, "PATCH", "", 2),
			},
		},
	)
	if err := wantCount(s, "DELETE", "account", 2)(); err != nil {
		t.Error(err)
	}
}

// A life with another method, without and with a client_id. The service of this test keeps the id in an update.
func TestAccOktaAccount_optionalAttributes(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Vary(stub.KeepID)
	url := s.Start(t)
	update := preApply(expectAction(plancheck.ResourceActionUpdate))
	testAccounts(t, s,
		resource.TestStep{
			Config: prodConfig(url, `auth_method = "other"`),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), noAttribute("client_id"),
				wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"other"`)),
			},
		},
		resource.TestStep{
			Config:           prodConfig(url, "auth_method = \"other\"\n  client_id = \"made-up-client\""),
			ConfigPlanChecks: update,
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("client_id", "made-up-client"),
				wantBodies(s, "PATCH",
					body(`"domain":"https://example.okta.com","auth_method":"other","client_id":"made-up-client"`)),
			},
		},
		resource.TestStep{ // the default
			Config:            providerConfig(url) + prodAccount,
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("auth_method", "oauth")},
		},
		resource.TestStep{ // not known yet is not null: it may turn out to be set
			Config: prodConfig(url, "auth_method = \"other\"\n  client_id = terraform_data.client.id") + `
resource "terraform_data" "client" {}
`,
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("auth_method", "other")},
		},
		resource.TestStep{ // the API cannot clear it
			Config:           prodConfig(url, `auth_method = "other"`),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), noAttribute("client_id"),
				wantCount(s, "DELETE", "account", 1), wantCount(s, "POST", "list", 2),
			},
		},
	)
}

func TestAccOktaAccount_identity(t *testing.T) {
	t.Parallel()
	url := stub.New().Start(t)
	step := func(name string) resource.TestStep {
		return resource.TestStep{
			Config: providerConfig(url) + namedAccount("test", name),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"name": knownvalue.StringExact(name)}),
			},
		}
	}
	acceptanceTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps:                  []resource.TestStep{step("Okta_Prod"), step("Okta_Next")},
	})
}
