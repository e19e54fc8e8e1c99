// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A 401 or 403 asks once whether the API key is valid for the site, however many requests are
// refused.
func TestKeyCheck(t *testing.T) {
	t.Parallel()
	noPermission := stub.Fault{Path: "list", Status: 403}
	for name, test := range map[string]struct {
		change  func(*Config)
		fault   stub.Fault
		check   stub.Fault // of the key check alone
		status  int        // of the refusals
		invalid bool
		checks  int
	}{
		"no permission":     {fault: noPermission, status: 403, checks: 1},
		"wrong API key":     {change: func(c *Config) { c.APIKey = "wrong" }, status: 403, invalid: true, checks: 1},
		"wrong app key":     {change: func(c *Config) { c.AppKey = "wrong" }, status: 403, checks: 1},
		"401":               {fault: stub.Fault{Path: "list", Status: 401}, status: 401, checks: 1},
		"everything 401":    {fault: stub.Fault{Status: 401}, status: 401, invalid: true, checks: 1},
		"the check fails":   {fault: noPermission, check: stub.Fault{Status: 500}, status: 403, checks: 1},
		"the check drops":   {fault: noPermission, check: stub.Fault{Drop: true}, status: 403, checks: 1},
		"the check hangs":   {fault: noPermission, check: stub.Fault{Hang: true}, status: 403, checks: 1},
		"bearer token":      {change: func(c *Config) { c.BearerToken = "wrong" }, status: 403},
		"another complaint": {fault: stub.Fault{Path: "list", Status: 400}, status: 400},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			if test.change != nil {
				test.change(&s.config)
			}
			test.check.Path = "validate"
			if test.check.Status != 0 || test.check.Drop || test.check.Hang {
				s.Fail(test.check)
			}
			if test.fault.Status != 0 {
				s.Fail(test.fault)
			}
			c := s.client(t)
			refused := func() {
				failed := asError(t, s.call(t, c, http.MethodGet))
				if failed.Status != test.status || failed.KeyInvalid != test.invalid {
					t.Errorf("got %+v", failed)
				}
			}
			wantTime(t, map[bool]time.Duration{true: 5 * time.Second}[test.check.Hang], func() {
				var group sync.WaitGroup
				for range 20 {
					group.Go(refused)
				}
				group.Wait()
				refused()
			})
			if n := s.Count("", validatePath); n != test.checks {
				t.Errorf("%d key checks, want %d", n, test.checks)
			}
			if n := s.Count(http.MethodGet, "list"); n != 21 {
				t.Errorf("%d requests for 21 calls", n)
			}
		})
	}
}

// A key check ends with its operation, and another operation that waits for it with its own; the next
// error asks again.
func TestKeyCheckIsInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.APIKey = "wrong"
		s.Fail(stub.Fault{Path: "validate", Hang: true, Times: 1})
		c := s.client(t)
		var group sync.WaitGroup
		group.Go(func() { refusedFor(t, c, 4*time.Second) })
		synctest.Wait()
		refusedFor(t, c, time.Second)
		group.Wait()
		if failed := asError(t, s.call(t, c, http.MethodDelete)); failed.Status != 403 || !failed.KeyInvalid {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, "GET", "key check", "GET", "DELETE", "key check")
	})
}

// refusedFor sends a request with a key that is not valid, and interrupts that.
func refusedFor(t *testing.T, c *Client, after time.Duration) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(after, interrupt)
	wantTime(t, after, func() {
		if failed := asError(t, call(ctx, c, http.MethodGet, "")); failed.Status != 403 || failed.KeyInvalid {
			t.Errorf("got %+v", failed)
		}
	})
}
