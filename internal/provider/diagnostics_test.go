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
	"testing/synctest"
	"time"

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

// found is the error of an operation that found other accounts instead.
func found(op string, err error, accounts ...okta.Account) *okta.Error {
	return &okta.Error{Op: op, Account: "Okta_Prod", Err: err, Found: accounts}
}

// unconfirmed is the error of a write that may have been carried out.
func unconfirmed(err *okta.Error) *okta.Error {
	err.OutcomeUnknown = true
	return err
}

// testData is what Configure hands over with the two keys.
func testData() *providerData {
	return &providerData{credentials: credentialsOf(datadog.Config{}), keepsState: true}
}

// Each error says what happened, what to do, and what becomes of the account.
func TestErrors(t *testing.T) {
	t.Parallel()
	type add = func(d *providerData, diags *diag.Diagnostics, err error)
	read := func(d *providerData, diags *diag.Diagnostics, err error) { d.addError(diags, summaryRead, err) }
	create, remove := (*providerData).addCreateError, (*providerData).addDeleteError
	stateless := func(d *providerData, diags *diag.Diagnostics, err error) { // a CLI that takes no state with an error
		d.keepsState = false
		d.addCreateError(diags, err)
	}
	update := func(d *providerData, diags *diag.Diagnostics, err error) {
		d.addUpdateError(diags, err, okta.Account{ID: "the-id", Name: "Okta_Prod", AuthMethod: "oauth"})
	}
	withoutMethod := func(d *providerData, diags *diag.Diagnostics, err error) {
		d.addUpdateError(diags, err, okta.Account{ID: "the-id", Name: "Okta_Prod"})
	}
	same := okta.Account{ID: "the-id", Name: "Okta_Prod", Domain: "https://example.okta.com"}
	second, nowhere := okta.Account{ID: "second-id", Name: "Okta_Prod"}, okta.Account{ID: "the-id", Name: "Okta_Prod"}
	other := okta.Account{ID: "other-id", Name: "Okta_Other", Domain: "https://other.okta.com"}
	hostile := okta.Account{ID: "the\x1b[31mid", Name: "Okta_Prod", Domain: "https://\x1b]0;evil"}
	keyInvalid, hyphen, exchange := failed("read", 403, nil), failed("create", 400, nil), failed("create", 400, nil)
	datadog.AsError(keyInvalid).KeyInvalid, datadog.AsError(exchange).Exchange = true, true
	hyphen.Account = "Okta-Prod"
	unconfigured := fmt.Errorf("%w: site", datadog.ErrUnconfigured)
	const (
		command = `terraform import okta_account.example 'Okta_Prod'`
		nothing = `Neither Datadog nor the state was changed`
		again   = `The state keeps the values from before: the next apply sends the change again`
		retried = `No account was created: the next apply tries again`
		stays   = `The account stays in the state`
	)
	for name, tt := range map[string]struct {
		add       add
		err       error
		want, not string
	}{
		"403":            {read, failed("read", 403, nil), `the API's words.*need the permission manage_integrations`, ""},
		"401":            {read, failed("read", 401, nil), `401.*need the permission manage_integrations`, ""},
		"invalid key":    {read, keyInvalid, `key is not valid for this site.*DD_SITE.*manage_integrations`, ""},
		"404":            {read, failed("list", 404, nil), `404.*no such API.*site \(DD_SITE\).*` + nothing, ""},
		"429":            {read, failed("read", 429, nil), `429.*rate limit.*http_client_retry_timeout`, ""},
		"302":            {read, failed("list", 302, nil), `302.*real address of the API`, ""},
		"503":            {read, failed("read", 503, nil), `Datadog returned a server error.*` + nothing, ""},
		"no answer":      {read, failed("read", 0, errors.New("reset")), `reset.*could not be reached.*` + nothing, ""},
		"time is up":     {read, failed("read", 0, context.DeadlineExceeded), `did not answer in time`, ""},
		"503 in the end": {read, failed("read", 503, context.DeadlineExceeded), `returned a server error`, ""},
		"interrupted":    {read, failed("read", 0, context.Canceled), `was interrupted.*` + nothing, ""},
		"malformed":      {read, failed("read", 200, datadog.ErrMalformed), `HTTPS_PROXY.*look at it in Datadog`, ""},
		"wrapped":        {read, fmt.Errorf("more words: %w", failed("read", 403, nil)), `more words.*permission`, ""},
		"ambiguous":      {read, found("read", okta.ErrAmbiguous, same, same), `the-id.*use the id`, ""},
		"mismatch":       {read, found("read", okta.ErrMismatch, other), `Okta_Other.*terraform state rm`, ""},
		"unconfigured":   {read, failed("list", 0, unconfigured), `site.*-target`, ""},
		"anything else":  {read, errors.New("some words"), `some words`, ""},

		"create: 403":             {create, failed("create", 403, nil), `permission manage_integrations.*` + retried, ""},
		"create: the look before": {create, failed("list", 503, nil), `No account was created`, ""},
		"create: 400": {
			create, failed("create", 400, nil), `Correct what the message names.*` + retried, `import|underscores`,
		},
		"create: 409":          {create, failed("create", 409, nil), `No account was created.*` + command, ""},
		"create: the name":     {create, hyphen, `letters, digits and underscores`, `import`},
		"create: the exchange": {create, exchange, `the next apply tries again`, `underscores`},
		"create: interrupted": {
			create, unconfirmed(failed("create", 0, context.Canceled)), `was interrupted.*may exist.*exactly one account`, "",
		},
		"create: unknown": {
			create, unconfirmed(failed("create", 502, nil)), `502.*The account may exist.*exactly one account`, `import`,
		},
		"create: unknown, without a state": {
			stateless, unconfirmed(failed("create", 502, nil)),
			`502.*may exist, and the state does not have it.*Look in Datadog.*id = "Okta_Prod".*` + command,
			`exactly one account`,
		},
		"create: made twice": {
			create, unconfirmed(found("create", okta.ErrAmbiguous, same, second)),
			`the-id.*second-id.*Delete all but one.*takes over the account that is left`, "",
		},
		"create: made twice, without a state": {
			stateless, unconfirmed(found("create", okta.ErrAmbiguous, same, second)), `Delete all but one.*` + command, "",
		},
		"create: two there already": {
			create, found("create", okta.ErrAmbiguous, same, second),
			`the-id.*second-id.*Delete or rename all but one`, `is left`,
		},
		"create: exists": {
			create, found("create", okta.ErrExists, same),
			`"Okta_Prod" for "https://example.okta.com" \(id "the-id"\).*moved {.*` + command, `untouched`,
		},
		"create: exists, no domain": {create, found("create", okta.ErrExists, nowhere), `"Okta_Prod" \(id "the-id"\)`, ""},
		"create: hostile":           {create, found("create", okta.ErrExists, hostile), ``, "\x1b"},

		"update: 401":         {update, failed("update", 401, nil), `permission manage_integrations.*` + again, ""},
		"update: 400":         {update, failed("update", 400, nil), again, `write auth_method`},
		"update: no method":   {withoutMethod, failed("update", 400, nil), `write auth_method.*` + again, ""},
		"update: conflict":    {withoutMethod, failed("update", 409, nil), again, `write auth_method`},
		"update: exchange":    {withoutMethod, exchange, `the next apply sends the change again`, `auth_method`},
		"update: interrupted": {update, failed("update", 0, context.Canceled), `was interrupted.*` + again, ""},
		"update: unknown":     {update, unconfirmed(failed("update", 502, nil)), `may have been changed`, ""},
		"update: gone":        {update, failed("update", 0, okta.ErrNotFound), `Plan again`, again},
		"update: another account": {
			update, unconfirmed(found("update", okta.ErrMismatch, other)),
			`ANOTHER ACCOUNT WAS CHANGED.*"Okta_Other" \(id "other-id"\).*Correct that account.*-refresh=false`,
			`Nothing was changed|server error`,
		},

		"delete: 429":     {remove, failed("delete", 429, nil), `429.*rate limit.*` + stays, ""},
		"delete: unknown": {remove, unconfirmed(failed("delete", 0, errors.New("reset"))), `reset.*` + stays, ""},
		"delete: changed": {
			remove, found("delete", okta.ErrChanged, second),
			`second-id.*was left alone.*apply -refresh-only`, `if it is still there`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			tt.add(testData(), &diags, tt.err)
			text := fmt.Sprint(diags)
			if len(diags) != 1 || !matches(tt.want, text) || tt.not != "" && matches(tt.not, text) {
				t.Errorf("want one error with %q and without %q, got:\n%s", tt.want, tt.not, text)
			}
		})
	}
}

// What to check stands in the first error of a run. Others of the same cause point to it; what becomes
// of the account stands in each. A process can serve several runs: the next one begins after a pause.
func TestErrorDetail_adviceOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const advice = "The application key (app_key, DD_APP_KEY)"
		const pointer = "Another error of this run says what to check."
		d, forbidden := testData(), failed("read", 403, nil)
		first := d.errorDetail(forbidden, nothingChanged)
		if !strings.Contains(first, advice) || strings.Contains(first, pointer) {
			t.Errorf("the first error: %s", first)
		}
		for range 3 {
			time.Sleep(runPause)
			if want := forbidden.Error() + "\n" + pointer; d.errorDetail(forbidden, nothingChanged) != want {
				t.Errorf("the second error: %s", d.errorDetail(forbidden, nothingChanged))
			}
		}
		created := d.errorDetail(forbidden, "No account was created.")
		if !strings.HasSuffix(created, pointer+"\n\nNo account was created.") {
			t.Errorf("the error of a create: %s", created)
		}
		if limited := d.errorDetail(failed("read", 429, nil), nothingChanged); strings.Contains(limited, pointer) {
			t.Errorf("an error of another cause: %s", limited)
		}
		time.Sleep(runPause + time.Second)
		if next := d.errorDetail(forbidden, nothingChanged); !strings.Contains(next, advice) {
			t.Errorf("in the next run: %s", next)
		}
	})
}

// A name that was seen as one thing was not seen as another.
func TestRun(t *testing.T) {
	t.Parallel()
	var r run
	if r.add(nameRead, "Okta_Prod") || r.add(nameNew, "Okta_Prod") || r.has(nameGone, "Okta_Prod") {
		t.Error("kinds are mixed up")
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
	accounts := []okta.Account{{ID: "0a1b"}}
	for i := range 21 {
		accounts = append(accounts, okta.Account{Name: fmt.Sprintf("Okta_%02d", i)})
	}
	for n, want := range map[int]string{
		0: "none at all", 1: `are (no name, id "0a1b").`, 2: `are "Okta_00", (no name, id "0a1b").`,
		20: `"Okta_18", (no name, id "0a1b").`, 22: `"Okta_18", "Okta_19" and 2 more.`,
	} {
		if got := existingNames(accounts[:n]); !strings.Contains(got, want) {
			t.Errorf("of %d: %q, want %q in it", n, got, want)
		}
	}
}
