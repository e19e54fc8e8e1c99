// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// invalidAccounts fail before any request. Each says which line the error must show, if any, and
// which words.
var invalidAccounts = map[string]struct {
	change attributes
	line   string
	want   string
}{
	"empty_name":           {attributes{"name": `""`}, `name = ""`, `write the name of the account`},
	"name_with_line_break": {attributes{"name": `"Okta\nProd"`}, `name = "Okta\nProd"`, `control character`},
	"new_empty_domain":     {attributes{"domain": `""`}, `domain = ""`, `https://example.okta.com`},
	"new_domain_without_scheme": {
		attributes{"domain": `"example.okta.com"`}, `domain = "example.okta.com"`, `https://example.okta.com`,
	},
	"new_domain_over_http": {
		attributes{"domain": `"http://example.okta.com"`}, `domain = "http`, `https://example.okta.com`,
	},
	"new_domain_with_path": {
		attributes{"domain": `"https://example.okta.com/app"`}, `domain = "https`, `https://example.okta.com`,
	},
	"new_empty_auth_method": {attributes{"auth_method": `""`}, `auth_method = ""`, `leave it out for the default`},
	"new_empty_client_id":   {attributes{"client_id": `""`}, `client_id = ""`, `leave it out`},
	"new_client_id_of_file": {attributes{"client_id": `"client\n"`}, `client_id = "client\n"`, `trimspace`},
	"id":                    {attributes{"id": `"made-up"`}, `id = "made-up"`, `id`},

	"empty_secret": {
		attributes{"client_secret": `""`}, `client_secret = ""`, `client_secret: it is empty: leave it out`,
	},
	"secret_of_file": {
		attributes{"client_secret": `"LITERAL\n"`}, `resource`, `client_secret: it has white space around it.*trimspace`,
	},
	"secret_with_tab": {
		attributes{"client_secret": `"LIT\tERAL"`}, `resource`, `client_secret: it contains a control character`,
	},
	"empty_api_key": {attributes{"api_key": `""`}, `api_key = ""`, `api_key: it is empty: leave it out`},
	"api_key_of_file": {
		attributes{"api_key": `"LITERAL\n"`}, `resource`, `api_key: it has white space around it.*trimspace`,
	},
	"empty_write_only_secret": {
		attributes{"client_secret": "", "client_secret_wo": `""`}, `client_secret_wo = ""`, `client_secret_wo: it is empty`,
	},
	"write_only_key_of_file": {
		attributes{"api_key_wo": `"LITERAL\n"`}, `resource`, `api_key_wo: it has white space around it.*trimspace`,
	},
	"both_secrets": {
		attributes{"client_secret_wo": `"LITERAL"`}, `resource`, `client_secret or client_secret_wo, not both`,
	},
	"both_api_keys": {
		attributes{"api_key": `"LITERAL"`, "api_key_wo": `"LITERAL"`}, `resource`, `api_key or api_key_wo, not both`,
	},
	"empty_version": {
		attributes{"api_key_wo": `"LITERAL"`, "api_key_wo_version": `""`}, `api_key_wo_version = ""`, `leave it out`,
	},
	"version_alone": {
		attributes{"client_secret_wo_version": `"1"`},
		`client_secret_wo_version = "1"`,
		`client_secret_wo is null.*needs a value beside it`,
	},
	"key_version_alone": {
		attributes{"api_key_wo_version": `"1"`}, `api_key_wo_version = "1"`, `api_key_wo is null.*needs a value beside it`,
	},

	"secret_of_wrong_file": {
		attributes{"client_secret": "", "client_secret_wo": `join("", [for i in range(1000) : "LITERALLY"])`},
		`resource`,
		`9000 bytes long`,
	},

	// These are found by the plan, since they concern new accounts alone.
	"new_in_white_space":    {attributes{"name": `" Okta_Prod"`}, `name = " Okta_Prod"`, `white space.*can be imported`},
	"new_without_client_id": {attributes{"client_id": ""}, `resource`, `requires client_id.*API Service Integrations`},
	"new_without_secret":    {attributes{"client_secret": ""}, `resource`, `client_secret_wo .* or client_secret`},
	"new_with_token": {
		attributes{"client_id": "", "client_secret": "", "api_key_wo": `"LITERAL"`},
		`resource`,
		`Missing auth_method: .*"oauth" by default.*add such an account in Datadog and read it`,
	},
}

func TestAccOktaAccount_invalid(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, "")
	config := map[bool]string{} // by whether the plan finds the errors: it is not begun where there are others
	for name, test := range invalidAccounts {
		block := strings.Replace(accountBlock(test.change), `"test"`, fmt.Sprintf("%q", name), 1)
		config[strings.HasPrefix(name, "new_")] += block
	}
	found := map[string]string{}
	for _, blocks := range config {
		c.write("main.tf", providerConfig(s.Start(t))+blocks)
		for _, d := range c.diagnostics("error", "plan", "-json") {
			name := strings.TrimPrefix(d.Address, "okta_account.")
			found[name] += fmt.Sprintf("%s\n%s: %s\n", d.Snippet.Code, d.Summary, d.Detail)
		}
	}
	for name, test := range invalidAccounts {
		if !strings.Contains(found[name], test.line) || !matches(test.want, found[name]) {
			t.Errorf("%s: no line %q and no error %q, but:\n%s", name, test.line, test.want, found[name])
		}
		if strings.Contains(found[name], "LIT") {
			t.Errorf("%s: the secret is in:\n%s", name, found[name])
		}
	}
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("requests were sent: %v", requests)
	}
}

// Values that are not known in the plan pass it, and are checked in the apply before any request
// that changes something.
func TestAccOktaAccount_unknownValues(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	later := `
resource "terraform_data" "later" {
  input = "made-up-secret"
}
`
	testAccounts(t, s,
		resource.TestStep{
			Config: accountConfig(url, attributes{
				"client_id": `terraform_data.later.id == "" ? "never" : null`, "client_secret": "terraform_data.later.output",
			}) + later,
			ExpectError: regexp.MustCompile(`Missing client_id`),
		},
		resource.TestStep{
			Config: accountConfig(url, attributes{
				"name": "terraform_data.more.id", "client_id": "terraform_data.more.id",
				"client_secret": "terraform_data.more.output",
			}) + later + strings.Replace(later, "later", "more", 1),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{wantCount(s, "POST", "", 1)},
		},
	)
}

// An imported account whose configuration forgets the client_id: the plan says which one it is.
func TestAccOktaAccount_clientIDForgotten(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	s.Put(existing())
	forgotten := accountConfig(url, attributes{"client_id": "", "client_secret": ""})
	testAccounts(t, s,
		resource.TestStep{
			Config: forgotten, ResourceName: address, ImportState: true, ImportStateId: "Okta_Prod", ImportStatePersist: true,
		},
		resource.TestStep{
			Config:      forgotten,
			ExpectError: regexp.MustCompile(spaced(`Missing client_id.*client_id = "made-up-client"`)),
		},
		resource.TestStep{
			Config:           accountConfig(url, attributes{"client_secret": ""}),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		},
	)
}

func TestAccOktaAccount_nameTaken(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, accountConfig(s.Start(t)))
	before := s.Put(existing())

	out := c.run(0, "plan", "-out=plan")
	if want := `Warning: Okta account exists already.*terraform import.*Okta_Prod`; !matches(want, out) {
		t.Errorf("the plan has no %q:\n%s", want, out)
	}
	out = c.run(1, "apply", "plan")
	if want := `Error: Unable to create Okta account.*terraform import.*Okta_Prod`; !matches(want, out) {
		t.Errorf("the apply has no %q:\n%s", want, out)
	}
	if after, _ := s.Account("Okta_Prod"); after != before {
		t.Errorf("the account is now %v, was %v", after, before)
	}
	if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n > 0 {
		t.Errorf("%d requests that change something", n)
	}
}

// An account that is this resource's own, about to be replaced, is not somebody else's. Of a tainted
// one, the plan cannot know that.
func TestAccOktaAccount_replacedWithoutWarning(t *testing.T) {
	t.Parallel()
	for how, test := range map[string]struct {
		command   []string
		change    attributes
		arguments []string
		warnings  int
	}{
		"replaced": {nil, nil, []string{"-replace=" + address}, 0},
		"tainted":  {[]string{"taint", address}, nil, nil, 1},
		"changed":  {nil, attributes{"client_id": ""}, nil, 0},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			other := attributes{"auth_method": `"other"`}
			c := newCLI(t, accountConfig(url, other))
			c.run(0, "apply", "-auto-approve")
			if len(test.command) > 0 {
				c.run(0, test.command...)
			}
			c.write("main.tf", accountConfig(url, other, test.change))
			out := c.run(0, append([]string{"apply", "-auto-approve"}, test.arguments...)...)
			if strings.Count(out, summaryExists) != test.warnings || s.Count("DELETE", "account") != 1 {
				t.Errorf("not replaced with %d warnings:\n%s", test.warnings, out)
			}
			c.wantEmptyPlan()
		})
	}
}

// One hint for each account with a secret in the state, without the line of the secret; none for
// the others.
func TestAccOktaAccount_hint(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, providerConfig(s.Start(t))+
		accountBlock(attributes{"client_secret": `"LITERAL"`, "api_key": `"LITERAL"`})+
		strings.Replace(accountBlock(attributes{"client_secret": "", "client_secret_wo": `"LITERAL"`}), `"test"`,
			`"write_only"`, 1)+
		strings.Replace(accountBlock(attributes{"client_secret": "null", "auth_method": `"other"`}), `"test"`, `"null"`, 1))
	out := c.run(0, "plan")
	want := `Warning: Secret kept in the state.*with okta_account.test.*client_secret_wo and api_key_wo`
	if !matches(want, out) || strings.Count(out, "Secret kept") != 1 {
		t.Errorf("not one hint %q:\n%s", want, out)
	}
	if strings.Contains(out, "LITERAL") {
		t.Errorf("the secret is in:\n%s", out)
	}
}

// No hint where the CLI has no write-only attributes to offer.
func TestAccountModifyPlan_hint(t *testing.T) {
	t.Parallel()
	url := stub.New().Start(t)
	p := newProtocol(t, url)
	for version, want := range map[string]int{"1.10.5": 0, "1.11.0": 1, "1.13.0": 1, "1.0.0+pulumi-terraform-bridge": 0} {
		_, err := p.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
			TerraformVersion: version,
			Config: dynamicValue(t, p.schemas.Provider, map[string]any{
				"api_url": url, "api_key": stub.APIKey, "app_key": stub.AppKey,
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := inResource(p, nil); len(found) != want || want == 1 && found[0].Summary != summarySecretInState {
			t.Errorf("%s: %v, want %d hints", version, found, want)
		}
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
