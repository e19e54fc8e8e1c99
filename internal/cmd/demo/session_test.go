// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestSummary looks at what a terminal shows at the end, below whatever came before.
func TestSummary(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ok   bool
		want string
	}{
		"every check holds": {true, "✓ b\nmuch\n\n# What was checked\n✓ a\n✓ b\n\n" +
			"Everything was as expected, in 2 seconds, with 3 requests by okta/1.\n"},
		"one does not": {false, "✓ a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := &session{out: &out}
			s.check(true, "a")
			s.check(test.ok, "b")
			s.print("", "0", "much")
			s.summary(3, "okta/1 (and more)", 2*time.Second)
			if !strings.HasSuffix(out.String(), test.want) || (s.err == nil) != test.ok {
				t.Errorf("%v after:\n%s", s.err, out.String())
			}
		})
	}
}
