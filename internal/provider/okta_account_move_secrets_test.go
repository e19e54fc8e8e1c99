// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An update after a move without a refresh gives the resource its own identity: OpenTofu keeps that of
// the source.
func TestAccOktaAccount_movedIdentity(t *testing.T) {
	t.Parallel()
	s := stub.New()
	layout := movedLayouts["one"]
	layout.each = `api_key = "made-up-token"` // which an update sends
	c := newMoveCLI(t, providerConfig(s.Start(t))+layout.config("restful"))
	leave(c, s, "restful", nil, layout.left...)
	c.run(0, "apply", "-auto-approve", "-refresh=false")
	if s.Count("PATCH", "") != 1 {
		t.Error("no update")
	}
	c.wantInState(s.Accounts()...)
}

// An identity of another provider, which OpenTofu keeps, one of our own, and none, as in a state of Terraform 1.11.
func TestAccountUpgradeIdentity(t *testing.T) {
	t.Parallel()
	server, err := protoV6ProviderFactories["okta"]()
	if err != nil {
		t.Fatal(err)
	}
	_, identityType := accountTypes(t, server)
	for name, test := range map[string]struct {
		identity []byte
		want     map[string]string
	}{
		"of restful_resource": {toJSON(restfulIdentity("id-1")), map[string]string{}},
		"of okta_account":     {[]byte(`{"name":"Okta_Prod"}`), map[string]string{"name": "Okta_Prod"}},
		"of nothing":          {[]byte(`{}`), map[string]string{}},
		"that is null":        {[]byte(`null`), map[string]string{}},
		"that was not saved":  {nil, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
				TypeName: "okta_account", Version: 0, RawIdentity: &tfprotov6.RawState{JSON: test.identity},
			})
			if err != nil || len(resp.Diagnostics) > 0 {
				t.Fatal(err, resp.Diagnostics)
			}
			if got := texts(t, resp.UpgradedIdentity.IdentityData, identityType); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Datadog has the secret that the source's state shows: as a write-only one of the same value it
// leaves the state and is not sent again, and another value is.
func TestAccOktaAccount_movedSecretBecomesWriteOnly(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := providerConfig(s.Start(t)) + `
resource "okta_account" "main" {
  name             = "Okta_Main"
  domain           = "https://example.okta.com"
  client_id        = "made-up-client"
  client_secret_wo = "made-up-secret"
}

moved {
  from = restapi_object.main
  to   = okta_account.main
}
`
	c := newMoveCLI(t, config)
	leave(c, s, "restapi", nil, leftResource{name: "main", keys: []any{nil}})
	c.run(0, "apply", "-auto-approve")
	if n := s.Count("PATCH", ""); n > 0 {
		t.Errorf("%d PATCHes for a secret that Datadog has", n)
	}
	if strings.Contains(c.read("terraform.tfstate"), "made-up-secret") {
		t.Error("the secret is still in the state")
	}
	c.wantEmptyPlan()

	c.write("main.tf", strings.ReplaceAll(config, "made-up-secret", "another-secret"))
	c.run(0, "apply", "-auto-approve")
	if account, _ := s.Account("Okta_Main"); account.ClientSecret != "another-secret" {
		t.Errorf("Datadog has the secret %q", account.ClientSecret)
	}
	c.wantEmptyPlan()
}

// After an update that was not answered, restapi's state has a secret that Datadog may not have: the
// configuration's is sent, plain or write-only.
func TestAccOktaAccount_movedUnanswered(t *testing.T) {
	t.Parallel()
	for _, attribute := range []string{"client_secret", "client_secret_wo"} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newMoveCLI(t, providerConfig(s.Start(t))+`
resource "okta_account" "main" {
  name      = "Okta_Main"
  domain    = "https://example.okta.com"
  client_id = "made-up-client"
  `+attribute+` = "new-secret"
}

moved {
  from = restapi_object.main
  to   = okta_account.main
}
`)
			leave(c, s, "restapi", map[string]any{
				"id": "", "api_response": "",
				"data": `{"data":{"attributes":{"name":"Okta_Main","domain":"https://example.okta.com","auth_method":"oauth",` +
					`"client_id":"made-up-client","client_secret":"new-secret"}}}`,
			}, leftResource{name: "main", keys: []any{nil}})
			out := c.run(0, "apply", "-auto-approve")
			if want := summarySecretNotMoved + `.*"Okta_Main" got no answer.*the plan sends the one`; !matches(want, out) {
				t.Errorf("no warning %q:\n%s", want, out)
			}
			if account, _ := s.Account("Okta_Main"); account.ClientSecret != "new-secret" || len(s.Accounts()) != 1 {
				t.Errorf("accounts: %v, want one with the new secret", s.Accounts())
			}
			c.wantEmptyPlan()
		})
	}
}
