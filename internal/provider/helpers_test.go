// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
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
		var got []string
		for _, request := range s.Requests() {
			if request.Method == method {
				got = append(got, request.Body)
			}
		}
		if len(got) != len(want) {
			return fmt.Errorf("%d %s requests, want %d: %v", len(got), method, len(want), got)
		}
		for i := range got {
			var g, w any
			if err := json.Unmarshal([]byte(got[i]), &g); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(want[i]), &w); err != nil {
				return err
			}
			if !reflect.DeepEqual(g, w) {
				return fmt.Errorf("%s %d\n got: %s\nwant: %s", method, i, got[i], want[i])
			}
		}
		return nil
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

// A plan refreshes its accounts with one list, one or fifty. Whatever was re-keyed is in it, too;
// an account that is gone costs a GET of its own, which confirms that. What an apply sends beyond
// one list are the writes.
func TestAccOktaAccount_requests(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t))+fmt.Sprintf(`
locals {
  names = toset([for i in range(%d) : "account_${i}"])
}

resource "okta_account" "many" {
  for_each      = local.names
  name          = each.key
  domain        = "https://example.okta.com"
  client_id     = "client"
  client_secret = "made-up-secret"
}
`, n))
			plan := func(exitCode int) {
				t.Helper()
				c.run(exitCode, "plan", "-detailed-exitcode")
			}
			c.run(0, "plan", "-out=new")
			wantRequests(t, s, "GET list")
			c.run(0, "apply", "new")
			wantRequests(t, s, append(slices.Repeat([]string{"POST"}, n), "GET list")...)

			plan(0)
			wantRequests(t, s, "GET list")
			s.Rekey("account_0")
			plan(0)
			wantRequests(t, s, "GET list")
			s.Remove("account_0")
			plan(2)
			wantRequests(t, s, "GET list", "GET")
			// A data source shows what is there when it is read: one list more, after those of its dependencies.
			c.write("data.tf", `
data "okta_accounts" "all" {
  depends_on = [okta_account.many]
}
`)
			c.run(0, "apply", "-auto-approve")
			s.ResetRequests()
			plan(0)
			wantRequests(t, s, "GET list", "GET list")
		})
	}
}
