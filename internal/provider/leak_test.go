// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The blocks of the tests. The secrets are literals where they are kept in state anyway, so that a
// diagnostic that points at one would show it. Else they come from ephemeral variables, so that the
// plan file's copy of the configuration has none.
// %[1]s is the name, %[2]s the version, %[3]s and %[4]s are the secrets.
const (
	leakWriteOnly = `
variable "bearer_token" { ephemeral = true }
variable "client_secret" { ephemeral = true }
variable "okta_token" { ephemeral = true }
provider "okta" {
  bearer_token = var.bearer_token
}
resource "okta_account" "%[1]s" {
  name                     = "%[1]s"
  domain                   = "https://%[2]s.okta.com"
  client_id                = "made-up-client"
  client_secret_wo         = var.client_secret
  client_secret_wo_version = "%[2]s"
  api_key_wo               = var.okta_token
  api_key_wo_version       = "%[2]s"
}
`
	leakKept = `
resource "okta_account" "%[1]s" {
  name          = "%[1]s"
  domain        = "https://%[2]s.okta.com"
  client_id     = "made-up-client"
  client_secret = %[3]s
  api_key       = %[4]s
}
`
)

// TestLeaks takes an account through its life and through the failures in which an API quotes what
// it was sent, with all logging on. No secret is in anything that is printed, logged or left
// behind, but for the secrets that the configuration keeps in state, in state and in plans.
func TestLeaks(t *testing.T) {
	t.Parallel()
	keys := []string{headerSecret(markAPIKey), headerSecret(markAppKey)}
	token := []string{headerSecret(markBearer)}
	kept := map[string]string{"client_secret": markClientSecret, "api_key": markOktaToken}
	for name, test := range map[string]struct {
		block       string
		keys        []string
		kept        map[string]string
		environment []string
	}{
		"bearer token, write-only secrets": {leakWriteOnly, token, nil, []string{
			"TF_VAR_bearer_token=" + token[0],
			"TF_VAR_client_secret=" + bodySecret(markClientSecret, ""), "TF_VAR_okta_token=" + bodySecret(markOktaToken, ""),
		}},
		"keys, secrets in state": {leakKept, keys, kept, []string{"DD_API_KEY=" + keys[0], "DD_APP_KEY=" + keys[1]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newLeakTest(t, test.keys, test.kept, test.environment)
			configure := func(name, version string) {
				secrets := w.secrets(version)
				w.write("main.tf", fmt.Sprintf(test.block+"%.0[3]s%.0[4]s",
					name, version, quoteHCL(secrets[0]), quoteHCL(secrets[1])))
			}
			configure("prod", "v1")
			w.do(0, "plan", "-out=tfplan")
			w.do(0, "show", "-no-color", "tfplan")
			w.do(0, "show", "-json", "tfplan")
			w.do(0, "apply", "tfplan")
			w.do(0, "plan", "-detailed-exitcode")
			for attribute, mark := range test.kept { // so the search would find it
				if state := w.read("terraform.tfstate"); !regexp.MustCompile(`"` + attribute + `": ".*` + mark).MatchString(state) {
					t.Errorf("%s is not in state:\n%s", attribute, state)
				}
			}

			configure("prod", "v2")
			w.do(0, "plan", "-out=tfplan")
			w.do(0, "show", "-json", "tfplan")
			w.do(0, "apply", "tfplan")
			a, _ := w.s.Account("prod")
			if !strings.Contains(a.ClientSecret, markClientSecret) || !strings.Contains(a.APIKey, markOktaToken) {
				t.Errorf("the secrets have not arrived: %+v", a)
			}

			// The API quotes secrets: in its messages, in a page, in an answer that should be an
			// account.
			w.s.Vary(stub.EchoSecrets)
			configure("prod", "v3")
			inState := ""
			if test.kept != nil {
				inState = "v2"
			}
			w.fails("PATCH", stub.Fault{Status: http.StatusBadRequest}, "Rejected client_secret", "apply", "-auto-approve")
			w.fails("PATCH", stub.Fault{
				Status: http.StatusForbidden, Body: "<html><p>" + w.quote(html.EscapeString, "v2") +
					w.quote(html.EscapeString, "v3") + "</p></html>",
			},
				"403 Forbidden", "apply", "-auto-approve")
			w.fails("PATCH", stub.Fault{Body: `{"data":{"id":"1","type":` + w.quote(jsonString, "v3")},
				"cannot be understood", "apply", "-auto-approve")
			w.fails("GET", stub.Fault{Status: http.StatusForbidden, Body: `{"errors":[` + w.quote(jsonString, inState) + `]}`},
				"403 Forbidden", "plan")
			w.fails("GET", stub.Fault{
				Body: `{"data":[{"type":` + w.quote(jsonString, inState) + `,"id":"1","attributes":{"name":"prod"}}]}`,
			},
				"cannot be understood", "plan")
			w.fails("GET", stub.Fault{Status: http.StatusFound, Header: http.Header{
				"Location": {"https://example.com/" + w.quote(url.PathEscape, inState)},
			}}, "redirects", "plan")

			configure("other", "v3")
			w.fails("POST", stub.Fault{Status: http.StatusBadRequest}, "Rejected client_secret", "apply", "-auto-approve")
			w.fails("POST", stub.Fault{Drop: true}, "The account may exist", "apply", "-auto-approve")

			// Out of the state and in again.
			configure("prod", "v2")
			w.do(0, "apply", "-auto-approve")
			w.do(0, "state", "rm", "okta_account.prod")
			w.do(0, "import", "okta_account.prod", "prod")
			w.do(0, "apply", "-auto-approve")
			w.fails("DELETE", stub.Fault{
				Status: http.StatusForbidden, Body: `{"errors":[` + w.quote(jsonString, inState) + `]}`,
			},
				"403 Forbidden", "destroy", "-auto-approve")
			w.do(0, "destroy", "-auto-approve")
			if left := w.s.Accounts(); len(left) > 0 {
				t.Errorf("left: %+v", left)
			}

			// The log is that of the requests.
			const path = "path=/api/v2/integrations/okta/accounts"
			log := w.read("trace.log")
			for _, fields := range [][]string{
				{"method=POST", path, "status=201", "attempt=1", "duration_ms="},
				{"method=PATCH", path, "id=", "status=400"},
				{"method=POST", path, "error="},
				{"method=DELETE", path, "id=", "status=204"},
			} {
				if !logged(log, fields...) {
					t.Errorf("no line with %v in the log", fields)
				}
			}
		})
	}
}

// logged reports whether a log has a line of the requests' subsystem with all the fields.
func logged(log string, fields ...string) bool {
	for line := range strings.Lines(log) {
		lacks := func(field string) bool { return !strings.Contains(line, field) }
		if !slices.ContainsFunc(append(fields, "@module=okta.http"), lacks) {
			return true
		}
	}
	return false
}

// TestLogLevels shows which variables turn the log of the requests on. What the CLI lets through at
// all, its own say.
func TestLogLevels(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := providerConfig(s.Start(t)) + listAccounts
	for variables, want := range map[string]bool{
		"":                      false,
		"TF_LOG=INFO":           false,
		"TF_LOG=DEBUG":          true,
		"TF_LOG_PROVIDER=DEBUG": true,
		"TF_LOG_PROVIDER=DEBUG TF_LOG_PROVIDER_OKTA_HTTP=INFO":                           false,
		"TF_LOG_PROVIDER=DEBUG TF_LOG_PROVIDER_OKTA=OFF TF_LOG_PROVIDER_OKTA_HTTP=DEBUG": true,
	} {
		t.Run(variables, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, config)
			c.env = append(c.env, strings.Fields(variables)...)
			out := c.run(0, "plan")
			if got := logged(out, "method=GET", "status=200"); got != want {
				t.Errorf("logged: %t, want %t:\n%s", got, want, out)
			}
		})
	}
}
