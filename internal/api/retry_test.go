// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The number of repeats is that of one request, whatever fails. A look between two POSTs or PATCHes
// is a request of its own.
func TestMaxRetries(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 2, 5} {
		for name, fault := range map[string]stub.Fault{
			"500": {Status: 500}, "dropped": {Drop: true}, "dropped after": {Drop: true, When: stub.After}, "cut": {CutBody: true},
			"hang": {Hang: true},
		} {
			if fault.Hang && retries > 2 {
				continue // which the time does not allow
			}
			t.Run(fmt.Sprintf("%s, %d", name, retries), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, s *service) { checkMaxRetries(t, s, fault, retries) })
			})
		}
	}
}

func checkMaxRetries(t *testing.T, s *service, fault stub.Fault, retries int) {
	s.config.MaxRetries, s.config.Timeout = retries, time.Hour
	s.Vary(stub.KeepID)
	a := s.put("a")
	lookedAfter := func(write string) []string {
		var all []string
		for range 1 + retries {
			all = append(all, write, "GET list")
		}
		return all
	}
	use := func(method string, when stub.When) {
		s.Heal()
		s.ResetRequests()
		fault.Method, fault.When = method, when
		s.Fail(fault)
	}
	done := fault.CutBody // the request is carried out, and a look finds that

	use(http.MethodGet, fault.When)
	if _, err := find(t, s.client(t), a.ID, "a"); err == nil {
		t.Error("no error")
	}
	wantRequests(t, s, times(1+retries, "GET list"))

	use(http.MethodPost, stub.Before)
	_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
	switch {
	case done && err != nil, !done && !isUnclear(err):
		t.Errorf("create: %v", err)
	case done:
		wantRequests(t, s, "GET list", "POST", "GET list")
	default:
		wantRequests(t, s, append([]string{"GET list"}, lookedAfter("POST")...)...)
	}

	use(http.MethodPatch, stub.Before)
	if _, err := s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"}); !isUnclear(err) {
		t.Errorf("update: %v", err)
	}
	wantRequests(t, s, lookedAfter("PATCH")...)

	use(http.MethodDelete, stub.Before)
	switch err := s.client(t).Delete(t.Context(), a, LastWrite{}); {
	case !done:
		if err == nil {
			t.Error("delete: no error")
		}
		wantRequests(t, s, times(1+retries, "DELETE"), "GET list")
	case err != nil:
		t.Errorf("delete: %v", err)
	}
}

// A connection kept open that turns out to be closed costs one request more, which net/http sends
// by itself, but not where it is a write.
func TestMaxRetriesOnUsedConnections(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.MaxRetries = 2
		c := s.client(t)
		a := create(t, c, "a")
		s.ResetRequests()
		s.Fail(stub.Fault{Drop: true})
		time.Sleep(listLifetime + 1)
		if _, err := c.List(t.Context()); err == nil {
			t.Error("no error")
		}
		if lists := countRequests(s, "GET list"); lists < 3 || lists > 4 {
			t.Errorf("%d lists", lists)
		}
		s.Heal()
		if _, err := c.List(t.Context()); err != nil {
			t.Error(err)
		}
		s.ResetRequests()
		s.Fail(stub.Fault{Method: http.MethodPatch, Drop: true})
		if _, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new"}); err == nil {
			t.Error("no error")
		}
		wantRequests(t, s, "PATCH", "GET list", "PATCH", "GET list", "PATCH", "GET list")
	})
}

// Without retries everything is sent once, and nothing waits.
func TestNoRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"500": {Status: 500}, "503": {Status: 503, Header: http.Header{"Retry-After": {"1"}}}, "dropped": {Drop: true},
		"429": {Status: 429, Header: http.Header{"Retry-After": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.Retry, s.config.MaxRetries = false, 5
				a := s.put("a")
				var look []string // at what became of a write, where that is a question
				if name != "429" {
					look = []string{"GET list"}
				}
				for _, test := range []struct {
					method string
					run    func(c *Client) error
					want   []string
				}{
					{http.MethodGet, func(c *Client) error { return second(c.List(t.Context())) }, []string{"GET list"}},
					{
						http.MethodPost, func(c *Client) error { return second(c.Create(t.Context(), prod.Account, prod.Secrets)) },
						append([]string{"GET list", "POST"}, look...),
					},
					{
						http.MethodPatch, func(c *Client) error { return second(c.Update(t.Context(), a, Secrets{ClientSecret: "new"})) },
						append([]string{"PATCH"}, look...),
					},
					{http.MethodDelete, func(c *Client) error { return c.Delete(t.Context(), a, LastWrite{}) }, append([]string{"DELETE"}, look...)},
				} {
					s.Heal()
					s.ResetRequests()
					fault.Method = test.method
					s.Fail(fault)
					started := time.Now()
					if err := test.run(s.client(t)); err == nil {
						t.Errorf("%s: no error", test.method)
					}
					wantRequests(t, s, test.want...)
					if elapsed := time.Since(started); elapsed != 0 {
						t.Errorf("%s took %s", test.method, elapsed)
					}
				}
			})
		})
	}
}

// What never reached the service is repeated without a look, and its outcome is no question.
func TestNeverReached(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.RefuseConnections(stub.Fault{Method: http.MethodPost, Times: 1})
		create(t, s.client(t), "a")
		wantRequests(t, s, "GET list", "POST")

		s.ResetRequests()
		s.RefuseConnections(stub.Fault{Method: http.MethodPost})
		_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if !errors.Is(err, syscall.ECONNREFUSED) || isUnclear(err) {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "GET list")
	})
}

// A refusal for what was sent, or for who sent it, is final.
func TestNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 405, 409, 413, 415, 422, 451, 301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				s.Fail(stub.Fault{Path: "list", Method: http.MethodGet, Status: status})
				started := time.Now()
				failed := asError(t, second(s.client(t).List(t.Context())))
				if failed.Status != status || errors.Is(failed, ErrNotFound) {
					t.Errorf("list: %v", failed)
				}
				if lists := countRequests(s, "GET list"); lists != 1 {
					t.Errorf("%d lists", lists)
				}
				s.Heal()
				for _, method := range []string{http.MethodPatch, http.MethodDelete} {
					s.Fail(stub.Fault{Method: method, Status: status})
				}
				updateErr := second(s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"}))
				deleteErr := s.client(t).Delete(t.Context(), a, LastWrite{})
				if asError(t, updateErr).Status != status || asError(t, deleteErr).Status != status {
					t.Errorf("update: %v, delete: %v", updateErr, deleteErr)
				}
				if deletes, patches := countRequests(s, "DELETE"), countRequests(s, "PATCH"); deletes != 1 || patches != 1 && status >= 400 {
					t.Errorf("%d DELETEs, %d PATCHes", deletes, patches)
				}
				if elapsed := time.Since(started); status >= 400 && elapsed != 0 {
					t.Errorf("it took %s", elapsed)
				}
			})
		})
	}
}

func TestRetryAfterOfAServer(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Status: 503, Header: http.Header{"Retry-After": {"20"}}, Times: 1})
		started := time.Now()
		if _, err := s.client(t).List(t.Context()); err != nil || time.Since(started) != 20*time.Second {
			t.Errorf("%v after %s", err, time.Since(started))
		}

		s.Fail(stub.Fault{Status: 503, Header: http.Header{"Retry-After": {"121"}}})
		started = time.Now()
		_, err := s.client(t).List(t.Context())
		if failed := asError(t, err); failed.Status != 503 || time.Since(started) != 0 {
			t.Errorf("%v after %s", err, time.Since(started))
		}
	})
}

// Back-off is exponential with full jitter, and capped.
func TestBackoff(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for failures := range 80 {
		var least, most time.Duration = time.Hour, 0
		for range 200 {
			wait := c.backoff(failures)
			least, most = min(least, wait), max(most, wait)
		}
		limit := min(backoffBase<<min(failures, 10), backoffMax)
		if least < 0 || most > limit || least > limit/4 || most < limit*3/4 {
			t.Errorf("after %d failures it waits from %s to %s of %s", failures, least, most, limit)
		}
	}
}

// Answers are read to their end, so that one connection serves all requests.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Status: 500, Body: "<html>" + strings.Repeat("x", 1<<20), Times: 2})
		s.Fail(stub.Fault{Status: 429, Body: "<html>" + strings.Repeat("x", 1<<20), Times: 2})
		c := s.client(t)
		a := create(t, c, "a")
		if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
			t.Error(err)
		}
		if connections := s.connections.Load(); connections != 1 {
			t.Errorf("%d connections", connections)
		}
	})
}
