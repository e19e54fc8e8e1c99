// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
	"time"
)

// TestMeasure runs everything once, with two accounts.
func TestMeasure(t *testing.T) {
	o, err := parse([]string{"-quick", "-n", "2", "-latency", "1ms", "-pace", "2"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := prepare(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	all, err := b.measure(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}

	// name: requests of a plan, least requests of an apply
	want := map[string][2]int{nameBuiltIn: {0, 0}, nameEmpty: {0, 0}, nameThis: {2, 3}, nameWithout: {2, 3}}
	if len(all.plans) != len(want) || len(all.applies) != len(want) {
		t.Fatalf("%d plans and %d applies of %d subjects", len(all.plans), len(all.applies), len(want))
	}
	for i, plan := range all.plans {
		apply := all.applies[i]
		if plan.requests != want[plan.name][0] || apply.requests < want[apply.name][1] {
			t.Errorf("%s: plan %d requests, apply %d, want %v", plan.name, plan.requests, apply.requests, want[plan.name])
		}
		for _, r := range []row{plan, apply} {
			plugin := r.name != nameBuiltIn
			if r.wall <= 0 || r.command.CPU <= 0 || (r.provider.CPU > 0) != plugin {
				t.Errorf("%s: wall time %s, command's CPU time %s, provider's %s", r.name, r.wall, r.command.CPU, r.provider.CPU)
			}
			if r.command.CPU < r.provider.CPU {
				t.Errorf("%s: the command's CPU time %s is less than its provider's %s", r.name, r.command.CPU, r.provider.CPU)
			}
		}
	}
	if all.paced.requests != 3 || all.paced.refused > 0 {
		t.Errorf("2 accounts under the rate limit: %d requests, %d refused, want a list and 2 creations", all.paced.requests, all.paced.refused)
	}

	var text strings.Builder
	all.write(&text)
	for _, part := range []string{b.cliVersion, "plan of 2 at 1ms: wall time", "| 2 | " + nameThis + " | 1ms | 2 | 0 | 1 | ", "2 accounts created"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the report does not say %q:\n%s", part, text.String())
		}
	}
}

func TestMinimum(t *testing.T) {
	window := time.Date(2026, 1, 2, 3, 4, 10, 0, time.UTC)
	for _, test := range []struct {
		began    time.Time
		accounts int
		want     time.Duration
	}{
		{window, 99, 0}, // and one list
		{window, 100, 10 * time.Second},
		{window.Add(7 * time.Second), 100, 3 * time.Second},
		{window, 500, 50 * time.Second},
		{window.Add(7 * time.Second), 500, 43 * time.Second},
	} {
		if got := minimum(test.began, test.accounts); got != test.want {
			t.Errorf("%d accounts from %s: %s, want %s", test.accounts, test.began.Format(time.TimeOnly), got, test.want)
		}
	}
}

func TestMedians(t *testing.T) {
	samples := []sample{{wall: 3, requests: 1}, {wall: 1, requests: 7}, {wall: 2, requests: 5}}
	if got := medians(samples); got.wall != 2 || got.requests != 5 {
		t.Errorf("wall time %d, requests %d, want 2 and 5", got.wall, got.requests)
	}
}

func TestFlags(t *testing.T) {
	for _, wrong := range []string{"-n=0", "-n=1,x", "-latency=-1s", "-latency=5"} {
		if _, err := parse([]string{wrong}); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
}
