// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The number of repeats is that of one request, whatever fails; a lookup between two POSTs or PATCHes is one of its own.
func TestMaxRetries(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 2, 5} {
		for name, fault := range map[string]stub.Fault{
			"500": {Status: 500}, "dropped": {Drop: true}, "dropped after": {Drop: true, When: stub.After}, "hang": {Hang: true},
			"cut": {CutBody: true},
		} {
			t.Run(fmt.Sprintf("%s, %d", name, retries), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					w.cfg.MaxRetries = retries
					w.cfg.Timeout = time.Hour
					a := w.put("a")
					w.KeepIDs()
					w.Fail(fault)
					if _, err := w.client(t).List(t.Context()); err == nil {
						t.Error("no error")
					}
					if _, err := w.client(t).Find(t.Context(), a.ID, "a"); err == nil {
						t.Error("no error")
					}
					w.wantCounts(t, 1+retries, 1+retries, 0, 0, 0)

					w.Heal()
					w.ResetRequests()
					fault.Method, fault.When = http.MethodPost, stub.Before
					w.Fail(fault)
					_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
					if processed := fault.CutBody; processed {
						w.wantCounts(t, 2, 0, 1, 0, 0)
					} else {
						if !errors.Is(err, ErrOutcomeUnknown) {
							t.Errorf("create: %v", err)
						}
						w.wantCounts(t, 2+retries, 0, 1+retries, 0, 0)
					}

					w.Heal()
					w.ResetRequests()
					fault.Method = http.MethodPatch
					w.Fail(fault)
					if _, err := w.client(t).Update(t.Context(), a, Secrets{ClientSecret: "s"}); !errors.Is(err, ErrOutcomeUnknown) {
						t.Errorf("update: %v", err)
					}
					w.wantCounts(t, 1+retries, 0, 0, 1+retries, 0)

					w.Heal()
					w.ResetRequests()
					fault.Method = http.MethodDelete
					w.Fail(fault)
					err = w.client(t).Delete(t.Context(), a)
					if processed := fault.CutBody; (err == nil) != processed {
						t.Errorf("delete: %v", err)
					}
					if deletes := w.Count(http.MethodDelete, ""); deletes > 1+retries {
						t.Errorf("%d DELETEs", deletes)
					}
				})
			})
		}
	}
}

// A connection kept open that turns out to be closed costs one request more, which net/http sends by itself.
func TestMaxRetriesOnUsedConnections(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.cfg.MaxRetries = 2
		c := w.client(t)
		a := create(t, c, "a")
		w.ResetRequests()
		w.Fail(stub.Fault{Drop: true})
		time.Sleep(listLifetime)
		if _, err := c.List(t.Context()); err == nil {
			t.Error("no error")
		}
		if lists := w.Count(http.MethodGet, "list"); lists > 4 {
			t.Errorf("%d lists", lists)
		}
		w.Heal()
		if _, err := c.List(t.Context()); err != nil {
			t.Error(err)
		}
		w.ResetRequests()
		w.Fail(stub.Fault{Method: http.MethodPatch, Drop: true}) // net/http must not do so with a write
		if _, err := c.Update(t.Context(), a, Secrets{ClientSecret: "s"}); err == nil {
			t.Error("no error")
		}
		w.wantCounts(t, w.Count(http.MethodGet, "list"), 0, 0, 3, 0)
	})
}

// Without retries everything is sent once, and nothing waits.
func TestNoRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"500": {Status: 500}, "503": {Status: 503, Header: http.Header{"Retry-After": {"1"}}}, "dropped": {Drop: true},
		"429": {Status: 429, Header: http.Header{"Retry-After": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.cfg.Retry = false
				w.cfg.MaxRetries = 5
				a := w.put("a")
				for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
					w.Heal()
					fault.Method = method
					w.Fail(fault)
					w.ResetRequests()
					began := time.Now()
					c := w.client(t)
					err := map[string]func() error{
						http.MethodGet:    func() error { return second(c.List(t.Context())) },
						http.MethodPost:   func() error { return second(c.Create(t.Context(), prod.Account, prod.Secrets)) },
						http.MethodPatch:  func() error { return second(c.Update(t.Context(), a, Secrets{ClientSecret: "s"})) },
						http.MethodDelete: func() error { return c.Delete(t.Context(), a) },
					}[method]()
					if err == nil || w.Count(method, "") != 1 && method != http.MethodGet || w.Count(http.MethodGet, "") > 2 {
						t.Errorf("%s: %v, %d requests", method, err, len(w.Requests()))
					}
					if elapsed := time.Since(began); elapsed != 0 {
						t.Errorf("%s took %s", method, elapsed)
					}
				}
			})
		})
	}
}

// What never reached the service is repeated without a look, and its outcome is no question.
func TestNeverReached(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.refuse(stub.Fault{Method: http.MethodPost, Times: 1})
		create(t, w.client(t), "a")
		w.wantCounts(t, 1, 0, 1, 0, 0)

		w.ResetRequests()
		w.refuse(stub.Fault{Method: http.MethodPost})
		_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if !errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
		w.wantCounts(t, 1, 0, 0, 0, 0)
	})
}

// A refusal for what was sent, or for who sent it, is final.
func TestNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 405, 409, 413, 415, 422, 451, 301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				a := w.put("a")
				w.Fail(stub.Fault{Path: "list", Method: http.MethodGet, Status: status})
				began := time.Now()
				failed := asError(t, second(w.client(t).List(t.Context())))
				if failed.Status != status || errors.Is(failed, ErrNotFound) {
					t.Errorf("list: %v", failed)
				}
				w.wantCounts(t, 1, 0, 0, 0, 0)
				w.Heal()
				for _, method := range []string{http.MethodPatch, http.MethodDelete} {
					w.Fail(stub.Fault{Method: method, Status: status})
				}
				updateErr := second(w.client(t).Update(t.Context(), a, Secrets{ClientSecret: "s"}))
				deleteErr := w.client(t).Delete(t.Context(), a)
				if asError(t, updateErr).Status != status || asError(t, deleteErr).Status != status {
					t.Errorf("update: %v, delete: %v", updateErr, deleteErr)
				}
				if deletes, patches := w.Count(http.MethodDelete, ""), w.Count(http.MethodPatch, ""); deletes != 1 || patches != 1 && status >= 400 {
					t.Errorf("%d DELETEs, %d PATCHes", deletes, patches)
				}
				if elapsed := time.Since(began); status >= 400 && elapsed != 0 {
					t.Errorf("it took %s", elapsed)
				}
			})
		})
	}
}

func TestRetryAfterOfAServer(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Fail(stub.Fault{Status: 503, Header: http.Header{"Retry-After": {"20"}}, Times: 1})
		began := time.Now()
		if _, err := w.client(t).List(t.Context()); err != nil || time.Since(began) != 20*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}

		w.Fail(stub.Fault{Status: 503, Header: http.Header{"Retry-After": {"121"}}})
		began = time.Now()
		_, err := w.client(t).List(t.Context())
		if failed := asError(t, err); failed.Status != 503 || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// A request that hangs is given up, so that there is time for the next; all of them together are bounded too.
func TestTimes(t *testing.T) {
	t.Parallel()
	for timeout, attempt := range map[time.Duration]time.Duration{
		time.Hour: 30 * time.Second, 2 * time.Minute: 30 * time.Second, 20 * time.Second: 5 * time.Second,
	} {
		t.Run(timeout.String(), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.cfg.Timeout = timeout
				w.Fail(stub.Fault{Hang: true, Times: 1})
				began := time.Now()
				if _, err := w.client(t).List(t.Context()); err != nil {
					t.Error(err)
				}
				if elapsed := time.Since(began); elapsed < attempt || elapsed > attempt+backoffBase {
					t.Errorf("given up after %s", elapsed)
				}

				w.cfg.MaxRetries = 1000
				w.Fail(stub.Fault{Hang: true})
				began = time.Now()
				_, err := w.client(t).List(t.Context())
				if elapsed := time.Since(began); elapsed != timeout || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v after %s", err, elapsed)
				}
				w.Heal()
			})
		})
	}
}

// Where the time is up, the error tells the trouble that took it.
func TestTimeIsUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.cfg.MaxRetries = 1000
		w.Fail(stub.Fault{Status: 500, Body: `{"errors":["the database is down"]}`})
		_, err := w.client(t).Find(t.Context(), "1", "prod")
		failed := asError(t, err)
		if failed.Status != 500 || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
		for _, part := range []string{`read "prod"`, "500", "the database is down", "2m0s"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q is not in %v", part, err)
			}
		}
	})
}

// Back-off is exponential with full jitter, and capped.
func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempt := range 80 {
		var least, most time.Duration = time.Hour, 0
		for range 200 {
			wait := backoff(backoffBase, backoffMax, attempt, nil)
			least, most = min(least, wait), max(most, wait)
		}
		limit := time.Duration(float64(backoffBase) * float64(int64(1)<<min(attempt, 10)))
		limit = min(limit, backoffMax)
		if least < 0 || most > limit || least > limit/4 || most < limit*3/4 {
			t.Errorf("attempt %d waits from %s to %s of %s", attempt, least, most, limit)
		}
	}
}

// Answers are read to their end, so that one connection serves all requests.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Fail(stub.Fault{Status: 500, Body: "<html>" + strings.Repeat("x", 1<<20), Times: 2})
		w.Fail(stub.Fault{Status: 429, Body: "<html>" + strings.Repeat("x", 1<<20), Times: 2})
		c := w.client(t)
		a := create(t, c, "a")
		if err := c.Delete(t.Context(), a); err != nil {
			t.Error(err)
		}
		if dials := w.dials.Load(); dials != 1 {
			t.Errorf("%d connections", dials)
		}
	})
}
