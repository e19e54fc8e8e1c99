// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

const (
	logSubsystem = "http" // TF_LOG_PROVIDER_OKTA_HTTP sets its level

	backoffBase = 500 * time.Millisecond
	backoffMax  = 15 * time.Second

	maxAttemptTime = 30 * time.Second
	maxBodySize    = 16 << 20

	idleConnections = 64 // more than Terraform runs at once by far; net/http's own default is 2
)

// call follows one request through the transport, with all its attempts.
type call struct {
	request

	once     bool // no repeats, and no wait for the rate limit
	attempts int
	sent     atomic.Bool // an attempt may have reached the service, and what it did there is not known

	status int // of the latest answer
	body   []byte
}

type callKey struct{}

func withCall(ctx context.Context, r request) (context.Context, *call) {
	c := &call{request: r, once: ctx.Value(onceKey{}) != nil}
	return context.WithValue(ctx, callKey{}, c), c
}

type onceKey struct{}

// withoutRepeats makes a request advice: sent once, and not held back by the rate limit.
func withoutRepeats(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, true)
}

// safe reports whether the request can be repeated without knowing what became of it.
func (c *call) safe() bool {
	return c.method == http.MethodGet || c.method == http.MethodDelete
}

// transportError is an attempt to which no whole answer came.
type transportError struct{ err error }

func (e *transportError) Error() string { return e.err.Error() }
func (e *transportError) Unwrap() error { return e.err }

// newHTTPClient returns the client below the Datadog client: go-retryablehttp repeats what may be repeated, the
// transport below it sends the attempts, and again those that the rate limit refuses. Proxy and certificate settings are
// those of the system.
func newHTTPClient(cfg Config) *http.Client {
	base := cfg.base
	if base == nil {
		base = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: idleConnections,
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second,
		}
	}
	t := &transport{
		base: base, wait: cfg.Retry, gate: newGate(),
		attemptTime: min(maxAttemptTime, cfg.Timeout/4), // leaves time for a look at what became of a request
	}
	noRedirects := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	repeating := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: t, CheckRedirect: noRedirects},
		RetryWaitMin: backoffBase,
		RetryWaitMax: backoffMax,
		RetryMax:     cfg.MaxRetries,
		CheckRetry:   mayRepeat,
		Backoff:      backoff,
		ErrorHandler: lastAnswer,
	}
	return &http.Client{Transport: &retryablehttp.RoundTripper{Client: repeating}, CheckRedirect: noRedirects}
}

// mayRepeat decides by what is known of the outcome: a request that never reached the service may always be repeated,
// any other only where doing it twice is the same as doing it once. What became of a POST or PATCH is looked up first.
func mayRepeat(ctx context.Context, response *http.Response, err error) (bool, error) {
	call, ok := ctx.Value(callKey{}).(*call)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case !ok || call.once:
		return false, nil
	case err != nil:
		var failed *transportError
		return errors.As(err, &failed) && (call.safe() || !call.sent.Load()), nil
	}
	if wait, ok := retryAfter(response.Header, time.Now()); ok && ends(ctx, wait) {
		return false, nil
	}
	return isPassing(response.StatusCode) && call.safe(), nil
}

// ends reports whether the operation's time is up before the wait is over, so that waiting would be in vain.
func ends(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

// isPassing reports whether a status tells of a trouble that passes, and nothing of the outcome.
func isPassing(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout
}

// backoff is exponential, capped, with full jitter; a Retry-After wins.
func backoff(base, most time.Duration, attempt int, response *http.Response) time.Duration {
	if response != nil {
		if wait, ok := retryAfter(response.Header, time.Now()); ok {
			return wait
		}
	}
	return jitter(min(most, base<<min(attempt, 16)))
}

func jitter(most time.Duration) time.Duration {
	return rand.N(most + 1)
}

// lastAnswer keeps the answer where all repeats are used up, so that its status and messages are told.
func lastAnswer(response *http.Response, err error, _ int) (*http.Response, error) {
	if err != nil && response != nil {
		response.Body.Close()
		response = nil
	}
	return response, err
}

// transport sends attempts, each with its own time, as the rate limit allows, and reads each answer to its end.
type transport struct {
	base        http.RoundTripper
	gate        *gate
	wait        bool // for the rate limit
	attemptTime time.Duration
}

// RoundTrip sends the request, again and again where the rate limit refuses it: it was not carried out then.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	call, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		return nil, errors.New("a request that is no call of the API")
	}
	waits := t.wait && !call.once
	for refusals := 0; ; refusals++ {
		call.attempts++
		if waits {
			if err := t.gate.enter(r.Context(), call); err != nil {
				return nil, err
			}
		}
		response, err := t.attempt(r, call)
		if waits {
			t.gate.leave(call, response, refusals)
		}
		if err != nil || response.StatusCode != http.StatusTooManyRequests {
			return response, err
		}
		if !waits {
			return response, nil
		}
		if r.GetBody != nil {
			body, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body = body
		}
	}
}

// attempt sends the request once and reads the answer into memory, so that a cut body is an error of the attempt and
// connections are always free for the next.
func (t *transport) attempt(r *http.Request, call *call) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), t.attemptTime)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// Before this there is no connection, and nothing can have been sent.
		GotConn: func(httptrace.GotConnInfo) { call.sent.Store(true) },
	})

	fields := map[string]any{"method": r.Method, "path": r.URL.Path, "attempt": call.attempts}
	started := time.Now()
	response, err := t.base.RoundTrip(r.WithContext(ctx))
	fields["duration_ms"] = time.Since(started).Milliseconds()
	if err == nil {
		fields["status"] = response.StatusCode
		for _, header := range rateLimitHeaders {
			if value := response.Header.Get(header); value != "" {
				fields[header] = value
			}
		}
		err = readBody(response, call)
	}
	if err != nil {
		if ctx.Err() != nil && r.Context().Err() == nil {
			err = fmt.Errorf("no whole answer within %s", t.attemptTime)
		}
		fields["error"] = err.Error()
		tflog.SubsystemDebug(ctx, logSubsystem, "Request failed", fields)
		return nil, &transportError{err: err}
	}
	if response.StatusCode == http.StatusTooManyRequests {
		call.sent.Store(false) // refused: nothing was carried out
	}
	tflog.SubsystemDebug(ctx, logSubsystem, "Request answered", fields)
	return response, nil
}

// readBody replaces the body by what was read of it. Of an answer that is an error already, a part is enough.
func readBody(response *http.Response, call *call) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodySize+1))
	err = errors.Join(err, response.Body.Close())
	if len(body) > maxBodySize {
		err = fmt.Errorf("the answer is larger than %d MiB", maxBodySize>>20)
	}
	if err != nil && response.StatusCode < http.StatusMultipleChoices {
		return err
	}
	call.status, call.body = response.StatusCode, body
	response.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// logged returns ctx with the logger of the requests. It masks every secret that this process knows.
func (c *Client) logged(ctx context.Context) context.Context {
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_OKTA", logSubsystem))
	masks := c.scrubber.masks()
	ctx = tflog.SubsystemMaskAllFieldValuesStrings(ctx, logSubsystem, masks...)
	return tflog.SubsystemMaskMessageStrings(ctx, logSubsystem, masks...)
}

// kind says what requests have in common that share a rate limit.
func (c *call) kind() string {
	kind := c.method + " " + cmp.Or(c.path, accountsPath)
	if c.id != "" {
		kind += "/{account_id}"
	}
	return kind
}
