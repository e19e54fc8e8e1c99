// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// oldAccount has an account from before there was an auth_method, and its domain.
const oldAccount = `
import {
  to = okta_account.test
  id = "Okta_Old"
}

resource "okta_account" "test" {
  name   = "Okta_Old"
  domain = "https://%s.okta.com"
}
`

// An account from before there was an auth_method, in each of the shapes in which the API may show
// that: it is adopted as it is, and keeps none until the configuration writes one.
func TestAccOktaAccount_withoutAuthMethod(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]string{
		"absent": "", "null": `,"auth_method":null,"client_id":null`, "empty": `,"auth_method":"","client_id":""`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			s.PutRaw(`{"type":"okta-accounts","id":"id-1","attributes":` +
				`{"name":"Okta_Old","domain":"https://old.okta.com"` + shape + `}}`)
			c := newCLI(t, providerConfig(url)+fmt.Sprintf(oldAccount, "old"))
			out := c.run(0, "apply", "-auto-approve")
			if !strings.Contains(out, "1 imported, 0 added, 0 changed, 0 destroyed") {
				t.Errorf("not adopted as it is:\n%s", out)
			}
			if want := `shows no auth_method for the account "Okta_Old"`; !matches(want, out) {
				t.Errorf("no warning %q:\n%s", want, out)
			}
			if out := c.run(0, "plan", "-detailed-exitcode"); strings.Contains(out, "Warning: Okta account") {
				t.Errorf("warned of more than once:\n%s", out)
			}
			wantRequests(t, s, "GET list", "GET list")

			c.write("main.tf", providerConfig(url)+fmt.Sprintf(oldAccount, "new"))
			c.run(0, "apply", "-auto-approve")
			if got := sent(t, s); len(got) != 1 || got["domain"] != "https://new.okta.com" {
				t.Errorf("sent: %v, want the domain alone", got)
			}
			c.wantEmptyPlan()
		})
	}
}

// An account without a domain: the configuration sets it, also to one that is not known in the plan.
func TestAccOktaAccount_withoutDomain(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	s.PutRaw(`{"type":"okta-accounts","id":"id-1","attributes":{"name":"Okta_Old"}}`)
	c := newCLI(t, later+providerConfig(url)+fmt.Sprintf(oldAccount, "${terraform_data.later.id}"))
	if out := c.run(0, "apply", "-auto-approve"); !strings.Contains(out, "Datadog shows no domain and no auth_method") ||
		!strings.Contains(out, "1 imported, 1 added, 1 changed, 0 destroyed") {
		t.Errorf("no warning, or no update:\n%s", out)
	}
	c.wantEmptyPlan()
}

// A change of auth_method that comes from the default alone is warned of, with the line to keep it.
func TestAccOktaAccount_authMethodByDefault(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	account := existing()
	account.AuthMethod = "made_up_method"
	s.Put(account)
	const client = `client_id = "made-up-client"`
	c := newCLI(t, prodConfig(url, client))
	c.run(0, "import", address, "Okta_Prod")

	out := c.run(2, "plan", "-detailed-exitcode")
	if want := `auth_method changes to its default.*write: auth_method = "made_up_method"`; !matches(want, out) {
		t.Errorf("no warning %q:\n%s", want, out)
	}
	c.write("main.tf", prodConfig(url, client+"\n  auth_method = \"made_up_method\""))
	c.wantEmptyPlan()
	c.write("main.tf", prodConfig(url, client+"\n  auth_method = \"oauth\""))
	if out := c.run(2, "plan", "-detailed-exitcode"); strings.Contains(out, "changes to its default") {
		t.Errorf("warned of a change that the configuration writes:\n%s", out)
	}
}

// A new account has the default, also one that replaces an account without an auth_method.
func TestAccOktaAccount_authMethodOfReplacement(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	s.PutRaw(`{"type":"okta-accounts","id":"id-1","attributes":{"name":"Okta_Old","domain":"https://example.okta.com"}}`)
	testAccounts(t, s,
		resource.TestStep{
			Config:       providerConfig(url) + namedAccount("test", "Okta_Old"),
			ResourceName: address, ImportState: true, ImportStateId: "Okta_Old", ImportStatePersist: true,
		},
		resource.TestStep{
			Config:            providerConfig(url) + prodAccount,
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("auth_method", "oauth")},
		},
	)
}

// An update that sends no client secret is warned of, since Datadog re-makes the account.
func TestAccOktaAccount_updateWithoutSecret(t *testing.T) {
	t.Parallel()
	const warning = "Okta account updated without its client secret"
	s := stub.New()
	url := s.Start(t)
	s.Put(existing())
	c := newCLI(t, prodConfig(url, `client_id = "made-up-client"`))
	out := c.run(0, "import", address, "Okta_Prod") + c.run(0, "plan", "-detailed-exitcode")
	if strings.Contains(out, warning) {
		t.Errorf("warned of an update that there is not:\n%s", out)
	}
	const other = `client_id = "other-client"`
	for lines, want := range map[string]int{
		other: 1,
		other + "\n  client_secret = \"made-up-secret\"":    0,
		other + "\n  client_secret_wo = \"made-up-secret\"": 0,
		other + "\n  auth_method = \"other\"":               0,
		`auth_method = "other"`:                             0, // replaced
	} {
		c.write("main.tf", prodConfig(url, lines))
		if out := c.run(2, "plan", "-detailed-exitcode"); strings.Count(out, warning) != want {
			t.Errorf("%s: want %d warnings:\n%s", lines, want, out)
		}
	}
}
