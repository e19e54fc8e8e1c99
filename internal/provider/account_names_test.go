// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func namedAccount(label, name string) string {
	return fmt.Sprintf(`
resource "okta_account" %q {
  name          = %q
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, label, name)
}

// existence are the summaries of warnings about names.
var existence = []string{summaryExists, summaryNameTaken, summaryNameTwice, summaryManagedTwice, summaryUnusualName}

// A plan warns of every name that two accounts would have, whatever the order of its resources.
func TestAccOktaAccount_namesInPlan(t *testing.T) {
	t.Parallel()
	a, b := namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod")
	first, second := namedAccount("a", "Okta_A"), namedAccount("b", "Okta_B")
	const move = "moved {\n  from = okta_account.a\n  to = okta_account.b\n}\n"
	const imports = "import {\n  to = okta_account.b\n  id = \"Okta_Prod\"\n}\n"
	withClient := fmt.Sprintf(prodWith, "auth_method = \"other\"\n  client_id = \"made-up-client\"")
	withoutClient := fmt.Sprintf(prodWith, `auth_method = "other"`)
	exists, taken, twice := []string{summaryExists}, []string{summaryNameTaken}, []string{summaryNameTwice}
	for name, test := range map[string]struct {
		before, after string
		arguments     []string
		want          []string
	}{
		"without moved":                      {b, a, nil, exists},
		"other way":                          {a, b, nil, exists},
		"one at a time":                      {a, b, []string{"-parallelism=1"}, exists},
		"not refreshed":                      {a, b, []string{"-refresh=false"}, exists},
		"with moved":                         {a, b + move, nil, nil},
		"second of the name":                 {a, a + b, nil, exists},
		"two new ones":                       {"", a + b, nil, twice},
		"of a name that is unusual":          {namedAccount("a", "Okta-Prod"), namedAccount("b", "Okta-Prod"), nil, exists},
		"a new one and a renamed one":        {first, namedAccount("a", "Okta_B") + second, nil, twice},
		"renamed to the name of another one": {first + second, first + namedAccount("b", "Okta_A"), nil, taken},
		"names swapped": {
			first + second, namedAccount("a", "Okta_B") + namedAccount("b", "Okta_A"), nil, slices.Repeat(taken, 2),
		},
		"renamed":                    {first, namedAccount("a", "Okta_B"), nil, nil},
		"replaced":                   {a, a, []string{"-replace=okta_account.a"}, nil},
		"replaced, not refreshed":    {a, a, []string{"-replace=okta_account.a", "-refresh=false"}, nil},
		"replaced for its client_id": {withClient, withoutClient, nil, nil},
		"destroyed":                  {a, a, []string{"-destroy"}, nil},
		"imported twice":             {a, a + b + imports, nil, []string{summaryManagedTwice}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newCLI(t, providerConfig(url)+test.before)
			c.run(0, "apply", "-auto-approve")
			s.ResetRequests()
			c.write("main.tf", providerConfig(url)+test.after)
			var found []string
			for _, d := range c.diagnostics("warning", append([]string{"plan", "-json"}, test.arguments...)...) {
				if slices.Contains(existence, d.Summary) {
					found = append(found, d.Summary)
				}
			}
			if !slices.Equal(found, test.want) {
				t.Errorf("warnings %q, want %q", found, test.want)
			}
			wantRequests(t, s, "GET list")
		})
	}
}

// The text about a name that exists names what exists, and each case goes on as it says.
func TestAccOktaAccount_existsAlready(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	account := s.Put(existing())
	c := newCLI(t, providerConfig(url)+namedAccount("example", "Okta_Prod"))
	want := `Okta account exists already.*"Okta_Prod" for "https://example.okta.com" \(id "` + account.ID + `"\).*` +
		`from = okta_account.old # or restapi_object.old, restful_resource.old.*` +
		`terraform import okta_account.example 'Okta_Prod'.*choose another name.*tainted.*create_before_destroy`
	out := c.run(0, "plan", "-out=plan")
	if !matches(want, out) || strings.Contains(out, "untouched") {
		t.Errorf("no warning %q:\n%s", want, out)
	}
	out = c.run(1, "apply", "plan")
	if !matches(`Error: Unable to create Okta account.*terraform import.*Okta_Prod`, out) {
		t.Errorf("no error with the import command:\n%s", out)
	}
	wantRequests(t, s, "GET list", "GET list", "GET list") // what is taken is confirmed

	// Nothing manages it: the import.
	c.run(0, "import", "okta_account.example", "Okta_Prod")
	if out := c.run(0, "plan", "-replace=okta_account.example"); strings.Contains(out, summaryExists) {
		t.Errorf("a warning about its own account:\n%s", out)
	}
	// The resource has a new address: the warning comes, and a moved block is what it asks for.
	c.write("main.tf", providerConfig(url)+namedAccount("other", "Okta_Prod"))
	if out := c.run(0, "plan"); !matches(want, out) || !strings.Contains(out, "1 to destroy") {
		t.Errorf("no warning %q:\n%s", want, out)
	}
	c.write("main.tf", providerConfig(url)+namedAccount("other", "Okta_Prod")+
		"moved {\n  from = okta_account.example\n  to   = okta_account.other\n}\n")
	if out := c.run(0, "apply", "-auto-approve"); strings.Contains(out, summaryExists) ||
		!strings.Contains(out, "0 added") {
		t.Errorf("not moved:\n%s", out)
	}
	// It is tainted: nothing is needed.
	c.run(0, "taint", "okta_account.other")
	if out := c.run(0, "apply", "-auto-approve"); !matches(`tainted or replaced, do nothing`, out) {
		t.Errorf("no warning about a tainted resource:\n%s", out)
	}
	if accounts := s.Accounts(); len(accounts) != 1 || accounts[0].ID == account.ID {
		t.Errorf("accounts: %v, want a new one", accounts)
	}
}

// A resource that gets the name of another account: the plan says that it would lose its own, and that
// create_before_destroy keeps it.
func TestAccOktaAccount_renamedToTakenName(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{false, true} {
		t.Run(fmt.Sprintf("kept=%t", kept), func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			other := existing()
			other.Name = "Okta_Other"
			s.Put(other)
			c := newCLI(t, providerConfig(url)+prodAccount)
			c.run(0, "apply", "-auto-approve")
			own, _ := s.Account("Okta_Prod")
			c.write("main.tf", providerConfig(url)+fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Other"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"

  lifecycle {
    create_before_destroy = %t
  }
}
`, kept))
			out := c.run(1, "apply", "-auto-approve")
			want := summaryNameTaken + `.*"Okta_Other".*deletes its own account "Okta_Prod" \(id "` + own.ID + `"\).*` +
				`name = "Okta_Prod" to keep the account.*create_before_destroy = true`
			if !matches(want, out) {
				t.Errorf("no warning %q:\n%s", want, out)
			}
			if _, found := s.Account("Okta_Prod"); found != kept {
				t.Errorf("the own account is there: %t, want %t", found, kept)
			}
		})
	}
}

// A new account whose name Datadog's page does not allow, or whose domain is that of an admin console,
// is warned of. One that exists is not.
func TestAccOktaAccount_unusualValues(t *testing.T) {
	t.Parallel()
	const write = `Address of .* console.*write domain = `
	for _, test := range []struct{ name, domain, want string }{
		{"Okta_Prod_2", "https://example.okta.com", ""},
		{"Okta-Prod", "https://example.okta.com", summaryUnusualName},
		{"Okta Prod", "https://example.okta.com", summaryUnusualName},
		{"Öktä", "https://example.okta.com", summaryUnusualName},
		{"okta.prod", "https://example.okta.com", summaryUnusualName},
		{"Okta_Prod", "https://example-admin.okta.com", write + `"https://example.okta.com"`},
		{"Okta_Prod", "https://Example-Admin.oktapreview.com/", write + `"https://Example.oktapreview.com"`},
		{"Okta_Prod", "https://a-b-admin.okta-emea.com", write + `"https://a-b.okta-emea.com"`},
		{"Okta_Prod", "https://example-admin.okta-gov.com", write + `"https://example.okta-gov.com"`},
		{"Okta_Prod", "https://example-admin.okta.mil", write + `"https://example.okta.mil"`},
		{"Okta_Prod", "https://login-admin.example.com:8443", write + `"https://login.example.com:8443"`},
		{"Okta_Prod", "https://admin.okta.com", ""},
		{"Okta_Prod", "https://example.okta-admin.com", ""},
	} {
		t.Run(test.name+" "+test.domain, func(t *testing.T) {
			t.Parallel()
			url := stub.New().Start(t)
			config := func(name string) string {
				return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name             = %q
  domain           = %q
  client_id        = "made-up-client"
  client_secret_wo = "made-up-secret"
}
`, name, test.domain)
			}
			c := newCLI(t, config(test.name))
			wantWarning := func() {
				t.Helper()
				out := c.run(0, "plan")
				if n := strings.Count(out, "Warning: "); n != 1+min(len(test.want), 1) || !matches(test.want, out) {
					t.Errorf("%d warnings, no %q:\n%s", n-1, test.want, out)
				}
			}
			wantWarning()
			c.run(0, "apply", "-auto-approve")
			if out := c.run(0, "plan", "-detailed-exitcode"); strings.Count(out, "Warning: ") != 1 {
				t.Errorf("warned of an account that exists:\n%s", out)
			}
			if test.domain == "https://example.okta.com" {
				c.write("main.tf", config(test.name+"_2"))
				wantWarning()
			}
		})
	}
}

// An account that is imported under another name than the configuration's, or one that is not known
// yet: the one error says that the names differ.
func TestAccOktaAccount_importedUnderAnotherName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ configured, want string }{
		"another": {`"Okta_Typo"`, `the configuration says "Okta_Typo"`},
		"unknown": {"terraform_data.name.output", "the name in the configuration is not known yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t))+fmt.Sprintf(`
resource "okta_account" "test" {
  name      = %s
  domain    = "https://example.okta.com"
  client_id = "made-up-client"
}

resource "terraform_data" "name" {
  input = "Okta_Prod"
}
`, test.configured))
			s.Put(existing())
			c.run(0, "import", address, "Okta_Prod")
			out := c.run(1, "plan")
			want := `Error: ` + summaryNamesDiffer + `.*the account's name is "Okta_Prod"; ` + test.want +
				`.*write:.*name = "Okta_Prod".*also needs client_secret_wo or client_secret`
			if !matches(want, out) || strings.Count(out, "Error: ") != 1 {
				t.Errorf("not one error %q:\n%s", want, out)
			}
		})
	}
}

// A plan of new accounts that cannot look for their names says so once, and stays a plan.
func TestAccOktaAccount_namesUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault stub.Fault
		want  string
	}{
		"forbidden":    {stub.Fault{Status: 403}, "integrations_read"},
		"server error": {stub.Fault{Status: 500}, "500 Internal Server Error"},
		"HTML":         {stub.Fault{Body: "<html>made-up login</html>"}, "cannot be understood"},
		"dropped":      {stub.Fault{Drop: true}, "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t), "http_client_retry_enabled = false")+firstAndSecond)
			s.Fail(test.fault)
			out := c.run(0, "plan", "-parallelism=1")
			if want := "Unable to look for existing Okta accounts.*" + test.want; !matches(want, out) ||
				strings.Count(out, "Unable to look") != 1 {
				t.Errorf("not one warning %q:\n%s", want, out)
			}
		})
	}
}

// An error does not point to the advice of a warning that the CLI drops, in the second plan of a
// replacement.
func TestAccOktaAccount_adviceAfterDroppedWarning(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, providerConfig(s.Start(t))+namedAccount("example", "Okta_Prod"))
	c.run(0, "apply", "-auto-approve")
	c.write("import.tf", `
import {
  to = okta_account.later
  id = "Okta_Later"
}

resource "okta_account" "later" {
  name       = "Okta_Later"
  domain     = "https://example.okta.com"
  depends_on = [okta_account.example]
}
`)
	s.Fail(stub.Fault{Method: http.MethodGet, Status: http.StatusForbidden})
	found := c.diagnostics("error", "plan", "-json", "-refresh=false", "-replace=okta_account.example")
	if len(found) != 1 || !strings.Contains(found[0].Detail, "DD_API_KEY") {
		t.Errorf("got %+v", found)
	}
}
