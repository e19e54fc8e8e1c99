// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// newAccountCLI has a configuration without repeats, so that one fault is enough to fail an
// operation.
func newAccountCLI(t *testing.T, url string) *cli {
	t.Helper()
	return newCLI(t, providerConfig(url, "http_client_retry_enabled = false")+prodAccount)
}

// needsPartialState skips the test with a CLI that gets the error of a create without a state: the
// fault matrix shows how it goes on there.
func (c *cli) needsPartialState() {
	c.t.Helper()
	if !c.takesPartialState() {
		c.t.Skip("Terraform 1.16 and 1.17 can crash on a state with the error of a create, so they get none")
	}
}

// createUnanswered lets an apply create the account, or not, without an answer, and the look for it
// fail.
func createUnanswered(t *testing.T, s *stub.Server, when stub.When) *cli {
	t.Helper()
	c := newAccountCLI(t, s.Start(t))
	c.needsPartialState()
	s.Fail(stub.Fault{Method: "POST", When: when, Drop: true})
	s.Fail(stub.Fault{Method: "GET", Skip: 2, Status: 500}) // the look, after the lists of plan and apply
	out := c.run(1, "apply", "-auto-approve")
	if !strings.Contains(out, "Unable to create Okta account") || strings.Count(out, "\nError: Unable to ") != 1 {
		t.Errorf("not one error, about the create:\n%s", out)
	}
	s.Heal()
	if !strings.Contains(c.read("terraform.tfstate"), `"name": "Okta_Prod"`) {
		t.Error("the state does not remember the name")
	}
	return c
}

// wantOneAccount applies, and checks that one account is there, and that the state agrees with it.
func (c *cli) wantOneAccount(s *stub.Server) {
	c.t.Helper()
	c.run(0, "apply", "-auto-approve")
	if accounts := s.Accounts(); len(accounts) != 1 {
		c.t.Errorf("accounts: %v", accounts)
	}
	c.wantInState(s.Accounts()...)
	c.wantEmptyPlan()
}

// Whether the service carried the create out or not, the next apply that can read ends with one
// account.
func TestAccOktaAccount_createdWithoutAnswer(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]stub.When{"created": stub.After, "not created": stub.Before} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := createUnanswered(t, s, when)
			if created := len(s.Accounts()) == 1; created != (when == stub.After) {
				t.Fatalf("the stub created the account: %t", created)
			}
			if out := c.run(2, "plan", "-detailed-exitcode"); strings.Contains(out, "is gone") {
				t.Errorf("warned of an account that nobody deleted:\n%s", out)
			}
			s.Fail(stub.Fault{Status: 500})
			c.run(1, "apply", "-auto-approve")
			s.Heal()
			c.wantOneAccount(s)
		})
	}
}

// Terraform 1.16 and later can crash on an error that comes with a state: it gets the error alone,
// which says how to go on.
func TestAccountCreate_withoutPartialState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	p := newProtocol(t, s.Start(t)) // as Terraform 1.99
	config := map[string]any{
		"name": "Okta_Prod", "domain": "https://example.okta.com", "client_id": "made-up-client",
		"client_secret": "made-up-secret",
	}
	planned := maps.Clone(config)
	planned["id"], planned["auth_method"] = tftypes.UnknownValue, "oauth"
	s.Fail(stub.Fault{Method: "POST", When: stub.After, Drop: true})
	s.Fail(stub.Fault{Method: "GET", Skip: 1, Status: 500}) // the look, after the list before the create
	resp := p.apply(nil, planned, config)
	state, err := resp.NewState.Unmarshal(p.schemas.ResourceSchemas["okta_account"].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	if !state.IsNull() || len(resp.Private) > 0 {
		t.Errorf("a state comes with the error: %s, private %q", state, resp.Private)
	}
	if len(resp.Diagnostics) != 1 {
		t.Fatalf("diagnostics: %v", resp.Diagnostics)
	}
	for _, want := range []string{
		`may exist, and the state does not have it`, `id = "Okta_Prod"`,
		`terraform import okta_account.example 'Okta_Prod'`,
	} {
		if detail := resp.Diagnostics[0].Detail; !matches(want, detail) {
			t.Errorf("the error has no %q:\n%s", want, detail)
		}
	}
	if len(s.Accounts()) != 1 {
		t.Errorf("accounts: %v", s.Accounts())
	}
}

func TestAccOktaAccount_createdWithoutAnswerThenDestroyed(t *testing.T) {
	t.Parallel()
	for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
		t.Run(refresh, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			createUnanswered(t, s, stub.After).destroy(s, refresh)
		})
	}
}

// An account of the name that is not what the apply asked for was made by somebody else: never
// adopted, never changed. TestEveryAttribute has each way to differ.
func TestAccOktaAccount_createdBySomebodyElseMeanwhile(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := createUnanswered(t, s, stub.Before)
	foreign := s.Put(stub.Account{Name: "Okta_Prod", Domain: "https://foreign.okta.com", ClientID: "made-up-client"})
	s.ResetRequests()
	out := c.run(1, "apply", "-auto-approve")
	if !strings.Contains(out, "Okta account not managed by this resource") || !strings.Contains(out, "terraform import") {
		t.Errorf("no warning about the foreign account, or no error from the create:\n%s", out)
	}
	if after, _ := s.Account("Okta_Prod"); after != foreign {
		t.Errorf("the foreign account is now %v, was %v", after, foreign)
	}
	wantNoWrites(t, s)
}
