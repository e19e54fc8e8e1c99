// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// leftResource is a resource of the state that a test begins with. Its instances are by key; a
// resource without count and for_each has the key nil.
type leftResource struct {
	name string
	keys []any
}

// newMoveCLI returns a CLI that has a provider at each source's address: it wants one for each in
// the state.
func newMoveCLI(t *testing.T, config string) *cli {
	t.Helper()
	c := newCLI(t, config)
	sources := []string{"hashicorp/okta"}
	for _, from := range moveSources {
		sources = append(sources, strings.TrimPrefix(from.provider, "registry.terraform.io/"))
	}
	c.serveAt(sources...)
	return c
}

// leave writes a state of resources of a source, with an account in the stub for each of their
// instances.
func leave(c *cli, s *stub.Server, source string, changes map[string]any, resources ...leftResource) {
	c.t.Helper()
	from := moveSources[source]
	var left []any
	for _, r := range resources {
		var instances []any
		for _, key := range r.keys {
			name := accountName(r.name, key)
			id := s.Put(stub.Account{
				Name: name, Domain: "https://example.okta.com", ClientID: "made-up-client", ClientSecret: "made-up-secret",
			}).ID
			instance := map[string]any{
				"schema_version": from.version, "attributes": from.attributes(id, name, changes),
				"sensitive_attributes": []any{},
			}
			if key != nil {
				instance["index_key"] = key
			}
			if from.identity != nil {
				instance["identity"], instance["identity_schema_version"] = from.identity(id), 0
			}
			instances = append(instances, instance)
		}
		resource := map[string]any{
			"mode": "managed", "type": from.resourceType, "name": r.name,
			"provider": fmt.Sprintf("provider[%q]", from.provider), "instances": instances,
		}
		if _, counted := r.keys[0].(int); counted {
			resource["each"] = "list"
		} else if r.keys[0] != nil {
			resource["each"] = "map"
		}
		left = append(left, resource)
	}
	c.write("terraform.tfstate", string(toJSON(map[string]any{
		"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "made-up", "outputs": map[string]any{},
		"resources": left,
	})))
}

func accountName(resource string, key any) string {
	if key == nil {
		return "Okta_" + strings.ToUpper(resource[:1]) + resource[1:]
	}
	return fmt.Sprintf("Okta_%v", key)
}

// The CLI moves accounts out of a state that another provider, or this one under another address,
// left: each time with an empty plan, and no request but reads.
func TestAccOktaAccount_moved(t *testing.T) {
	t.Parallel()
	for source := range moveSources {
		for layout, test := range movedLayouts {
			if test.only != "" && test.only != source {
				continue
			}
			t.Run(source+", "+layout, func(t *testing.T) {
				t.Parallel()
				s := stub.New()
				c := newMoveCLI(t, providerConfig(s.Start(t))+test.config(source))
				leave(c, s, source, nil, test.left...)
				accounts := s.Accounts()

				// Which address a CLI gives to which instance depends on their order: another one
				// each time, unless they come one after the other.
				c.wantOnlyMoves(len(accounts), "plan")
				c.wantOnlyMoves(len(accounts), "plan", "-parallelism=1", "-out=saved")
				c.run(0, "apply", "saved")
				c.wantInState(accounts...)
				c.wantEmptyPlan()
				wantNoWrites(t, s)
				c.destroy(s)
			})
		}
	}
}

// An account that an update gave another id, which a generic provider no longer finds: it is found
// by name.
func TestAccOktaAccount_movedAfterUpdate(t *testing.T) {
	t.Parallel()
	const answer = `{"data":{"type":"okta-accounts","id":"id-before","attributes":{"name":"Okta_A",` +
		`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"client-before"}}}`
	for name, test := range map[string]struct {
		source  string
		changes map[string]any
	}{
		"restapi that reads nothing, and shows what was sent long ago": {"restapi", map[string]any{
			"id": "", "api_response": nil, "create_response": nil,
			"data": `{"data":{"attributes":{"name":"Okta_A","domain":"https://before.okta.com",` +
				`"auth_method":"oauth","client_secret":"made-up-secret"}}}`,
		}},
		"restapi with what it read before": {"restapi", map[string]any{"id": "id-before", "api_response": answer}},
		"restful with what it read before": {"restful", map[string]any{"id": "/api/v2/integrations/okta/accounts/id-before"}},
	} {
		for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
			t.Run(name+", "+refresh, func(t *testing.T) {
				t.Parallel()
				s := stub.New()
				c := newMoveCLI(t, providerConfig(s.Start(t))+movedLayouts["one"].config(test.source))
				leave(c, s, test.source, test.changes, movedLayouts["one"].left...)
				if refresh == "-refresh=true" {
					c.wantOnlyMoves(1, "plan")
				}
				c.run(0, "apply", "-auto-approve", refresh)
				c.wantEmptyPlan()
				c.run(0, "apply", "-auto-approve") // saves what a run without refresh did not see
				if n := s.Count("POST", "") + s.Count("DELETE", ""); n > 0 {
					t.Errorf("%d requests that create or delete", n)
				}
				c.wantInState(s.Accounts()...)
				c.run(0, "destroy", "-auto-approve")
			})
		}
	}
}

// wantOnlyMoves fails the test where a plan or apply does anything but move a number of resources.
func (c *cli) wantOnlyMoves(number int, arguments ...string) {
	c.t.Helper()
	out := c.run(0, arguments...)
	nothingElse := strings.Contains(out, "0 to add, 0 to change, 0 to destroy") || strings.Contains(out, "No changes.")
	if n := strings.Count(out, "has moved to"); n != number || !nothingElse {
		c.t.Fatalf("%v moves %d resources, want %d and nothing else:\n%s", arguments, n, number, out)
	}
}

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
			p := newProtocol(t, "http://localhost") // which is not asked
			resp := answered(p, p.server.UpgradeResourceIdentity, &tfprotov6.UpgradeResourceIdentityRequest{
				TypeName: "okta_account", Version: 0, RawIdentity: &tfprotov6.RawState{JSON: test.identity},
			})
			if len(resp.Diagnostics) > 0 {
				t.Fatal(resp.Diagnostics)
			}
			if got := texts(t, resp.UpgradedIdentity.IdentityData, p.identityType()); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// movedMain is a resource with a line for its secret, and the move from one of restapi.
func movedMain(url, secret string) string {
	return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "main" {
  name      = "Okta_Main"
  domain    = "https://example.okta.com"
  client_id = "made-up-client"
  %s
}

moved {
  from = restapi_object.main
  to   = okta_account.main
}
`, secret)
}

// Datadog has the secret that the source's state shows: as a write-only one of the same value it
// leaves the state and is not sent again, and another value is.
func TestAccOktaAccount_movedSecretBecomesWriteOnly(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newMoveCLI(t, movedMain(url, `client_secret_wo = "made-up-secret"`))
	leave(c, s, "restapi", nil, leftResource{name: "main", keys: []any{nil}})
	c.run(0, "apply", "-auto-approve")
	wantNoWrites(t, s)
	if strings.Contains(c.read("terraform.tfstate"), "made-up-secret") {
		t.Error("the secret is still in the state")
	}
	c.wantEmptyPlan()

	c.write("main.tf", movedMain(url, `client_secret_wo = "another-secret"`))
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
			c := newMoveCLI(t, movedMain(s.Start(t), attribute+` = "new-secret"`))
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
