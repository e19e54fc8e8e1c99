// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What is sent is exactly what the API documents.
func TestRequests(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.cfg.UserAgent = "terraform-provider-okta/1.2.3"
		c := w.client(t)
		asked := prod.Account
		asked.ID = "to-be-ignored"
		created, err := c.Create(t.Context(), asked, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		changed := created
		changed.Domain, changed.ClientID = "https://New.okta.com/", ""
		updated, err := c.Update(t.Context(), changed, Secrets{})
		if err != nil {
			t.Fatal(err)
		}
		if updated.ID == created.ID || updated.Domain != changed.Domain || updated.ClientID != "prod-client" {
			t.Errorf("updated to %+v", updated)
		}
		if err := c.Delete(t.Context(), updated); err != nil {
			t.Fatal(err)
		}

		want := []struct{ method, path, body string }{
			{http.MethodGet, accountsPath, ""},
			{http.MethodPost, accountsPath, `{"data":{"type":"okta-accounts","attributes":{"name":"prod","domain":"https://prod.okta.com",` +
				`"auth_method":"oauth","client_id":"prod-client","client_secret":"prod-client-secret","api_key":"prod-okta-token"}}}`},
			{
				http.MethodPatch, accountsPath + "/" + created.ID,
				`{"data":{"type":"okta-accounts","attributes":{"domain":"https://New.okta.com/","auth_method":"oauth"}}}`,
			},
			{http.MethodDelete, accountsPath + "/" + updated.ID, ""},
		}
		requests := w.Requests()
		if len(requests) != len(want) {
			t.Fatalf("%d requests, want %d", len(requests), len(want))
		}
		for i, r := range requests {
			if r.Method != want[i].method || r.Path != want[i].path || r.Query != "" || !sameJSON(r.Body, want[i].body) {
				t.Errorf("sent %s %s?%s %s, want %v", r.Method, r.Path, r.Query, r.Body, want[i])
			}
			header := map[string]string{
				"DD-API-KEY": stub.APIKey, "DD-APPLICATION-KEY": stub.AppKey, "Authorization": "", "Accept": "application/json",
				"User-Agent": "terraform-provider-okta/1.2.3", "Content-Type": "",
			}
			if r.Body != "" {
				header["Content-Type"] = "application/json"
			}
			for name, value := range header {
				if got := r.Header.Get(name); got != value {
					t.Errorf("%s %s: header %s is %q, want %q", r.Method, r.Path, name, got, value)
				}
			}
		}
	})
}

func sameJSON(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return fmt.Sprint(x) == fmt.Sprint(y) // maps are printed in order
}

func TestBearerTokenReplacesKeys(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.cfg.BearerToken = stub.BearerToken
		if _, err := w.client(t).List(t.Context()); err != nil {
			t.Fatal(err)
		}
		header := w.Requests()[0].Header
		if header.Get("Authorization") != "Bearer "+stub.BearerToken || header.Get("DD-API-KEY")+header.Get("DD-APPLICATION-KEY") != "" {
			t.Errorf("sent %v", header)
		}
	})
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for base, path := range map[string]string{
		"http://stub":              accountsPath,
		"http://stub/":             accountsPath,
		"http://stub/proxy/eu":     "/proxy/eu" + accountsPath,
		"http://stub/proxy/eu//":   "/proxy/eu" + accountsPath,
		"http://stub/proxy%2Feu/x": "/proxy%2Feu/x" + accountsPath,
	} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.cfg.BaseURL = base
				_, _ = w.client(t).List(t.Context()) // the stub knows no path but its own
				if r := w.Requests()[0]; r.Path != path {
					t.Errorf("asked for %s, want %s", r.Path, path)
				}
			})
		})
	}
	if _, err := New(Config{BaseURL: "http://[::1"}); err == nil {
		t.Error("no error for a base URL that is none")
	}
}

func TestListIsSorted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		for _, name := range []string{"b", "c", "a", "B", "ä", "10", "9"} {
			w.put(name)
		}
		accounts, err := w.client(t).List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, account := range accounts {
			names = append(names, account.Name)
		}
		if got := strings.Join(names, " "); got != "10 9 B a b c ä" {
			t.Error(got)
		}
	})
}

// Find by id, by name, by both, alone and answered from a list.
func TestFind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id, name string
		want     string // name of the account
		err      error
	}{
		"by both":                   {id: "id-a", name: "a", want: "a"},
		"by id":                     {id: "id-a", want: "a"},
		"by name":                   {name: "a", want: "a"},
		"by name, re-keyed":         {id: "id-old", name: "a", want: "a"},
		"another's id":              {id: "id-b", name: "a", want: "a"},
		"gone":                      {id: "id-old", name: "old", err: ErrNotFound},
		"gone, by id":               {id: "id-old", err: ErrNotFound},
		"gone, by name":             {name: "old", err: ErrNotFound},
		"gone, its id is another's": {id: "id-b", name: "old", err: new(ForeignError)},
		"neither":                   {err: ErrNotFound},
	} {
		for _, company := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, company %t", name, company), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					for _, name := range []string{"a", "b"} {
						w.Put(stub.Account{ID: "id-" + name, Name: name, Domain: "https://" + name + ".okta.com"})
					}
					c := w.client(t)
					if company {
						if _, err := c.List(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					found, err := c.Find(t.Context(), test.id, test.name)
					foreign := new(ForeignError)
					if isForeign := errors.As(test.err, &foreign); isForeign {
						if !errors.As(err, &foreign) || errors.Is(err, ErrNotFound) {
							t.Errorf("got %v", err)
						}
					} else if !errors.Is(err, test.err) || found.Name != test.want {
						t.Errorf("got %+v %v", found, err)
					}
				})
			})
		}
	}
}

// A service that says 400 of an id that is gone, as it does to a DELETE, is understood too; the list alone proves it.
func TestFindAnswered400(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		w.Fail(stub.Fault{Method: http.MethodGet, Path: "account", Status: 400, Body: `{"errors":["Unknown error occurred: "]}`})
		if found, err := w.client(t).Find(t.Context(), "old", "a"); err != nil || found != a {
			t.Errorf("found %+v %v", found, err)
		}
		if found, err := w.client(t).Find(t.Context(), "old", "gone"); !errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
		w.Fail(stub.Fault{Method: http.MethodGet, Path: "list", Status: 400})
		if found, err := w.client(t).Find(t.Context(), a.ID, "a"); asError(t, err).Status != 400 || errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
	})
}

// Where several accounts have a name, none of them is taken for the one: only an id says which.
func TestAmbiguousName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				t.Errorf("%s %s", r.Method, r.URL.Path)
			}
			_, _ = io.WriteString(rw, `{"data":[`+answer()+","+answer("id-1", "id-2")+"]}")
		}
		c := w.client(t)
		if found, err := c.Find(t.Context(), "", "prod"); !errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
		if found, err := c.Find(t.Context(), "gone", "prod"); !errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
		if found, err := c.Find(t.Context(), "id-2", "prod"); err != nil || found.ID != "id-2" {
			t.Errorf("found %+v %v", found, err)
		}
		account := Account{Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth"}
		if _, err := c.Create(t.Context(), account, Secrets{}); !errors.Is(err, ErrAmbiguous) {
			t.Errorf("create: %v", err)
		}
		if _, err := c.Update(t.Context(), account, Secrets{}); !errors.Is(err, ErrAmbiguous) {
			t.Errorf("update: %v", err)
		}
		if err := c.Delete(t.Context(), account); !errors.Is(err, ErrAmbiguous) {
			t.Errorf("delete: %v", err)
		}
		if found, taken := c.NameTaken(t.Context(), "prod"); taken {
			t.Errorf("taken by %+v", found)
		}
	})
}

// An id can lead to no other path, whatever is in it.
func TestIDsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.put("a")
		c := w.client(t)
		for _, id := range hostileIDs {
			for operation, err := range map[string]error{
				"find":   second(c.Find(t.Context(), id, "")),
				"update": second(c.Update(t.Context(), Account{ID: id, Name: "old"}, Secrets{})),
				"delete": c.Delete(t.Context(), Account{ID: id, Name: "old"}),
			} {
				if want := operation != "delete"; errors.Is(err, ErrNotFound) != want {
					t.Errorf("%s %q: %v", operation, id, err)
				}
			}
		}
		w.wantCounts(t, w.Count(http.MethodGet, "list"), 0, 0, 0, 0)
		if all := len(w.Requests()); all != w.Count(http.MethodGet, "list") || len(w.Accounts()) != 1 {
			t.Errorf("%d requests, %d accounts", all, len(w.Accounts()))
		}
	})
}

var hostileIDs = []string{
	".", "..", "../..", "a/b", "/", "//", "a/../b", "%2e%2e", "%2F", "a%2Fb", "a b", " ", "a\n", "\x00", "a\x7f", "?x=y", "a?b", "#", "a#b",
	"a;b", "a\\b", "é", "a\u202eb", "\xff", "@host", "http://elsewhere/", "-", "~", "_x", "a:b", "a&b", "a+b", "a,b", "\r\nHost: x",
}

func second[T any](_ T, err error) error { return err }

// Without a configuration every operation says which arguments are missing, and advice keeps quiet.
func TestUnconfigured(t *testing.T) {
	t.Parallel()
	c := NewUnconfigured("api_key", "app_key")
	for operation, err := range map[string]error{
		"list":   second(c.List(t.Context())),
		"find":   second(c.Find(t.Context(), "1", "a")),
		"create": second(c.Create(t.Context(), prod.Account, prod.Secrets)),
		"update": second(c.Update(t.Context(), prod.Account, prod.Secrets)),
		"delete": c.Delete(t.Context(), prod.Account),
	} {
		if !errors.Is(err, ErrUnconfigured) || !strings.Contains(err.Error(), "api_key, app_key") {
			t.Errorf("%s: %v", operation, err)
		}
	}
	c.Own("a")
	if _, taken := c.NameTaken(t.Context(), "b"); taken {
		t.Error("a name is taken")
	}
}

// The body of an answer is bounded.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.put("a")
		w.handle = func(rw http.ResponseWriter, _ *http.Request) {
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for range 1 << 10 { // a gigabyte; the client leaves before
				if _, err := rw.Write(chunk); err != nil {
					return
				}
			}
		}
		w.cfg.MaxRetries = 0
		started := time.Now()
		_, err := w.client(t).List(t.Context())
		if failed := asError(t, err); !strings.Contains(failed.Error(), "16 MiB") || time.Since(started) > 0 {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
}
