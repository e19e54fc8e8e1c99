// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// send sends a request until an answer decides it. A refusal by the rate limit and a transient
// failure do not, as long as the request may be repeated. An error says why there is no such answer;
// the answer then is the last one before.
//
//	wait for the limiter → send an attempt → observe the answer → decide
func (c *Client) send(ctx context.Context, r Request, header http.Header) (answer, error) {
	var last answer // did not decide the request
	failures, refusals := 0, 0
	for attempt := 1; ; attempt++ {
		if c.config.Retry {
			if err := c.limiter.wait(ctx, r.key()); err != nil {
				return last, err
			}
		}
		a := c.attempt(ctx, r, header, attempt)
		c.limiter.observe(r.key(), a, refusals)

		switch {
		case ctx.Err() != nil && a.err != nil:
			last.sent = a.sent
			return last, errors.Join(last.err, context.Cause(ctx))
		case a.status == http.StatusTooManyRequests && c.config.Retry:
			// It was not carried out; the limiter waits.
			refusals++
			last = a
			continue
		case !a.isTransient(), r.mayBeDone(a), failures >= c.config.MaxRetries:
			return a, a.err
		}
		wait := c.backoff(failures)
		if after, ok := retryAfter(a.header, time.Now()); ok {
			wait = after
		}
		if endsBefore(ctx, wait) {
			return a, a.err
		}
		if err := Sleep(ctx, wait); err != nil {
			return a, errors.Join(a.err, err)
		}
		failures++
		last = a
	}
}

// backoff is exponential, capped, with full jitter.
func (c *Client) backoff(failures int) time.Duration {
	return c.config.jitter(min(backoffMax, backoffBase<<min(failures, 16)))
}
