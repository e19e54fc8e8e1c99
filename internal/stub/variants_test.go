// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// trial asks a service something, and says in words what it saw.
type trial func(c caller, s *stub.Server) string

// change is a trial that sends the good request, changed, as a create or as an update of the
// account that the good create made, and sees the status and what is kept of the account "prod".
func change(method, old, instead string) trial {
	return func(c caller, s *stub.Server) string {
		path, body := accounts, prod
		if method == "PATCH" {
			c.do("POST", accounts, prod)
			a, _ := s.Account("prod")
			path, body = accounts+"/"+a.ID, prodUpdate
		}
		got := c.do(method, path, strings.Replace(body, old, instead, 1))
		a, _ := s.Account("prod")
		return fmt.Sprintf("%d %s %q", got.status, a.Domain, a.ClientID)
	}
}

// status is a trial that sees the status of one request.
func status(method, path string) trial {
	return func(c caller, _ *stub.Server) string { return fmt.Sprint(c.do(method, accounts+path, "").status) }
}

// Each variant shows, and shows in nothing that a service without it does.
func TestVariants(t *testing.T) {
	t.Parallel()
	const both, client = `"client_id":"me","client_secret":"hush"`, `"oauth","client_id":`
	reads := func(write func(c caller, s *stub.Server)) trial {
		return func(c caller, s *stub.Server) (seen string) {
			write(c, s)
			a, _ := s.Account("prod")
			for range 2 {
				seen += fmt.Sprint(len(c.listed(accounts)), " ")
				seen += fmt.Sprint(c.do("GET", accounts+"/"+a.ID, "").status, " ")
			}
			return seen
		}
	}
	create := func(c caller, _ *stub.Server) { c.do("POST", accounts, prod) }
	update := func(c caller, s *stub.Server) {
		old := s.Put(stub.Account{Name: "prod", Domain: "https://a.okta.com", ClientID: "me", ClientSecret: "hush"})
		c.do("PATCH", accounts+"/"+old.ID, prodUpdate)
	}
	second := func(name string) trial {
		return func(c caller, s *stub.Server) string {
			create(c, s)
			return fmt.Sprint(c.do("POST", accounts, strings.Replace(prod, "prod", name, 1)).status, len(s.Accounts()))
		}
	}
	contains := func(text string) trial {
		return func(c caller, s *stub.Server) string {
			create(c, s)
			return fmt.Sprint(strings.Contains(c.do("GET", accounts, "").body, text))
		}
	}
	first := func(c caller, s *stub.Server) (seen string) {
		for _, path := range []string{accounts, accounts + "/x"} {
			got := c.do("GET", path, "")
			seen += fmt.Sprint(got.status, " ", strings.Contains(got.body, "not yet installed"), " ")
		}
		create(c, s)
		return seen + fmt.Sprint(c.do("GET", accounts, "").status, " ", c.do("GET", accounts+"/x", "").body)
	}
	limits := func(c caller, s *stub.Server) string {
		s.LimitRate(100, time.Minute)
		header := c.do("GET", accounts, "").header
		maps.DeleteFunc(header, func(name string, _ []string) bool { return !strings.HasSuffix(name, "-Limit") })
		return fmt.Sprint(slices.Collect(maps.Keys(header)))
	}
	for variant, test := range map[stub.Variant]struct {
		try           trial
		without, with string
	}{
		stub.TakeID: {func(c caller, s *stub.Server) string {
			create(c, s)
			return fmt.Sprint(c.do("GET", accounts+"/f749daaf-682e-4208-a38d-c9b43162c609", "").status)
		}, "404", "200"},
		stub.HashIDs: {func(c caller, s *stub.Server) string {
			other := s.Put(stub.Account{Name: "other", Domain: "https://a.okta.com"})
			create(c, s)
			first, _ := s.Account("prod")
			c.do("PATCH", accounts+"/"+first.ID, prodUpdate)
			updated, _ := s.Account("prod")
			c.do("DELETE", accounts+"/"+updated.ID, "")
			create(c, s)
			again, _ := s.Account("prod")
			return fmt.Sprint(uuid.MatchString(first.ID), first.ID == other.ID, updated.ID == first.ID, again.ID == first.ID)
		}, "true false false false", "true false true true"},
		stub.LateCreates:    {reads(create), "1 200 1 200 ", "0 404 0 200 "},
		stub.DuplicateNames: {second("prod"), "409 1", "201 2"},
		stub.FoldNames:      {second("PROD"), "201 2", "409 1"},
		stub.TrimDomains:    {change("POST", "", ""), `201 https://example.okta.com/ "me"`, `201 https://example.okta.com "me"`},
		stub.LowerDomains: {
			change("PATCH", "new.okta", "NEW.okta"), `200 https://NEW.okta.com "me"`, `200 https://new.okta.com "me"`,
		},
		stub.PlainHTTP: {change("POST", "https", "http"), `400  ""`, `201 http://example.okta.com/ "me"`},
		stub.OktaDomains: {
			change("POST", "okta.com", "org"), `201 https://example.org/ "me"`, `400  ""`,
		},
		stub.AnyOAuth:      {change("POST", `,`+both, ""), `400  ""`, `201 https://example.okta.com/ ""`},
		stub.KnownMethods:  {change("POST", "oauth", "token"), `201 https://example.okta.com/ "me"`, `400  ""`},
		stub.RefuseUnknown: {change("POST", `"name"`, `"color":7,"name"`), `201 https://example.okta.com/ "me"`, `400  ""`},

		stub.KeepID: {func(c caller, s *stub.Server) string {
			create(c, s)
			old, _ := s.Account("prod")
			c.do("PATCH", accounts+"/"+old.ID, prodUpdate)
			now, _ := s.Account("prod")
			return fmt.Sprint(now.ID == old.ID)
		}, "false", "true"},
		stub.FormerIDs: {func(c caller, s *stub.Server) string {
			create(c, s)
			old, _ := s.Account("prod")
			c.do("PATCH", accounts+"/"+old.ID, prodUpdate)
			return fmt.Sprint(c.do("GET", accounts+"/"+old.ID, "").status)
		}, "404", "200"},
		stub.LateUpdates: {reads(update), "1 200 1 200 ", "0 404 0 200 "},
		stub.UpdatesWithoutBody: {
			change("PATCH", "", ""), `200 https://new.okta.com "me"`, `204 https://new.okta.com "me"`,
		},
		stub.UpdatesWithoutAttributes: {func(c caller, s *stub.Server) string {
			create(c, s)
			old, _ := s.Account("prod")
			return fmt.Sprint(strings.Contains(c.do("PATCH", accounts+"/"+old.ID, prodUpdate).body, "attributes"))
		}, "true", "false"},
		stub.RequireSecret: {
			change("PATCH", "", ""), `200 https://new.okta.com "me"`, `400 https://example.okta.com/ "me"`,
		},
		stub.ClearClientID: {change("PATCH", "", ""), `200 https://new.okta.com "me"`, `200 https://new.okta.com ""`},
		stub.ClearNullClientID: {
			change("PATCH", `"oauth"`, client+`null`), `200 https://new.okta.com "me"`, `200 https://new.okta.com ""`,
		},

		stub.ReturnSecrets:   {contains(`"client_secret":"hush"`), "false", "true"},
		stub.ExtraAttributes: {contains(`"status"`), "false", "true"},
		stub.NoAccounts400: {
			first, `200 false 404 false 200 {"errors":["Not found"]}`, `400 true 400 true 200 {"errors":["Not found"]}`,
		},
		stub.NoAccounts404: {
			first, `200 false 404 false 200 {"errors":["Not found"]}`, `404 true 404 true 200 {"errors":["Not found"]}`,
		},
		stub.GetUnknown400:    {status("GET", "/x"), "404", "400"},
		stub.DeleteUnknown204: {status("DELETE", "/x"), "400", "204"},
		stub.WrongKeys401: {func(c caller, _ *stub.Server) string {
			c.headers = map[string]string{"DD-API-KEY": "x", "DD-APPLICATION-KEY": "x"}
			return fmt.Sprint(c.do("GET", accounts, "").status)
		}, "403", "401"},
		stub.NoRateHeaders:    {limits, "[X-Ratelimit-Limit]", "[]"},
		stub.OtherRateHeaders: {limits, "[X-Ratelimit-Limit]", "[Ratelimit-Limit]"},
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
