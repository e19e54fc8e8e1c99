// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

const (
	logSubsystem = "http" // TF_LOG_PROVIDER_OKTA_HTTP sets its level

	// attemptShare of an operation's time is what one attempt may take. It leaves time for another one
	// on a new connection, and for a look at what became of a write.
	attemptShare = 4

	maxBodySize     = 16 << 20
	idleConnections = 64 // more than Terraform runs at once by far; net/http's own default is 2
)

// attempt sends the request once and reads the whole answer, so that a cut body is a failure of the
// attempt, and the connection is free for the next.
func (c *Client) attempt(ctx context.Context, r request, number int) (a answer) {
	limit := c.config.Timeout / attemptShare
	attemptCtx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		// Before this there is no connection, and nothing can have been sent.
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	started := time.Now()
	defer func() { r.log(ctx, number, a, time.Since(started)) }()

	req, err := c.httpRequest(traced, r)
	if err != nil {
		return answer{err: err}
	}
	transport := c.transport.Load()
	response, err := (*transport).RoundTrip(req) // which follows no redirects, unlike an http.Client
	if err == nil {
		a.status, a.header = response.StatusCode, response.Header
		for _, name := range rateLimitHeaders { // which the limiter logs, too
			if value := a.header.Get(name); value != "" {
				a.header.Set(name, r.redactor.clean(value))
			}
		}
		if location, err := response.Location(); err == nil {
			a.redirect = location.Host
		}
		a.body, err = readBody(response)
	}
	if err == nil {
		return a
	}
	if header, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(header.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch
	}
	if attemptCtx.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("no whole answer within %s", limit)
		c.replaceTransport(transport)
	}
	return answer{err: err, sent: sent.Load()}
}

// httpRequest makes the request with its headers.
func (c *Client) httpRequest(ctx context.Context, r request) (*http.Request, error) {
	address := c.baseURL.JoinPath(r.path, r.id)
	address.RawQuery = r.query
	req, err := http.NewRequestWithContext(ctx, r.method, address.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.config.UserAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	switch {
	case r.authorization != "":
		req.Header.Set("Authorization", r.authorization)
	case r.bearer != "":
		req.Header.Set("Authorization", "Bearer "+r.bearer)
	default:
		req.Header.Set("DD-API-KEY", c.config.APIKey)
		req.Header.Set("DD-APPLICATION-KEY", c.config.AppKey)
	}
	return req, nil
}

// readBody reads an answer to its end. Of one that is an error already, a part is enough.
func readBody(response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodySize+1))
	err = errors.Join(err, response.Body.Close())
	if len(body) > maxBodySize {
		err = fmt.Errorf("the answer is larger than %d MiB", maxBodySize>>20)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		err = nil
	}
	return body, err
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

// replaceTransport gives later attempts connections of their own, after an attempt on the transport
// used had to be given up: with HTTP/2 it would share its connection with them.
func (c *Client) replaceTransport(used *http.RoundTripper) {
	if c.config.transport != nil {
		return // it is a test's
	}
	fresh := newTransport()
	if c.transport.CompareAndSwap(used, &fresh) {
		if closer, ok := (*used).(*http.Transport); ok {
			closer.CloseIdleConnections()
		}
	}
}

// log writes what became of an attempt: never a body, and no header but those of the rate limit.
func (r request) log(ctx context.Context, number int, a answer, took time.Duration) {
	fields := map[string]any{
		"method": r.method, "path": r.path, "attempt": number, "duration_ms": took.Milliseconds(),
	}
	if r.id != "" {
		fields["account_id"] = r.redactor.clean(r.id)
	}
	if a.err != nil {
		fields["error"] = r.redactor.clean(a.err.Error())
	} else {
		fields["status"] = a.status
	}
	for _, header := range rateLimitHeaders {
		if value := a.header.Get(header); value != "" {
			fields[header] = value
		}
	}
	tflog.SubsystemDebug(ctx, logSubsystem, "Sent a request", fields)
}
