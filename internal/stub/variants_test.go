// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// trial asks a service something, and says in words what it saw.
type trial func(c caller, s *stub.Server) string

// Each variant shows, and shows in nothing that a service without it does. Others are in
// TestReadsAfterWrites, and in the test of the conformance check, where each turns a row around.
func TestVariants(t *testing.T) {
	t.Parallel()
	first := func(c caller, _ *stub.Server) (seen string) {
		for _, path := range []string{accounts, accounts + "/x"} {
			got := c.do("GET", path, "")
			seen += fmt.Sprint(got.status, " ", strings.Contains(got.body, "not yet installed"), " ")
		}
		c.do("POST", accounts, prod)
		return seen + fmt.Sprint(c.do("GET", accounts, "").status, " ", c.do("GET", accounts+"/x", "").status)
	}
	echo := func(c caller, s *stub.Server) (seen string) {
		s.Fail(stub.Fault{Method: "PATCH", Status: 400})
		for _, method := range []string{"POST", "PATCH"} {
			got := c.do(method, accounts, strings.Replace(prod, "https://", "http://", 1))
			seen += fmt.Sprint(got.status, strings.Count(got.body, "hush"), strings.Count(got.body, "psst"), " ")
		}
		return seen
	}
	for variant, test := range map[stub.Variant]struct {
		try           trial
		without, with string
	}{
		stub.EchoSecrets:   {echo, "400 0 0 400 0 0 ", "400 1 1 400 1 1 "},
		stub.NoAccounts400: {first, "200 false 404 false 200 404", "400 true 400 true 200 404"},
		stub.NoAccounts404: {first, "200 false 404 false 200 404", "404 true 404 true 200 404"},
	} {
		t.Run(string(variant), func(t *testing.T) {
			t.Parallel()
			varied := stub.New()
			varied.Vary(variant)
			for want, s := range map[string]*stub.Server{test.without: stub.New(), test.with: varied} {
				if got := test.try(start(t, s), s); got != want {
					t.Errorf("got %s, want %s (with the variant: %s)", got, want, test.with)
				}
			}
		})
	}
}
