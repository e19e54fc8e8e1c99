// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Each fingerprint has a salt of its own, so that equal secrets cannot be told from a state.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	first, second := fingerprint("client_secret", "made-up"), fingerprint("client_secret", "made-up")
	salt, mac, _ := strings.Cut(first, ".")
	if bytes, err := base64.RawStdEncoding.DecodeString(salt); err != nil || len(bytes) != 32 {
		t.Errorf("a salt of %d bytes (%v), want 32", len(bytes), err)
	}
	if strings.Contains(second, salt) || strings.Contains(second, mac) {
		t.Errorf("%s and %s are alike", first, second)
	}
}

// secretsFromVariables is the account with write-only secrets whose values a run is given.
func secretsFromVariables(url, token string, arguments ...string) string {
	return providerConfig(url, arguments...) + fmt.Sprintf(`
resource "okta_account" "test" {
  name             = "Okta_Prod"
  domain           = "https://example.okta.com"
  client_id        = "made-up-client"
  client_secret_wo = var.secret
  %s
}

variable "secret" {
  type      = string
  ephemeral = true
}

variable "token" {
  type      = string
  ephemeral = true
  default   = null
}
`, token)
}

const apiKeyFromVariable = "api_key_wo = var.token"

// with runs the command with these values of the variables secret and token.
func (c *cli) with(secret, token string, wantExit int, arguments ...string) string {
	c.t.Helper()
	env := c.env
	defer func() { c.env = env }()
	c.env = append(c.env[:len(c.env):len(c.env)], "TF_VAR_secret="+secret)
	if token != "" {
		c.env = append(c.env, "TF_VAR_token="+token)
	}
	out := c.run(wantExit, arguments...)
	if strings.Contains(out, secret) || token != "" && strings.Contains(out, token) {
		c.t.Errorf("%v prints a secret:\n%s", arguments, out)
	}
	return out
}

// A changed write-only secret without a version is sent once, by an update in place that the plan
// explains, with or without a refresh.
func TestAccOktaAccount_fingerprint(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{"with refresh": nil, "without refresh": {"-refresh=false"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, secretsFromVariables(s.Start(t), apiKeyFromVariable))
			plan := append([]string{"plan", "-detailed-exitcode"}, arguments...)
			apply := append([]string{"apply", "-auto-approve"}, arguments...)
			c.with("wo-secret-1", "wo-token-1", 0, apply...)
			c.with("wo-secret-1", "wo-token-1", 0, plan...)

			out := c.with("wo-secret-2", "wo-token-1", 2, plan...)
			for _, want := range []string{
				`Warning: Secret will be sent to Datadog`, `"Okta_Prod": client_secret_wo has changed since`,
				`updated in-place`, `id = .* -> \(known after apply\)`,
			} {
				if !matches(want, out) {
					t.Errorf("the plan has no %q:\n%s", want, out)
				}
			}
			if matches(`api_key_wo has changed|without its client secret`, out) {
				t.Errorf("the plan warns of more than the secret:\n%s", out)
			}
			c.with("wo-secret-2", "wo-token-1", 0, apply...)
			wantPatched(t, s, 1, "wo-secret-2", "wo-token-1")
			c.with("wo-secret-2", "wo-token-1", 0, plan...)
			c.with("wo-secret-2", "wo-token-2", 0, apply...)
			wantPatched(t, s, 2, "wo-secret-2", "wo-token-2")
			c.with("wo-secret-2", "wo-token-2", 0, plan...)
			private := fmt.Sprint(c.accountsInState()["Okta_Prod"]["private"])
			if !strings.Contains(private, "fingerprints") || strings.Contains(private, "wo-") {
				t.Errorf("not fingerprints alone in the private state: %s", private)
			}
		})
	}
}

// newerState matches what version 0.1.0 of the provider did not write.
var newerState = regexp.MustCompile(`,\s*"(private|identity_schema_version|identity)": ("[^"]*"|\d+|\{[^}]*\})`)

// An account without a fingerprint gets it with one update: an imported one, and one in a state
// that an older version of the provider wrote.
func TestAccOktaAccount_fingerprintMissing(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*cli, *stub.Server){
		"imported": func(c *cli, s *stub.Server) {
			s.Put(existing())
			c.with("made-up-secret", "", 0, "import", address, "Okta_Prod")
		},
		"of version 0.1.0": func(c *cli, _ *stub.Server) {
			c.with("made-up-secret", "", 0, "apply", "-auto-approve")
			c.write("terraform.tfstate", newerState.ReplaceAllString(c.read("terraform.tfstate"), ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, secretsFromVariables(s.Start(t), apiKeyFromVariable))
			begin(c, s)
			s.ResetRequests()
			out := c.with("made-up-secret", "", 2, "plan", "-detailed-exitcode")
			if want := `client_secret_wo was never sent from this state`; !matches(want, out) {
				t.Errorf("the plan has no %q:\n%s", want, out)
			}
			wantRequests(t, s, "GET list")
			c.with("made-up-secret", "", 0, "apply", "-auto-approve")
			wantRequests(t, s, "GET list", "PATCH")
			c.with("made-up-secret", "", 0, "plan", "-detailed-exitcode")
		})
	}
}

// What was not written, or nobody knows whether it was, has no fingerprint: it is sent again.
func TestAccOktaAccount_fingerprintOfFailedUpdate(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]stub.Fault{
		"refused":    {{Method: "PATCH", Status: 400}},
		"unanswered": {{Method: "PATCH", Drop: true, When: stub.After}, {Method: "GET", Skip: 1, Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, secretsFromVariables(s.Start(t), apiKeyFromVariable, "http_client_retry_enabled = false"))
			c.with("wo-secret-1", "", 0, "apply", "-auto-approve")
			for _, fault := range faults {
				s.Fail(fault)
			}
			c.with("wo-secret-2", "", 1, "apply", "-auto-approve")
			s.Heal()
			c.with("wo-secret-2", "", 2, "plan", "-detailed-exitcode")
			c.with("wo-secret-2", "", 0, "apply", "-auto-approve")
			wantPatched(t, s, 2, "wo-secret-2", "")
			c.with("wo-secret-2", "", 0, "plan", "-detailed-exitcode")
		})
	}
}

// The value of an ephemeral variable may be another one when a saved plan is applied: what was sent
// is what counts.
func TestAccOktaAccount_fingerprintOfSavedPlan(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, secretsFromVariables(s.Start(t), apiKeyFromVariable))
	c.with("wo-secret-1", "", 0, "apply", "-auto-approve")

	c.with("wo-secret-2", "", 0, "plan", "-out=plan")
	c.with("wo-secret-3", "", 0, "apply", "plan")
	wantPatched(t, s, 1, "wo-secret-3", "")
	c.with("wo-secret-3", "", 0, "plan", "-detailed-exitcode")

	c.with("wo-secret-4", "", 0, "plan", "-out=plan")
	c.with("wo-secret-3", "", 0, "apply", "plan") // the last one again: nothing to send
	wantPatched(t, s, 1, "wo-secret-3", "")
	c.with("wo-secret-3", "", 0, "plan", "-detailed-exitcode")
}

// An update that sends nothing in the plan, and something in the apply, where an ephemeral value is
// another one.
func TestAccOktaAccount_fingerprintChangesInApply(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, secretsFromVariables(url, apiKeyFromVariable+"\n  api_key_wo_version = \"1\""))
	c.with("wo-secret-1", "wo-token-1", 0, "apply", "-auto-approve")

	c.write("main.tf", secretsFromVariables(url, ""))
	c.with("wo-secret-1", "", 0, "plan", "-out=plan")
	c.with("wo-secret-2", "", 0, "apply", "plan")
	wantPatched(t, s, 1, "wo-secret-2", "wo-token-1")
	c.with("wo-secret-2", "", 0, "plan", "-detailed-exitcode")
}

// A value that is not known yet may be another one, so that the plan shows an update. The apply
// sends it only if it is.
func TestAccOktaAccount_fingerprintOfUnknownValue(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret, trigger string) string {
		return providerConfig(url) + `
resource "terraform_data" "secret" {
  input            = "` + secret + `"
  triggers_replace = "` + trigger + `"
}

resource "okta_account" "test" {
  name             = "Okta_Prod"
  domain           = "https://example.okta.com"
  client_id        = "made-up-client"
  client_secret_wo = terraform_data.secret.output
}
`
	}
	testAccounts(t, s,
		resource.TestStep{Config: config("wo-secret-1", "1")},
		resource.TestStep{
			Config:            config("wo-secret-1", "2"),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 0, "wo-secret-1", ""), stateIsStub(s, "Okta_Prod")},
		},
		resource.TestStep{
			Config:            config("wo-secret-2", "2"),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 1, "wo-secret-2", ""), stateIsStub(s, "Okta_Prod")},
		},
	)
}
