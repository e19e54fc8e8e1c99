// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

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
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugins := t.TempDir()
	overrides := fmt.Sprintf("    \"hashicorp/okta\" = %q\n", plugins)
	for _, from := range moveSources {
		file := filepath.Join(plugins, "terraform-provider-"+path.Base(from.provider))
		if err := os.Symlink(binary, file); err != nil {
			t.Fatal(err)
		}
		overrides += fmt.Sprintf("    %q = %q\n", strings.TrimPrefix(from.provider, "registry.terraform.io/"), plugins)
	}
	runner := c.runner()
	if err := runner.Install(filepath.Join(plugins, "cli.tfrc"),
		"  dev_overrides {\n"+overrides+"  }\n  direct {}"); err != nil {
		t.Fatal(err)
	}
	c.env = runner.Env
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
	answer := func(name string) string {
		return `{"data":{"type":"okta-accounts","id":"id-before","attributes":{"name":"` + name + `",` +
			`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"client-before"}}}`
	}
	for name, test := range map[string]struct {
		source  string
		changes map[string]any
	}{
		"restapi that reads nothing, and shows what was sent long ago": {"restapi", map[string]any{
			"id": "", "api_response": nil, "create_response": nil,
			"data": `{"data":{"attributes":{"name":"Okta_A","domain":"https://before.okta.com",` +
				`"auth_method":"oauth","client_secret":"made-up-secret"}}}`,
		}},
		"restapi with what it read before": {"restapi", map[string]any{"id": "id-before", "api_response": answer("Okta_A")}},
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
