// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A request that hangs is given up after a quarter of the operation's time, so that there is time
// for the next; all of them together are bounded too.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{time.Hour, 2 * time.Minute, 20 * time.Second} {
		t.Run(timeout.String(), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.Timeout = timeout
				s.Fail(stub.Fault{Hang: true, Times: 1})
				started := time.Now()
				if _, err := s.client(t).List(t.Context()); err != nil {
					t.Error(err)
				}
				if elapsed := time.Since(started); elapsed < timeout/4 || elapsed > timeout/4+backoffBase {
					t.Errorf("given up after %s", elapsed)
				}

				s.config.MaxRetries = 1000
				for _, method := range []string{http.MethodGet, http.MethodDelete} {
					s.Heal()
					a := s.put("a")
					s.Fail(stub.Fault{Method: method, Hang: true})
					started = time.Now()
					err := second(s.client(t).List(t.Context()))
					if method == http.MethodDelete {
						started = time.Now()
						err = s.client(t).Delete(t.Context(), a, LastWrite{})
					}
					// A list ends a little before those who wait for it.
					if elapsed := time.Since(started); elapsed > timeout || elapsed < timeout*97/100 || !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%s: %v after %s", method, err, elapsed)
					}
				}
				s.Heal()
			})
		})
	}
}

// A service that needs 33 seconds for its list needs no more than a larger timeout.
func TestSlowList(t *testing.T) {
	t.Parallel()
	for timeout, ok := range map[time.Duration]bool{300 * time.Second: true, 2 * time.Minute: false} {
		inFakeTime(t, func(t *testing.T, s *service) {
			s.config.Timeout = timeout
			accounts := s.putMany(20)
			s.SetLatency(33 * time.Second)
			c := s.client(t)
			if ok {
				findAll(t, c, accounts)
				wantRequests(t, s, "GET list")
				return
			}
			if _, err := c.List(t.Context()); !strings.Contains(fmt.Sprint(err), "no whole answer within 30s") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Where the time is up, the error names the failure that took it.
func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.MaxRetries = 1000
		a := s.put("a")
		s.Fail(stub.Fault{Method: http.MethodDelete, Hang: true})
		err := s.client(t).Delete(t.Context(), a, LastWrite{})
		for _, part := range []string{`delete "a"`, "no whole answer within 30s", "no success within 2m0s"} {
			if !strings.Contains(fmt.Sprint(err), part) {
				t.Errorf("%q is not in %v", part, err)
			}
		}
	})
}

// The first request of a plan hangs: all reads that wait for it have their answer from the repeat.
func TestFirstRequestHangs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(100)
		s.Fail(stub.Fault{Hang: true, Times: 1})
		started := time.Now()
		findAll(t, s.client(t), accounts)
		if elapsed := time.Since(started); elapsed > s.config.Timeout/4+backoffBase {
			t.Errorf("it took %s", elapsed)
		}
		wantRequests(t, s, "2 GET list")
		if connections := s.connections.Load(); connections != 2 {
			t.Errorf("%d connections", connections)
		}
	})
}
