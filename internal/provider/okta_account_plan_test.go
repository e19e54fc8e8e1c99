// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The CLI shows the line that is invalid, unless that could have a secret. TestBadInput has all else.
func TestAccOktaAccount_invalid(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, "")
	for lines, want := range map[string]string{
		`id = "made-up"`:                                  `id = "made-up".*Invalid`,
		`client_id = "client\n"`:                          `client_id = "client\\n".*trimspace`,
		`client_secret = ""`:                              `client_secret = "".*it is empty: leave it out`,
		`client_secret = "LITERAL\n"`:                     `resource .*client_secret: it has white space.*trimspace`,
		`client_secret_wo = "LITERAL\n"`:                  `resource .*client_secret_wo: it has white space around it`,
		`client_secret_wo_version = "1"`:                  `client_secret_wo_version = "1".*client_secret_wo is null`,
		`client_secret = "LITERAL"`:                       `resource .*requires client_id.*API Service Integrations`,
		`client_id = "made-up-client"`:                    `resource .*client_secret_wo .* or client_secret`,
		`api_key_wo = "LITERAL"`:                          `resource .*Missing auth_method: .*add such an account`,
		"api_key = \"LITERAL\"\napi_key_wo = \"LITERAL\"": `resource .*api_key or api_key_wo, not both`,
	} {
		c.write("main.tf", prodConfig(url, lines))
		found := c.diagnostics("error", "plan", "-json")
		if text := found[0].Snippet.Code + found[0].Summary + ": " + found[0].Detail; !matches(want, text) ||
			strings.Contains(text, "LIT") {
			t.Errorf("%s: no error %q and no secret, but:\n%s", lines, want, text)
		}
	}
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("requests were sent: %v", requests)
	}
}

const later = `
resource "terraform_data" "later" {
  input = "made-up-secret"
}
`

// Values that are not known in the plan pass it, and are checked in the apply before any request
// that changes something.
func TestAccOktaAccount_unknownValues(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{
			Config: later + prodConfig(url, `client_id = terraform_data.later.id == "" ? "never" : null
  client_secret = terraform_data.later.output`),
			ExpectError: regexp.MustCompile(`Missing client_id`),
		},
		resource.TestStep{
			Config: later + providerConfig(url) + `
resource "terraform_data" "more" {
  input = "made-up-secret"
}

resource "okta_account" "test" {
  name          = terraform_data.more.id
  domain        = "https://example.okta.com"
  client_id     = terraform_data.more.id
  client_secret = terraform_data.more.output
}
`,
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{wantCount(s, "POST", "", 1)},
		},
	)
}

// An imported account whose configuration forgets the client_id: the plan says which one it is.
func TestAccOktaAccount_clientIDForgotten(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Put(existing())
	c := newCLI(t, prodConfig(s.Start(t), ""))
	c.run(0, "import", address, "Okta_Prod")
	if out := c.run(1, "plan"); !matches(`Missing client_id.*client_id = "made-up-client"`, out) {
		t.Errorf("the error does not name the client_id:\n%s", out)
	}
}

// One hint for each account with a secret in the state, without the line of the secret; none for
// the others.
func TestAccOktaAccount_hint(t *testing.T) {
	t.Parallel()
	c := newCLI(t, prodConfig(stub.New().Start(t),
		"client_id = \"made-up-client\"\n  client_secret = \"LITERAL\"\n  api_key = \"LITERAL\"")+`
resource "okta_account" "write_only" {
  name             = "Okta_Write_Only"
  domain           = "https://example.okta.com"
  client_id        = "made-up-client"
  client_secret_wo = "LITERAL"
}

resource "okta_account" "none" {
  name          = "Okta_None"
  domain        = "https://example.okta.com"
  auth_method   = "other"
  client_secret = null
}
`)
	out := c.run(0, "plan")
	want := `Warning: Secret kept in the state.*with okta_account.test.*client_secret_wo and api_key_wo`
	if !matches(want, out) || strings.Count(out, "Secret kept") != 1 || strings.Contains(out, "LITERAL") {
		t.Errorf("not one hint %q without the secret:\n%s", want, out)
	}
}

// matches says whether a text has the pattern in it, of which the CLI may break the lines where it
// likes.
func matches(pattern, text string) bool {
	return regexp.MustCompile(spaced(pattern)).MatchString(text)
}

// spaced lets the CLI break the lines of a text where it likes.
func spaced(want string) string {
	return fmt.Sprintf("(?s)%s", strings.ReplaceAll(want, " ", `[\s│╷╵]+`))
}

// planned returns what a plan, made with the arguments, says of the account's attributes that an
// update sends. The plan is in the file "plan".
func (c *cli) planned(arguments ...string) map[string]any {
	c.t.Helper()
	c.run(0, append([]string{"plan", "-out=plan"}, arguments...)...)
	var plan struct {
		ResourceChanges []struct {
			Address string
			Change  struct {
				Actions []string
				After   map[string]any
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(c.run(0, "show", "-json", "plan")), &plan); err != nil {
		c.t.Fatal(err)
	}
	attributes := map[string]any{}
	for _, change := range plan.ResourceChanges {
		for _, name := range []string{"domain", "auth_method", "client_id", "client_secret", "api_key"} {
			if value := change.Change.After[name]; change.Address == address && value != nil {
				attributes[name] = value
			}
		}
	}
	return attributes
}

// sent returns the attributes in the last request of the method.
func sent(t *testing.T, s *stub.Server, method string) map[string]any {
	t.Helper()
	var body struct {
		Data struct{ Attributes map[string]any }
	}
	for _, request := range s.Requests() {
		if request.Method == method {
			if err := json.Unmarshal([]byte(request.Body), &body); err != nil {
				t.Fatal(err)
			}
		}
	}
	return body.Data.Attributes
}

// ignoring has values with a number, and a list of those that are ignored.
func ignoring(url, number, ignored string) string {
	return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://%[1]s.okta.com"
  auth_method   = "method_%[1]s"
  client_id     = "client_%[1]s"
  client_secret = "made-up-secret-%[1]s"
  api_key       = "made-up-token-%[1]s"

  lifecycle {
    ignore_changes = %[2]s
  }
}
`, number, ignored)
}

// Everything in the configuration changes, and some of it is ignored: what goes to Datadog is what
// the plan showed.
func TestAccOktaAccount_ignoreChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ignored   string
		rekeyed   bool
		arguments []string
	}{
		"nothing":                   {},
		"domain":                    {ignored: "domain"},
		"auth_method":               {ignored: "auth_method"},
		"client_id":                 {ignored: "client_id"},
		"client_secret":             {ignored: "client_secret"},
		"api_key":                   {ignored: "api_key"},
		"re-keyed":                  {ignored: "domain, client_secret", rekeyed: true},
		"target":                    {ignored: "domain, api_key", arguments: []string{"-target=" + address}},
		"without refresh":           {ignored: "domain, client_id", arguments: []string{"-refresh=false"}},
		"re-keyed, without refresh": {"domain, client_secret", true, []string{"-refresh=false"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newCLI(t, ignoring(url, "1", "[]"))
			c.run(0, "apply", "-auto-approve")
			if test.rekeyed {
				s.Rekey("Okta_Prod")
			}

			c.write("main.tf", ignoring(url, "2", "["+test.ignored+"]"))
			plan := c.planned(test.arguments...)
			want := map[string]any{}
			for attribute, value := range map[string]string{
				"domain": "https://%d.okta.com", "auth_method": "method_%d", "client_id": "client_%d",
				"client_secret": "made-up-secret-%d", "api_key": "made-up-token-%d",
			} {
				want[attribute] = fmt.Sprintf(value, 2)
				if strings.Contains(test.ignored, attribute) {
					want[attribute] = fmt.Sprintf(value, 1)
				}
			}
			if !maps.Equal(plan, want) {
				t.Errorf("planned: %v, want %v", plan, want)
			}
			c.run(0, "apply", "plan")
			if got := sent(t, s, "PATCH"); !maps.Equal(got, want) {
				t.Errorf("sent: %v, want %v", got, want)
			}
			c.wantEmptyPlan()
		})
	}
}

func TestAccOktaAccount_ignoreAllChanges(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, ignoring(url, "1", "all"))
	c.run(0, "apply", "-auto-approve")
	s.ResetRequests()
	c.write("main.tf", ignoring(url, "2", "all"))
	c.wantEmptyPlan()
	wantRequests(t, s, "GET list")

	account, _ := s.Account("Okta_Prod")
	account.Domain = "https://changed.okta.com"
	s.Put(account)
	c.run(0, "apply", "-auto-approve")
	wantRequests(t, s, "GET list")
}

// A write-only secret is not in the plan, so that ignore_changes holds back its version and its
// fingerprint alone. It comes from the configuration whenever an update is sent.
func TestAccOktaAccount_ignoreWriteOnlyChanges(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret, version, client string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name                     = "Okta_Prod"
  domain                   = "https://example.okta.com"
  client_id                = %q
  client_secret_wo         = %q
  client_secret_wo_version = %s
  api_key_wo               = %q

  lifecycle {
    ignore_changes = [client_secret_wo_version, api_key_wo]
  }
}
`, client, secret, version, secret)
	}
	c := newCLI(t, config("made-up-first", `"1"`, "made-up-client"))
	c.run(0, "apply", "-auto-approve")
	c.write("main.tf", config("made-up-second", `"2"`, "made-up-client"))
	c.wantEmptyPlan()

	c.write("main.tf", config("made-up-third", `"3"`, "other-client"))
	c.run(0, "apply", "-auto-approve")
	wantPatched(t, s, 1, "made-up-third", "made-up-third")
	c.wantEmptyPlan()
}
