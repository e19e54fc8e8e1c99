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

// Hundreds of creates take the time that the limit allows, with next to no refusals, however the service rounds.
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
			inFakeTime(t, func(t *testing.T, w *world) {
				time.Sleep(test.start)
				w.LimitRate(limit, period)
				w.SetLatency(test.latency)
				w.handle = func(rw http.ResponseWriter, r *http.Request) {
					w.ServeHTTP(&headerWriter{ResponseWriter: rw, change: func(header http.Header) {
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
					names = append(names, fmt.Sprintf("new-%d", i))
				}
				c := w.client(t)
				began := time.Now()
				tenAtATime(names, func(name string) { create(t, c, name) })
				elapsed := time.Since(began)

				// Windows are aligned to the calendar: the first one may be short.
				last := (accounts + 1 - 1) / limit // of the windows, counted from 0; with the list
				atLeast := began.Add(test.latency).Truncate(period).Add(time.Duration(last) * period).Sub(began)
				if atMost := atLeast * 11 / 10; elapsed > atMost {
					t.Errorf("it took %s, want at most %s", elapsed, atMost)
				}
				if refused := count(w, http.StatusTooManyRequests); refused*100 > accounts {
					t.Errorf("%d requests were refused", refused)
				}
				if n := len(w.Accounts()); n != accounts {
					t.Errorf("%d accounts, want %d", n, accounts)
				}
				w.neverBlind(t)
			})
		})
	}
}

func count(w *world, status int) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Status == status {
			n++
		}
	}
	return n
}

// headerWriter changes headers before they are sent.
type headerWriter struct {
	http.ResponseWriter
	change func(http.Header)
}

func (w *headerWriter) WriteHeader(status int) {
	w.change(w.Header())
	w.ResponseWriter.WriteHeader(status)
}

// Where the answers say that nothing remains, the next requests wait instead of collecting refusals.
func TestNothingRemains(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.LimitRate(2, 10*time.Second)
		time.Sleep(time.Second)
		c := w.client(t)
		began := time.Now()
		create(t, c, "a") // a list and a POST: the limit
		if elapsed := time.Since(began); elapsed != 0 {
			t.Errorf("the first took %s", elapsed)
		}
		create(t, c, "b")
		if elapsed := time.Since(began); elapsed < 9*time.Second || elapsed > 9*time.Second+resetMargin+resetJitter {
			t.Errorf("the second took %s", elapsed)
		}
		if refused := count(w, http.StatusTooManyRequests); refused != 0 {
			t.Errorf("%d requests were refused", refused)
		}
	})
}

// A wait that is longer than the operation's time is not begun.
func TestLimitBeyondTheTime(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, err error, requests, want int) {
		t.Helper()
		failed := asError(t, err)
		if failed.Status != http.StatusTooManyRequests || errors.Is(err, ErrOutcomeUnknown) ||
			!strings.Contains(err.Error(), "rate limit") || !strings.Contains(err.Error(), "longer than the operation may take") {
			t.Errorf("got %v", err)
		}
		if requests != want {
			t.Errorf("%d requests, want %d", requests, want)
		}
	}
	for name, header := range map[string]http.Header{
		"Retry-After": {"Retry-After": {"121"}},
		"Reset":       {"X-RateLimit-Name": {"n"}, "X-RateLimit-Reset": {"121"}, "X-RateLimit-Period": {"3600"}},
	} {
		t.Run("refused, "+name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: header, Body: "<html><h1>Too many requests</h1></html>"})
				began := time.Now()
				_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				check(t, err, w.Count(http.MethodPost, ""), 1)
				if elapsed := time.Since(began); elapsed != 0 {
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
		inFakeTime(t, func(t *testing.T, w *world) {
			w.LimitRate(1, time.Hour)
			c := w.client(t)
			if _, err := c.List(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(listLifetime)
			began := time.Now()
			_, err := c.List(t.Context())
			check(t, err, len(w.Requests()), 1)
			if elapsed := time.Since(began); elapsed != 0 {
				t.Errorf("it took %s", elapsed)
			}
		})
	})
}

// All requests of the client wait for the same limit, and each of them stops at once when it is cancelled.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.LimitRate(2, time.Minute)
		c := w.client(t)
		create(t, c, "a")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		var group sync.WaitGroup
		for i := range 5 {
			group.Go(func() {
				_, err := c.Create(ctx, Account{Name: fmt.Sprint(i), Domain: "https://x.okta.com", AuthMethod: "none"}, Secrets{})
				if !errors.Is(err, context.Canceled) || errors.Is(err, ErrOutcomeUnknown) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if elapsed := time.Since(began); elapsed != time.Second {
			t.Errorf("it took %s", elapsed)
		}
		w.wantCounts(t, 1, 0, 1, 0, 0)
		create(t, c, "b") // the gate works still
	})
}

// Without retries there are no waits: neither before a request nor after a refusal.
func TestNoWaitsWithoutRetry(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.LimitRate(2, 10*time.Second)
		w.cfg.Retry = false
		c := w.client(t)
		began := time.Now()
		create(t, c, "a")
		for range 3 {
			_, err := c.Create(t.Context(), prod.Account, prod.Secrets)
			if failed := asError(t, err); failed.Status != http.StatusTooManyRequests || errors.Is(err, ErrOutcomeUnknown) {
				t.Errorf("got %v", err)
			}
		}
		if elapsed := time.Since(began); elapsed != 0 {
			t.Errorf("it took %s", elapsed)
		}
		w.wantCounts(t, 1, 0, 4, 0, 0)
	})
}

// Limits have names; one that is used up holds back only what counts against it.
func TestLimitsAreApart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		used := http.Header{"X-RateLimit-Name": {"writes"}, "X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"60"}, "X-RateLimit-Period": {"60"}}
		w.Fail(stub.Fault{Method: http.MethodPost, Header: used, Times: 1})
		c := w.client(t)
		began := time.Now()
		a := create(t, c, "a")
		time.Sleep(time.Second)
		if _, err := c.Update(t.Context(), a, Secrets{ClientSecret: "s"}); err != nil {
			t.Error(err)
		}
		if elapsed := time.Since(began); elapsed != time.Second {
			t.Errorf("another limit held an update back for %s", elapsed)
		}
		create(t, c, "b")
		if elapsed := time.Since(began); elapsed < time.Minute || elapsed > time.Minute+time.Second {
			t.Errorf("it waited until %s", elapsed)
		}
	})
}

// One request goes first into a new window, and whatever becomes of it, the others follow.
func TestScoutThatFails(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.LimitRate(10, 10*time.Second)
		c := w.client(t)
		for i := range 9 { // and a list
			create(t, c, fmt.Sprintf("first-%d", i))
		}
		w.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
		began := time.Now()
		var names []string
		for i := range 5 {
			names = append(names, fmt.Sprintf("second-%d", i))
		}
		tenAtATime(names, func(name string) { create(t, c, name) })
		if elapsed := time.Since(began); elapsed > 15*time.Second {
			t.Errorf("it took %s", elapsed)
		}
		if n := len(w.Accounts()); n != 14 {
			t.Errorf("%d accounts", n)
		}
	})
}

// Headers that cannot be true never make a wait, and every true form makes the right one.
func TestWindowEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 5, 17, 12, 0, 3, 400_000_000, time.UTC)
	epoch := strconv.FormatInt(now.Unix()+5, 10)
	for _, test := range []struct {
		reset, period, after string
		want                 time.Duration // 0: not known
	}{
		{reset: "7", want: 7 * time.Second},
		{reset: "7", period: "10", want: 6600 * time.Millisecond}, // rounded up
		{reset: "6", period: "10", want: 6600 * time.Millisecond}, // rounded down
		{reset: "3", period: "10", want: 3 * time.Second},         // not aligned
		{reset: "0", period: "10"},
		{reset: "11", period: "10"}, // a window longer than the period
		{reset: "-1"},
		{reset: "3600", want: time.Hour},
		{reset: "3601"},
		{reset: epoch, want: 5 * time.Second},
		{reset: "1000000000"},
		{reset: "315360000"},
		{reset: "9223372036854775807"},
		{reset: "-9223372036854775808"},
		{reset: "99999999999999999999"},
		{reset: "7.5"},
		{reset: "soon"},
		{reset: ""},
		{reset: "7", period: "-10", want: 7 * time.Second},
		{reset: "7", period: "0", want: 7 * time.Second},
		{reset: "7", period: "9223372036854775807", want: 7 * time.Second},
		{reset: "7", period: "soon", want: 7 * time.Second},
		{reset: "7", after: "2", want: 2 * time.Second},
		{after: "2", want: 2 * time.Second},
		{after: "3600", want: time.Hour},
		{after: "3601"},
		{after: "9223372036854775807"},
		{reset: "7", after: "0", want: 7 * time.Second},
		{reset: "7", after: "-3", want: 7 * time.Second},
		{reset: "7", after: "soon", want: 7 * time.Second},
		{after: "Fri, 17 May 2030 12:00:05 GMT", want: 1600 * time.Millisecond},
		{after: "Fri, 17 May 2030 11:00:00 GMT"},
		{after: "Fri, 17 May 2099 12:00:05 GMT"},
		{after: "Friday, 17-May-30 12:00:05 GMT", want: 1600 * time.Millisecond}, // as RFC 850 has it
	} {
		header := http.Header{limitReset: {test.reset}, limitPeriod: {test.period}, "Retry-After": {test.after}}
		ends, ok := windowEnd(header, now)
		if ok != (test.want > 0) || ok && ends.Sub(now) != test.want {
			t.Errorf("%+v: got %s %t", test, ends.Sub(now), ok)
		}
	}
}

// Once the answers say nothing of a limit any more, nothing is held back any more.
func TestLimitIsForgotten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.SetLatency(time.Second)
		w.Fail(stub.Fault{Method: http.MethodPost, Times: 1, Status: http.StatusTooManyRequests})
		var names []string
		for i := range 40 {
			names = append(names, fmt.Sprintf("new-%d", i))
		}
		c := w.client(t)
		began := time.Now()
		tenAtATime(names, func(name string) { create(t, c, name) })
		if elapsed := time.Since(began); elapsed > 15*time.Second { // one after the other, it would be 40 seconds
			t.Errorf("it took %s", elapsed)
		}
	})
}
