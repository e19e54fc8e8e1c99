// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Every kind of fault, on a create: what the client sees, and whether the account is there
// afterwards.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	const notJSON, page = `{"data":`, "<html>Service Unavailable</html>"
	for name, test := range map[string]struct {
		fault   stub.Fault
		err     error // of the exchange, or of reading the body
		status  int
		body    string // part of it
		header  string // "Name: value"
		created bool
	}{
		"dropped before": {fault: stub.Fault{Drop: true}, err: syscall.ECONNRESET},
		"dropped after":  {fault: stub.Fault{Drop: true, When: stub.After}, err: syscall.ECONNRESET, created: true},
		"cut in mid-body": {
			fault: stub.Fault{CutBody: true, When: stub.After}, err: io.ErrUnexpectedEOF,
			status: 201, body: `{"data":{"`, header: "Content-Type: application/json", created: true,
		},
		"cut in the headers": {
			fault: stub.Fault{CutBody: true, EmptyBody: true, When: stub.After}, err: io.ErrUnexpectedEOF, created: true,
		},
		"500 before": {fault: stub.Fault{Status: 500}, status: 500, body: `{"errors":["Internal Server Error"]}`},
		"502 after":  {fault: stub.Fault{Status: 502, When: stub.After}, status: 502, body: "Bad Gateway", created: true},
		"503 with a page": {
			fault: stub.Fault{Status: 503, Body: page}, status: 503, body: page,
			header: "Content-Type: text/html; charset=utf-8",
		},
		"429 with headers": {
			fault:  stub.Fault{Status: 429, Header: http.Header{"X-RateLimit-Reset": {"-1"}, "Retry-After": {"soon"}}},
			status: 429, body: "Too Many Requests", header: "X-RateLimit-Reset: -1",
		},
		"malformed body": {
			fault:  stub.Fault{Body: notJSON},
			status: 201, body: notJSON, header: "Content-Type: application/json", created: true,
		},
		"empty body": {fault: stub.Fault{EmptyBody: true}, status: 201, header: "Content-Length: 0", created: true},
		"204": {
			fault:  stub.Fault{Status: 204, EmptyBody: true, When: stub.After},
			status: 204, header: "Content-Type: text/html; charset=utf-8", created: true,
		},
		"a header over the limit's own": {
			fault:  stub.Fault{Header: http.Header{"X-RateLimit-Remaining": {"0"}}},
			status: 201, body: "prod", header: "X-RateLimit-Remaining: 0", created: true,
		},
		"content type": {
			fault:  stub.Fault{Status: 500, Body: "x", Header: http.Header{"content-type": {"text/plain"}}},
			status: 500, body: "x", header: "Content-Type: text/plain",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			s.LimitRate(100, 365*24*time.Hour)
			s.Fail(test.fault)
			got, err := c.try(t.Context(), "POST", accounts, prod)
			if !errors.Is(err, test.err) || got.status != test.status || !strings.Contains(got.body, test.body) {
				t.Errorf("got %+v %v, want %+v", got, err, test)
			}
			if test.fault.EmptyBody && got.body != "" {
				t.Errorf("body %q", got.body)
			}
			name, value, _ := strings.Cut(test.header, ": ")
			if all := strings.Join(got.header.Values(name), "|"); test.header != "" && all != value {
				t.Errorf("got %v, want %s", got.header, test.header)
			}
			if _, created := s.Account("prod"); created != test.created {
				t.Errorf("created: %t", created)
			}
			if test.fault.CutBody {
				test.status = 201 // which a client need not see
			}
			if r := s.Requests(); len(r) != 1 || r[0].Status != test.status {
				t.Errorf("recorded %+v", r)
			}
			s.Heal()
			if got := c.do("GET", accounts, ""); got.status != 200 {
				t.Errorf("after Heal: %+v", got)
			}
		})
	}
}

// A request is answered with a failure, and is carried out only when somebody has looked whether it
// was.
func TestLater(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  stub.Fault
		status int // 0 = no answer
	}{
		"by itself":   {stub.Fault{}, 504},
		"as a 502":    {stub.Fault{Status: 502}, 502},
		"dropped":     {stub.Fault{Drop: true}, 0},
		"with a page": {stub.Fault{Body: "<html>504</html>"}, 504},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			test.fault.Method, test.fault.When, test.fault.Times = "POST", stub.Later, 1
			s.Fail(test.fault)
			got, err := c.try(t.Context(), "POST", accounts, prod)
			if got.status != test.status || err == nil != (test.status != 0) {
				t.Errorf("got %+v %v", got, err)
			}
			c.do("GET", accounts+"/x", "")
			for i, want := range []int{0, 1, 1} {
				if got := c.listed(accounts); len(got) != want || len(s.Accounts()) != 1 {
					t.Errorf("list %d: %q, then %v", i, got, s.Accounts())
				}
			}
		})
	}
}

func TestWhichRequestsAFaultHits(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.Fail(stub.Fault{Method: "GET", Path: "list", Skip: 1, Times: 2, Status: 500})
	s.Fail(stub.Fault{Method: "GET", Path: "list", Times: 2, Status: 502})
	s.Fail(stub.Fault{Path: "/some-id", Status: 503})
	for i, want := range []int{502, 500, 500, 502, 200} {
		if got := c.do("GET", accounts, "").status; got != want {
			t.Errorf("list %d: got %d, want %d", i, got, want)
		}
	}
	for range 3 {
		if got := c.do("DELETE", accounts+"/some-id", "").status; got != 503 {
			t.Errorf("some-id: got %d", got)
		}
	}
	if got := c.do("GET", accounts+"/another-id", "").status; got != 404 {
		t.Errorf("another-id: got %d", got)
	}
	s.LimitRate(0, 365*24*time.Hour)
	if got := c.do("GET", accounts+"/some-id", "").status; got != 429 {
		t.Errorf("some-id past the rate limit: got %d", got)
	}
}

// cleanups are called by a test, not at its end.
type cleanups []func()

func (c *cleanups) Cleanup(f func()) { *c = append(*c, f) }

// A request hangs, before or after it is carried out, until something ends it. Others are answered
// meanwhile.
func TestHang(t *testing.T) {
	t.Parallel()
	const leaves, heal, stops = "the client leaves", "Heal", "the server stops"
	for name, test := range map[string]struct {
		when stub.When
		end  string
		err  error // nil = any
	}{
		"before":  {stub.Before, leaves, context.Canceled},
		"after":   {stub.After, leaves, context.Canceled},
		"healed":  {stub.After, heal, syscall.ECONNRESET},
		"stopped": {stub.After, stops, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			var server cleanups
			c.url, c.client.Transport = s.Start(&server), &http.Transport{}
			decided := make(chan struct{}, 2)
			s.Log = func(stub.Request) { decided <- struct{}{} }
			s.Fail(stub.Fault{Method: "POST", Hang: true, When: test.when})
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			done := make(chan error)
			go func() {
				_, err := c.try(ctx, "POST", accounts, prod)
				done <- err
			}()
			<-decided
			if got := c.do("GET", accounts, ""); got.status != 200 || s.Connections() != 2 {
				t.Errorf("meanwhile: %+v on %d connections", got, s.Connections())
			}
			switch test.end {
			case leaves:
				leave()
			case heal:
				s.Heal()
			case stops:
				server[0]()
			}
			if err := <-done; err == nil || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("got %v, want %v", err, test.err)
			}
			if created := len(s.Accounts()) == 1; created != (test.when == stub.After) {
				t.Errorf("created: %t", created)
			}
			if r := s.Requests(); len(r) != 2 || r[0].Status != 0 {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}
