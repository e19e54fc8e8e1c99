// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// No transport is able to send a write twice.
func TestWritesCannotBeRewound(t *testing.T) {
	t.Parallel()
	c := clientOver(t, func(r *http.Request) (*http.Response, error) {
		if r.GetBody != nil {
			t.Errorf("%s can be rewound", r.Method)
		}
		return nil, errRefused
	})
	for _, method := range methods {
		if err := call(t.Context(), c, method, "a"); !errors.Is(err, errRefused) {
			t.Error(err)
		}
	}
}

// A connection kept open that turns out to be closed costs an attempt like any other failure.
// net/http would send a GET or DELETE once more by itself.
func TestDeadIdleConnection(t *testing.T) {
	t.Parallel()
	for _, method := range methods {
		for _, retries := range []int{0, 2} {
			subtest(t, fmt.Sprint(method, " ", retries), func(t *testing.T, s *service) {
				s.config.MaxRetries = retries
				c := s.client(t)
				if err := s.call(t, c, http.MethodGet); err != nil { // leaves its connection open
					t.Fatal(err)
				}
				wantRequests(t, s, http.MethodGet)
				s.Fail(stub.Fault{Drop: true})
				failed := asError(t, s.call(t, c, method))
				if failed.OutcomeUnknown != isWrite(method) || failed.Status != 0 {
					t.Errorf("got %+v", failed)
				}
				if isWrite(method) {
					retries = 0
				}
				wantRequests(t, s, times(1+retries, method))
				if connections := int(s.connections.Load()); connections != 1+retries {
					t.Errorf("%d connections", connections)
				}
			})
		}
	}
}

// An answer with a status that says nothing is a failure like a dropped connection, and ends at once:
// the body of a 101 is the connection itself.
func TestStatusesBelow200(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"000", "001", "099", "101"} {
		for _, method := range methods {
			subtest(t, status+" "+method, func(t *testing.T, s *service) {
				s.config.MaxRetries = 1
				requests := 0
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					requests++
					connection, _, err := http.NewResponseController(rw).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					defer connection.Close()
					_, _ = io.WriteString(connection, "HTTP/1.1 "+status+" x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
					_, _ = io.Copy(io.Discard, connection) // until the client leaves
				}
				s.config.jitter = func(time.Duration) time.Duration { return 0 }
				wantTime(t, 0, func() {
					failed := asError(t, s.call(t, s.client(t), method))
					if failed.Status != 0 || failed.OutcomeUnknown != isWrite(method) || !strings.Contains(failed.Error(), "status ") {
						t.Errorf("got %+v", failed)
					}
				})
				if isRepeated := requests == 2; isRepeated == isWrite(method) {
					t.Errorf("%d requests", requests)
				}
			})
		}
	}
	inFakeTime(t, func(t *testing.T, s *service) { // which come before the answer
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			rw.WriteHeader(http.StatusEarlyHints)
			s.ServeHTTP(rw, r)
		}
		wantSuccess(t, s.get(t))
	})
}

// Of an answer that is an error, 64 KiB are read, and of any other 16 MiB.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	for status, test := range map[int]struct {
		size int64 // of the body
		text string
		read int64
	}{
		200: {16 << 20, "", 16 << 20},
		201: {16<<20 + 1, "the answer is larger than 16 MiB", 16<<20 + 1},
		299: {1 << 30, "the answer is larger than 16 MiB", 16<<20 + 1},
		400: {1 << 30, "400 Bad Request", 64 << 10},
		503: {1 << 30, "503 Service Unavailable", 64 << 10},
		302: {1 << 30, "302 Found: redirects", 64 << 10},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			body := &io.LimitedReader{R: spaces{}, N: test.size}
			c := clientOver(t, func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body), Request: r}, nil
			})
			err := c.Do(t.Context(), Request{Method: http.MethodGet, Path: "/"}, func(body []byte) error {
				if int64(len(body)) != test.size {
					t.Errorf("a body of %d bytes", len(body))
				}
				return nil
			})
			if read := test.size - body.N; (err == nil) != (test.text == "") || read != test.read ||
				err != nil && !strings.HasPrefix(err.Error(), test.text) {
				t.Errorf("%v after %d bytes", err, read)
			}
		})
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

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
