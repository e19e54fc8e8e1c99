// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Hundreds of creates take the time that the limit allows, with next to no refusals, however the
// service rounds.
func TestPacing(t *testing.T) {
	t.Parallel()
	const (
		accounts = 500
		limit    = 100
		period   = 10 * time.Second
	)
	for _, test := range []struct {
		latency, start time.Duration
		rounding       string
	}{
		{rounding: "up"},
		{rounding: "down"},
		{rounding: "up, no period", start: 3400 * time.Millisecond},
		{rounding: "down", start: 3400 * time.Millisecond, latency: 5 * time.Millisecond},
		{rounding: "up", start: 9900 * time.Millisecond, latency: 5 * time.Millisecond},
		{rounding: "down", latency: 5 * time.Millisecond},
		{rounding: "up", start: 9900 * time.Millisecond, latency: 200 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				time.Sleep(test.start)
				s.LimitRate(limit, period)
				s.SetLatency(test.latency)
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					s.ServeHTTP(&headerWriter{ResponseWriter: rw, change: func(header http.Header) {
						if strings.Contains(test.rounding, "no period") {
							header.Del(limitPeriod)
						}
						if strings.Contains(test.rounding, "down") { // the stub rounds up
							seconds, _ := strconv.Atoi(header.Get(limitReset))
							header.Set(limitReset, strconv.Itoa(max(0, seconds-1)))
						}
					}}, r)
				}
				var names []string
				for i := range accounts {
					names = append(names, fmt.Sprintf("new_%d", i))
				}
				c := s.client(t)
				started := time.Now()
				tenAtATime(names, func(name string) { create(t, c, name) })
				elapsed := time.Since(started)

				// Windows are aligned to the calendar: the first one may be short.
				last := (accounts + 1 - 1) / limit // of the windows, counted from 0; with the list
				atLeast := started.Add(test.latency).Truncate(period).Add(time.Duration(last) * period).Sub(started)
				if atMost := atLeast * 11 / 10; elapsed > atMost {
					t.Errorf("it took %s, want at most %s", elapsed, atMost)
				}
				// Nine may be on their way already when the first answer says what the limit allows.
				if refused := countStatus(s, http.StatusTooManyRequests); refused > 9 {
					t.Errorf("%d requests were refused", refused)
				}
				if n := len(s.Accounts()); n != accounts {
					t.Errorf("%d accounts, want %d", n, accounts)
				}
				checkLooksFirst(t, s.Requests())
			})
		})
	}
}

// countStatus counts the requests that were answered with the status.
func countStatus(s *service, status int) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Status == status {
			n++
		}
	}
	return n
}

// Where the answers say that nothing remains, the next requests wait instead of collecting
// refusals.
func TestNothingRemains(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LimitRate(2, 10*time.Second)
		time.Sleep(time.Second)
		c := s.client(t)
		started := time.Now()
		create(t, c, "a") // a list and a POST: the limit
		if elapsed := time.Since(started); elapsed != 0 {
			t.Errorf("the first took %s", elapsed)
		}
		create(t, c, "b")
		if elapsed := time.Since(started); elapsed < 9*time.Second || elapsed > 9*time.Second+resetMargin+resetJitter {
			t.Errorf("the second took %s", elapsed)
		}
		if refused := countStatus(s, http.StatusTooManyRequests); refused != 0 {
			t.Errorf("%d requests were refused", refused)
		}
	})
}

// A wait that is longer than the operation's time is not begun.
func TestLimitBeyondTheTime(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, err error) {
		t.Helper()
		failed := asError(t, err)
		if failed.Status != http.StatusTooManyRequests || isUnclear(err) ||
			!strings.Contains(err.Error(), "rate limit") || !strings.Contains(err.Error(), "longer than the operation may take") {
			t.Errorf("got %v", err)
		}
	}
	for name, header := range map[string]http.Header{
		"Retry-After": {"Retry-After": {"121"}},
		"Reset":       {"X-RateLimit-Name": {"n"}, "X-RateLimit-Reset": {"121"}, "X-RateLimit-Period": {"3600"}},
	} {
		t.Run("refused, "+name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: header, Body: "<html><h1>Too many requests</h1></html>"})
				started := time.Now()
				_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				check(t, err)
				wantRequests(t, s, "GET list", "POST")
				if elapsed := time.Since(started); elapsed != 0 {
					t.Errorf("it took %s", elapsed)
				}
				if failed := asError(t, err); len(failed.Messages) != 1 || failed.Messages[0] != "Too many requests" {
					t.Errorf("messages %q", failed.Messages)
				}
			})
		})
	}
	t.Run("before it is sent", func(t *testing.T) {
		t.Parallel()
		inFakeTime(t, func(t *testing.T, s *service) {
			s.LimitRate(1, time.Hour)
			c := s.client(t)
			if _, err := c.List(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(listLifetime + 1)
			started := time.Now()
			_, err := c.List(t.Context())
			check(t, err)
			wantRequests(t, s, "GET list")
			if elapsed := time.Since(started); elapsed != 0 {
				t.Errorf("it took %s", elapsed)
			}
		})
	})
}

// All requests of the client wait for the same limit, and each of them stops at once when it is
// cancelled.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LimitRate(2, time.Minute)
		c := s.client(t)
		create(t, c, "a")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		started := time.Now()
		var group sync.WaitGroup
		for i := range 5 {
			group.Go(func() {
				_, err := c.Create(ctx, Account{Name: fmt.Sprint(i), Domain: "https://x.okta.com", AuthMethod: "none"}, Secrets{})
				if !errors.Is(err, context.Canceled) || isUnclear(err) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if elapsed := time.Since(started); elapsed != time.Second {
			t.Errorf("it took %s", elapsed)
		}
		wantRequests(t, s, "GET list", "POST")
		create(t, c, "b") // the limiter works still
	})
}

// Without retries there are no waits: neither before a request nor after a refusal.
func TestNoWaitsWithoutRetry(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LimitRate(2, 10*time.Second)
		s.config.Retry = false
		c := s.client(t)
		started := time.Now()
		create(t, c, "a")
		for range 3 {
			_, err := c.Create(t.Context(), prod.Account, prod.Secrets)
			if failed := asError(t, err); failed.Status != http.StatusTooManyRequests || isUnclear(err) {
				t.Errorf("got %v", err)
			}
		}
		if elapsed := time.Since(started); elapsed != 0 {
			t.Errorf("it took %s", elapsed)
		}
		wantRequests(t, s, "GET list", "4 POST")
	})
}

// Limits have names; one that is used up holds back only what counts against it.
func TestLimitsAreApart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		used := http.Header{"X-RateLimit-Name": {"writes"}, "X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"60"}, "X-RateLimit-Period": {"60"}}
		s.Fail(stub.Fault{Method: http.MethodPost, Header: used, Times: 1})
		c := s.client(t)
		started := time.Now()
		a := create(t, c, "a")
		time.Sleep(time.Second)
		if _, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new"}); err != nil {
			t.Error(err)
		}
		if elapsed := time.Since(started); elapsed != time.Second {
			t.Errorf("another limit held an update back for %s", elapsed)
		}
		create(t, c, "b")
		if elapsed := time.Since(started); elapsed < time.Minute || elapsed > time.Minute+time.Second {
			t.Errorf("it waited until %s", elapsed)
		}
	})
}

// One request goes first into a new window, and whatever becomes of it, the others follow.
func TestProbeThatFails(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LimitRate(10, 10*time.Second)
		c := s.client(t)
		for i := range 9 { // and a list
			create(t, c, fmt.Sprintf("first_%d", i))
		}
		s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
		started := time.Now()
		var names []string
		for i := range 5 {
			names = append(names, fmt.Sprintf("second_%d", i))
		}
		tenAtATime(names, func(name string) { create(t, c, name) })
		if elapsed := time.Since(started); elapsed > 15*time.Second {
			t.Errorf("it took %s", elapsed)
		}
		if n := len(s.Accounts()); n != 14 {
			t.Errorf("%d accounts", n)
		}
	})
}

// Once the answers say nothing of a limit any more, nothing is held back any more.
func TestLimitIsForgotten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.SetLatency(time.Second)
		s.Fail(stub.Fault{Method: http.MethodPost, Times: 1, Status: http.StatusTooManyRequests})
		var names []string
		for i := range 40 {
			names = append(names, fmt.Sprintf("new_%d", i))
		}
		c := s.client(t)
		started := time.Now()
		tenAtATime(names, func(name string) { create(t, c, name) })
		if elapsed := time.Since(started); elapsed > 15*time.Second { // one after the other, it would be 40 seconds
			t.Errorf("it took %s", elapsed)
		}
	})
}
