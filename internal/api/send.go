// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	backoffBase = 500 * time.Millisecond
	backoffMax  = 15 * time.Second
)

// send sends a request until an answer decides it. An answer of the rate limit or a transient failure
// does not, as long as the request may be repeated. A write whose outcome is unknown comes back as an
// error with OutcomeUnknown; its caller looks up what became of it.
//
//	wait for the limiter → send an attempt → observe the answer → decide
func (c *Client) send(ctx context.Context, r request) (answer, *Error) {
	waits := c.config.Retry && !r.once
	r.redactor = c.redactor.with(r.bearer).with(r.secrets...)
	var last answer // of a service that has not decided the request
	failures, refusals := 0, 0
	for attempt := 1; ; attempt++ {
		if waits {
			if err := c.limiter.wait(ctx, r.key()); err != nil {
				return answer{}, c.gaveUp(r, last, err)
			}
		}
		a := c.attempt(ctx, r, attempt)
		c.limiter.observe(r.key(), a, refusals)

		switch {
		case ctx.Err() != nil && a.err != nil:
			failed := c.gaveUp(r, last, ctx.Err())
			failed.OutcomeUnknown = r.isUnclear(a)
			return answer{}, failed
		case a.status == http.StatusTooManyRequests && waits:
			// It was not carried out; the limiter waits.
			refusals++
			last = a
			continue
		case a.err == nil && !isTransient(a.status), r.isUnclear(a), !waits, failures >= c.config.MaxRetries:
			return r.result(a)
		}
		wait := c.backoff(failures)
		if after, ok := retryAfter(a.header, time.Now()); ok {
			wait = after
		}
		if endsBefore(ctx, wait) {
			return r.result(a)
		}
		if err := sleep(ctx, wait); err != nil {
			return answer{}, c.gaveUp(r, a, err)
		}
		failures++
		last = a
	}
}

// gaveUp returns the error of a request that was not decided before its time was up, or before it
// was interrupted. It has what the service answered last.
func (c *Client) gaveUp(r request, last answer, err error) *Error {
	if _, ok := errors.AsType[*limitError](err); ok {
		last.status = http.StatusTooManyRequests
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(last.err, fmt.Errorf("no success within %s: %w", c.config.Timeout, context.DeadlineExceeded))
	}
	return r.failed(last, err)
}

// backoff is exponential, capped, with full jitter.
func (c *Client) backoff(failures int) time.Duration {
	return c.config.jitter(min(backoffMax, backoffBase<<min(failures, 16)))
}

// endsBefore reports whether the operation's time is up before the wait is over, so that waiting
// would be in vain.
func endsBefore(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

// sleep waits, and stops at once when ctx ends.
func sleep(ctx context.Context, wait time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
