// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A process that serves several runs begins anew with each: after a pause, nothing was seen.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r run
		want := func(before bool) {
			t.Helper()
			if got := r.add(nameRead, "Okta_Prod"); got != before {
				t.Errorf("seen before: %t, want %t", got, before)
			}
		}
		want(false)
		if r.add(nameRead, "Okta_Dev") || r.has(nameGone, "Okta_Prod") ||
			r.hasAny(nameGone) || !r.has(nameRead, "Okta_Prod") {
			t.Error("texts or kinds are mixed up")
		}
		for range 3 {
			time.Sleep(runPause)
			want(true)
		}
		time.Sleep(runPause + time.Second)
		want(false)
		if r.has(nameRead, "Okta_Dev") {
			t.Error("the run before is remembered")
		}
	})
}

// What to check stands in the first error of a run. Others of the same cause point to it; what becomes
// of the account stands in each.
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
		if want := forbidden.Error() + "\n" + pointer; d.errorDetail(forbidden, nothingChanged) != want {
			t.Errorf("the second error: %s", d.errorDetail(forbidden, nothingChanged))
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
