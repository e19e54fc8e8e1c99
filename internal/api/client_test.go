// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What is sent is exactly what the API documents.
func TestRequests(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.UserAgent = "terraform-provider-okta/1.2.3"
		c := s.client(t)
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
		if err := c.Delete(t.Context(), updated, LastWrite{}); err != nil {
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
		requests := s.Requests()
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
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func TestBearerTokenReplacesKeys(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.BearerToken = stub.BearerToken
		if _, err := s.client(t).List(t.Context()); err != nil {
			t.Fatal(err)
		}
		header := s.Requests()[0].Header
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
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.BaseURL = base
				_, _ = s.client(t).List(t.Context()) // the stub knows no path but its own
				if r := s.Requests()[0]; r.Path != path {
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
	inFakeTime(t, func(t *testing.T, s *service) {
		for _, name := range []string{"b", "c", "a", "B", "ä", "10", "9"} {
			s.put(name)
		}
		accounts, err := s.client(t).List(t.Context())
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

// Without a configuration every operation says which arguments are missing, and advice keeps quiet.
func TestUnconfigured(t *testing.T) {
	t.Parallel()
	c := NewUnconfigured("api_key", "app_key")
	for op, err := range map[string]error{
		"list":   second(c.List(t.Context())),
		"read":   second(find(t, c, "1", "a")),
		"create": second(c.Create(t.Context(), prod.Account, prod.Secrets)),
		"update": second(c.Update(t.Context(), prod.Account, prod.Secrets)),
		"delete": c.Delete(t.Context(), prod.Account, LastWrite{}),
	} {
		failed := asError(t, err)
		if failed.Op != op || !errors.Is(err, ErrUnconfigured) || !strings.Contains(err.Error(), "api_key, app_key") {
			t.Errorf("%s: %v", op, err)
		}
	}
	if account, found, err := c.LookUp(t.Context(), "a"); found || err != nil {
		t.Errorf("looked up %+v %v", account, err)
	}
}

// The body of an answer is bounded.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.handle = func(rw http.ResponseWriter, _ *http.Request) {
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for range 1 << 10 { // a gigabyte; the client leaves before
				if _, err := rw.Write(chunk); err != nil {
					return
				}
			}
		}
		s.config.MaxRetries = 0
		started := time.Now()
		_, err := s.client(t).List(t.Context())
		if failed := asError(t, err); !strings.Contains(failed.Error(), "16 MiB") || time.Since(started) > 0 {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
}

// An id can lead to no other path, whatever is in it.
func TestIDsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.put("a")
		c := s.client(t)
		for _, id := range hostileIDs {
			for op, err := range map[string]error{
				"read":   second(find(t, c, id, "")),
				"update": second(c.Update(t.Context(), Account{ID: id, Name: "old"}, Secrets{})),
				"delete": c.Delete(t.Context(), Account{ID: id, Name: "old"}, LastWrite{}),
			} {
				if want := op != "delete"; errors.Is(err, ErrNotFound) != want {
					t.Errorf("%s %q: %v", op, id, err)
				}
			}
		}
		wantRequests(t, s, times(countRequests(s, "GET list"), "GET list"))
	})
}

var hostileIDs = []string{
	".", "..", "../..", "a/b", "/", "//", "a/../b", "%2e%2e", "%2F", "a%2Fb", "a b", " ", "a\n", "\x00", "a\x7f", "?x=y", "a?b", "#", "a#b",
	"a;b", "a\\b", "é", "a\u202eb", "\xff", "@host", "http://elsewhere/", "-", "~", "_x", "a:b", "a&b", "a+b", "a,b", "\r\nHost: x",
}
