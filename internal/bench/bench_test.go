// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestBench runs everything once, with two accounts.
func TestBench(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the provider and runs the CLI some twenty times")
	}
	t.Chdir("../..")
	out, err := exec.CommandContext(t.Context(), "go", "run", "./internal/bench", "-n", "2", "-repeat", "1").Output()
	if err != nil {
		t.Fatal(err)
	}
	row := func(start string) string {
		const value = `\d+\.\d\d %s \(\d+\.\d\d[^|]*\) \|\s`
		return start + fmt.Sprintf(value+value+value, "s", "s", "MiB")
	}
	for _, want := range []string{
		row(`\| start-up \| empty \| 0s \| 0 \| `),
		row(`\| apply \| empty \| 0s \| 0 \| `),
		row(`\| apply \| terraform-provider-okta \| 50ms \| [34] \| `),
		row(`\| plan \| terraform-provider-okta \| 0s \| [12] \| `),
		`Apply of 1 at 100 requests in 10s: .* [23] requests, of which 0 refused`,
	} {
		if !regexp.MustCompile(want).Match(out) {
			t.Errorf("the report has nothing like %s:\n%s", want, out)
		}
	}
}

func TestReadUsage(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(dir+"/"+name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("usage-1", "3 7\n")
	write("usage-2", "4 5\n")
	var s sample
	if err := s.readUsage(dir); err != nil || s[cpu] != 7 || s[memory] != 7 {
		t.Errorf("%v, error %v, want the sum of the times and the larger peak", s, err)
	}
	write("usage-3", "")
	if err := s.readUsage(dir); err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("error %v for a plugin that was killed", err)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]sample{{3, 1}, {1, 7}, {2, 5}}); got[wall] != 2 || got[cpu] != 5 {
		t.Errorf("wall time %d, CPU time %d, want 2 and 5", got[wall], got[cpu])
	}
}
