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

// Each variant shows, and shows in nothing that a service without it does. The test of the
// conformance check does the same for the variants that are not here: each turns a row around.
func TestVariants(t *testing.T) {
	t.Parallel()
	prodID := func(s *stub.Server) string {
		a, _ := s.Account("prod")
		return a.ID
	}
	create := func(c caller, s *stub.Server) string {
		c.do("POST", accounts, prod)
		return prodID(s)
	}
	reads := func(c caller, id string) (seen string) {
		for range 2 {
			seen += fmt.Sprint(len(c.listed(accounts)), " ", c.do("GET", accounts+"/"+id, "").status, " ")
		}
		return seen
	}
	updates := func(attributes string) trial {
		return func(c caller, s *stub.Server) string {
			update := strings.Replace(prodUpdate, `"oauth"`, `"oauth"`+attributes, 1)
			got := c.do("PATCH", accounts+"/"+create(c, s), update)
			a, _ := s.Account("prod")
			return fmt.Sprint(got.status, " ", a.Domain, " ", a.ClientID)
		}
	}
	first := func(c caller, s *stub.Server) (seen string) {
		for _, path := range []string{accounts, accounts + "/x"} {
			got := c.do("GET", path, "")
			seen += fmt.Sprint(got.status, " ", strings.Contains(got.body, "not yet installed"), " ")
		}
		create(c, s)
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
		stub.HashIDs: {func(c caller, s *stub.Server) string {
			other := s.Put(stub.Account{Name: "other", Domain: "https://a.okta.com"})
			first := create(c, s)
			c.do("PATCH", accounts+"/"+first, prodUpdate)
			updated := prodID(s)
			c.do("DELETE", accounts+"/"+updated, "")
			return fmt.Sprint(uuid.MatchString(first), first == other.ID, updated == first, create(c, s) == first)
		}, "true false false false", "true false true true"},
		stub.LateCreates: {func(c caller, s *stub.Server) string {
			return reads(c, create(c, s))
		}, "1 200 1 200 ", "0 404 0 200 "},
		stub.LateUpdates: {func(c caller, s *stub.Server) string {
			a := s.Put(stub.Account{Name: "prod", Domain: "https://a.okta.com", ClientID: "me", ClientSecret: "hush"})
			c.do("PATCH", accounts+"/"+a.ID, prodUpdate)
			return reads(c, prodID(s))
		}, "1 200 1 200 ", "0 404 0 200 "},
		stub.RequireSecret:     {updates(``), "200 https://new.okta.com me", "400 https://example.okta.com/ me"},
		stub.ClearClientID:     {updates(``), "200 https://new.okta.com me", "200 https://new.okta.com "},
		stub.ClearNullClientID: {updates(`,"client_id":null`), "200 https://new.okta.com me", "200 https://new.okta.com "},
		stub.EchoSecrets:       {echo, "400 0 0 400 0 0 ", "400 1 1 400 1 1 "},
		stub.NoAccounts400:     {first, "200 false 404 false 200 404", "400 true 400 true 200 404"},
		stub.NoAccounts404:     {first, "200 false 404 false 200 404", "404 true 404 true 200 404"},
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
