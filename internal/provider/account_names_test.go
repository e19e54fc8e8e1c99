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
var existence = []string{summaryExists, summaryNameTaken, summaryNameTwice, summaryManagedTwice}

// A plan warns of every name that two accounts would have, whatever the order of its resources.
func TestAccOktaAccount_namesInPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		arguments     []string
		want          []string
	}{
		"without moved": {namedAccount("b", "Okta_Prod"), namedAccount("a", "Okta_Prod"), nil, []string{summaryExists}},
		"other way":     {namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), nil, []string{summaryExists}},
		"one at a time": {
			namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), []string{"-parallelism=1"}, []string{summaryExists},
		},
		"not refreshed": {
			namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), []string{"-refresh=false"}, []string{summaryExists},
		},
		"with moved": {
			namedAccount("a", "Okta_Prod"),
			namedAccount("b", "Okta_Prod") + "moved {\n  from = okta_account.a\n  to = okta_account.b\n}\n", nil, nil,
		},
		"second of the name": {
			namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod") + namedAccount("b", "Okta_Prod"), nil,
			[]string{summaryExists},
		},
		"two new ones": {
			"", namedAccount("a", "Okta_Prod") + namedAccount("b", "Okta_Prod"), nil, []string{summaryNameTwice},
		},
		"a new one and a renamed one": {
			namedAccount("a", "Okta_A"), namedAccount("a", "Okta_B") + namedAccount("b", "Okta_B"), nil,
			[]string{summaryNameTwice},
		},
		"renamed to the name of another one": {
			namedAccount("a", "Okta_A") + namedAccount("b", "Okta_B"),
			namedAccount("a", "Okta_A") + namedAccount("b", "Okta_A"), nil,
			[]string{summaryNameTaken},
		},
		"names swapped": {
			namedAccount("a", "Okta_A") + namedAccount("b", "Okta_B"),
			namedAccount("a", "Okta_B") + namedAccount("b", "Okta_A"), nil,
			[]string{summaryNameTaken, summaryNameTaken},
		},
		"renamed": {namedAccount("a", "Okta_A"), namedAccount("a", "Okta_B"), nil, nil},
		"replaced": {
			namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod"), []string{"-replace=okta_account.a"}, nil,
		},
		"replaced, not refreshed": {
			namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod"),
			[]string{"-replace=okta_account.a", "-refresh=false"},
			nil,
		},
		"replaced for its client_id": {
			fmt.Sprintf(prodWith, "auth_method = \"other\"\n  client_id = \"made-up-client\""),
			fmt.Sprintf(prodWith, `auth_method = "other"`), nil, nil,
		},
		"destroyed": {namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod"), []string{"-destroy"}, nil},
		"imported twice": {
			namedAccount("a", "Okta_Prod"),
			namedAccount("a", "Okta_Prod") + namedAccount("b", "Okta_Prod") + `
import {
  to = okta_account.b
  id = "Okta_Prod"
}
`, nil,
			[]string{summaryManagedTwice},
		},
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

// Datadog's page allows letters, digits and underscores: a new name with others is warned of, the name
// of an account that exists is not.
func TestAccOktaAccount_unusualName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"Okta_Prod_2": 0, "Okta-Prod": 1, "Okta Prod": 1, "Öktä": 1, "okta.prod": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newCLI(t, providerConfig(url)+namedAccount("a", name))
			if out := c.run(0, "plan"); strings.Count(out, summaryUnusualName) != want {
				t.Errorf("want %d warnings:\n%s", want, out)
			}
			c.run(0, "apply", "-auto-approve")
			if out := c.run(0, "plan", "-detailed-exitcode"); strings.Contains(out, summaryUnusualName) {
				t.Errorf("warned of a name that exists:\n%s", out)
			}
			c.write("main.tf", providerConfig(url)+namedAccount("a", name+"_2"))
			if out := c.run(0, "plan"); strings.Count(out, summaryUnusualName) != want {
				t.Errorf("renamed: want %d warnings:\n%s", want, out)
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
