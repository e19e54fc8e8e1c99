// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"reflect"
	"regexp"
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

	s.Vary(stub.KeepID)
	if c.account(c.do("PATCH", accounts+"/"+second, prodUpdate), 200, attributes("https://new.okta.com")) != second {
		t.Error("re-keyed in spite of KeepIDs")
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
	members := regexp.MustCompile(`"(name|domain|auth_method|client_id)":`)
	names := regexp.MustCompile(`"name":"(.)"`)
	inside := regexp.MustCompile(`"attributes":\{[^}]*`)
	attributeOrders, accountOrders, memberOrders := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for range 50 {
		body := c.do("GET", accounts, "").body
		attributeOrders[strings.Join(members.FindAllString(body, 4), "")] = true
		memberOrders[inside.ReplaceAllString(regexp.MustCompile(`"[0-9a-f-]{36}"`).ReplaceAllString(body, ""), "")] = true
		accountOrders[strings.Join(names.FindAllString(body, -1), "")] = true
	}
	if len(attributeOrders) < 2 || len(accountOrders) < 2 || len(memberOrders) < 2 {
		t.Errorf("always in the same order: %v %v %v", attributeOrders, accountOrders, memberOrders)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, new string // a change of the good request
		status   int
		message  string
	}{
		"no oauth client":          {`"client_id":"me",`, ``, 400, "client_id"},
		"no oauth secret":          {`"client_secret":"hush",`, ``, 400, "client_secret"},
		"no name":                  {`"name":"prod",`, ``, 400, "name"},
		"empty domain":             {`https://example.okta.com/`, ``, 400, "domain"},
		"no auth method":           {`"auth_method":"oauth",`, ``, 400, "auth_method"},
		"plain http":               {`https://`, `http://`, 400, "https"},
		"no URL":                   {`https://example`, `%zz`, 400, "https"},
		"no host":                  {`https://example.okta.com/`, `https:///x`, 400, "https"},
		"another type":             {`okta-accounts`, `okta-account`, 400, "type"},
		"a number":                 {`"prod"`, `7`, 400, "body"},
		"an array":                 {`{"data"`, `[{"data"`, 400, "body"},
		"an empty body":            {prod, ``, 400, "body"},
		"null":                     {prod, `null`, 400, "type"},
		"deep nesting":             {prod, strings.Repeat("[", 1<<19), 400, "body"},
		"a name that exists":       {`"prod"`, `"taken"`, 409, "taken"},
		"an unknown member":        {`"name"`, `"color":{"r":1},"name"`, 201, ""},
		"another auth method":      {`"oauth","client_id":"me"`, `"token"`, 201, ""},
		"no secret without oauth":  {`"oauth","client_id":"me","client_secret":"hush"`, `"token"`, 201, ""},
		"a name with other script": {`"prod"`, `"Ünï \u2603 \" \\"`, 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.Put(stub.Account{Name: "taken", Domain: "https://example.okta.com"})
			c := start(t, s)
			got := c.do("POST", accounts, strings.Replace(prod, test.old, test.new, 1))
			if got.status != test.status || !strings.Contains(got.body, test.message) {
				t.Errorf("got %d %s, want %d and %q", got.status, got.body, test.status, test.message)
			}
			if created := len(s.Accounts()) == 2; created != (test.status == 201) {
				t.Errorf("created: %t", created)
			}
		})
	}
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	bare := s.Put(stub.Account{Name: "bare", Domain: "https://example.okta.com", ClientID: "me"})
	if got := c.do("PATCH", accounts+"/"+bare.ID, prodUpdate); got.status != 400 {
		t.Errorf("no secret is stored, and none is sent: got %+v", got)
	}
	bare.ClientSecret = "hush"
	s.Put(bare)
	for _, body := range []string{
		strings.Replace(prodUpdate, "oauth", "", 1),
		strings.Replace(prodUpdate, `,"auth_method":"oauth"`, "", 1),
		strings.Replace(prodUpdate, "https://new.okta.com", "", 1),
		strings.Replace(prodUpdate, "okta-accounts", "accounts", 1),
		"{",
	} {
		if got := c.do("PATCH", accounts+"/"+bare.ID, body); got.status != 400 {
			t.Errorf("%s: got %d %s", body, got.status, got.body)
		}
	}
	if got, _ := s.Account("bare"); got != bare {
		t.Errorf("changed to %+v", got)
	}
}

func TestEchoSecrets(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	refused := strings.Replace(prod, "https://", "http://", 1)
	if got := c.do("POST", accounts, refused); strings.Contains(got.body, "hush") || strings.Contains(got.body, "psst") {
		t.Errorf("quoted unasked: %s", got.body)
	}
	s.Vary(stub.EchoSecrets)
	s.Fail(stub.Fault{Method: "PATCH", Status: 400})
	for _, got := range []reply{c.do("POST", accounts, refused), c.do("PATCH", accounts+"/x", prod)} {
		if got.status != 400 || !strings.Contains(got.body, "hush") || !strings.Contains(got.body, "psst") {
			t.Errorf("got %d %s", got.status, got.body)
		}
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
	if a.ID != "given" || !uuid.MatchString(b.ID) || b.AuthMethod != "oauth" {
		t.Errorf("got %+v %+v", a, b)
	}
	changed := s.Put(stub.Account{Name: "b", Domain: "https://c.okta.com"})
	if changed.ID != b.ID {
		t.Errorf("Put changed the id of %+v", b)
	}
	if got := s.Accounts(); !reflect.DeepEqual(got, []stub.Account{a, changed}) {
		t.Errorf("got %+v", got)
	}
	if id := s.Rekey("b"); id == b.ID || s.Accounts()[1].ID != id {
		t.Errorf("not re-keyed: %+v", s.Accounts())
	}
	s.Remove("a")
	if _, ok := s.Account("a"); ok {
		t.Error("not removed")
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests recorded", n)
	}
}
