// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
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

// What changed outside Terraform is shown as the value before, and put right. TestEveryAttribute has
// drift of the other attributes.
func TestAccOktaAccount_drift(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := providerConfig(s.Start(t)) + prodAccount
	steps := []resource.TestStep{{Config: config}}
	for i, changed := range []struct{ id, domain, clientID string }{
		{"", "https://changed.okta.com", "made-up-client"},
		{"made-up-id", "https://example.okta.com", "changed-client"}, // re-keyed, too
		{"", "https://example.okta.com", ""},
	} {
		checks := []plancheck.PlanCheck{
			expectAction(plancheck.ResourceActionUpdate), expectBefore{"domain", changed.domain},
		}
		if changed.id != "" {
			checks = append(checks, expectBefore{"id", changed.id}, expectBefore{"client_id", changed.clientID})
		}
		if changed.clientID == "" {
			checks = append(checks, expectBefore{"client_id", nil})
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				account := existing()
				account.ID, account.Domain, account.ClientID = changed.id, changed.domain, changed.clientID
				s.Put(account)
			},
			Config:           config,
			ConfigPlanChecks: preApply(checks...),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), attribute("domain", "https://example.okta.com"),
				attribute("auth_method", "oauth"), attribute("client_id", "made-up-client"), wantCount(s, "PATCH", "account", i+1),
			},
		})
	}
	testAccounts(t, s, steps...)
}

// No fault of a read removes an account from the state, or blanks it, except that the
// account is gone.
func TestAccountRead_failingAPI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault stub.Fault
		want  string
	}{
		"500":            {stub.Fault{Status: 500}, `500 Internal Server Error`},
		"403":            {stub.Fault{Status: 403, Path: "list"}, `integrations_read`},
		"404 everywhere": {stub.Fault{Status: 404}, `404 Not Found`},
		"HTML":           {stub.Fault{Status: 503, Body: "<html><h1>Be right back</h1></html>"}, `Be right back`},
		"dropped":        {stub.Fault{Drop: true}, `Unable to read Okta account`},
		"cut":            {stub.Fault{CutBody: true}, `Unable to read Okta account`},
		"empty":          {stub.Fault{EmptyBody: true}, `it is empty`},
		"malformed":      {stub.Fault{Body: `{"data":`}, `cannot be understood`},
		"null":           {stub.Fault{Body: `{"data":null}`}, `cannot be understood`},
		"no list":        {stub.Fault{Body: `{"data":{"type":"okta-accounts"}}`}, `cannot be understood`},
		"without id": {
			stub.Fault{Body: `{"data":[{"type":"okta-accounts","attributes":{"name":"Okta_Prod"}}]}`}, `it has no id`,
		},
		"of another type": {
			stub.Fault{Body: `{"data":[{"type":"users","id":"x","attributes":{"name":"Okta_Prod"}}]}`},
			`its type is not okta-accounts`,
		},
		"two of the name": {
			stub.Fault{Body: `{"data":[{"type":"okta-accounts","id":"x","attributes":{"name":"Okta_Prod"}},
				{"type":"okta-accounts","id":"y","attributes":{"name":"Okta_Prod"}}]}`}, `several Okta accounts`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			account := s.Put(existing())
			p := newProtocol(t, s.Start(t))
			s.Fail(test.fault)
			state := map[string]any{
				"id": account.ID, "name": "Okta_Prod", "domain": "https://example.okta.com", "client_secret": "made-up-secret",
			}
			resp := p.read(state)
			found := errorsAmong(resp.Diagnostics)
			if len(found) != 1 || !matches(test.want, found[0].Summary+": "+found[0].Detail) {
				t.Errorf("got %v, want one error with %q", found, test.want)
			}
			before, after := texts(t, p.account(state), p.accountType()), texts(t, resp.NewState, p.accountType())
			if !maps.Equal(before, after) {
				t.Errorf("the state is now %v, was %v", after, before)
			}
		})
	}
}

func TestAccOktaAccount_domainSpellings(t *testing.T) {
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
}
`, domain, clientID)
	}
	testAccounts(t, s,
		resource.TestStep{Config: config("https://example.okta.com", "made-up-client")},
		resource.TestStep{
			Config:           config("https://EXAMPLE.okta.com/", "made-up-client"),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("domain", "https://example.okta.com"),
				wantCount(s, "PATCH", "", 0),
			},
		},
		resource.TestStep{ // what the API spells differently is no drift either
			PreConfig: func() {
				account, _ := s.Account("Okta_Prod")
				account.Domain = "https://example.okta.com:443/"
				s.Put(account)
			},
			Config:           config("https://example.okta.com", "made-up-client"),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		},
		resource.TestStep{ // an update for another reason sends the domain as written
			Config: config("https://EXAMPLE.okta.com/", "other-client"),
			ConfigPlanChecks: preApply(
				plancheck.ExpectKnownValue(address, tfjsonpath.New("domain"), knownvalue.StringExact("https://example.okta.com")),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				attribute("domain", "https://example.okta.com"),
				wantBodies(s, "PATCH", body(`"domain":"https://EXAMPLE.okta.com/","auth_method":"oauth",
					"client_id":"other-client","client_secret":"made-up-secret"`)),
			},
		},
	)
}
