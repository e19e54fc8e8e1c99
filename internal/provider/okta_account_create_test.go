// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// needsPartialState skips the test with a CLI that gets the error of a create without a state: the
// fault matrix shows how it goes on there.
func (c *cli) needsPartialState() {
	c.t.Helper()
	if !c.takesPartialState() {
		c.t.Skip("Terraform 1.16 and 1.17 can crash on a state with the error of a create, so they get none")
	}
}

// An apply creates the account, or not, without an answer, and the look for it fails. The state
// remembers the name, and what comes next ends as it should.
func TestAccOktaAccount_createdWithoutAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		when stub.When
		next func(*cli, *stub.Server)
	}{
		"created":                          {stub.After, appliedAgain},
		"not created":                      {stub.Before, appliedAgain},
		"destroyed":                        {stub.After, func(c *cli, s *stub.Server) { c.destroy(s) }},
		"destroyed without a refresh":      {stub.After, func(c *cli, s *stub.Server) { c.destroy(s, "-refresh=false") }},
		"created by somebody else instead": {stub.Before, appliedBesideForeign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			// Without repeats, one fault is enough to fail an operation.
			c := newCLI(t, providerConfig(s.Start(t), "http_client_retry_enabled = false")+prodAccount)
			c.needsPartialState()
			s.Fail(stub.Fault{Method: "POST", When: test.when, Drop: true})
			s.Fail(stub.Fault{Method: "GET", Skip: 2, Status: 500}) // the look, after the lists of plan and apply
			out := c.run(1, "apply", "-auto-approve")
			if !strings.Contains(out, "Unable to create Okta account") || strings.Count(out, "\nError: Unable to ") != 1 {
				t.Errorf("not one error, about the create:\n%s", out)
			}
			s.Heal()
			state := c.accountsInState()
			if created := len(s.Accounts()) == 1; created != (test.when == stub.After) || state["Okta_Prod"] == nil {
				t.Fatalf("created: %t, in the state: %v", created, state)
			}
			test.next(c, s)
		})
	}
}

// appliedAgain fails to read, and then ends with one account.
func appliedAgain(c *cli, s *stub.Server) {
	c.t.Helper()
	if out := c.run(2, "plan", "-detailed-exitcode"); strings.Contains(out, "is gone") {
		c.t.Errorf("warned of an account that nobody deleted:\n%s", out)
	}
	s.Fail(stub.Fault{Status: 500})
	c.run(1, "apply", "-auto-approve")
	s.Heal()
	c.run(0, "apply", "-auto-approve")
	c.wantInState(s.Accounts()...) // one: the configuration has no other
	c.wantEmptyPlan()
}

// appliedBesideForeign has an account of the name that is not what the apply asked for: never
// adopted, never changed. TestEveryAttribute has each way to differ.
func appliedBesideForeign(c *cli, s *stub.Server) {
	c.t.Helper()
	foreign := s.Put(stub.Account{Name: "Okta_Prod", Domain: "https://foreign.okta.com", ClientID: "made-up-client"})
	s.ResetRequests()
	out := c.run(1, "apply", "-auto-approve")
	if !strings.Contains(out, "Okta account not managed by this resource") || !strings.Contains(out, "terraform import") {
		c.t.Errorf("no warning about the foreign account, or no error from the create:\n%s", out)
	}
	if after, _ := s.Account("Okta_Prod"); after != foreign {
		c.t.Errorf("the foreign account is now %v, was %v", after, foreign)
	}
	wantNoWrites(c.t, s)
}

// Terraform 1.16 and later can crash on an error that comes with a state: it gets the error alone,
// which says how to go on.
func TestAccountCreate_withoutPartialState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	p := newProtocol(t, s.Start(t)) // as Terraform 1.99
	config := block{
		"name": "Okta_Prod", "domain": "https://example.okta.com", "client_id": "made-up-client",
		"client_secret": "made-up-secret",
	}
	s.Fail(stub.Fault{Method: "POST", When: stub.After, Drop: true})
	s.Fail(stub.Fault{Method: "GET", Skip: 1, Status: 500}) // the look, after the list before the create
	resp := p.apply(nil, config.with(block{"id": unknown, "auth_method": "oauth"}), config)
	state, err := resp.NewState.Unmarshal(p.accountType())
	if err != nil {
		t.Fatal(err)
	}
	if !state.IsNull() || len(resp.Private) > 0 {
		t.Errorf("a state comes with the error: %s, private %q", state, resp.Private)
	}
	want := `may exist, and the state does not have it.*terraform import okta_account.example 'Okta_Prod'`
	if len(resp.Diagnostics) != 1 || !matches(want, resp.Diagnostics[0].Detail) || len(s.Accounts()) != 1 {
		t.Errorf("accounts %v, diagnostics %v; want one error with %q", s.Accounts(), resp.Diagnostics, want)
	}
}

// An account that is deleted outside Terraform, and whose configuration has no secret: the plan
// shows what happened, and the apply is the error.
func TestAccOktaAccount_goneWithoutSecret(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, prodConfig(s.Start(t), `client_id = "made-up-client"`))
	account := s.Put(existing())
	s.Put(stub.Account{Name: "Okta_Kept", Domain: "https://example.okta.com"})
	c.run(0, "import", address, "Okta_Prod")
	s.Remove("Okta_Prod")
	s.ResetRequests()

	out := c.run(2, "plan", "-detailed-exitcode")
	for _, want := range []string{
		`Warning: Okta account is gone`, `"Okta_Prod" \(id "` + account.ID + `"\) no longer exists in Datadog`, `DD_SITE`,
		`Warning: Missing client secret`, `1 to add`,
	} {
		if !matches(want, out) {
			t.Errorf("the plan has no %q:\n%s", want, out)
		}
	}
	wantRequests(t, s, "GET list", "GET")
	if out := c.run(1, "apply", "-auto-approve"); !matches(`Error: Missing client secret`, out) {
		t.Errorf("the apply is not refused for the secret:\n%s", out)
	}
	wantNoWrites(t, s)
}

var firstAndSecond = namedAccount("first", "Okta_First") + namedAccount("second", "Okta_Second")

// Where no account of the state is there any more, the keys may be those of another organization.
func TestAccOktaAccount_anotherOrganization(t *testing.T) {
	t.Parallel()
	for name, accounts := range map[string][]string{"empty": nil, "with others": {"Okta_Third"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := stub.New(), stub.New()
			for _, name := range accounts {
				there.Put(stub.Account{Name: name, Domain: "https://example.okta.com"})
			}
			c := newCLI(t, providerConfig(here.Start(t))+firstAndSecond)
			c.run(0, "apply", "-auto-approve")
			c.write("main.tf", providerConfig(there.Start(t))+firstAndSecond)
			out := c.run(2, "plan", "-detailed-exitcode")
			const want = `Okta account is gone .*no other account of this state has been found.*the right organization`
			if !matches(want, out) {
				t.Errorf("no warning %q:\n%s", want, out)
			}
		})
	}
}

// testPatiently runs steps with a provider that waits for what was just written.
func testPatiently(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	patient := providerserver.NewProtocol6WithError(newTestProvider())
	acceptanceTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){"okta": patient},
		Steps:                    steps, // each ends on an empty plan
	})
}

// Where the service still shows the account that a replacement deleted, and not the new one yet, the
// state keeps the new one.
func TestAccOktaAccount_replacedShownLate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(clientID string) string {
		return prodConfig(url, "auth_method = \"other\"\n  api_key = \"made-up-token\"\n  client_id = "+clientID)
	}
	testPatiently(t,
		resource.TestStep{Config: config(`"made-up-client"`)},
		resource.TestStep{
			PreConfig:        func() { s.LagReads(2) },
			Config:           config("null"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"), wantCount(s, "POST", "", 2), wantCount(s, "DELETE", "", 1),
			},
		},
	)
}

// An account whose create was not answered, and that the service shows late, is waited for: a new one
// would be a duplicate.
func TestAccOktaAccount_unansweredShownLate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := providerConfig(s.Start(t), "http_client_retry_enabled = false") + prodAccount
	newCLI(t, config).needsPartialState()
	s.Fail(stub.Fault{Method: "POST", When: stub.After, Drop: true})
	s.Fail(stub.Fault{Method: "GET", Skip: 2, Status: 500}) // the look, after the lists of plan and apply
	s.LagReads(2)
	testPatiently(t,
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`Unable to create Okta account`)},
		resource.TestStep{
			PreConfig:         s.Heal,
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), wantCount(s, "DELETE", "", 1)},
		},
	)
}

// An account whose update was not answered, and that the service does not show for a while, stays in
// the state. No write of it is known, since it is imported.
func TestAccOktaAccount_unansweredUpdateShownLate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	s.Put(existing())
	config := func(clientID string) string {
		return providerConfig(url, "http_client_retry_enabled = false") + importProd +
			fmt.Sprintf(prodWith, fmt.Sprintf("client_id = %q", clientID))
	}
	testPatiently(t,
		resource.TestStep{Config: config("made-up-client")},
		resource.TestStep{
			PreConfig: func() {
				s.Vary(stub.LateUpdates)
				s.Fail(stub.Fault{Method: "PATCH", When: stub.After, Status: 504})
			},
			Config:      config("other-client"),
			ExpectError: regexp.MustCompile(`Unable to update Okta account`),
		},
		resource.TestStep{
			PreConfig:         s.Heal,
			Config:            config("other-client"),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), wantCount(s, "POST", "", 0)},
		},
	)
}
