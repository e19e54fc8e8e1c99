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
	for _, test := range []struct {
		method, path string
		want         int
	}{
		{"", "", 6},
		{"GET", "", 4},
		{"GET", "list", 1},
		{"POST", "list", 1},
		{"", "account", 1},
		{"GET", "validate", 1},
		{"GET", "/a%2Fb", 1},
		{"DELETE", "", 0},
	} {
		if got := s.Count(test.method, test.path); got != test.want {
			t.Errorf("Count(%q, %q) = %d, want %d", test.method, test.path, got, test.want)
		}
	}
	var statuses []int
	for _, r := range s.Requests() {
		statuses = append(statuses, r.Status)
	}
	if want := []int{201, 200, 404, 200, 404, 404}; !reflect.DeepEqual(statuses, want) || !reflect.DeepEqual(logged, want) {
		t.Errorf("answered %v, logged %v, want %v", statuses, logged, want)
	}
	first, second := s.Requests()[0], s.Requests()[1]
	if first.Method != "POST" || first.Path != accounts || first.Body != prod ||
		first.Header.Get("DD-API-KEY") != stub.APIKey || second.Query != "page=1" {
		t.Errorf("got %+v %+v", first, second)
	}
	if got := s.Connections(); got != 1 {
		t.Errorf("%d connections", got)
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
	if got := c.do("GET", accounts, ""); got.proto != "HTTP/2.0" || !strings.Contains(got.body, `"next":"`+server.URL+"/") {
		t.Errorf("got %+v", got)
	}
	if got, err := c.try(t.Context(), "POST", accounts, prod); err == nil || len(s.Accounts()) != 3 {
		t.Errorf("dropped: got %+v, %v", got, s.Accounts())
	}
}

func TestBelowAPrefix(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.StripPrefix("/proxy/datadog", stub.New()))
	t.Cleanup(proxy.Close)
	c := start(t, stub.New())
	c.url = proxy.URL
	c.want(c.do("GET", "/proxy/datadog"+accounts, ""), 200, "application/json", "{\"data\":[]}\n")
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		s.LimitRate(2, 10*time.Second)
		get := func() *http.Response {
			request := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/validate", nil)
			request.Header.Set("DD-API-KEY", stub.APIKey)
			recorder := httptest.NewRecorder()
			s.ServeHTTP(recorder, request)
			return recorder.Result()
		}
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
			got := get()
			wanted := http.Header{
				"X-Ratelimit-Limit": {"2"}, "X-Ratelimit-Period": {"10"}, "X-Ratelimit-Name": {"okta_accounts"},
				"X-Ratelimit-Remaining": {want.remaining}, "X-Ratelimit-Reset": {want.reset},
				"Content-Type": {"application/json"},
			}
			if want.status == 429 {
				wanted.Set("Content-Type", "text/html; charset=utf-8")
			}
			if got.StatusCode != want.status || !reflect.DeepEqual(got.Header, wanted) {
				t.Errorf("got %d %v, want %d %v", got.StatusCode, got.Header, want.status, wanted)
			}
			_ = got.Body.Close()
			time.Sleep(want.then)
		}
	})
}

func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		s.SetLatency(time.Minute)
		post := func(ctx context.Context) (aborted error) {
			defer func() { aborted, _ = recover().(error) }()
			request := httptest.NewRequestWithContext(ctx, "POST", accounts, strings.NewReader(prod))
			request.Header.Set("Authorization", "Bearer "+stub.BearerToken)
			s.ServeHTTP(httptest.NewRecorder(), request)
			return nil
		}
		began := time.Now()
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if aborted := post(ctx); !errors.Is(aborted, http.ErrAbortHandler) || len(s.Accounts()) != 0 {
			t.Errorf("a client that left: aborted with %v, created %v", aborted, s.Accounts())
		}
		if aborted := post(t.Context()); aborted != nil || len(s.Accounts()) != 1 {
			t.Errorf("a client that waited: aborted with %v, created %v", aborted, s.Accounts())
		}
		if took := time.Since(began); took != 61*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
