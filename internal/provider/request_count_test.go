// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// wantRequests fails the test where the service was asked for anything else since it was last
// looked at: "GET list", "POST", and "GET", "PATCH" or "DELETE" of one account, in whichever order.
func wantRequests(t *testing.T, s *stub.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range s.Requests() {
		name := r.Method
		if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/accounts") {
			name = "GET list"
		}
		got = append(got, name)
	}
	s.ResetRequests()
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%d requests %q, want %d %q", len(got), got, len(want), want)
	}
}

// wantNoWrites fails the test where the service was asked to change something.
func wantNoWrites(t *testing.T, s *stub.Server) {
	t.Helper()
	if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n > 0 {
		t.Errorf("%d requests that change something", n)
	}
}

// A plan refreshes its accounts with one list, one or fifty. Whatever was re-keyed is in it, too;
// an account that is gone costs a GET of its own, which confirms that. What an apply sends beyond
// one list are the writes.
func TestAccOktaAccount_requests(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t))+fmt.Sprintf(`
locals {
  names = toset([for i in range(%d) : "account_${i}"])
}

resource "okta_account" "many" {
  for_each      = local.names
  name          = each.key
  domain        = "https://example.okta.com"
  client_id     = "client"
  client_secret = "made-up-secret"
}
`, n))
			plan := func(exitCode int) {
				t.Helper()
				c.run(exitCode, "plan", "-detailed-exitcode")
			}
			c.run(0, "plan", "-out=new")
			wantRequests(t, s, "GET list")
			c.run(0, "apply", "new")
			wantRequests(t, s, append(slices.Repeat([]string{"POST"}, n), "GET list")...)

			plan(0)
			wantRequests(t, s, "GET list")
			s.Rekey("account_0")
			plan(0)
			wantRequests(t, s, "GET list")
			s.Remove("account_0")
			plan(2)
			wantRequests(t, s, "GET list", "GET")
			// A data source shows what is there when it is read: one list more, after those of its dependencies.
			c.write("data.tf", `
data "okta_accounts" "all" {
  depends_on = [okta_account.many]
}
`)
			c.run(0, "apply", "-auto-approve")
			s.ResetRequests()
			plan(0)
			wantRequests(t, s, "GET list", "GET list")
		})
	}
}
