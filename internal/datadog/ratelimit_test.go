// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
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
		subtest(t, fmt.Sprintf("%+v", test), func(t *testing.T, s *service) {
			time.Sleep(test.start)
			s.LimitRate(limit, period)
			s.SetLatency(test.latency)
			s.handle = func(rw http.ResponseWriter, r *http.Request) {
				answer := httptest.NewRecorder()
				s.ServeHTTP(answer, r)
				maps.Copy(rw.Header(), answer.Header())
				if seconds, _ := strconv.Atoi(answer.Header().Get(limitReset)); test.roundsDown {
					rw.Header().Set(limitReset, strconv.Itoa(max(0, seconds-1)))
				}
				rw.WriteHeader(answer.Code)
				_, _ = answer.Body.WriteTo(rw)
			}
			c := s.client(t)
			elapsed := took(func() {
				var group sync.WaitGroup
				queue := make(chan struct{})
				for range 10 { // as Terraform does
					group.Go(func() {
						for range queue {
							wantSuccess(t, s.call(t, c, http.MethodGet))
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
			refused := 0
			for _, r := range s.Requests() {
				if r.Status == http.StatusTooManyRequests {
					refused++
				}
			}
			// The other workers are on their way when the first answer says what the limit allows.
			if refused > 10 {
				t.Errorf("%d requests were refused", refused)
			}
		})
	}
}

// limited is an answer that says something of a limit, or nothing where it is the zero value.
type limited struct {
	status                       int           // 0: 200
	after                        time.Duration // of the request
	remaining, reset, retryAfter string
	err                          error // instead of an answer
}

// clock is a client that notes when each of its requests is sent.
type clock struct {
	*Client
	mu   sync.Mutex
	sent []string // since the start
}

// startClock returns a client whose requests have these answers, in the order of the requests; the
// last one stands for all that follow. Waits are as long as jitter can make them.
func startClock(t *testing.T, answers ...limited) *clock {
	t.Helper()
	k, started := &clock{}, time.Now()
	k.Client = clientOver(t, func(r *http.Request) (*http.Response, error) {
		k.mu.Lock()
		k.sent = append(k.sent, time.Since(started).String())
		a := answers[min(len(k.sent), len(answers))-1]
		k.mu.Unlock()
		time.Sleep(a.after)
		header := http.Header{limitRemaining: {a.remaining}, limitReset: {a.reset}, "Retry-After": {a.retryAfter}}
		return &http.Response{StatusCode: max(a.status, 200), Header: header, Body: http.NoBody, Request: r}, a.err
	})
	return k
}

// get sends n GETs at the same time, and waits for all of them.
func (k *clock) get(ctx context.Context, n int) {
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			_ = k.Do(ctx, Request{Method: http.MethodGet, Path: "/"}, func([]byte) error { return nil })
		})
	}
	group.Wait()
}

// As many requests are sent as remain. The others wait until the window ends, and a moment longer;
// then one goes first, and its answer says how many may follow. A refusal is repeated once the window
// ends; where no header says when that is, each time later.
func TestLimiter(t *testing.T) {
	t.Parallel()
	const second = time.Second
	left := func(n int) limited { return limited{remaining: strconv.Itoa(n), reset: "10"} }
	used, refused := left(0), limited{status: 429}
	for name, test := range map[string]struct {
		answers []limited
		gets    []int // at a time, one after the other
		want    string
	}{
		"remaining ones, the end, the probe": {
			[]limited{left(2), left(1), used, {after: second, remaining: "5", reset: "10"}},
			[]int{1, 4},
			"0s 0s 0s 10.1s 11.1s",
		},
		"a probe that fails": {
			[]limited{used, {after: second, err: errRefused}, left(5)}, []int{1, 4}, "0s 10.1s 11.1s 11.1s 11.1s",
		},
		"one window after the other": {[]limited{used}, []int{1, 2, 1}, "0s 10.1s 20.2s 30.3s"},
		"answers that overtake each other": {
			[]limited{{after: 3 * second, remaining: "9", reset: "10"}, {after: second, remaining: "0", reset: "10"}, left(9)},
			[]int{2, 2},
			"0s 0s 11.1s 11.1s",
		},
		"nothing is said any more":        {[]limited{used, {after: second}}, []int{1, 3, 1}, "0s 10.1s 11.1s 11.1s 12.1s"},
		"nothing is said within a window": {[]limited{left(1), {}}, []int{1, 1, 1}, "0s 0s 10.1s"},
		"remaining without an end":        {[]limited{{remaining: "0"}}, []int{1, 1}, "0s 0s"},
		"an end without remaining":        {[]limited{{reset: "10"}}, []int{1, 1}, "0s 0s"},
		"an end that cannot be":           {[]limited{{remaining: "0", reset: "1905250000"}}, []int{1, 1}, "0s 0s"},
		"remaining that is no number":     {[]limited{{remaining: "none", reset: "10"}}, []int{1, 1}, "0s 0s"},
		"refused, Retry-After":            {[]limited{{status: 429, retryAfter: "7", reset: "3"}, {}}, []int{1}, "0s 7.1s"},
		"refused, reset":                  {[]limited{{status: 429, reset: "3"}, {}}, []int{1}, "0s 3.1s"},
		"refused within a window": {
			[]limited{{remaining: "50", reset: "20"}, {status: 429, reset: "3"}, {}}, []int{1, 1}, "0s 0s 3.1s",
		},
		"refused without a header": {
			[]limited{refused, refused, refused, refused, refused, refused, {}}, []int{1}, "0s 1.6s 4.2s 8.8s 17.4s 33s 48.6s",
		},
		"refused, all of them wait": {
			[]limited{{status: 429, after: second}, {status: 429, after: second}, {after: second}},
			[]int{2, 1},
			"0s 0s 2.6s 3.6s 4.6s",
		},
	} {
		subtest(t, name, func(t *testing.T, _ *service) {
			k := startClock(t, test.answers...)
			for _, n := range test.gets {
				k.get(t.Context(), n)
			}
			if got := strings.Join(k.sent, " "); got != test.want {
				t.Errorf("sent at %s, want %s", got, test.want)
			}
		})
	}
}

// What is left of a window that has ended says nothing of the next, and no number of refusals makes
// a wait of none.
func TestLongAfter(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, _ *service) {
		k := startClock(t, limited{remaining: "1", reset: "10"}, limited{remaining: "5", reset: "10"})
		k.get(t.Context(), 1)
		time.Sleep(20 * time.Second)
		k.get(t.Context(), 1)
		k.get(t.Context(), 5)
		if got := strings.Join(k.sent, " "); got != "0s 20s 20s 20s 20s 20s 20s" {
			t.Errorf("sent at %s", got)
		}
	})
	inFakeTime(t, func(t *testing.T, _ *service) {
		k := startClock(t, append(slices.Repeat([]limited{{status: 429}}, 80), limited{})...)
		k.get(t.Context(), 1)
		if n := len(k.sent); n != 81 || !strings.HasPrefix(k.sent[80], "20m") {
			t.Errorf("%d requests, the last at %s", n, k.sent[n-1])
		}
	})
}

// Headers that cannot be true never make a wait, and every true form makes the right one.
func TestUntilReset(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 5, 17, 12, 0, 3, 0, time.UTC)
	for _, test := range []struct {
		reset, after string
		want         time.Duration // 0: not known
	}{
		{reset: "1", want: time.Second},
		{reset: "0"},
		{reset: "-1"},
		{reset: "3600", want: time.Hour},
		{reset: "3601"},
		{reset: "1905250000"}, // seconds since 1970
		{reset: "9223372036854775807"},
		{reset: "99999999999999999999"},
		{reset: "7.5"},
		{},
		{reset: "7", after: "2", want: 2 * time.Second},
		{after: "3600", want: time.Hour},
		{after: "3601"},
		{reset: "7", after: "0", want: 7 * time.Second},
		{reset: "7", after: "soon", want: 7 * time.Second},
		{after: "Fri, 17 May 2030 12:00:05 GMT", want: 2 * time.Second},
		{after: "Fri, 17 May 2030 13:00:03 GMT", want: time.Hour},
		{after: "Fri, 17 May 2030 13:00:04 GMT"},
		{after: "Fri, 17 May 2030 12:00:03 GMT"},
		{after: "Fri, 17 May 2030 11:00:00 GMT"},
		{after: "Friday, 17-May-30 12:00:05 GMT", want: 2 * time.Second}, // as RFC 850 has it
	} {
		header := http.Header{limitReset: {test.reset}, "Retry-After": {test.after}}
		if wait, ok := untilReset(header, now); ok != (test.want > 0) || ok && wait != test.want {
			t.Errorf("%+v: got %s %t", test, wait, ok)
		}
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
		wantSuccess(t, call(ctx, c, http.MethodGet, ""))
		const text = `Datadog's rate limit "okta" is used up for another 2m1s, which is longer than the operation may take`
		for method, want := range map[string]string{
			http.MethodGet:  "429 Too Many Requests: " + text, // it is known before
			http.MethodPost: "429 Too Many Requests: Too many, sorry: " + text,
		} {
			wantTime(t, 0, func() {
				failed := asError(t, call(ctx, c, method, "new"))
				if failed.Status != 429 || failed.OutcomeUnknown || failed.Error() != want {
					t.Errorf("got  %v\nwant %s", failed, want)
				}
			})
		}
		wantRequests(t, s, "GET", "POST")
	})
	inFakeTime(t, func(t *testing.T, s *service) { // a limit without a name
		s.Fail(stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"121"}}})
		ctx, cancel := WithTimeout(t.Context(), 2*time.Minute, "success")
		defer cancel()
		err := call(ctx, s.client(t), http.MethodDelete, "a")
		if want := `rate limit "DELETE ` + accountsPath + `/{id}" is used up`; !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("got %v", err)
		}
	})
}

// A limit that is used up holds back the requests that share it alone: the same method and path,
// with any id or query.
func TestLimitsAreApart(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.jitter = noJitter
		used := http.Header{"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {"60"}}
		s.Fail(stub.Fault{Header: used, Times: 2})
		c := s.client(t)
		do := func(method, path, id string, want time.Duration) {
			t.Helper()
			wantTime(t, want, func() { _ = c.Do(t.Context(), Request{Method: method, Path: path, ID: id}, nil) })
		}
		do(http.MethodGet, "/a", "", 0)
		do(http.MethodGet, "/a", "1", 0)
		do(http.MethodDelete, "/a", "1", 0)
		do(http.MethodGet, "/b", "", 0)
		do(http.MethodGet, "/a?page=2", "", time.Minute+resetJitter)
		s.Fail(stub.Fault{Header: used, Times: 1})
		do(http.MethodDelete, "/a", "1", 0)
		do(http.MethodDelete, "/a", "2", time.Minute+resetJitter)
	})
}
