// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Whatever form the values of existing accounts have, the configuration that the CLI generates for them
// plans no change.
func TestAccOktaAccount_adoptedAsItIs(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := providerConfig(url)
	for i, attributes := range []string{
		`"domain":"example.okta.com"`,
		`"domain":"http://example.okta.com"`,
		`"domain":"https://example.okta.com/app?x=1"`,
		`"domain":" https://example.okta.com\n"`,
		`"domain":"https://example-admin.okta.com"`,
		`"domain":"acme"`,
		`"domain":"https://example.okta.com","client_id":" made-up-client "`,
		`"domain":"https://example.okta.com","auth_method":"oauth\n"`,
		`"domain":"https://example.okta.com","auth_method":"","client_id":""`,
	} {
		s.PutRaw(fmt.Sprintf(`{"type":"okta-accounts","id":"id-%[1]d","attributes":{"name":" Okta-${%[1]d} ",%[2]s}}`, i,
			attributes))
		config += fmt.Sprintf("\nimport {\n  to = okta_account.a%[1]d\n  id = \"id-%[1]d\"\n}\n", i)
	}
	c := newCLI(t, config)
	c.run(0, "plan", "-generate-config-out=generated.tf")
	out := c.run(0, "apply", "-auto-approve")
	if !strings.Contains(out, "9 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("not adopted as they are:\n%s", out)
	}
	if out := c.run(0, "plan", "-detailed-exitcode"); strings.Contains(out, "Warning: Okta") ||
		strings.Contains(out, "Address of") {
		t.Errorf("warnings about accounts as they are:\n%s", out)
	}
	wantRequests(t, s, "GET list", "GET list", "GET list")
}

// A value of a bad form is refused where it is new, changed, or that of an account to replace, also if
// it is only known in the apply. Nothing is written before that.
func TestAccOktaAccount_badValues(t *testing.T) {
	t.Parallel()
	const odd = `{"type":"okta-accounts","id":"id-1","attributes":{"name":"Okta_Prod","domain":"example.okta.com",` +
		`"auth_method":"oauth","client_id":"made-up-client"}}`
	config := func(url, name, domain, lines string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = %q
  domain        = %s
  client_secret = "made-up-secret"
  %s
}

resource "terraform_data" "later" {
  input = "http://example.okta.com"
}
`, name, domain, lines)
	}
	const adopted, client = `"example.okta.com"`, `client_id = "made-up-client"`
	for name, test := range map[string]struct {
		name, domain, lines string
		argument, want      string
	}{
		"another domain": {
			"Okta_Prod", `"https://example.okta.com/app"`, client, "", `domain: .*write "https://example.okta.com"`,
		},
		"another client_id": {"Okta_Prod", adopted, `client_id = " made-up-client"`, "", `client_id: it has white space`},
		"an empty method":   {"Okta_Prod", adopted, client + "\n  auth_method = \"\"", "", `auth_method: it is empty`},
		"replaced":          {"Okta_Prod", adopted, client, "-replace=" + address, `domain: it has no scheme`},
		"renamed":           {"Okta_New", adopted, client, "", `domain: it has no scheme`},
		"known late": {
			"Okta_Prod", "terraform_data.later.output", client, "", `domain: .*write "https://example.okta.com"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			s.PutRaw(odd)
			c := newCLI(t, config(url, "Okta_Prod", adopted, client))
			c.run(0, "import", address, "Okta_Prod")
			c.write("main.tf", config(url, test.name, test.domain, test.lines))
			out := c.run(1, "apply", cmp.Or(test.argument, "-refresh=true"), "-auto-approve")
			if want := `Error: ` + summaryInvalidValue + `.*` + test.want; !matches(want, out) {
				t.Errorf("no error %q:\n%s", want, out)
			}
			wantNoWrites(t, s)
		})
	}
}

// If a client_id is not known in the plan and turns out to be null, the update becomes a replacement.
// The CLI refuses that, and the provider cannot tell such a plan from an ordinary one. The next apply
// replaces the account.
func TestAccOktaAccount_clientIDNullInApply(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	const token = "auth_method = \"other\"\n  api_key = \"made-up-token\"\n  client_id = "
	unknown := later + prodConfig(url, token+`terraform_data.later.id == "" ? "never" : null`)
	testAccounts(t, s,
		resource.TestStep{Config: prodConfig(url, token+`"made-up-client"`)},
		resource.TestStep{
			Config:      unknown,
			ExpectError: regexp.MustCompile(spaced(`Provider produced inconsistent final plan`)),
		},
		resource.TestStep{
			Config:            unknown,
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{noAttribute("client_id"), stateIsStub(s, "Okta_Prod")},
		},
	)
}

// The destroy of an account whose configuration has no secret, after it left the state: the error of the
// plan that precedes it names the way out, which works.
func TestAccOktaAccount_destroyBlockedByPlan(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	kept := existing()
	kept.Name = "Okta_Kept"
	s.Put(kept)
	s.Put(existing())
	c := newCLI(t, prodConfig(url, `client_id = "made-up-client"`)+`
resource "okta_account" "kept" {
  name      = "Okta_Kept"
  domain    = "https://example.okta.com"
  client_id = "made-up-client"
}
`)
	c.run(0, "import", address, "Okta_Prod")
	c.run(0, "import", "okta_account.kept", "Okta_Kept")
	c.run(0, "destroy", "-auto-approve", "-target="+address)

	if out, want := c.run(1, "destroy", "-auto-approve"), `terraform destroy -refresh=false`; !matches(want, out) {
		t.Errorf("the error does not name %q:\n%s", want, out)
	}
	c.destroy(s, "-refresh=false")
}

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
			if got := sent(t, s, "PATCH"); len(got) != 1 || got["domain"] != "https://new.okta.com" {
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
