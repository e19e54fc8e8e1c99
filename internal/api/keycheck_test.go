// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A 403 asks once whether the API key is valid for the site, however many requests are refused.
func TestKeyCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*Config)
		fault   stub.Fault
		check   stub.Fault // of the key check alone
		status  int        // of the refusals
		invalid bool
		checks  int
	}{
		"no permission":     {fault: stub.Fault{Path: "list", Status: 403}, status: 403, checks: 1},
		"wrong API key":     {change: func(c *Config) { c.APIKey = "wrong" }, status: 403, invalid: true, checks: 1},
		"wrong app key":     {change: func(c *Config) { c.AppKey = "wrong" }, status: 403, checks: 1},
		"401":               {fault: stub.Fault{Path: "list", Status: 401}, status: 401, checks: 1},
		"everything 401":    {fault: stub.Fault{Status: 401}, status: 401, invalid: true, checks: 1},
		"the check fails":   {fault: stub.Fault{Path: "list", Status: 403}, check: stub.Fault{Status: 500}, status: 403, checks: 1},
		"the check drops":   {fault: stub.Fault{Path: "list", Status: 403}, check: stub.Fault{Drop: true}, status: 403, checks: 2}, // net/http repeats it
		"bearer token":      {change: func(c *Config) { c.BearerToken = "wrong" }, status: 403},
		"another complaint": {fault: stub.Fault{Path: "list", Status: 400}, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				if test.change != nil {
					test.change(&s.config)
				}
				if test.fault.Status != 0 {
					s.Fail(test.fault)
				}
				if test.check.Status != 0 || test.check.Drop {
					test.check.Path = "validate"
					s.Fail(test.check)
				}
				c := s.client(t)
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() {
						_, err := c.List(t.Context())
						if i%2 == 0 {
							_, err = c.Create(t.Context(), prod.Account, prod.Secrets)
						}
						if failed := asError(t, err); failed.Status != test.status || failed.KeyInvalid != test.invalid {
							t.Errorf("got %+v", failed)
						}
					})
				}
				group.Wait()
				if _, err := c.List(t.Context()); asError(t, err).KeyInvalid != test.invalid {
					t.Errorf("later: %v", err)
				}
				if n := countRequests(s, "GET validate"); n != test.checks {
					t.Errorf("%d key checks, want %d", n, test.checks)
				}
				if requests := countRequests(s, "GET list"); requests > 21 {
					t.Errorf("%d requests for 21 operations", requests)
				}
			})
		})
	}
}

// A key check that hangs holds nothing up for long, and is not asked again.
func TestKeyCheckThatHangs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Path: "validate", Hang: true})
		s.Fail(stub.Fault{Path: "list", Status: 403})
		started := time.Now()
		failed := asError(t, second(s.client(t).List(t.Context())))
		if elapsed := time.Since(started); failed.Status != 403 || failed.KeyInvalid || elapsed != adviceTimeout {
			t.Errorf("%v after %s", failed, elapsed)
		}
	})
}

// A key check ends with its operation; the next error asks again.
func TestKeyCheckIsInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.config.APIKey = "wrong"
		s.Fail(stub.Fault{Path: "validate", Hang: true, Times: 1})
		c := s.client(t)
		deleteFor(t, c, a, time.Second)
		if failed := asError(t, c.Delete(t.Context(), a, LastWrite{})); failed.Status != 403 || !failed.KeyInvalid {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, "DELETE", "GET validate", "DELETE", "GET validate")
	})
}

// An operation that waits for the key check of another is not held up by it after its own end.
func TestWaitForKeyCheckIsInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.config.APIKey = "wrong"
		s.Fail(stub.Fault{Path: "validate", Hang: true})
		c := s.client(t)
		var group sync.WaitGroup
		group.Go(func() { deleteFor(t, c, a, 4*time.Second) })
		synctest.Wait()
		deleteFor(t, c, a, time.Second)
		group.Wait()
	})
}

// deleteFor tries to delete an account with a key that is not valid, and interrupts that.
func deleteFor(t *testing.T, c *Client, a Account, after time.Duration) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(after, interrupt)
	started := time.Now()
	if failed := asError(t, c.Delete(ctx, a, LastWrite{})); failed.Status != 403 || failed.KeyInvalid {
		t.Errorf("got %+v", failed)
	}
	if elapsed := time.Since(started); elapsed != after {
		t.Errorf("it took %s", elapsed)
	}
}

// Redirects are not followed, neither to another host nor to another path, and the error says where
// they lead.
func TestRedirects(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for location, leads := range map[string]string{
			"http://elsewhere" + accountsPath: "elsewhere", "//elsewhere/": "elsewhere", "/login": "stub", "https://stub:8443/": "stub:8443", "": "nowhere",
		} {
			t.Run(fmt.Sprintf("%d %s", status, location), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, s *service) {
					a := s.put("a")
					header := http.Header{}
					if location != "" {
						header.Set("Location", location)
					}
					s.Fail(stub.Fault{Status: status, Header: header})
					c := s.client(t)
					for op, err := range map[string]error{
						"list":   second(c.List(t.Context())),
						"find":   second(find(t, s.client(t), a.ID, "a")),
						"update": second(c.Update(t.Context(), a, Secrets{})),
						"delete": c.Delete(t.Context(), a, LastWrite{}),
					} {
						if failed := asError(t, err); failed.Status != status || errors.Is(err, ErrNotFound) ||
							!strings.Contains(failed.Error(), fmt.Sprintf("leads to %q", leads)) {
							t.Errorf("%s: %v", op, failed)
						}
					}
					if n := s.otherHosts.Load(); n != 0 {
						t.Errorf("%d requests went elsewhere", n)
					}
					if requests := len(s.Requests()); requests != 5 { // one each, and a look after the PATCH
						t.Errorf("%d requests", requests)
					}
				})
			})
		}
	}
}
