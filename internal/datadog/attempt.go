// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

const (
	maxBody      = 16 << 20
	maxErrorBody = 64 << 10 // of an answer that is an error

	idleConnections = 64 // more than Terraform runs at once by far; net/http's own default is 2
)

var errSecondConnection = errors.New("the connection was lost")

// connection sends single requests.
type connection struct {
	redactor

	baseURL   *url.URL
	transport http.RoundTripper
	userAgent string
	timeout   time.Duration // of one attempt
}

// attempt sends the request once and reads the whole answer, so that a cut body is a failure of the
// attempt, and the connection is free for the next.
func (c *connection) attempt(ctx context.Context, r Request, header http.Header, number int) (a answer) {
	started := time.Now()
	defer func() { c.log(ctx, r, number, a, time.Since(started)) }()
	attemptCtx, stop := WithTimeout(ctx, c.timeout, "answer")
	defer stop()
	attemptCtx, cancel := context.WithCancelCause(attemptCtx)
	defer cancel(nil)
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		// Before this there is no connection, and nothing can have been sent.
		GotConn: func(httptrace.GotConnInfo) {
			if sent.Swap(true) {
				cancel(errSecondConnection) // a new one that another request asked for: without GetConn
			}
		},
		// net/http sends some requests again by itself, without an end, on a connection that it asks
		// for anew. Whether to repeat a request is decided in send alone.
		GetConn: func(string) {
			if sent.Load() {
				cancel(errSecondConnection)
			}
		},
	})
	req, err := c.httpRequest(traced, r, header)
	if err != nil {
		return answer{err: err}
	}
	response, err := c.transport.RoundTrip(req) // which follows no redirects, unlike an http.Client
	if err == nil {
		a, err = readAnswer(response)
		_ = response.Body.Close()
		for _, name := range rateLimitHeaders { // which are logged
			if value := a.header.Get(name); value != "" {
				a.header.Set(name, c.clean(value))
			}
		}
	}
	if err == nil {
		return a
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(record.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch
	}
	switch {
	case attemptCtx.Err() != nil:
		err = context.Cause(attemptCtx)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the connection was closed before the answer was complete: %w", err)
	}
	return answer{err: err, sent: sent.Load()}
}

// httpRequest makes the request.
func (c *connection) httpRequest(ctx context.Context, r Request, header http.Header) (*http.Request, error) {
	path, query, _ := strings.Cut(r.Path, "?")
	address := c.baseURL.JoinPath(path, r.ID)
	address.RawQuery = query
	req, err := http.NewRequestWithContext(ctx, r.Method, address.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // so that net/http cannot send a write twice
	req.Header = header.Clone()
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if r.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// readAnswer reads an answer to its end. Of one that is an error, a part is enough.
func readAnswer(response *http.Response) (answer, error) {
	a := answer{status: response.StatusCode, header: response.Header}
	if location, err := response.Location(); err == nil {
		a.redirect = location.Host
	}
	switch {
	case a.status < http.StatusOK:
		// The body of a 101 is the connection itself, and never ends.
		return a, fmt.Errorf("an answer with the status %d", a.status)
	case !a.isSuccess():
		a.body, _ = io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
		return a, nil
	}
	var err error
	a.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if len(a.body) > maxBody {
		err = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
	}
	return a, err
}

// newTransport returns a transport with the proxy and certificate settings of the system. A ping
// finds out that a connection is dead before an attempt's time is up.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 5 * time.Second},
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}
}

// log writes what became of an attempt: never a body, and no header but those of the rate limit.
func (c *connection) log(ctx context.Context, r Request, number int, a answer, took time.Duration) {
	path, _, _ := strings.Cut(r.Path, "?")
	fields := map[string]any{
		"method": r.Method, "path": path, "attempt": number, "duration_ms": took.Milliseconds(),
	}
	if r.ID != "" {
		fields["id"] = c.Show(r.ID)
	}
	if a.err != nil {
		fields["error"] = c.clean(a.err.Error())
	} else {
		fields["status"] = a.status
	}
	for _, name := range rateLimitHeaders {
		if value := a.header.Get(name); value != "" {
			fields[name] = value
		}
	}
	tflog.SubsystemDebug(ctx, logSubsystem, "Sent a request", fields)
}
