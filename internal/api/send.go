// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	backoffBase = 500 * time.Millisecond
	backoffMax  = 15 * time.Second
)

// request is one call of the API.
type request struct {
	op         string // for errors
	method     string
	path       string
	id         string // empty for the collection
	query      string
	permission string
	body       []byte
	secrets    []string // those that it carries, which no text may show
	once       bool     // advice: it is not repeated, and does not wait for the rate limit

	bearer        string // token to send instead of the keys
	authorization string // the whole header, for the exchange of a proof for a token

	redactor redactor // made by send, for the log and the error
}

// key is the same for requests that share a rate limit.
func (r request) key() string {
	if r.id != "" {
		return r.method + " " + r.path + "/{account_id}"
	}
	return r.method + " " + r.path
}

// isWrite reports whether doing the request twice may be more than doing it once, as with a POST or
// PATCH of an account. What became of it has to be looked up before it is sent again.
func (r request) isWrite() bool {
	return r.body != nil
}

// answer is a whole answer of the service, or what there is instead of one.
type answer struct {
	status int // 0: no whole answer came
	header http.Header
	body   []byte
	err    error // why no whole answer came
	sent   bool  // the request may have reached the service all the same
}

func (a answer) isSuccess() bool { return a.status >= 200 && a.status < 300 }

// leavesOpen reports whether the request may have been carried out, although the answer does not say
// so. A redirect or a server's error says nothing of what was done before it.
func (a answer) leavesOpen() bool {
	if a.status == 0 {
		return a.sent
	}
	return a.status < http.StatusBadRequest || isTransient(a.status)
}

// failed is the error of a request that was answered so. Of a success, err says what is wrong.
func (r request) failed(a answer, err error) *Error {
	failed := &Error{
		Op: r.op, Permission: r.permission, Status: a.status, Err: err, OutcomeUnknown: r.isWrite() && a.leavesOpen(),
		redactor: r.redactor,
	}
	if !a.isSuccess() {
		failed.body = a.body
	}
	return failed
}

// malformed is the error of a request whose answer says success, and nothing that can be understood.
func (r request) malformed(a answer, err error) *Error {
	return r.failed(a, fmt.Errorf("%w: %w", ErrMalformed, err))
}

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
			failed.OutcomeUnknown = r.isWrite() && a.leavesOpen()
			return answer{}, failed
		case a.status == http.StatusTooManyRequests && waits:
			// It was not carried out; the limiter waits.
			refusals++
			last = a
			continue
		case a.err == nil && !isTransient(a.status), r.isWrite() && a.leavesOpen(), !waits, failures >= c.config.MaxRetries:
			return c.decided(r, a)
		}
		wait := c.backoff(failures)
		if after, ok := retryAfter(a.header, time.Now()); ok {
			wait = after
		}
		if endsBefore(ctx, wait) {
			return c.decided(r, a)
		}
		if err := sleep(ctx, wait); err != nil {
			return answer{}, c.gaveUp(r, a, err)
		}
		failures++
		last = a
	}
}

// decided returns the answer that an operation goes by, or its error.
func (c *Client) decided(r request, a answer) (answer, *Error) {
	if a.isSuccess() {
		return a, nil
	}
	failed := r.failed(a, a.err)
	switch {
	case a.status == http.StatusNotFound && r.id != "":
		failed.Err = ErrNotFound
	case a.status >= 300 && a.status < 400:
		failed.Err = fmt.Errorf("redirects are not followed, this one leads to %q", c.redirectHost(a.header))
	}
	return answer{}, failed
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

// isTransient reports whether a status stands for a failure that may pass. It says nothing of the
// outcome.
func isTransient(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout
}

// backoff is exponential, capped, with full jitter.
func (c *Client) backoff(failures int) time.Duration {
	return c.config.jitter(min(backoffMax, backoffBase<<min(failures, 16)))
}

// jitter is a random wait up to the one given.
func jitter(most time.Duration) time.Duration {
	return rand.N(most + 1)
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
