// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An attempt that hangs is given up after a quarter of the operation's time, so that there is time
// for the next one. The error says so, also where the operation's own time ends.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{time.Hour, 2 * time.Minute, 20 * time.Second} {
		subtest(t, timeout.String(), func(t *testing.T, s *service) {
			s.config.Timeout, s.config.jitter = timeout, noJitter
			if got := s.client(t).Timeout(); got != timeout {
				t.Errorf("Timeout is %s", got)
			}
			s.Fail(stub.Fault{Hang: true, Times: 1})
			wantTime(t, timeout/4+backoffBase, func() { wantSuccess(t, s.get(t)) })
			s.Fail(stub.Fault{Hang: true})
			s.config.MaxRetries = 1000
			for _, method := range []string{http.MethodGet, http.MethodDelete} {
				wantTime(t, timeout, func() {
					ctx, cancel := WithTimeout(t.Context(), timeout, "success")
					defer cancel()
					failed := asError(t, call(ctx, s.client(t), method, s.id))
					want := "no answer within " + (timeout / 4).String() + ": no success within " + timeout.String()
					if !errors.Is(failed, context.DeadlineExceeded) || failed.Error() != want {
						t.Errorf("%v, want %s", failed, want)
					}
				})
			}
		})
	}
}

// An interrupt ends a request at once, in whatever it waits for. Nothing is sent afterwards, and the
// error has both the interrupt and what was answered before.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"hang":       {Hang: true},
		"hang after": {Hang: true, When: stub.After},
		"back-off":   {Status: 500},
		"rate limit": {Status: 429, Header: http.Header{"Retry-After": {"60"}}},
	} {
		for _, method := range methods {
			subtest(t, name+" "+method, func(t *testing.T, s *service) {
				s.config.jitter = noJitter
				s.Fail(fault)
				ctx, interrupt := context.WithCancel(t.Context())
				time.AfterFunc(time.Millisecond, interrupt)
				isAnswered := name == "back-off" && isWrite(method) // which is not repeated
				wantTime(t, map[bool]time.Duration{false: time.Millisecond}[isAnswered], func() {
					failed := asError(t, call(ctx, s.client(t), method, s.id))
					if errors.Is(failed, context.Canceled) == isAnswered || failed.Status != fault.Status ||
						failed.OutcomeUnknown != (isWrite(method) && name != "rate limit") {
						t.Errorf("got %+v", failed)
					}
				})
				time.Sleep(time.Hour)
				wantRequests(t, s, method)
			})
		}
	}
}

// A write that is interrupted after a refusal by the rate limit may have been carried out.
func TestInterruptAfterARefusal(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}, Times: 1})
		s.Fail(stub.Fault{Hang: true})
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, interrupt)
		failed := asError(t, call(ctx, s.client(t), http.MethodPost, "new"))
		if failed.Status != 429 || !failed.OutcomeUnknown || !errors.Is(failed, context.Canceled) {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, "2 POST")
	})
}

// A body that does not end is given up like an answer that does not come.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400} {
		inFakeTime(t, func(t *testing.T, s *service) {
			s.config.MaxRetries = 0
			s.handle = func(rw http.ResponseWriter, r *http.Request) {
				rw.WriteHeader(status)
				_, _ = io.WriteString(rw, "<p>beginning")
				_ = http.NewResponseController(rw).Flush()
				<-r.Context().Done()
			}
			wantTime(t, 30*time.Second, func() {
				want := map[int]string{200: "no answer within 30s", 400: "400 Bad Request: beginning"}[status]
				if err := s.get(t); err == nil || err.Error() != want {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}
