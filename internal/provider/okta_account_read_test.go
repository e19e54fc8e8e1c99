// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAccOktaAccount_drift(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*stub.Account)
		shown  map[string]string // in the plan, as the value before
	}{
		"domain": {
			change: func(a *stub.Account) { a.Domain = "https://changed.okta.com" },
			shown:  map[string]string{"domain": "https://changed.okta.com"},
		},
		"auth_method": {
			change: func(a *stub.Account) { a.AuthMethod = "changed" },
			shown:  map[string]string{"auth_method": "changed"},
		},
		"client_id": {
			change: func(a *stub.Account) { a.ClientID = "changed-client" },
			shown:  map[string]string{"client_id": "changed-client"},
		},
		"rekeyed too": {
			change: func(a *stub.Account) { a.ID, a.ClientID = "made-up-id", "changed-client" },
			shown:  map[string]string{"id": "made-up-id", "client_id": "changed-client"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			checks := []plancheck.PlanCheck{expectAction(plancheck.ResourceActionUpdate)}
			for attribute, value := range test.shown {
				checks = append(checks, expectBefore{attribute, value})
			}
			testAccounts(t, s,
				resource.TestStep{Config: accountConfig(url)},
				resource.TestStep{
					PreConfig: func() {
						account, _ := s.Account("Okta_Prod")
						test.change(&account)
						s.Put(account)
					},
					Config:           accountConfig(url),
					ConfigPlanChecks: preApply(checks...),
					ConfigStateChecks: []statecheck.StateCheck{
						stateIsStub(s, "Okta_Prod"),
						attribute("domain", "https://example.okta.com"),
						attribute("auth_method", "oauth"),
						attribute("client_id", "made-up-client"),
						wantCount(s, "PATCH", "account", 1),
					},
				},
			)
		})
	}
}

func TestAccOktaAccount_clientIDRemovedOutside(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url, attributes{"auth_method": `"other"`})},
		resource.TestStep{
			PreConfig: func() {
				account, _ := s.Account("Okta_Prod")
				account.ClientID = ""
				s.Put(account)
			},
			Config:            accountConfig(url, attributes{"auth_method": `"other"`}),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("client_id", "made-up-client")},
		},
	)
}

func TestAccOktaAccount_deletedOutside(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			PreConfig:         func() { s.Remove("Okta_Prod") },
			Config:            accountConfig(url),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), wantCount(s, "POST", "list", 2)},
		},
	)
}

func TestAccOktaAccount_rekeyedOutside(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			PreConfig:         func() { s.Rekey("Okta_Prod") },
			RefreshState:      true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		resource.TestStep{
			Config:            accountConfig(url),
			ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), wantCount(s, "PATCH", "", 0)},
		},
	)
}

// No fault of a read removes an account from the state, or blanks it, except that the
// account is gone.
func TestAccOktaAccount_failingAPI(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, providerConfig(s.Start(t), "http_client_retry_enabled = false")+accountBlock())
	c.run(0, "apply", "-auto-approve")
	state := c.read("terraform.tfstate")
	for name, test := range map[string]struct {
		fault stub.Fault
		want  string
	}{
		"500":             {stub.Fault{Status: http.StatusInternalServerError}, `500 Internal Server Error`},
		"403":             {stub.Fault{Status: http.StatusForbidden, Path: "list"}, `integrations_read`},
		"404 everywhere":  {stub.Fault{Status: http.StatusNotFound}, `404 Not Found`},
		"HTML":            {stub.Fault{Status: http.StatusServiceUnavailable, Body: "<html><h1>Be right back</h1></html>"}, `Be right back`},
		"dropped":         {stub.Fault{Drop: true}, `Unable to read Okta account`},
		"cut":             {stub.Fault{CutBody: true}, `Unable to read Okta account`},
		"empty":           {stub.Fault{EmptyBody: true}, `an empty body`},
		"malformed":       {stub.Fault{Body: `{"data":`}, `cannot be understood`},
		"null":            {stub.Fault{Body: `{"data":null}`}, `cannot be understood`},
		"no list":         {stub.Fault{Body: `{"data":{"type":"okta-accounts"}}`}, `cannot be understood`},
		"without id":      {stub.Fault{Body: `{"data":[{"type":"okta-accounts","attributes":{"name":"Okta_Prod","domain":"https://example.okta.com"}}]}`}, `it has no id`},
		"of another type": {stub.Fault{Body: `{"data":[{"type":"users","id":"x","attributes":{"name":"Okta_Prod"}}]}`}, `"users"`},
		"two of the name": {
			stub.Fault{Body: `{"data":[{"type":"okta-accounts","id":"x","attributes":{"name":"Okta_Prod"}},
				{"type":"okta-accounts","id":"y","attributes":{"name":"Okta_Prod"}}]}`}, `several Okta accounts`,
		},
	} {
		test.fault.Method = http.MethodGet
		s.Fail(test.fault)
		out := c.run(1, "apply", "-auto-approve")
		s.Heal()
		if !matches("Error: .*"+test.want, out) {
			t.Errorf("%s: no error %q:\n%s", name, test.want, out)
		}
		if after := c.read("terraform.tfstate"); after != state {
			t.Fatalf("%s: the state is now:\n%s", name, after)
		}
	}
	c.wantEmptyPlan()
	if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n != 1 {
		t.Errorf("%d requests that change something, want the first create alone", n)
	}
}

func TestAccOktaAccount_domainSpellings(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	other := `"https://EXAMPLE.okta.com/"`
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			Config:           accountConfig(url, attributes{"domain": other}),
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
			Config:           accountConfig(url),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		},
		resource.TestStep{ // an update for another reason sends the domain as written
			Config: accountConfig(url, attributes{"domain": other, "client_id": `"other-client"`}),
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
