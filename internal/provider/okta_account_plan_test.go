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
