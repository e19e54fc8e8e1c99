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

	mu      sync.Mutex
	limits  map[string]string  // key of the requests → name of their limit, as the answers name it
	windows map[string]*window // by the limit's name
}

// window is the present window of one limit. Its end is kept by the monotonic clock.
type window struct {
	remaining int
	ends      time.Time
	probing   bool          // one request is under way into a window of which nothing is known yet
	changed   chan struct{} // closed and renewed at each change
}

func newLimiter(jitter func(time.Duration) time.Duration) *limiter {
	return &limiter{jitter: jitter, limits: map[string]string{}, windows: map[string]*window{}}
}

func (l *limiter) window(key string) *window {
	name, known := l.limits[key]
	if !known {
		return nil
	}
	return l.windows[name]
}

// limitError is a rate limit that is used up for longer than the operation's time.
type limitError struct {
	name string
	wait time.Duration
}

func (e *limitError) Error() string {
	return fmt.Sprintf("Datadog's rate limit %s is used up for another %s, which is longer than the operation may take",
		Clean(e.name), e.wait.Round(time.Second))
}

// wait returns when a request with the key may be sent. An error is that of ctx, or a *limitError.
func (l *limiter) wait(ctx context.Context, key string) error {
	for logged := false; ; logged = true {
		name, next := l.admit(key)
		if next == nil {
			return nil
		}
		wait := time.Until(next.ends)
		switch {
		case wait <= 0 && next.probing: // the answer to the probe changes the window
			wait = longestWindow
		case endsBefore(ctx, wait):
			return &limitError{name: name, wait: wait}
		default:
			wait += resetMargin + l.jitter(resetJitter)
		}
		if !logged {
			tflog.SubsystemInfo(ctx, logSubsystem, "Waiting for the rate limit", map[string]any{
				"request": key, "wait_ms": wait.Milliseconds(), "limit": Clean(name),
			})
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-next.changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// admit gives a request a place in the present window, or returns a copy of the window to wait for
// and the limit's name.
func (l *limiter) admit(key string) (name string, next *window) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, now := l.window(key), time.Now()
	switch {
	case w == nil:
	case !now.Before(w.ends) && !w.probing:
		w.probing = true
	case now.Before(w.ends) && w.remaining > 0:
		w.remaining--
	default:
		full := *w
		return l.limits[key], &full
	}
	return "", nil
}

// observe learns from the answer to a request with the key what the limit allows. refusals counts
// the answers with 429 before it.
func (l *limiter) observe(key string, a answer, refusals int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()

	if w := l.window(key); w != nil {
		w.probing = false
		defer w.announce()
	}
	if a.err != nil {
		return
	}
	remaining, err := strconv.Atoi(a.header.Get(limitRemaining))
	refused := a.status == http.StatusTooManyRequests
	ends, ok := windowEnd(a.header, now)
	switch {
	case refused && !ok:
		// The limit does not say until when: ask again, each time later.
		ends = now.Add(backoffBase + l.jitter(min(backoffMax, time.Second<<min(refusals, 8))))
		remaining = 0
	case refused:
		remaining = 0
	case err != nil || !ok:
		if w := l.window(key); w != nil && !now.Before(w.ends) {
			delete(l.limits, key) // nothing is said of a limit any more
		}
		return
	}
	name := cmp.Or(a.header.Get(limitName), key)
	l.limits[key] = name
	w := l.windows[name]
	if w == nil {
		w = &window{changed: make(chan struct{})}
		l.windows[name] = w
	}
	switch sameWindow := w.ends.Sub(ends).Abs() < time.Second; {
	case sameWindow && now.Before(w.ends):
		// Answers overtake each other: within a window only less can remain.
		w.remaining = min(w.remaining, max(remaining, 0))
	case ends.After(w.ends) || refused:
		w.remaining, w.ends = max(remaining, 0), ends
	}
}

func (w *window) announce() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// windowEnd returns when the limit's window ends according to the headers, if they say it and it
// can be true. It is by the monotonic clock, so that a step of the wall clock moves nothing.
func windowEnd(header http.Header, now time.Time) (time.Time, bool) {
	if wait, ok := retryAfter(header, now); ok {
		return now.Add(wait), true
	}
	seconds, err := strconv.ParseInt(header.Get(limitReset), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if year := int64(365 * 24 * 3600); seconds > year { // the moment itself instead of the time until then
		seconds -= now.Unix()
	}
	most := longestWindow
	period, err := strconv.ParseInt(header.Get(limitPeriod), 10, 64)
	if err == nil && period > 0 && period <= int64(longestWindow/time.Second) {
		most = time.Duration(period) * time.Second
	}
	if seconds < 0 || seconds > int64(most/time.Second) {
		return time.Time{}, false
	}
	wait := time.Duration(seconds) * time.Second
	if most != longestWindow {
		// Whole seconds are rounded, but the windows are aligned to the calendar.
		wall := now.Round(0).Add(wait)
		if off := wall.Round(most).Sub(wall); off.Abs() <= time.Second {
			wait += off
		}
	}
	return now.Add(wait), wait > 0
}

// retryAfter returns the wait that a Retry-After header asks for, in either of its two forms.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil && seconds <= int64(longestWindow/time.Second) {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return wait, wait > 0 && wait <= longestWindow
}
