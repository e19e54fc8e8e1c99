// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAddError(t *testing.T) {
	t.Parallel()
	failed := func(operation string, status int, err error) *api.Error {
		return &api.Error{
			Operation: operation, Account: "Okta-Prod", Status: status, Messages: []string{"the API's words"},
			Permission: "manage_integrations", Err: err,
		}
	}
	keyInvalid := failed("create", 403, nil)
	keyInvalid.KeyInvalid = true
	tests := map[string]struct {
		err  error
		want []string
	}{
		"403":             {failed("create", 403, nil), []string{`"Okta-Prod"`, "403", "the API's words", "permission manage_integrations", "No account was created"}},
		"401":             {failed("update", 401, nil), []string{"401", "permission manage_integrations", "The state keeps the values from before"}},
		"invalid key":     {keyInvalid, []string{"API key is not valid for this site", "DD_API_KEY", "DD_SITE", "manage_integrations"}},
		"404 on the list": {failed("list", 404, nil), []string{"404", "no such API", "site (DD_SITE)", "Neither Datadog nor the state was changed"}},
		"400":             {failed("create", 400, nil), []string{"400", "Correct what its message names", "No account was created"}},
		"429":             {failed("delete", 429, nil), []string{"429", "rate limit", "http_client_retry_timeout", "The account stays in the state"}},
		"302":             {failed("list", 302, nil), []string{"302", "where the API really is"}},
		"503":             {failed("read", 503, nil), []string{"503", "status.datadoghq.com", "Neither Datadog nor the state was changed"}},
		"no answer":       {failed("delete", 0, errors.New("connection reset")), []string{"connection reset", "could not be reached", "The account stays in the state"}},
		"time is up":      {failed("read", 0, context.DeadlineExceeded), []string{"did not answer in time", "http_client_retry_timeout"}},
		"interrupted":     {failed("update", 0, context.Canceled), []string{"was interrupted", "the next apply sends the change again"}},
		"interrupted create": {
			failed("create", 0, errors.Join(api.ErrOutcomeUnknown, context.Canceled)),
			[]string{"was interrupted", "may have been created", "exactly one account"},
		},
		"unclear create": {failed("create", 502, api.ErrOutcomeUnknown), []string{"502", "may have been created", "exactly one account"}},
		"unclear update": {failed("update", 502, api.ErrOutcomeUnknown), []string{"may have been changed", "sends the change again where"}},
		"wrapped":        {fmt.Errorf("more words: %w", failed("create", 403, nil)), []string{"more words", "permission manage_integrations"}},
		"gone":           {failed("update", 0, api.ErrNotFound), []string{`"Okta-Prod"`, "deleted outside Terraform", "Plan again"}},
		"ambiguous":      {failed("read", 0, api.ErrAmbiguous), []string{"several Okta accounts", "import by id"}},
		"unconfigured":   {fmt.Errorf("%w: api_key, site", api.ErrUnconfigured), []string{"api_key, site", "-target"}},
		"changed": {
			failed("delete", 0, &api.ChangedError{Account: api.Account{ID: "new-id", Name: "Okta-Prod"}}),
			[]string{"new-id", "was left alone", "Plan again"},
		},
		"exists": {
			&api.ExistsError{Account: api.Account{ID: "the-id", Name: "Okta-Prod", Domain: "https://example.okta.com"}},
			[]string{
				"Okta-Prod", "the-id", "https://example.okta.com", "left untouched", "terraform import okta_account.example 'Okta-Prod'",
				"import {", "to = okta_account.example", `id = "Okta-Prod"`,
			},
		},
		"anything else": {errors.New("some words"), []string{"some words"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			addError(&diags, "Unable to do it", tt.err)
			if len(diags) != 1 || diags[0].Severity() != diag.SeverityError || diags[0].Summary() != "Unable to do it" {
				t.Fatalf("got %v", diags)
			}
			for _, fragment := range tt.want {
				if !strings.Contains(diags[0].Detail(), fragment) {
					t.Errorf("%q is not in:\n%s", fragment, diags[0].Detail())
				}
			}
		})
	}
}

func TestExistsDetail_quoting(t *testing.T) {
	t.Parallel()
	const name = `it's "Okta" \ ${var.x} %{if} $(reboot)`
	if want := `"it's \"Okta\" \\ $${var.x} %%{if} $(reboot)"`; quoteHCL(name) != want {
		t.Errorf("HCL %s, want %s", quoteHCL(name), want)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quoteShell(name)).Output()
	if err != nil || string(out) != name {
		t.Errorf("the shell makes %q of it (%v), want %q", out, err, name)
	}
}

func TestExistingNames(t *testing.T) {
	t.Parallel()
	var accounts []api.Account
	for i := range 22 {
		accounts = append(accounts, api.Account{Name: fmt.Sprintf("Okta-%02d", i)})
	}
	tests := map[string]struct {
		accounts []api.Account
		want     string
		not      string
	}{
		"none":     {nil, "none at all", "0 more"},
		"one":      {accounts[:1], `"Okta-00".`, "more"},
		"as many":  {accounts[:20], `"Okta-19".`, "more"},
		"too many": {accounts, `"Okta-19" and 2 more.`, "Okta-20"},
	}
	for name, tt := range tests {
		if got := existingNames(tt.accounts); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s: %q, want %q in it and not %q", name, got, tt.want, tt.not)
		}
	}
}

// TestAccDiagnostics shows what a person sees where the API refuses or fails: the operation, the status, the API's own
// words and what to do.
func TestAccDiagnostics(t *testing.T) {
	t.Parallel()
	const once = "http_client_retry_enabled = false"
	tests := map[string]struct {
		prepare func(s *stub.Server)
		config  func(url string) string
		want    string
	}{
		"a permission is missing": {
			func(s *stub.Server) { s.Fail(stub.Fault{Path: "list", Status: http.StatusForbidden}) },
			func(url string) string { return providerConfig(url) },
			`Unable to list Okta accounts.*403.*permission integrations_read`,
		},
		"the API key is wrong": {
			func(*stub.Server) {},
			func(url string) string {
				return strings.Replace(providerConfig(url), stub.APIKey, "another-key", 1)
			},
			`Unable to list Okta accounts.*403.*API key is not valid for this site`,
		},
		"the address is wrong": {
			func(*stub.Server) {},
			func(url string) string { return providerConfig(url + "/elsewhere") },
			`Unable to list Okta accounts.*404.*no such API at this address.*DD_HOST`,
		},
		"the service is down": {
			func(s *stub.Server) {
				s.Fail(stub.Fault{Status: http.StatusServiceUnavailable, Body: "<html><h1>Back soon</h1></html>"})
			},
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*503.*Back soon.*status.datadoghq.com`,
		},
		"the limit is used up": {
			func(s *stub.Server) { s.Fail(stub.Fault{Status: http.StatusTooManyRequests}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*429.*http_client_retry_timeout`,
		},
		"the answer is cut": {
			func(s *stub.Server) { s.Fail(stub.Fault{CutBody: true}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*Neither Datadog nor the state was changed`,
		},
		"the answer is something else": {
			func(s *stub.Server) { s.Fail(stub.Fault{Body: "<html>Log in</html>"}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*cannot be understood`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := organization()
			tt.prepare(s)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: protoV6ProviderFactories,
				Steps: []resource.TestStep{{
					Config:      tt.config(s.Start(t)) + listAccounts,
					ExpectError: regexp.MustCompile(spaced(tt.want)),
				}},
			})
		})
	}
}
