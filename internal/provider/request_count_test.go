// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// However many accounts there are, a plan refreshes them with two requests, and one account with one; what an apply
// sends beyond one list are the writes.
func TestAccOktaAccount_requests(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t))+fmt.Sprintf(`
locals {
  names = toset([for i in range(%d) : "account-${i}"])
}

resource "okta_account" "many" {
  for_each      = local.names
  name          = each.key
  domain        = "https://example.okta.com"
  client_id     = "client"
  client_secret = "made-up-secret"
}
`, n))
			wantCosts := func(step string, list, get, post int) {
				t.Helper()
				got := [3]int{s.Count(http.MethodGet, "list"), s.Count(http.MethodGet, "account"), s.Count(http.MethodPost, "list")}
				if want := [3]int{list, get, post}; got != want || len(s.Requests()) != list+get+post {
					t.Errorf("%s: %d lists, GETs and POSTs of %d requests, want %d", step, got, len(s.Requests()), want)
				}
				s.ResetRequests()
			}
			plan := func(exitCode int) { c.run(exitCode, "plan", "-detailed-exitcode") }
			many := min(n-1, 1) // whether there is a list to be shared

			c.run(0, "plan", "-out=new")
			wantCosts("plan of new accounts", 1, 0, 0)
			c.run(0, "apply", "new")
			wantCosts("apply", 1, 0, n)
			plan(0)
			wantCosts("plan", many, 1, 0)
			if n != 50 {
				return
			}
			s.Rekey("account-7")
			plan(0)
			// The re-keyed one may be the first read, whose GET then finds nothing; the list has it under its name.
			wantCosts("plan with one re-keyed", 1, 1, 0)
			c.write("data.tf", `data "okta_accounts" "all" {}`)
			plan(0)
			if requests := len(s.Requests()); requests > 2 {
				t.Errorf("plan with a data source: %d requests, want 2 at most", requests)
			}
			s.ResetRequests()
			s.Remove("account-9")
			plan(2)
			// Of the deleted one, a GET of its own confirms that it is gone.
			if lists, gets := s.Count(http.MethodGet, "list"), s.Count(http.MethodGet, "account"); lists != 1 || gets < 1 || gets > 2 {
				t.Errorf("plan with one deleted: %d lists, %d GETs, want 1 and at most 2", lists, gets)
			}
		})
	}
}
