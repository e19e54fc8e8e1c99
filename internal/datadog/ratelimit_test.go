// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

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

// Hundreds of requests take as many windows as the limit allows, with a handful of refusals, however
// the service rounds.
func TestPacing(t *testing.T) {
	t.Parallel()
	const (
		requests = 300
		limit    = 100
		period   = 10 * time.Second
	)
	for _, test := range []struct {
		latency, start time.Duration
		roundsDown     bool
	}{
		{},
		{roundsDown: true},
		{start: 3400 * time.Millisecond},
		{start: 3400 * time.Millisecond, latency: 5 * time.Millisecond, roundsDown: true},
		{start: 9900 * time.Millisecond, latency: 5 * time.Millisecond},
		{latency: 200 * time.Millisecond, roundsDown: true},
		{start: 9900 * time.Millisecond, latency: 200 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				time.Sleep(test.start)
				s.LimitRate(limit, period)
				s.SetLatency(test.latency)
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					s.ServeHTTP(&headerWriter{ResponseWriter: rw, change: func(header http.Header) {
						if test.roundsDown {
							seconds, _ := strconv.Atoi(header.Get(limitReset))
							header.Set(limitReset, strconv.Itoa(max(0, seconds-1)))
						}
					}}, r)
				}
				c := s.client(t)
				elapsed := took(func() {
					queue := make(chan struct{})
					var group sync.WaitGroup
					for range 10 { // as Terraform does
						group.Go(func() {
							for range queue {
								if err := s.call(t, c, http.MethodGet); err != nil {
									t.Error(err)
								}
							}
						})
					}
					for range requests {
						queue <- struct{}{}
					}
					close(queue)
					group.Wait()
				})
				// Windows are aligned to the calendar: the first one may be short.
				begins := time.Now().Add(-elapsed + test.latency)
				third := begins.Truncate(period).Add(2 * period).Sub(begins)
				if elapsed < third || elapsed > third+6*time.Second {
					t.Errorf("it took %s, want %s or little more", elapsed, third)
				}
				// The other workers are on their way when the first answer says what the limit allows.
				if refused := countRefused(s); refused > 10 {
					t.Errorf("%d requests were refused", refused)
				}
			})
		})
	}
}

func countRefused(s *service) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Status == http.StatusTooManyRequests {
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

// clock is a client whose answers a test writes itself: each says what it is told of the limit, a
// second after its request unless it is told otherwise.
type clock struct {
	*Client
	t       *testing.T
	started time.Time
	mu      sync.Mutex
	sent    []string // "5s GET", in order
}

// limited is an answer that says something of a limit, or nothing where it is the zero value.
type limited struct {
	status           int // 0: 200
	after            time.Duration
	remaining, reset string
	retryAfter       string
	err              error // instead of an answer
}

// startClock returns a client whose requests have these answers, in the order of the requests; the
// last one stands for all that follow. Jitter makes each wait as long as it can be.
func startClock(t *testing.T, answers ...limited) *clock {
	t.Helper()
	k := &clock{t: t, started: time.Now()}
	c, err := New(Config{BaseURL: "http://stub", Retry: true, Timeout: 24 * time.Hour, jitter: noJitter, Transport: roundTripper(
		func(r *http.Request) (*http.Response, error) {
			k.mu.Lock()
			k.sent = append(k.sent, fmt.Sprint(time.Since(k.started), " ", r.Method))
			a := answers[min(len(k.sent), len(answers))-1]
			k.mu.Unlock()
			time.Sleep(a.after)
			header := http.Header{}
			for name, value := range map[string]string{limitRemaining: a.remaining, limitReset: a.reset, "Retry-After": a.retryAfter} {
				if value != "" {
					header.Set(name, value)
				}
			}
			return &http.Response{StatusCode: max(a.status, 200), Header: header, Body: http.NoBody, Request: r}, a.err
		})})
	if err != nil {
		t.Fatal(err)
	}
	k.Client = c
	return k
}

// get sends n GETs at the same time, and waits for all of them.
func (k *clock) get(n int) {
	k.t.Helper()
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			_ = k.Do(k.t.Context(), Request{Method: http.MethodGet, Path: "/"}, func([]byte) error { return nil })
		})
	}
	group.Wait()
}

// want compares when requests were sent, since the start.
func (k *clock) want(want ...string) {
	k.t.Helper()
	if got := strings.Join(k.sent, ", "); got != strings.Join(want, ", ") {
		k.t.Errorf("sent at %s, want %s", got, strings.Join(want, ", "))
	}
}

// inBubble runs a test in fake time, without a service.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		inFakeTime(t, func(t *testing.T, _ *service) { test(t) })
	})
}

// As many requests are sent as remain. The others wait until the window ends, and a moment longer;
// then one goes first, and its answer says how many may follow.
func TestLimiter(t *testing.T) {
	t.Parallel()
	inBubble(t, "remaining ones, the end, the probe", func(t *testing.T) {
		k := startClock(t, limited{remaining: "2", reset: "10"}, limited{remaining: "1", reset: "10"}, limited{remaining: "0", reset: "10"},
			limited{after: time.Second, remaining: "5", reset: "10"}, limited{})
		k.get(1)
		k.get(4)
		k.want("0s GET", "0s GET", "0s GET", "10.1s GET", "11.1s GET")
	})
	inBubble(t, "a second probe where the first fails", func(t *testing.T) {
		k := startClock(t, limited{remaining: "0", reset: "10"}, limited{after: time.Second, err: errRefused}, limited{remaining: "5", reset: "10"})
		k.get(1)
		k.get(4)
		k.want("0s GET", "10.1s GET", "11.1s GET", "11.1s GET", "11.1s GET")
	})
	inBubble(t, "the next window is used up too", func(t *testing.T) {
		k := startClock(t, limited{remaining: "0", reset: "10"}, limited{remaining: "0", reset: "10"})
		k.get(3)
		k.want("0s GET", "10.1s GET", "20.2s GET")
	})
	inBubble(t, "answers that overtake each other", func(t *testing.T) {
		k := startClock(t,
			limited{after: 3 * time.Second, remaining: "9", reset: "10"}, // of the first request
			limited{after: time.Second, remaining: "0", reset: "10"},     // of the last one
			limited{remaining: "9", reset: "10"})
		k.get(2)
		k.get(2)
		k.want("0s GET", "0s GET", "11.1s GET", "11.1s GET")
	})
	inBubble(t, "a window that has ended says nothing of the next", func(t *testing.T) {
		k := startClock(t, limited{remaining: "1", reset: "10"}, limited{remaining: "5", reset: "10"})
		k.get(1)
		time.Sleep(20 * time.Second)
		k.get(1)
		k.get(5)
		k.want("0s GET", "20s GET", "20s GET", "20s GET", "20s GET", "20s GET", "20s GET")
	})
	inBubble(t, "nothing is said any more", func(t *testing.T) {
		k := startClock(t, limited{remaining: "0", reset: "10"}, limited{after: time.Second})
		k.get(1)
		k.get(3)
		k.get(2)
		k.want("0s GET", "10.1s GET", "11.1s GET", "11.1s GET", "12.1s GET", "12.1s GET")
	})
	inBubble(t, "nothing is said within a window", func(t *testing.T) {
		k := startClock(t, limited{remaining: "1", reset: "10"}, limited{}, limited{remaining: "5", reset: "10"})
		k.get(1)
		k.get(1)
		k.get(1)
		k.want("0s GET", "0s GET", "10.1s GET")
	})
}

// A refusal is repeated once the window ends. Where no header says when that is, it is asked again,
// each time later.
func TestRefusals(t *testing.T) {
	t.Parallel()
	refused := limited{status: 429}
	inBubble(t, "Retry-After", func(t *testing.T) {
		k := startClock(t, limited{status: 429, retryAfter: "7", remaining: "50", reset: "3"}, limited{})
		k.get(1)
		k.want("0s GET", "7.1s GET")
	})
	inBubble(t, "reset", func(t *testing.T) {
		k := startClock(t, limited{status: 429, reset: "3"}, limited{})
		k.get(1)
		k.want("0s GET", "3.1s GET")
	})
	inBubble(t, "a refusal within a window", func(t *testing.T) {
		k := startClock(t, limited{remaining: "50", reset: "20"}, limited{status: 429, reset: "3"}, limited{})
		k.get(1)
		k.get(1)
		k.want("0s GET", "0s GET", "3.1s GET")
	})
	inBubble(t, "no header", func(t *testing.T) {
		k := startClock(t, refused, refused, refused, refused, refused, refused, limited{})
		k.get(1)
		k.want("0s GET", "1.6s GET", "4.2s GET", "8.8s GET", "17.4s GET", "33s GET", "48.6s GET")
	})
	inBubble(t, "many of them", func(t *testing.T) {
		refusals := make([]limited, 80)
		for i := range refusals {
			refusals[i] = refused
		}
		k := startClock(t, append(refusals, limited{})...)
		k.get(1)
		if n := len(k.sent); n != 81 || !strings.HasPrefix(k.sent[80], "20m") {
			t.Errorf("%d requests, the last at %s", n, k.sent[n-1])
		}
	})
	inBubble(t, "all of them wait", func(t *testing.T) {
		k := startClock(t, limited{status: 429, after: time.Second}, limited{status: 429, after: time.Second}, limited{after: time.Second})
		k.get(2)
		k.get(1)
		k.want("0s GET", "0s GET", "2.6s GET", "3.6s GET", "4.6s GET")
	})
}

// Headers that cannot be true never make a wait, and every true form makes the right one.
func TestUntilReset(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 5, 17, 12, 0, 3, 400_000_000, time.UTC)
	for _, test := range []struct {
		reset, after string
		want         time.Duration // 0: not known
	}{
		{reset: "7", want: 7 * time.Second},
		{reset: "1", want: time.Second},
		{reset: "0"},
		{reset: "-1"},
		{reset: "3600", want: time.Hour},
		{reset: "3601"},
		{reset: "1905250000"}, // seconds since 1970
		{reset: "9223372036854775807"},
		{reset: "-9223372036854775808"},
		{reset: "99999999999999999999"},
		{reset: "7.5"},
		{reset: "soon"},
		{},
		{reset: "7", after: "2", want: 2 * time.Second},
		{after: "2", want: 2 * time.Second},
		{after: "3600", want: time.Hour},
		{after: "3601"},
		{reset: "7", after: "0", want: 7 * time.Second},
		{reset: "7", after: "-3", want: 7 * time.Second},
		{reset: "7", after: "soon", want: 7 * time.Second},
		{after: "Fri, 17 May 2030 12:00:05 GMT", want: 1600 * time.Millisecond},
		{after: "Fri, 17 May 2030 13:00:03 GMT", want: time.Hour - 400*time.Millisecond},
		{after: "Fri, 17 May 2030 13:00:04 GMT"},
		{after: "Fri, 17 May 2030 12:00:03 GMT"},
		{after: "Fri, 17 May 2030 11:00:00 GMT"},
		{after: "Friday, 17-May-30 12:00:05 GMT", want: 1600 * time.Millisecond}, // as RFC 850 has it
	} {
		header := http.Header{limitReset: {test.reset}, "Retry-After": {test.after}}
		wait, ok := untilReset(header, now)
		if ok != (test.want > 0) || ok && wait != test.want {
			t.Errorf("%+v: got %s %t", test, wait, ok)
		}
	}
	on := time.Date(2030, 5, 17, 12, 0, 0, 0, time.UTC)
	for after, want := range map[string]bool{"Fri, 17 May 2030 12:00:00 GMT": false, "Fri, 17 May 2030 13:00:00 GMT": true} {
		if _, ok := retryAfter(http.Header{"Retry-After": {after}}, on); ok != want {
			t.Errorf("%s: %t", after, ok)
		}
	}
}

// What an answer says of a limit without its end, or of an end without what remains, is no limit.
func TestHalfALimit(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]limited{
		"no reset": {remaining: "0"}, "no remaining": {reset: "10"}, "a lie": {remaining: "0", reset: "1905250000"}, "a word": {remaining: "none", reset: "10"},
	} {
		inBubble(t, name, func(t *testing.T) {
			k := startClock(t, answer)
			k.get(1)
			k.get(1)
			k.want("0s GET", "0s GET")
		})
	}
}

// A wait that is longer than the operation's time is not begun, and is the error of a refusal.
func TestLimitBeyondTheTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		header := http.Header{"X-RateLimit-Name": {"okta"}, "X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"121"}}
		s.Fail(stub.Fault{Header: header, Times: 1})
		s.Fail(stub.Fault{Status: 429, Header: header, Body: "<html><h1>Too many, sorry</h1></html>"})
		c := s.client(t)
		ctx, cancel := WithTimeout(t.Context(), 2*time.Minute, "success")
		defer cancel()
		if err := call(ctx, c, http.MethodGet, ""); err != nil {
			t.Error(err)
		}
		const text = "Datadog's rate limit okta is used up for another 2m1s, which is longer than the operation may take"
		for method, want := range map[string]string{
			http.MethodGet:  "429 Too Many Requests: " + text, // it is known before
			http.MethodPost: "429 Too Many Requests: Too many, sorry: " + text,
		} {
			elapsed := took(func() {
				failed := asError(t, call(ctx, c, method, "new"))
				if failed.Status != 429 || failed.OutcomeUnknown || failed.Error() != want {
					t.Errorf("got  %v\nwant %s", failed, want)
				}
			})
			if elapsed != 0 {
				t.Errorf("it took %s", elapsed)
			}
		}
		if s.count(http.MethodGet) != 1 || s.count(http.MethodPost) != 1 {
			t.Errorf("%d GETs, %d POSTs", s.count(http.MethodGet), s.count(http.MethodPost))
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) { // a limit without a name
		s.Fail(stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"121"}}})
		ctx, cancel := WithTimeout(t.Context(), 2*time.Minute, "success")
		defer cancel()
		err := call(ctx, s.client(t), http.MethodDelete, "a")
		if want := "rate limit DELETE " + accountsPath + "/{id} is used up"; !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("got %v", err)
		}
	})
}

// All requests of the client wait for the same limit, and each of them stops at once when it is
// cancelled.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LimitRate(1, time.Minute)
		c := s.client(t)
		if err := s.call(t, c, http.MethodGet); err != nil {
			t.Error(err)
		}
		cause := errors.New("the cause")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		elapsed := took(func() {
			var group sync.WaitGroup
			for range 5 {
				group.Go(func() {
					if err := call(ctx, c, http.MethodGet, ""); !errors.Is(err, cause) {
						t.Errorf("got %v", err)
					}
				})
			}
			group.Wait()
		})
		if elapsed != time.Second {
			t.Errorf("it took %s", elapsed)
		}
		wantRequests(t, s, "GET")
		if err := s.call(t, c, http.MethodGet); err != nil { // the limiter works still
			t.Error(err)
		}
	})
}

// A limit that is used up holds back the requests that share it alone: the same method and path,
// with any id or query.
func TestLimitsAreApart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		used := http.Header{"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"60"}}
		s.Fail(stub.Fault{Header: used, Times: 2})
		c := s.client(t)
		do := func(method, path, id string) time.Duration {
			return took(func() { _ = c.Do(t.Context(), Request{Method: method, Path: path, ID: id}, nil) })
		}
		do(http.MethodGet, "/a", "")
		do(http.MethodGet, "/a", "1")
		if do(http.MethodDelete, "/a", "1") != 0 || do(http.MethodGet, "/b", "") != 0 {
			t.Error("another limit held a request back")
		}
		if do(http.MethodGet, "/a?page=2", "") < time.Minute {
			t.Error("another page of the same was not held back")
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Header: http.Header{"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"60"}}, Times: 1})
		c := s.client(t)
		_ = call(t.Context(), c, http.MethodDelete, "1")
		if elapsed := took(func() { _ = call(t.Context(), c, http.MethodDelete, "2") }); elapsed < time.Minute {
			t.Error("another id was not held back")
		}
	})
}
