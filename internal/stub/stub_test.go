// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestLifeOfAnAccount(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	c.want(c.do("GET", accounts, ""), 200, "application/json", "{\"data\":[]}\n")

	first := c.account(c.do("POST", accounts, prod), 201, attributes("https://example.okta.com/"))
	if first == "f749daaf-682e-4208-a38d-c9b43162c609" {
		t.Error("the id of the create request was taken")
	}
	c.account(c.do("GET", accounts+"/"+first, ""), 200, attributes("https://example.okta.com/"))

	// An update gives a new id, keeps the name, and keeps the secrets that it does not mention.
	update := strings.Replace(prodUpdate, `"domain"`, `"name":"other","domain"`, 1)
	second := c.account(c.do("PATCH", accounts+"/"+first, update), 200, attributes("https://new.okta.com"))
	if second == first {
		t.Error("the update kept the id")
	}
	want := stub.Account{
		ID: second, Name: "prod", Domain: "https://new.okta.com", AuthMethod: "oauth",
		ClientID: "me", ClientSecret: "hush", APIKey: "psst",
	}
	if got, _ := s.Account("prod"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, method := range []string{"GET", "PATCH"} {
		c.want(c.do(method, accounts+"/"+first, prodUpdate), 404, "application/json", `{"errors":["Not found"]}`)
	}

	c.want(c.do("DELETE", accounts+"/"+second, ""), 204, "text/html; charset=utf-8", "")
	c.want(c.do("DELETE", accounts+"/"+second, ""), 400, "application/json", `{"errors":["Unknown error occurred: "]}`)
	if left := s.Accounts(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestOrderIsNotStable(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	for _, name := range []string{"a", "b", "c"} {
		s.Put(stub.Account{Name: name, Domain: "https://example.okta.com", ClientID: "me"})
	}
	names := regexp.MustCompile(`"name":"."`)
	members := regexp.MustCompile(`"(type|id|name|domain|auth_method|client_id)":`)
	accountOrders, memberOrders := map[string]bool{}, map[string]bool{}
	for range 50 {
		body := c.do("GET", accounts, "").body
		accountOrders[strings.Join(names.FindAllString(body, -1), "")] = true
		memberOrders[strings.Join(members.FindAllString(body, 6), "")] = true
	}
	if len(accountOrders) < 2 || len(memberOrders) < 2 {
		t.Errorf("always in the same order: %v, %v", accountOrders, memberOrders)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method   string
		old, new string // a change of the good request
		status   int
		message  string
	}{
		"no oauth client":          {"POST", `"client_id":"me",`, ``, 400, "client_id"},
		"no oauth secret":          {"POST", `"client_secret":"hush",`, ``, 400, "client_secret"},
		"no name":                  {"POST", `"name":"prod",`, ``, 400, "name"},
		"empty domain":             {"POST", `https://example.okta.com/`, ``, 400, "domain"},
		"no auth method":           {"POST", `"auth_method":"oauth",`, ``, 400, "auth_method"},
		"plain http":               {"POST", `https://`, `http://`, 400, "https"},
		"no URL":                   {"POST", `https://example`, `%zz`, 400, "https"},
		"no host":                  {"POST", `https://example.okta.com/`, `https:///x`, 400, "https"},
		"another type":             {"POST", `okta-accounts`, `okta-account`, 400, "type"},
		"a number":                 {"POST", `"prod"`, `7`, 400, "body"},
		"an empty body":            {"POST", prod, ``, 400, "body"},
		"null":                     {"POST", prod, `null`, 400, "type"},
		"deep nesting":             {"POST", prod, strings.Repeat("[", 1<<19), 400, "body"},
		"a name that exists":       {"POST", `"prod"`, `"taken"`, 409, "taken"},
		"an unknown member":        {"POST", `"name"`, `"color":{"r":1},"name"`, 201, ""},
		"no secret without oauth":  {"POST", `"oauth","client_id":"me","client_secret":"hush"`, `"token"`, 201, ""},
		"a name with other script": {"POST", `"prod"`, `"Ünï \u2603 \" \\"`, 201, ""},

		"update without a secret in store": {"PATCH", ``, ``, 400, "client_secret"},
		"update without auth method":       {"PATCH", `,"auth_method":"oauth"`, ``, 400, "auth_method"},
		"update without a domain":          {"PATCH", `https://new.okta.com`, ``, 400, "domain"},
		"update of another type":           {"PATCH", `okta-accounts`, `accounts`, 400, "type"},
		"update without JSON":              {"PATCH", prodUpdate, `{`, 400, "body"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			before := s.Put(stub.Account{Name: "taken", Domain: "https://example.okta.com", ClientID: "me"})
			path, good := accounts, prod
			if test.method == "PATCH" {
				path, good = accounts+"/"+before.ID, prodUpdate
			}
			got := c.do(test.method, path, strings.Replace(good, test.old, test.new, 1))
			if got.status != test.status || !strings.Contains(got.body, test.message) {
				t.Errorf("got %d %s, want %d and %q", got.status, got.body, test.status, test.message)
			}
			if after, _ := s.Account("taken"); after != before || len(s.Accounts()) == 2 != (test.status == 201) {
				t.Errorf("now there are %+v", s.Accounts())
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	const forbidden = `{"errors":["Forbidden"]}`
	for name, test := range map[string]struct {
		headers        map[string]string
		list, validate int
	}{
		"both keys":     {map[string]string{"DD-API-KEY": stub.APIKey, "DD-APPLICATION-KEY": stub.AppKey}, 200, 200},
		"bearer token":  {map[string]string{"Authorization": "Bearer " + stub.BearerToken}, 200, 403},
		"nothing":       {nil, 403, 403},
		"api key only":  {map[string]string{"DD-API-KEY": stub.APIKey}, 403, 200},
		"app key only":  {map[string]string{"DD-APPLICATION-KEY": stub.AppKey}, 403, 403},
		"wrong api key": {map[string]string{"DD-API-KEY": "x", "DD-APPLICATION-KEY": stub.AppKey}, 403, 403},
		"wrong bearer":  {map[string]string{"Authorization": "Bearer x"}, 403, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, stub.New())
			c.headers = test.headers
			bodies := map[int]string{200: "{\"data\":[]}\n", 403: forbidden}
			c.want(c.do("GET", accounts, ""), test.list, "application/json", bodies[test.list])
			bodies[200] = "{\"valid\":true}\n"
			c.want(c.do("GET", "/api/v1/validate", ""), test.validate, "application/json", bodies[test.validate])
		})
	}
}

func TestOutsideChanges(t *testing.T) {
	t.Parallel()
	s := stub.New()
	b := s.Put(stub.Account{Name: "b", Domain: "https://b.okta.com"})
	a := s.Put(stub.Account{ID: "given", Name: "a", Domain: "https://a.okta.com", AuthMethod: "token"})
	changed := s.Put(stub.Account{Name: "b", Domain: "https://c.okta.com"})
	want := []stub.Account{
		{ID: "given", Name: "a", Domain: "https://a.okta.com", AuthMethod: "token"},
		{ID: b.ID, Name: "b", Domain: "https://c.okta.com", AuthMethod: "oauth"},
	}
	if got := s.Accounts(); !slices.Equal(got, want) || a != want[0] || changed != want[1] || !uuid.MatchString(b.ID) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if id := s.Rekey("b"); id == b.ID || s.Accounts()[1].ID != id {
		t.Errorf("not re-keyed: %+v", s.Accounts())
	}
	s.Remove("a")
	if _, ok := s.Account("a"); ok {
		t.Error("not removed")
	}
}

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
