// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// lifeOfThree is a life of three accounts, step by step. Each step has another client id.
const lifeOfThree = `
import {
  to = okta_account.imported
  id = "Okta_Imported"
}

resource "okta_account" "imported" {
  name          = "Okta_Imported"
  domain        = "https://example.okta.com"
  client_id     = %[1]q
  client_secret = "made-up-secret"
}

resource "okta_account" "created" {
  name             = "Okta_Created"
  domain           = "https://example.okta.com"
  client_id        = %[1]q
  client_secret_wo = "made-up-secret"
}

resource "okta_account" "replaced" {
  name          = "Okta_%[1]s"
  domain        = "https://example.okta.com"
  client_id     = %[1]q
  client_secret = "made-up-secret"
}

data "okta_accounts" "of_ours" {
  name_regex = "^Okta_"
}

data "okta_account" "imported" {
  name = "Okta_Imported"
}

output "of_ours" {
  value = [for account in data.okta_accounts.of_ours.accounts : account.name]
}

output "imported" {
  value = data.okta_account.imported.domain
}
`

// liveThrough runs the life of three accounts, and returns what was asked of the service and what
// the outputs say, step by step.
func liveThrough(t *testing.T, s *stub.Server) (steps []string) {
	t.Helper()
	url := s.Start(t)
	account := existing()
	account.Name = "Okta_Imported"
	s.Put(account)
	c := newCLI(t, "")
	note := func(step string) {
		t.Helper()
		var requests []string
		for _, request := range s.Requests() {
			if name := fmt.Sprint(request.Method, request.Status); name != "GET200" || !slices.Contains(requests, name) {
				requests = append(requests, name)
			}
		}
		slices.Sort(requests)
		s.ResetRequests()
		// Whether the data source needs a list of its own depends on which of the reads comes first.
		steps = append(steps, fmt.Sprint(step, requests))
	}
	for _, client := range []string{"first", "second"} {
		c.write("main.tf", providerConfig(url)+fmt.Sprintf(lifeOfThree, client))
		c.run(2, "plan", "-detailed-exitcode")
		note("plan")
		c.run(0, "apply", "-auto-approve")
		note("apply")
		c.run(0, "refresh")
		note("refresh")
		steps = append(steps, c.run(0, "output", "-json"))
		c.wantEmptyPlan()
		note("empty plan")
	}
	s.Rekey("Okta_Created")
	s.Remove("Okta_second")
	c.run(0, "apply", "-auto-approve")
	note("drift")
	c.run(0, "state", "rm", "okta_account.created")
	c.run(0, "import", "okta_account.created", "Okta_Created")
	note("import")
	c.run(0, "destroy", "-auto-approve")
	note("destroy")
	if left := s.Accounts(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return steps
}

// Whatever else the organization holds does not matter to the accounts of a configuration.
func TestAccOktaAccount_oddOrganization(t *testing.T) {
	t.Parallel()
	tidy := liveThrough(t, stub.New())
	s := stub.New()
	s.History()
	before := s.Raw()
	odd := liveThrough(t, s)
	for i := range tidy {
		if tidy[i] != odd[i] {
			t.Errorf("in a tidy organization: %s\nin an odd one: %s", tidy[i], odd[i])
		}
	}
	if after := s.Raw(); !slices.Equal(before, after) {
		t.Errorf("the odd accounts are now %q", after)
	}
}

// Names that nobody would give a new account, but that exist: they are imported, changed and
// deleted like any other.
func TestAccOktaAccount_oddNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ ofService, configured string }{
		"white space":  {" Okta Prod ", " Okta Prod "},
		"Unicode form": {"Okta_Zu\u0308rich", "Okta_Z\u00fcrich"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			account := existing()
			account.Name = test.ofService
			s.Put(account)
			config := func(client string) string {
				return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name      = %[1]q
  domain    = "https://example.okta.com"
  client_id = %[2]q
}

import {
  to = okta_account.test
  id = %[1]q
}
`, test.configured, client)
			}
			c := newCLI(t, config("made-up-client"))
			if out := c.run(0, "apply", "-auto-approve"); !strings.Contains(out, "1 imported, 0 added, 0 changed, 0 destroyed") {
				t.Errorf("not imported without a change:\n%s", out)
			}
			c.wantEmptyPlan()
			c.write("main.tf", config("other-client"))
			c.run(0, "apply", "-auto-approve")
			c.wantEmptyPlan()
			if account, _ := s.Account(test.ofService); account.ClientID != "other-client" {
				t.Errorf("not changed: %v", s.Accounts())
			}
			c.destroy(s)
		})
	}
}

// A state that Terraform before 1.12 saved has no identities: later versions upgrade them, whatever the command.
func TestAccOktaAccount_stateWithoutIdentity(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, providerConfig(url)+prodAccount)
	c.run(0, "apply", "-auto-approve")
	identity := regexp.MustCompile(`,\s*"(identity_schema_version|identity)": (\d+|\{[^}]*\})`)
	state := identity.ReplaceAllString(c.read("terraform.tfstate"), "")

	for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
		c.write("terraform.tfstate", state)
		c.run(0, "plan", "-detailed-exitcode", refresh)
	}
	c.write("main.tf", prodConfig(url, "client_id = \"other-client\"\n  client_secret = \"made-up-secret\""))
	c.run(0, "apply", "-auto-approve", "-refresh=false")
	if account, _ := s.Account("Okta_Prod"); account.ClientID != "other-client" {
		t.Errorf("Datadog has the client_id %q", account.ClientID)
	}
	c.wantEmptyPlan()
	c.write("terraform.tfstate", identity.ReplaceAllString(c.read("terraform.tfstate"), ""))
	c.destroy(s, "-refresh=false")
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
