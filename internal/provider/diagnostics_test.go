// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// failed is an error of an operation on the account Okta_Prod, whose request was answered so.
func failed(op string, status int, err error) *okta.Error {
	return &okta.Error{Op: op, Account: "Okta_Prod", Err: &datadog.Error{
		Status: status, Messages: []string{"the API's words"}, Permission: "manage_integrations", Err: err,
	}}
}

// unanswered is one whose write may have been carried out.
func unanswered(op string, status int, err error) *okta.Error {
	e := failed(op, status, err)
	e.OutcomeUnknown = true
	return e
}

// found is the error of an operation that found other accounts instead.
func found(op string, err error, accounts ...okta.Account) *okta.Error {
	return &okta.Error{Op: op, Account: "Okta_Prod", Err: err, Found: accounts}
}

// foundUnknown is found for a write that may have been carried out.
func foundUnknown(op string, err error, accounts ...okta.Account) *okta.Error {
	e := found(op, err, accounts...)
	e.OutcomeUnknown = true
	return e
}

// testData is what Configure hands over with the two keys.
func testData() *providerData { return &providerData{credentials: credentialsOf(datadog.Config{})} }

var (
	foundSame  = okta.Account{ID: "the-id", Name: "Okta_Prod", Domain: "https://example.okta.com"}
	foundOther = okta.Account{ID: "other-id", Name: "Okta_Other", Domain: "https://other.okta.com"}
)

func TestAddError(t *testing.T) {
	t.Parallel()
	keyInvalid := failed("read", 403, nil)
	datadog.AsError(keyInvalid).KeyInvalid = true
	const nothing = "Neither Datadog nor the state was changed"
	tests := map[string]struct {
		err  error
		want []string
	}{
		"403":            {failed("read", 403, nil), []string{"the API's words", "need the permission manage_integrations"}},
		"401":            {failed("read", 401, nil), []string{"401", "need the permission manage_integrations"}},
		"invalid key":    {keyInvalid, []string{"API key is not valid for this site", "DD_SITE", "manage_integrations"}},
		"404":            {failed("list", 404, nil), []string{"404", "no such API", "site (DD_SITE)", nothing}},
		"429":            {failed("read", 429, nil), []string{"429", "rate limit", "http_client_retry_timeout"}},
		"302":            {failed("list", 302, nil), []string{"302", "real address of the API"}},
		"503":            {failed("read", 503, nil), []string{"Datadog returned a server error", nothing}},
		"no answer":      {failed("read", 0, errors.New("reset")), []string{"reset", "could not be reached", nothing}},
		"time is up":     {failed("read", 0, context.DeadlineExceeded), []string{"did not answer in time"}},
		"503 in the end": {failed("read", 503, context.DeadlineExceeded), []string{"Datadog returned a server error"}},
		"interrupted":    {failed("read", 0, context.Canceled), []string{"was interrupted", nothing}},
		"malformed":      {failed("read", 200, datadog.ErrMalformed), []string{"HTTPS_PROXY", "look at it in Datadog"}},
		"wrapped":        {fmt.Errorf("more words: %w", failed("read", 403, nil)), []string{"more words", "permission"}},
		"ambiguous":      {found("read", okta.ErrAmbiguous, foundSame, foundSame), []string{"the-id", "use the id"}},
		"mismatch":       {found("read", okta.ErrMismatch, foundOther), []string{"Okta_Other", "terraform state rm"}},
		"unconfigured":   {failed("list", 0, fmt.Errorf("%w: site", datadog.ErrUnconfigured)), []string{"site", "-target"}},
		"anything else":  {errors.New("some words"), []string{"some words"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			testData().addError(&diags, "Unable to do it", tt.err)
			wantDetail(t, diags, "Unable to do it", tt.want)
		})
	}
}

// wantDetail fails the test where diags is not one error with the fragments in its detail. A
// fragment that begins with "not: " must not be there.
func wantDetail(t *testing.T, diags diag.Diagnostics, summary string, fragments []string) {
	t.Helper()
	if len(diags) != 1 || diags[0].Severity() != diag.SeverityError || diags[0].Summary() != summary {
		t.Fatalf("got %v", diags)
	}
	for _, fragment := range fragments {
		text, unwanted := strings.CutPrefix(fragment, "not: ")
		if strings.Contains(diags[0].Detail(), text) == unwanted {
			t.Errorf("%s, in:\n%s", fragment, diags[0].Detail())
		}
	}
}

func TestAddCreateError(t *testing.T) {
	t.Parallel()
	hyphen := failed("create", 400, nil)
	hyphen.Account = "Okta-Prod"
	const importCommand = "terraform import okta_account.example 'Okta_Prod'"
	tests := map[string]struct {
		err    error
		want   []string // whether the CLI takes a partial state or not
		state  []string // where it does
		orphan []string // where it does not
	}{
		"403": {
			failed("create", 403, nil),
			[]string{"permission manage_integrations", "No account was created: the next apply tries again"},
			nil, nil,
		},
		"the look before": {failed("list", 503, nil), []string{"No account was created"}, nil, nil},
		"400": {
			failed("create", 400, nil),
			[]string{"Correct what the message names", "No account was created", "not: import", "not: underscores"},
			nil, nil,
		},
		"409":              {failed("create", 409, nil), []string{"No account was created", importCommand}, nil, nil},
		"400 for the name": {hyphen, []string{"letters, digits and underscores", "not: import"}, nil, nil},
		"unknown": {
			unanswered("create", 502, nil),
			[]string{"502", "The account may exist"},
			[]string{"exactly one account", "not: import"},
			[]string{
				"the state does not have it", "Look in Datadog", importCommand, `id = "Okta_Prod"`,
				"not: exactly one account",
			},
		},
		"interrupted": {
			unanswered("create", 0, context.Canceled),
			[]string{"was interrupted", "The account may exist"},
			[]string{"exactly one account"},
			[]string{importCommand},
		},
		"made twice": {
			foundUnknown("create", okta.ErrAmbiguous, foundSame, okta.Account{ID: "second-id", Name: "Okta_Prod"}),
			[]string{"the-id", "second-id", "Delete all but one"},
			[]string{"takes over the account that is left"},
			[]string{importCommand},
		},
		"two there already": {
			found("create", okta.ErrAmbiguous, foundSame, okta.Account{ID: "second-id", Name: "Okta_Prod"}),
			[]string{"the-id", "second-id", "Delete or rename all but one", "not: is left"},
			nil, nil,
		},
		"exists": {
			found("create", okta.ErrExists, foundSame),
			[]string{"Okta_Prod", "the-id", "https://example.okta.com", "not: untouched", "moved {", importCommand},
			nil, nil,
		},
		"exists without a domain": {
			found("create", okta.ErrExists, okta.Account{ID: "the-id", Name: "Okta_Prod"}),
			[]string{`"Okta_Prod" (id "the-id")`},
			nil, nil,
		},
		"hostile": {
			found("create", okta.ErrExists, okta.Account{ID: "the\x1b[31mid", Name: "Okta_Prod", Domain: "https://\x1b]0;evil"}),
			[]string{"not: \x1b"},
			nil, nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, keepsState := range []bool{true, false} {
				var diags diag.Diagnostics
				data := testData()
				data.keepsState = keepsState
				data.addCreateError(&diags, tt.err)
				more := tt.orphan
				if keepsState {
					more = tt.state
				}
				wantDetail(t, diags, "Unable to create Okta account", append(tt.want, more...))
			}
		})
	}
}

func TestAddUpdateError(t *testing.T) {
	t.Parallel()
	planned := okta.Account{ID: "the-id", Name: "Okta_Prod", AuthMethod: "oauth"}
	without := planned
	without.AuthMethod = ""
	const again = "The state keeps the values from before: the next apply sends the change again"
	tests := map[string]struct {
		err     error
		planned okta.Account
		want    []string
	}{
		"401":                 {failed("update", 401, nil), planned, []string{"permission manage_integrations", again}},
		"400":                 {failed("update", 400, nil), planned, []string{again, "not: write auth_method"}},
		"400 for auth_method": {failed("update", 400, nil), without, []string{"write auth_method", again}},
		"interrupted":         {failed("update", 0, context.Canceled), planned, []string{"was interrupted", again}},
		"unknown":             {unanswered("update", 502, nil), planned, []string{"may have been changed"}},
		"gone":                {failed("update", 0, okta.ErrNotFound), planned, []string{"Plan again", "not: " + again}},
		"another account": {
			foundUnknown("update", okta.ErrMismatch, foundOther), planned,
			[]string{
				"ANOTHER ACCOUNT WAS CHANGED", `"Okta_Other"`, "other-id",
				"Correct that account", "-refresh=false", "not: Nothing was changed", "not: server error",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			testData().addUpdateError(&diags, tt.err, tt.planned)
			wantDetail(t, diags, "Unable to update Okta account", tt.want)
		})
	}
}

func TestAddDeleteError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"429": {failed("delete", 429, nil), []string{"429", "rate limit", "The account stays in the state"}},
		"unknown": {unanswered("delete", 0, errors.New("connection reset")), []string{
			"connection reset", "The account stays in the state",
		}},
		"changed": {
			found("delete", okta.ErrChanged, okta.Account{ID: "new-id", Name: "Okta_Prod"}),
			[]string{"new-id", "was left alone", "apply -refresh-only", "not: if it is still there"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			testData().addDeleteError(&diags, tt.err)
			wantDetail(t, diags, "Unable to delete Okta account", tt.want)
		})
	}
}

func TestExistsDetail_quoting(t *testing.T) {
	t.Parallel()
	const name = `it's "Okta" \ ${var.x} %{if} $(reboot)`
	if want := `"it's \"Okta\" \\ $${var.x} %%{if} $(reboot)"`; quoteHCL(name) != want {
		t.Errorf("HCL %s, want %s", quoteHCL(name), want)
	}
	if runtime.GOOS == "windows" {
		t.Skip("its shell quotes differently")
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quoteShell(name)).Output()
	if err != nil || string(out) != name {
		t.Errorf("the shell makes %q of it (%v), want %q", out, err, name)
	}
}

func TestExistingNames(t *testing.T) {
	t.Parallel()
	var accounts []okta.Account
	for i := range 22 {
		accounts = append(accounts, okta.Account{Name: fmt.Sprintf("Okta_%02d", i)})
	}
	tests := map[string]struct {
		accounts []okta.Account
		want     string
		not      string
	}{
		"none":     {nil, "none at all", "0 more"},
		"one":      {accounts[:1], `"Okta_00".`, "more"},
		"as many":  {accounts[:20], `"Okta_19".`, "more"},
		"nameless": {[]okta.Account{{ID: "0a1b"}}, `(no name, id "0a1b").`, "more"},
		"too many": {accounts, `"Okta_19" and 2 more.`, "Okta_20"},
	}
	for name, tt := range tests {
		if got := existingNames(tt.accounts); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s: %q, want %q in it and not %q", name, got, tt.want, tt.not)
		}
	}
}

// An exchange that is refused for its form says nothing of the account that was to be written.
func TestAddErrors_authenticate(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	exchange := failed("create", 400, nil)
	datadog.AsError(exchange).Exchange = true
	testData().addCreateError(&diags, exchange)
	wantDetail(t, diags, "Unable to create Okta account", []string{"the next apply tries again", "not: underscores"})
	diags = nil
	testData().addUpdateError(&diags, exchange, okta.Account{Name: "Okta_Prod"})
	wantDetail(t, diags, "Unable to update Okta account",
		[]string{"the next apply sends the change again", "not: auth_method"})
}
