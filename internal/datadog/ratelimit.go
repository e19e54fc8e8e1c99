// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// Source of the headers: https://docs.datadoghq.com/api/latest/rate-limits/
const (
	limitName      = "X-Ratelimit-Name"
	limitRemaining = "X-Ratelimit-Remaining"
	limitReset     = "X-Ratelimit-Reset" // seconds, rounded up
)

var rateLimitHeaders = []string{
	"X-Ratelimit-Limit", limitName, "X-Ratelimit-Period", limitRemaining, limitReset, "Retry-After",
}

const (
	longestWindow = time.Hour              // what the headers say beyond it is taken for nonsense
	resetJitter   = 100 * time.Millisecond // for other processes that wait for the same moment
)

// limiter holds requests back while the answers to earlier ones say that the rate limit has nothing
// left. They wait until the window ends. Then one goes first, as a probe of what the next allows.
type limiter struct {
	jitter func(limit time.Duration) time.Duration

	mu      sync.Mutex
	windows map[string]*window // by the key of the requests
}

// window is the present window of the limit of some requests.
type window struct {
	name      string
	remaining int
	ends      time.Time
	probing   bool          // one request is under way into a window of which nothing is known yet
	changed   chan struct{} // closed and renewed at each change
}

func newLimiter(jitter func(time.Duration) time.Duration) *limiter {
	return &limiter{jitter: jitter, windows: map[string]*window{}}
}

// wait returns when a request with the key may be sent. An error is that of ctx, or a *limitError.
func (l *limiter) wait(ctx context.Context, key string) error {
	for logged := false; ; logged = true {
		full := l.admit(key)
		if full == nil {
			return nil
		}
		wait := time.Until(full.ends)
		switch {
		case full.probing: // the answer to the probe changes the window
			wait = longestWindow
		case endsBefore(ctx, wait):
			return &limitError{name: full.name, wait: wait}
		default:
			wait += l.jitter(resetJitter)
		}
		if !logged {
			tflog.SubsystemInfo(ctx, logSubsystem, "Waiting for the rate limit", map[string]any{
				"request": key, "wait_ms": wait.Milliseconds(), "limit": full.name,
			})
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-full.changed:
		case <-time.After(wait):
		}
	}
}

// admit gives a request a place in the present window, or returns a copy of the window to wait for.
func (l *limiter) admit(key string) (full *window) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[key]
	switch {
	case w == nil:
	case w.remaining > 0:
		w.remaining--
	case !w.probing && !time.Now().Before(w.ends):
		w.probing = true
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
	now, w := time.Now(), l.windows[key]
	remaining, err := strconv.Atoi(a.header.Get(limitRemaining))
	wait, known := untilReset(a.header, now)
	refused := a.status == http.StatusTooManyRequests
	if w != nil {
		w.probing = false
		close(w.changed) // who waits looks again, once this is done
		w.changed = make(chan struct{})
	}
	switch {
	case refused && !known: // ask again, each time later
		wait = backoffBase + l.jitter(min(backoffMax, time.Second<<min(refusals, 8)))
	case refused, err == nil && known:
	case a.err == nil && w != nil && !now.Before(w.ends):
		delete(l.windows, key) // nothing is said of a limit any more
		return
	default:
		return
	}
	if w == nil {
		w = &window{changed: make(chan struct{})}
		l.windows[key] = w
	}
	switch {
	case refused:
		w.remaining, w.ends = 0, now.Add(wait)
	case now.Before(w.ends): // answers overtake each other: within a window only less can remain
		w.remaining = min(w.remaining, remaining)
	default:
		w.remaining, w.ends = remaining, now.Add(wait)
	}
	w.name = cmp.Or(a.header.Get(limitName), key)
}

// untilReset returns the time until the limit's window ends according to the headers, if they say it
// and it can be true.
func untilReset(header http.Header, now time.Time) (time.Duration, bool) {
	if wait, ok := retryAfter(header, now); ok {
		return wait, true
	}
	return seconds(header.Get(limitReset))
}

// retryAfter returns the wait that a Retry-After header asks for, in either of its two forms.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if date, err := http.ParseTime(value); err == nil {
		wait := date.Sub(now)
		return wait, wait > 0 && wait <= longestWindow
	}
	return seconds(value)
}

// seconds reads a number of seconds, if it can be true.
func seconds(value string) (time.Duration, bool) {
	n, err := strconv.Atoi(value)
	return time.Duration(n) * time.Second, err == nil && n > 0 && n <= int(longestWindow/time.Second)
}
