// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package datadog speaks to Datadog's public API: credentials, retries, the rate limit, and errors
// without secrets. It knows nothing of what the requests are about.
package datadog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// attemptShare of an operation's time is what one attempt may take. It leaves time for another one
// on a new connection, and for a look at what became of a write.
const attemptShare = 4

// Config says where the API is and how to speak to it.
type Config struct {
	BaseURL     string // scheme, host and optional path, without "/api/…"
	APIKey      string
	AppKey      string
	BearerToken string // replaces the two keys
	AWS         *AWS   // replaces keys and bearer token, where it is not nil
	UserAgent   string
	Retry       bool          // false: every request is sent once, and no wait for the rate limit
	MaxRetries  int           // repeats of one request after failures
	Timeout     time.Duration // of one operation with all its requests and waits

	// Unknown names the provider arguments whose values are not known yet. If there are any, every
	// request fails with ErrUnconfigured.
	Unknown []string

	Transport http.RoundTripper                       // instead of the network, in tests
	jitter    func(limit time.Duration) time.Duration // instead of a random one, in tests
}

// Client sends requests to the API. It is safe for concurrent use.
type Client struct {
	connection

	config  Config
	limiter *limiter
	login   login
}

// New returns a client for cfg. It sends nothing. An error means that cfg.BaseURL is not a URL.
func New(cfg Config) (*Client, error) {
	baseURL, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if !cfg.Retry {
		cfg.MaxRetries = 0
	}
	if cfg.jitter == nil {
		cfg.jitter = rand.N[time.Duration]
	}
	c := &Client{config: cfg, limiter: newLimiter(cfg.jitter), login: newLogin(), connection: connection{
		baseURL: baseURL, transport: cfg.Transport, userAgent: cfg.UserAgent, timeout: cfg.Timeout / attemptShare,
	}}
	if c.transport == nil {
		c.transport = newTransport()
	}
	c.Hide(cfg.APIKey, cfg.AppKey, cfg.BearerToken)
	if cfg.AWS != nil {
		c.Hide(cfg.AWS.AccessKeyID, cfg.AWS.SecretAccessKey, cfg.AWS.SessionToken)
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: baseURL}); err == nil && proxy != nil {
		password, _ := proxy.User.Password()
		c.Hide(password)
	}
	return c, nil
}

// Do sends a request until an answer decides it, and gives the body of a success to decode, whose
// error means that the answer is malformed. Without decode, 204 is the only success. An error is
// a *Error.
func (c *Client) Do(ctx context.Context, r Request, decode func(body []byte) error) error {
	if len(c.config.Unknown) > 0 {
		return &Error{Err: fmt.Errorf("%w: %s", ErrUnconfigured, strings.Join(c.config.Unknown, ", "))}
	}
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_OKTA", logSubsystem))
	header, err := c.credentials(ctx, nil)
	if err != nil {
		return err
	}
	a, err := c.send(ctx, r, header)
	if a.status == http.StatusUnauthorized && c.config.AWS != nil {
		// The token has ended before its time. Nothing was carried out: once more, with a new one.
		if header, err = c.credentials(ctx, header); err != nil {
			return err
		}
		a, err = c.send(ctx, r, header)
	}
	if err == nil && a.isSuccess() {
		if err = c.decode(a, decode); err == nil {
			return nil
		}
	}
	failed := c.newError(r, a, err)
	if a.isDenied() {
		failed.KeyInvalid = c.keyIsInvalid(ctx)
	}
	return failed
}

// decode gives the body of a success to decode, and says what it is instead where that fails.
func (c *Client) decode(a answer, decode func(body []byte) error) error {
	var err error
	switch {
	case decode != nil:
		err = decode(a.body)
	case a.status != http.StatusNoContent:
		err = fmt.Errorf("%d instead of 204", a.status)
	}
	switch {
	case err == nil:
		return nil
	case len(a.body) == 0 && decode != nil:
		err = errors.New("it is empty")
	case bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")):
		words := c.clean(readable(string(a.body[:min(len(a.body), maxErrorBody)])))
		return fmt.Errorf("%w: %w (%q) answered instead of the API", ErrMalformed, ErrPage, words)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// Timeout is the time that one operation may take.
func (c *Client) Timeout() time.Duration { return c.config.Timeout }

// MaxRetries is how often an operation may be tried once more after failures.
func (c *Client) MaxRetries() int { return c.config.MaxRetries }

// Backoff waits before something is tried again after so many failures. An error is that of ctx.
func (c *Client) Backoff(ctx context.Context, failures int) error {
	return Sleep(ctx, c.backoff(failures))
}
