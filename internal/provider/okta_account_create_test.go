// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// newAccountCLI has a configuration without repeats, so that one fault is enough to fail an
// operation.
func newAccountCLI(t *testing.T, url string) *cli {
	t.Helper()
	return newCLI(t, providerConfig(url, "http_client_retry_enabled = false")+accountBlock())
}

// needsPartialState skips the test with a CLI that gets the error of a create without a state: the
// fault matrix shows how it goes on there.
func (c *cli) needsPartialState() {
	c.t.Helper()
	if !c.takesPartialState() {
		c.t.Skip("this CLI gets no state with the error of a create")
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
	accounts := s.Accounts()
	if len(accounts) != 1 || !strings.Contains(c.read("terraform.tfstate"), accounts[0].ID) {
		c.t.Errorf("accounts %v, state:\n%s", accounts, c.read("terraform.tfstate"))
	}
	c.wantEmptyPlan()
}

func TestAccOktaAccount_createdWithoutAnswer(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := createUnanswered(t, s, stub.After)
	if len(s.Accounts()) != 1 {
		t.Fatal("the stub did not create the account")
	}
	if out := c.run(0, "plan"); strings.Contains(out, "exists already") {
		t.Errorf("a warning about its own account:\n%s", out)
	}
	c.wantOneAccount(s)
}

func TestAccOktaAccount_notCreatedWithoutAnswer(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := createUnanswered(t, s, stub.Before)
	if len(s.Accounts()) != 0 {
		t.Fatal("the stub created the account")
	}
	c.wantOneAccount(s)
}

// Terraform 1.16 and later can crash on an error that comes with a state: it gets the error alone,
// which says how to go on.
func TestAccountCreate_withoutPartialState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	server, problems := configure(t, map[string]any{ // as Terraform 1.99
		"api_url": url, "api_key": stub.APIKey, "app_key": stub.AppKey, "http_client_retry_enabled": false,
	}, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	schema := schemas.ResourceSchemas["okta_account"]
	values := map[string]any{
		"name": "Okta_Prod", "domain": "https://example.okta.com", "client_id": "made-up-client", "client_secret": "made-up-secret",
	}
	config := dynamicValue(t, schema, values)
	values["id"], values["auth_method"] = tftypes.UnknownValue, "oauth"
	prior, err := tfprotov6.NewDynamicValue(schema.ValueType(), tftypes.NewValue(schema.ValueType(), nil))
	if err != nil {
		t.Fatal(err)
	}
	s.Fail(stub.Fault{Method: "POST", When: stub.After, Drop: true})
	s.Fail(stub.Fault{Method: "GET", Skip: 1, Status: 500}) // the look, after the list before the create
	resp, err := server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "okta_account", PriorState: &prior, PlannedState: dynamicValue(t, schema, values), Config: config,
	})
	if err != nil {
		t.Fatal(err)
	}
	state, err := resp.NewState.Unmarshal(schema.ValueType())
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
		`may have been created all the same, and the state does not have it`, `id = "Okta_Prod"`, `terraform import okta_account.example 'Okta_Prod'`,
	} {
		if detail := resp.Diagnostics[0].Detail; !matches(want, detail) {
			t.Errorf("the error has no %q:\n%s", want, detail)
		}
	}
	if len(s.Accounts()) != 1 {
		t.Errorf("accounts: %v", s.Accounts())
	}
}

// A failing read does not make the state forget what it may have created.
func TestAccOktaAccount_createdWithoutAnswerThenFailingRead(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := createUnanswered(t, s, stub.After)
	s.Fail(stub.Fault{Status: 500})
	c.run(1, "apply", "-auto-approve")
	s.Heal()
	c.wantOneAccount(s)
}

func TestAccOktaAccount_createdWithoutAnswerThenDestroyed(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"with refresh":    {"destroy", "-auto-approve"},
		"without refresh": {"destroy", "-auto-approve", "-refresh=false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := createUnanswered(t, s, stub.After)
			c.run(0, arguments...)
			if left := s.Accounts(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// An account of the name that is not what the apply asked for was made by somebody else: never
// adopted, never changed.
func TestAccOktaAccount_createdBySomebodyElseMeanwhile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stub.Account){
		"domain":      func(a *stub.Account) { a.Domain = "https://foreign.okta.com" },
		"auth_method": func(a *stub.Account) { a.AuthMethod = "other" },
		"client_id":   func(a *stub.Account) { a.ClientID = "foreign-client" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := createUnanswered(t, s, stub.Before)
			foreign := existing()
			change(&foreign)
			foreign = s.Put(foreign)
			s.ResetRequests()

			out := c.run(1, "apply", "-auto-approve")
			if !strings.Contains(out, "Okta account not managed by this resource") || !strings.Contains(out, "terraform import") {
				t.Errorf("no warning about the foreign account, or no error from the create:\n%s", out)
			}
			if after, _ := s.Account("Okta_Prod"); after != foreign {
				t.Errorf("the foreign account is now %v, was %v", after, foreign)
			}
			if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n > 0 {
				t.Errorf("%d requests that change something", n)
			}
		})
	}
}

// An answer to a create that is about no account, or another one, leaves no blank and no foreign
// state.
func TestAccOktaAccount_createAnswerMalformed(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"without id": {Body: `{"data":{"type":"okta-accounts","id":"","attributes":{"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"oauth"}}}`},
		"foreign":    {Body: `{"data":{"type":"okta-accounts","id":"x","attributes":{"name":"Else","domain":"https://example.okta.com","auth_method":"oauth"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newAccountCLI(t, s.Start(t))
			c.needsPartialState()
			fault.Method = "POST"
			s.Fail(fault)
			s.Fail(stub.Fault{Method: "GET", Skip: 2, Status: 500}) // the look, after the lists of plan and apply
			c.run(1, "apply", "-auto-approve")
			s.Heal()
			c.wantOneAccount(s)
		})
	}
}

func TestAccOktaAccount_updateFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"refused":   {Status: 400},
		"forbidden": {Status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newAccountCLI(t, url)
			c.run(0, "apply", "-auto-approve")

			c.write("main.tf", providerConfig(url, "http_client_retry_enabled = false")+
				accountBlock(attributes{"client_id": `"other-client"`, "client_secret": `"other-secret"`}))
			fault.Method = "PATCH"
			s.Fail(fault)
			c.run(1, "apply", "-auto-approve")
			s.Heal()
			c.wantOneAccount(s)
			if account, _ := s.Account("Okta_Prod"); account.ClientID != "other-client" || account.ClientSecret != "other-secret" {
				t.Errorf("the account is %v", account)
			}
		})
	}
}
