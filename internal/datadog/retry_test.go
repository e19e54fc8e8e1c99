// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A failure that may pass is repeated as often as configured, but for a write that may have been
// carried out: its error says so. A refusal is final. A redirect is not followed, and says nothing of
// what was done before it.
func TestRepeats(t *testing.T) {
	t.Parallel()
	faults := map[string]stub.Fault{
		"dropped": {Drop: true}, "dropped after": {Drop: true, When: stub.After}, "hang": {Hang: true},
	}
	for _, status := range []int{300, 302, 304, 308, 399, 400, 401, 403, 404, 408, 409, 422, 499, 500, 502, 503, 599} {
		faults[fmt.Sprint(status)] = stub.Fault{Status: status, EmptyBody: status == http.StatusNotModified}
	}
	for name, fault := range faults {
		isTransient := fault.Status == 0 || fault.Status == 408 || fault.Status >= 500
		isRefusal := slices.Contains([]int{400, 404, 409, 422, 499}, fault.Status)
		for _, retries := range []int{0, 2} {
			for _, method := range methods {
				subtest(t, fmt.Sprint(name, " ", method, " ", retries), func(t *testing.T, s *service) {
					s.config.MaxRetries, s.config.Timeout = retries, time.Hour
					s.config.BearerToken = stub.BearerToken // without a key check
					s.Fail(fault)
					failed := asError(t, s.call(t, s.client(t), method))
					isUnknown := isWrite(method) && (isTransient || fault.Status < 400)
					if failed.Status != fault.Status || failed.OutcomeUnknown != isUnknown || failed.Exchange ||
						failed.IsRefusal() != isRefusal || failed.Permission != "permission for "+method {
						t.Errorf("got %+v", failed)
					}
					want := 1
					if isTransient && !isWrite(method) {
						want += retries
					}
					wantRequests(t, s, times(want, method))
				})
			}
		}
	}
}

// A failure that passes is no error, and an error is that of the last attempt.
func TestTransientFailures(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Status: 500, Times: 1})
		s.Fail(stub.Fault{CutBody: true, Times: 1})
		s.Fail(stub.Fault{Drop: true, Times: 1})
		wantSuccess(t, s.get(t))
		s.Fail(stub.Fault{Status: 500, Times: 3})
		s.Fail(stub.Fault{Status: 404})
		if failed := asError(t, s.get(t)); failed.Status != 404 {
			t.Errorf("got %+v", failed)
		}
		s.Heal()
		s.Fail(stub.Fault{CutBody: true})
		failed := asError(t, call(t.Context(), s.client(t), http.MethodPost, "new"))
		if failed.Status != 0 || !failed.OutcomeUnknown {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, "8 GET", "POST")
	})
}

// Without retries everything is sent once, and nothing waits.
func TestNoRetries(t *testing.T) {
	t.Parallel()
	for _, status := range []int{503, 429} {
		for _, method := range methods {
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.Retry, s.config.MaxRetries = false, 5
				s.Fail(stub.Fault{Status: status, Header: http.Header{"Retry-After": {"1"}}})
				c := s.client(t)
				wantTime(t, 0, func() {
					for range 2 {
						failed := asError(t, s.call(t, c, method))
						if failed.Status != status || failed.OutcomeUnknown != (isWrite(method) && status == 503) {
							t.Errorf("got %+v", failed)
						}
					}
				})
				if wantRequests(t, s, "2 "+method); c.MaxRetries() != 0 {
					t.Errorf("%d retries", c.MaxRetries())
				}
			})
		}
	}
}

// What never reached the service is repeated, a write too, and its outcome is no question.
func TestNeverReached(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.jitter = noJitter
		c := s.client(t)
		s.refuse.Store(true)
		failed := asError(t, call(t.Context(), c, http.MethodPost, "new"))
		if !errors.Is(failed, errRefused) || failed.OutcomeUnknown || failed.Status != 0 {
			t.Errorf("got %+v", failed)
		}
		time.AfterFunc(time.Millisecond, func() { s.refuse.Store(false) })
		wantSuccess(t, call(t.Context(), c, http.MethodPost, "new"))
		wantRequests(t, s, http.MethodPost)
	})
}

// Redirects lead nowhere, and the error says where they would.
func TestRedirects(t *testing.T) {
	t.Parallel()
	for location, leads := range map[string]string{
		"http://elsewhere" + accountsPath: "elsewhere", "//elsewhere/": "elsewhere", "/login": "stub",
		"https://stub:8443/": "stub:8443", "": "nowhere", "%zz": "nowhere",
	} {
		subtest(t, location, func(t *testing.T, s *service) {
			s.Fail(stub.Fault{Status: http.StatusMultipleChoices, Header: http.Header{"Location": {location}}})
			want := fmt.Sprintf("300 Multiple Choices: redirects are not followed, this one leads to %q", leads)
			if failed := asError(t, s.get(t)); failed.Error() != want {
				t.Errorf("got %v, want %s", failed, want)
			}
			wantRequests(t, s, "GET")
		})
	}
}

// The wait before a repeat is the one that the server asks for, unless the time ends before.
func TestRetryAfterOfAServer(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]time.Duration{
		"20": 20 * time.Second, "119": 119 * time.Second, "0": backoffBase, "soon": backoffBase, "120": 0,
	} {
		subtest(t, after, func(t *testing.T, s *service) {
			s.config.jitter = noJitter
			s.Fail(stub.Fault{Status: 503, Header: http.Header{"Retry-After": {after}}, Times: 1})
			ctx, cancel := WithTimeout(t.Context(), 2*time.Minute, "success")
			defer cancel()
			wantTime(t, want, func() {
				err := call(ctx, s.client(t), http.MethodGet, "")
				if isUp := want == 0; (err != nil) != isUp || isUp && err.Error() != "503 Service Unavailable" {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// Back-off is exponential with full jitter, and capped.
func TestBackoff(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		random := s.client(t)
		s.config.jitter = noJitter
		longest := s.client(t)
		for failures, want := range map[int]time.Duration{
			0: 500 * time.Millisecond, 1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 15 * time.Second,
			80: 15 * time.Second,
		} {
			if wait := took(func() { _ = longest.Backoff(t.Context(), failures) }); wait != want {
				t.Errorf("after %d failures it waits %s, want %s", failures, wait, want)
			}
			shortest, longest := time.Hour, time.Duration(0)
			for range 200 {
				wait := took(func() { _ = random.Backoff(t.Context(), failures) })
				shortest, longest = min(shortest, wait), max(longest, wait)
			}
			if longest > want || shortest > want/4 || longest < want*3/4 {
				t.Errorf("after %d failures it waits from %s to %s of %s", failures, shortest, longest, want)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("the cause")
		cancel(cause)
		if err := longest.Backoff(ctx, 5); !errors.Is(err, cause) {
			t.Errorf("got %v", err)
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) { // between the attempts of one request
		s.config.jitter = noJitter
		s.Fail(stub.Fault{Status: 500})
		wantTime(t, 3500*time.Millisecond, func() { _ = s.get(t) })
	})
}

// Answers are read to their end, so that one connection serves all requests.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		page := "<html>" + strings.Repeat("x", 60<<10)
		s.Fail(stub.Fault{Status: 500, Body: page, Times: 2})
		s.Fail(stub.Fault{Status: 429, Body: page, Times: 2})
		c := s.client(t)
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			wantSuccess(t, s.call(t, c, method))
		}
		if connections := s.connections.Load(); connections != 1 {
			t.Errorf("%d connections", connections)
		}
	})
}

// A connection that was idle for a while, and may be dead by then, is not used again.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		pipes, ok := s.config.Transport.(*http.Transport)
		transport, okay := newTransport().(*http.Transport)
		if !ok || !okay {
			t.Fatal("another transport")
		}
		transport.DialContext = pipes.DialContext
		s.config.Transport = transport
		c := s.client(t)
		for i, idle := range []int{0, 89, 90} {
			time.Sleep(time.Duration(idle)*time.Second + time.Millisecond)
			wantSuccess(t, s.call(t, c, http.MethodGet))
			if n := s.connections.Load(); n != []int32{1, 1, 2}[i] {
				t.Errorf("%d connections after %d s", n, idle)
			}
		}
		transport.CloseIdleConnections()
	})
}
