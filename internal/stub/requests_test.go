// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	s := stub.New()
	var logged []int
	s.Log = func(r stub.Request) { logged = append(logged, r.Status) } // one request at a time
	c := start(t, s)
	c.do("POST", accounts, prod)
	c.do("GET", accounts+"?page=1", "")
	c.do("GET", accounts+"/a%2Fb", "")
	c.do("GET", "/api/v1/validate", "")
	c.do("PUT", accounts, "")
	c.do("GET", "/elsewhere", "")
	for of, want := range map[[2]string]int{
		{"", ""}: 6, {"GET", ""}: 4, {"GET", "list"}: 1, {"POST", "list"}: 1, {"", "account"}: 1,
		{"GET", "validate"}: 1, {"GET", "/a%2Fb"}: 1, {"DELETE", ""}: 0,
	} {
		if got := s.Count(of[0], of[1]); got != want {
			t.Errorf("Count(%q) = %d, want %d", of, got, want)
		}
	}
	var statuses []int
	for _, r := range s.Requests() {
		statuses = append(statuses, r.Status)
	}
	want := []int{201, 200, 404, 200, 404, 404}
	if !reflect.DeepEqual(statuses, want) || !reflect.DeepEqual(logged, want) {
		t.Errorf("answered %v, logged %v, want %v", statuses, logged, want)
	}
	first, second := s.Requests()[0], s.Requests()[1]
	if first.Method != "POST" || first.Path != accounts || first.Body != prod ||
		first.Header.Get("DD-API-KEY") != stub.APIKey || second.Query != "page=1" {
		t.Errorf("got %+v %+v", first, second)
	}
	s.ResetRequests()
	if got := len(s.Requests()); got != 0 {
		t.Errorf("%d requests after the reset", got)
	}
}

func TestHTTP2(t *testing.T) {
	t.Parallel()
	s := stub.New()
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c := start(t, stub.New())
	c.url, c.client = server.URL, server.Client()
	for _, name := range []string{"a", "b"} {
		s.Put(stub.Account{Name: name, Domain: "https://a.okta.com"})
	}
	s.Page(1)
	s.Fail(stub.Fault{Method: "POST", Drop: true, When: stub.After})
	next := `"next":"` + server.URL + accounts
	if got := c.do("GET", accounts, ""); got.proto != "HTTP/2.0" || !strings.Contains(got.body, next) {
		t.Errorf("got %+v", got)
	}
	if got, err := c.try(t.Context(), "POST", accounts, prod); err == nil || len(s.Accounts()) != 3 {
		t.Errorf("dropped: got %+v, %v", got, s.Accounts())
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		s.LimitRate(2, 10*time.Second)
		c := inFakeTime(t, s)
		time.Sleep(3500 * time.Millisecond) // the clock of the test begins at a full day
		for _, want := range []struct {
			status           int
			remaining, reset string
			then             time.Duration
		}{
			{200, "1", "7", 2 * time.Second}, // 6.5 s, rounded up
			{200, "0", "5", 0},
			{429, "0", "5", 4500 * time.Millisecond}, // the window ends on the calendar's tens
			{200, "1", "10", 0},
		} {
			got := c.do("GET", accounts, "")
			wanted := http.Header{
				"X-Ratelimit-Limit": {"2"}, "X-Ratelimit-Period": {"10"}, "X-Ratelimit-Name": {"okta_accounts"},
				"X-Ratelimit-Remaining": {want.remaining}, "X-Ratelimit-Reset": {want.reset},
				"Content-Type": {"application/json"},
			}
			if want.status == 429 {
				wanted.Set("Content-Type", "text/html; charset=utf-8")
			}
			if got.status != want.status || !reflect.DeepEqual(got.header, wanted) {
				t.Errorf("got %+v, want %d %v", got, want.status, wanted)
			}
			time.Sleep(want.then)
		}
	})
}

func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		s.SetLatency(time.Minute)
		c := inFakeTime(t, s)
		began := time.Now()
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if _, err := c.try(ctx, "POST", accounts, prod); !errors.Is(err, http.ErrAbortHandler) || len(s.Accounts()) != 0 {
			t.Errorf("a client that left: %v, created %v", err, s.Accounts())
		}
		if got := c.do("POST", accounts, prod); got.status != 201 {
			t.Errorf("a client that waited: %+v", got)
		}
		if took := time.Since(began); took != 61*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
