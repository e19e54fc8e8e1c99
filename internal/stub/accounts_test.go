// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// listed returns the accounts of a list answer as they stand there, sorted.
func (c caller) listed(path string) []string {
	c.t.Helper()
	got := c.do("GET", path, "")
	var body struct{ Data []json.RawMessage }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 {
		c.t.Fatalf("%v in %+v", err, got)
	}
	texts := []string{}
	for _, data := range body.Data {
		texts = append(texts, string(data))
	}
	slices.Sort(texts)
	return texts
}

func TestOddAccounts(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.History()
	odd := s.Raw()
	if len(odd) < 12 {
		t.Errorf("%d odd accounts", len(odd))
	}
	slices.Sort(odd)
	if got := c.listed(accounts); !slices.Equal(got, odd) {
		t.Errorf("listed %q, want %q", got, odd)
	}
	if got := s.Accounts(); len(got) != 0 {
		t.Errorf("among the ordinary ones: %v", got)
	}
	a := s.Put(stub.Account{Name: "odd_twice", Domain: "https://a.okta.com"})
	if got, _ := s.Account("odd_twice"); got != a || len(s.Raw()) != len(odd) {
		t.Errorf("got %v beside %d odd ones", got, len(s.Raw()))
	}
	s.Remove("odd_twice")
	if got := c.listed(accounts); len(got) != len(odd)-2 {
		t.Errorf("%d left after Remove", len(got))
	}
}

func TestRawAccount(t *testing.T) {
	t.Parallel()
	const raw = `{"id":"old","type":"okta-accounts","attributes":{"name":"Old_One","client_id":null,"color":7}}`
	s := stub.New()
	c := start(t, s)
	s.PutRaw(raw)
	s.PutRaw(`{"id":"old","attributes":{"name":"later"}}`)
	c.want(c.do("GET", accounts+"/old", ""), 200, "application/json", `{"data":`+raw+"}\n")
	if got := c.do("POST", accounts, strings.Replace(prod, `"prod"`, `"Old_One"`, 1)); got.status != 409 {
		t.Errorf("its name was free: %+v", got)
	}
	update := `{"data":{"type":"okta-accounts","attributes":{"domain":"https://new.okta.com","api_key":"psst"}}}`
	if got := c.do("PATCH", accounts+"/old", update); got.status != 200 {
		t.Errorf("update: %+v", got)
	}
	want := stub.Account{Name: "Old_One", Domain: "https://new.okta.com", AuthMethod: stub.Absent, APIKey: "psst"}
	got, _ := s.Account("Old_One")
	want.ID = got.ID
	if got != want || len(s.Raw()) != 1 {
		t.Errorf("got %+v and %q", got, s.Raw())
	}
	c.want(c.do("DELETE", accounts+"/old", ""), 204, "text/html; charset=utf-8", "")
	if left := s.Raw(); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

// An account of ours that has no auth_method, domain or client_id, absent or null, and its update.
func TestAccountsWithoutValues(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]bool{stub.Absent: false, stub.Null: true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			a := s.Put(stub.Account{Name: "prod", Domain: name, AuthMethod: name, ClientID: name, ClientSecret: "hush"})
			want := map[string]any{"name": "prod"}
			if shown {
				want["domain"], want["auth_method"], want["client_id"] = nil, nil, nil
			}
			c.account(c.do("GET", accounts+"/"+a.ID, ""), 200, want)

			without := strings.Replace(prodUpdate, `,"auth_method":"oauth"`, "", 1)
			want["domain"] = "https://new.okta.com"
			id := c.account(c.do("PATCH", accounts+"/"+a.ID, without), 200, want)
			if got := c.do("PATCH", accounts+"/"+id, prodUpdate); got.status != 400 {
				t.Errorf("became oauth without client_id: %+v", got)
			}
			both := strings.Replace(prodUpdate, `"oauth"`, `"oauth","client_id":"me","client_secret":"hush"`, 1)
			c.account(c.do("PATCH", accounts+"/"+id, both), 200, attributes("https://new.okta.com"))
		})
	}
}

func TestCaseOfAttributes(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	c.do("POST", accounts, strings.Replace(prod, `"name":"prod"`, `"name":"prod","Name":"other"`, 1))
	if got := s.Accounts(); len(got) != 1 || got[0].Name != "prod" {
		t.Errorf("got %+v", got)
	}
}

func TestReserveNames(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.ReserveNames(2)
	for _, want := range []int{201, 204, 409, 409, 201, 204, 409} {
		a, exists := s.Account("prod")
		method, path := "POST", accounts
		if exists {
			method, path = "DELETE", accounts+"/"+a.ID
		}
		if got := c.do(method, path, prod); got.status != want {
			t.Errorf("%s: got %+v, want %d", method, got, want)
		}
	}
	if got := c.do("POST", accounts, strings.Replace(prod, `"prod"`, `"other"`, 1)); got.status != 201 {
		t.Errorf("another name: got %+v", got)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pattern  string // of names that are refused
		accepted []string
		refused  []string
	}{
		"strict": {`\W`, []string{"Okta_Prod_1"}, []string{"Okta-Prod", "Okta Prod", "Z\u00fcrich", "Zu\u0308rich"}},
		"long":   {"^.{9}", []string{"Okta-Pro"}, []string{"Okta_Prod"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			s.RefuseNames(regexp.MustCompile(test.pattern))
			for _, name := range test.accepted {
				if got := c.do("POST", accounts, strings.Replace(prod, "prod", name, 1)); got.status != 201 {
					t.Errorf("%s: got %+v", name, got)
				}
			}
			for _, name := range test.refused {
				if got := c.do("POST", accounts, strings.Replace(prod, "prod", name, 1)); got.status != 400 ||
					!strings.Contains(got.body, "alphanumeric") {
					t.Errorf("%s: got %+v", name, got)
				}
			}
			// One that exists can be changed.
			old := s.Put(stub.Account{Name: test.refused[0], Domain: "https://a.okta.com", ClientID: "me", ClientSecret: "hush"})
			if got := c.do("PATCH", accounts+"/"+old.ID, prodUpdate); got.status != 200 {
				t.Errorf("update: got %+v", got)
			}
		})
	}
}
