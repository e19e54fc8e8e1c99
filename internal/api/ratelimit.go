// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// Source of the headers: https://docs.datadoghq.com/api/latest/rate-limits/
const (
	limitName      = "X-Ratelimit-Name"
	limitPeriod    = "X-Ratelimit-Period"
	limitRemaining = "X-Ratelimit-Remaining"
	limitReset     = "X-Ratelimit-Reset"
)

var rateLimitHeaders = []string{"X-Ratelimit-Limit", limitName, limitPeriod, limitRemaining, limitReset, "Retry-After"}

const (
	longestWindow = time.Hour              // what the headers say beyond it is taken for nonsense
	resetMargin   = 20 * time.Millisecond  // for clocks that differ a little
	resetJitter   = 100 * time.Millisecond // for other processes that wait for the same moment
)

// limiter holds requests back while the answers to earlier ones say that the rate limit has nothing
// left. Within a window requests go as fast as they come. The rest wait for the next window, into
// which one goes first, as a probe of what it allows.
type limiter struct {
	jitter func(most time.Duration) time.Duration

	mu     sync.Mutex
	byKey  map[string]*window // by the key of the requests
	byName map[string]*window // by the name of the limit, which several keys may share
}

// window is the present window of one limit. Its end is kept by the monotonic clock.
type window struct {
	limit     string // its name
	remaining int
	ends      time.Time
	probing   bool          // one request is under way into a window of which nothing is known yet
	changed   chan struct{} // closed and renewed at each change
}

func newLimiter(jitter func(time.Duration) time.Duration) *limiter {
	return &limiter{jitter: jitter, byKey: map[string]*window{}, byName: map[string]*window{}}
}

// limitError is a rate limit that is used up for longer than the operation's time.
type limitError struct {
	limit string
	wait  time.Duration
}

func (e *limitError) Error() string {
	return fmt.Sprintf("Datadog's rate limit %s is used up for another %s, which is longer than the operation may take",
		e.limit, e.wait.Round(time.Second))
}

// wait returns when a request with the key may be sent. An error is that of ctx, or a *limitError.
func (l *limiter) wait(ctx context.Context, key string) error {
	for logged := false; ; logged = true {
		next := l.admit(key)
		if next == nil {
			return nil
		}
		wait := time.Until(next.ends)
		switch {
		case wait <= 0 && next.probing: // the answer to the probe changes the window
			wait = longestWindow
		case endsBefore(ctx, wait):
			return &limitError{limit: next.limit, wait: wait}
		default:
			wait += resetMargin + l.jitter(resetJitter)
		}
		if !logged {
			tflog.SubsystemInfo(ctx, logSubsystem, "Waiting for the rate limit", map[string]any{
				"request": key, "wait_ms": wait.Milliseconds(), "limit": next.limit,
			})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next.changed:
		case <-time.After(wait):
		}
	}
}

// admit gives a request a place in the present window, or returns a copy of the window to wait for.
func (l *limiter) admit(key string) (full *window) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, now := l.byKey[key], time.Now()
	switch {
	case w == nil:
	case !now.Before(w.ends) && !w.probing:
		w.probing = true
	case now.Before(w.ends) && w.remaining > 0:
		w.remaining--
	default:
		seen := *w
		return &seen
	}
	return nil
}

// observe learns from the answer to a request with the key what the limit allows. refusals counts
// the answers with 429 before it.
func (l *limiter) observe(key string, a answer, refusals int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, w := time.Now(), l.byKey[key]
	if w != nil {
		w.probing = false
		close(w.changed) // who waits looks again, once this is done
		w.changed = make(chan struct{})
	}
	if a.err != nil {
		return
	}
	remaining, err := strconv.Atoi(a.header.Get(limitRemaining))
	ends, known := windowEnd(a.header, now)
	refused := a.status == http.StatusTooManyRequests
	switch {
	case refused:
		remaining = 0
		if !known { // ask again, each time later
			ends = now.Add(backoffBase + l.jitter(min(backoffMax, time.Second<<min(refusals, 8))))
		}
	case err != nil || !known:
		if w != nil && !now.Before(w.ends) {
			delete(l.byKey, key) // nothing is said of a limit any more
		}
		return
	}
	limit := cmp.Or(a.header.Get(limitName), key)
	if w = l.byName[limit]; w == nil {
		w = &window{limit: limit, changed: make(chan struct{})}
		l.byName[limit] = w
	}
	l.byKey[key] = w
	switch sameWindow := w.ends.Sub(ends).Abs() < time.Second; {
	case sameWindow && now.Before(w.ends):
		// Answers overtake each other: within a window only less can remain.
		w.remaining = min(w.remaining, max(remaining, 0))
	case ends.After(w.ends) || refused:
		w.remaining, w.ends = max(remaining, 0), ends
	}
}

// windowEnd returns when the limit's window ends according to the headers, if they say it and it
// can be true. It is by the monotonic clock, so that a step of the wall clock moves nothing.
func windowEnd(header http.Header, now time.Time) (time.Time, bool) {
	if wait, ok := retryAfter(header, now); ok {
		return now.Add(wait), true
	}
	wait, ok := seconds(header.Get(limitReset), now)
	if period, _ := seconds(header.Get(limitPeriod), now); period > 0 {
		ok = ok && wait <= period
		// Whole seconds are rounded, but the windows are aligned to the calendar.
		wall := now.Round(0).Add(wait)
		if off := wall.Round(period).Sub(wall); off.Abs() <= time.Second {
			wait += off
		}
	}
	return now.Add(wait), ok && wait > 0
}

// retryAfter returns the wait that a Retry-After header asks for, in either of its two forms.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	wait, ok := seconds(value, now)
	if date, err := http.ParseTime(value); err == nil {
		wait, ok = date.Sub(now), true
	}
	return wait, ok && wait > 0 && wait <= longestWindow
}

// seconds reads a number of seconds, if it can be true. Some services say the moment itself instead
// of the time until then.
func seconds(value string, now time.Time) (time.Duration, bool) {
	n, err := strconv.ParseInt(value, 10, 64)
	if year := int64(365 * 24 * 3600); n > year {
		n -= now.Unix()
	}
	if err != nil || n < 0 || n > int64(longestWindow/time.Second) {
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}
