// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// address is that of the account in the configurations of the tests.
const address = "okta_account.test"

// prodAccount is an ordinary account.
const prodAccount = `
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`

// prodWith is the account Okta_Prod with the rest of its lines.
const prodWith = `
resource "okta_account" "test" {
  name   = "Okta_Prod"
  domain = "https://example.okta.com"
  %s
}
`

// importProd imports the account Okta_Prod.
const importProd = `
import {
  to = okta_account.test
  id = "Okta_Prod"
}
`

// prodConfig is a configuration of the account Okta_Prod with the rest of its lines.
func prodConfig(url, lines string) string { return providerConfig(url) + fmt.Sprintf(prodWith, lines) }

// existing is prodAccount as somebody else would have made it.
func existing() stub.Account {
	return stub.Account{
		Name: "Okta_Prod", Domain: "https://example.okta.com", ClientID: "made-up-client", ClientSecret: "made-up-secret",
	}
}

// testAccounts runs steps against the stub, and checks that their destruction leaves no account
// there.
func testAccounts(t *testing.T, s *stub.Server, steps ...resource.TestStep) {
	t.Helper()
	acceptanceTest(t, resource.TestCase{
		Steps: steps,
		CheckDestroy: func(*terraform.State) error {
			if left := s.Accounts(); len(left) > 0 {
				return fmt.Errorf("left behind: %v", left)
			}
			return nil
		},
	})
}

// stubCheck is a check of the stub, right after a step's apply.
type stubCheck func() error

func (f stubCheck) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f()
}

// wantBodies checks the bodies of all requests of the method so far, as JSON.
func wantBodies(s *stub.Server, method string, want ...string) stubCheck {
	return func() error {
		var bodies []string
		for _, request := range s.Requests() {
			if request.Method == method {
				bodies = append(bodies, request.Body)
			}
		}
		list := func(texts []string) []byte { return []byte("[" + strings.Join(texts, ",") + "]") }
		var got, wanted any
		err := errors.Join(json.Unmarshal(list(bodies), &got), json.Unmarshal(list(want), &wanted))
		if err == nil && !reflect.DeepEqual(got, wanted) {
			err = fmt.Errorf("bodies of %s:\n got: %s\nwant: %s", method, bodies, want)
		}
		return err
	}
}

// body is that of a create or update with the attributes, in JSON.
func body(attributes string) string {
	return `{"data":{"type":"okta-accounts","attributes":{` + attributes + `}}}`
}

// wantCount checks how many requests of the method there were.
func wantCount(s *stub.Server, method, path string, want int) stubCheck {
	return func() error {
		if got := s.Count(method, path); got != want {
			return fmt.Errorf("%d requests %s %s, want %d", got, method, path, want)
		}
		return nil
	}
}

// stateIsStub checks that the state shows the account as the stub has it, the id included.
func stateIsStub(s *stub.Server, name string) statecheck.StateCheck {
	return stateIsStubCheck{s, name}
}

type stateIsStubCheck struct {
	s    *stub.Server
	name string
}

func (c stateIsStubCheck) CheckState(
	ctx context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	account, ok := c.s.Account(c.name)
	if !ok {
		resp.Error = fmt.Errorf("no account %q at the stub", c.name)
		return
	}
	for name, value := range map[string]string{
		"id": account.ID, "name": account.Name, "domain": account.Domain, "auth_method": account.AuthMethod,
	} {
		attribute(name, value).CheckState(ctx, req, resp)
		if resp.Error != nil {
			return
		}
	}
}

func expectAction(action plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(address, action)
}

func preApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

func attribute(name, value string) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), knownvalue.StringExact(value))
}

func noAttribute(name string) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), knownvalue.Null())
}

// expectBefore checks the value before the change in a plan: what the refresh found.
type expectBefore struct {
	attribute string
	value     any
}

func (e expectBefore) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if before, _ := change.Change.Before.(map[string]any); change.Address == address && before[e.attribute] != e.value {
			resp.Error = fmt.Errorf("before the change, %s is %v, want %v", e.attribute, before[e.attribute], e.value)
		}
	}
}

// wantRequests fails the test where the service was asked for anything else since it was last
// looked at: "GET list", "POST", and "GET", "PATCH" or "DELETE" of one account, in whichever order.
func wantRequests(t *testing.T, s *stub.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range s.Requests() {
		name := r.Method
		if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/accounts") {
			name = "GET list"
		}
		got = append(got, name)
	}
	s.ResetRequests()
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%d requests %q, want %d %q", len(got), got, len(want), want)
	}
}

// wantNoWrites fails the test where the service was asked to change something.
func wantNoWrites(t *testing.T, s *stub.Server) {
	t.Helper()
	if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n > 0 {
		t.Errorf("%d requests that change something", n)
	}
}

// accountsInState returns the attributes of the accounts in the state by their names, and checks
// their identities. The attribute "private" is what the private state keeps of the last write.
func (c *cli) accountsInState() map[string]map[string]any {
	c.t.Helper()
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes, Identity map[string]any
				Private              []byte
			}
		}
	}
	content, err := c.runner().Read("terraform.tfstate")
	if err == nil {
		err = json.Unmarshal([]byte(content), &state)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.t.Fatal(err)
	}
	accounts := map[string]map[string]any{}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			name := fmt.Sprint(instance.Attributes["name"])
			if resource.Type != "okta_account" ||
				instance.Identity != nil && !maps.Equal(instance.Identity, map[string]any{"name": name}) {
				c.t.Errorf("in the state: a %s with the identity %v", resource.Type, instance.Identity)
			}
			var private map[string][]byte
			_ = json.Unmarshal(instance.Private, &private) // an imported account has none
			accounts[name] = instance.Attributes
			accounts[name]["private"] = string(private[lastWriteKey])
		}
	}
	return accounts
}

// wantInState fails the test where the state has other accounts than the service.
func (c *cli) wantInState(accounts ...stub.Account) {
	c.t.Helper()
	state := c.accountsInState()
	if len(state) != len(accounts) {
		c.t.Errorf("the state has %v, want %v", state, accounts)
	}
	for _, a := range accounts {
		if in := state[a.Name]; in["id"] != a.ID || in["domain"] != a.Domain {
			c.t.Errorf("the state has %v, want %v", in, a)
		}
	}
}

// importLost does what the error of a create says where the CLI takes no state with it: it imports the accounts,
// whose names are the labels of their resources, that the state does not have.
func (c *cli) importLost(state map[string]map[string]any, accounts []stub.Account) {
	c.t.Helper()
	if c.takesPartialState() {
		return
	}
	for _, account := range accounts {
		if state[account.Name] == nil {
			c.run(0, "import", "okta_account."+account.Name, account.Name)
		}
	}
}
