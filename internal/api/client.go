// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package api speaks to Datadog's Okta integration API: the five operations on its accounts, made
// so that no fault between here and the service loses, doubles or orphans an account.
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Account is one account of Datadog's Okta integration, as the API shows it. An empty field is one
// that the account does not have: accounts can be older than the API.
type Account struct {
	ID         string
	Name       string
	Domain     string
	AuthMethod string
	ClientID   string

	// Defect says why the account cannot be read in full, for the accounts of List. It is empty for
	// those that Find, Create and Update return: they have an id and a name.
	Defect string
}

// texts are all fields of the account, for those who take secrets out of them.
func (a *Account) texts() []*string {
	return []*string{&a.ID, &a.Name, &a.Domain, &a.AuthMethod, &a.ClientID, &a.Defect}
}

// Secrets are the two attributes that the API takes but never returns. An empty string is not sent.
type Secrets struct {
	ClientSecret string
	APIKey       string
}

func (s Secrets) all() []string { return []string{s.ClientSecret, s.APIKey} }

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
	Timeout     time.Duration // bounds one operation with all its requests and waits
	SettleTime  time.Duration // how long after a write the service may not show it yet

	transport http.RoundTripper                      // instead of the network, in tests
	jitter    func(most time.Duration) time.Duration // instead of a random one, in tests
}

// adviceTimeout is how long a request may take that only serves a better message.
const adviceTimeout = 5 * time.Second

// Client speaks to Datadog's Okta integration API. It is safe for concurrent use.
type Client struct {
	config    Config
	baseURL   *url.URL
	limiter   *limiter
	list      *list
	transport atomic.Pointer[http.RoundTripper]
	unknown   []string // provider arguments without a value yet: no request can be sent

	adviceFailed atomic.Bool // LookUp failed once, and is not asked again
	keyCheck     keyCheck
	tokens       tokens
	redactor     redactor // of the provider's own secrets
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
		cfg.jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) }
	}
	c := &Client{
		config: cfg, baseURL: baseURL, limiter: newLimiter(cfg.jitter),
		keyCheck: keyCheck{slot: make(chan struct{}, 1)}, tokens: tokens{slot: make(chan struct{}, 1)},
	}
	c.redactor = c.redactor.with(cfg.APIKey, cfg.AppKey, cfg.BearerToken)
	if cfg.AWS != nil {
		c.redactor = c.redactor.with(cfg.AWS.AccessKeyID, cfg.AWS.SecretAccessKey, cfg.AWS.SessionToken)
	}
	c.list = newList(c.fetchAll, cfg.Timeout)
	transport := cfg.transport
	if transport == nil {
		transport = newTransport()
	}
	c.transport.Store(&transport)
	return c, nil
}

// NewUnconfigured returns a client whose every operation fails with ErrUnconfigured, naming the
// provider arguments whose values are not known yet. Plans that need no request work with it.
func NewUnconfigured(arguments ...string) *Client {
	return &Client{unknown: arguments, list: newList(nil, 0)}
}

// List returns every account of the organization, sorted by name: those that cannot be read in full
// too, each with its Defect.
func (c *Client) List(ctx context.Context) ([]Account, error) {
	return runOperation(ctx, c, "list", "", nil, func(ctx context.Context) ([]Account, error) {
		s, err := c.list.get(ctx, time.Time{})
		if err != nil {
			return nil, err
		}
		return c.list.all(s), nil
	})
}

// Query says which account is meant.
type Query struct {
	ID   string // either may be empty
	Name string
	LastWrite
}

// LastWrite is what is known of the last create or update of an account: reads may not show it yet.
type LastWrite struct {
	Written  time.Time `json:"written,omitzero"`   // zero where that is not known
	Replaced string    `json:"replaced,omitempty"` // the id that the account had before, where it got another one
}

// Find returns the account with the id, or else the one with the name, since an update may have
// given it another id. Many calls share one list. Errors do not show the secrets given.
//
// ErrNotFound: a request for the id alone confirmed that the organization has neither, and the
// account's SettleTime is over; without an id, half of the Timeout is enough. ErrAmbiguous,
// ErrMismatch or ErrMalformed: it is not clear which account is meant, or what it is like.
func (c *Client) Find(ctx context.Context, q Query, secrets ...string) (Account, error) {
	return runOperation(ctx, c, "read", cmp.Or(q.Name, q.ID), secrets, func(ctx context.Context) (Account, error) {
		return c.findSettled(ctx, q, time.Time{}, q.ID != "")
	})
}

// findSettled looks for the account, in lists begun after the moment given, until it is there, or
// until the time is over in which the service may not show its last write. An account that is not
// known to have been made is better found out in time than not at all.
func (c *Client) findSettled(ctx context.Context, q Query, after time.Time, made bool) (Account, error) {
	age := max(time.Since(q.Written), 0) // the clock that the write was noted by may be ahead of this one
	wait := c.config.SettleTime - age
	if !made {
		wait = min(wait, c.config.Timeout/2)
	}
	settled := time.Now().Add(wait)
	for tries := 0; ; tries++ {
		s, err := c.list.get(ctx, after)
		if err != nil {
			return Account{}, err
		}
		account, err := c.findIn(ctx, s, q)
		outdated := q.Replaced != "" && slices.ContainsFunc(foundBy(account, err), func(a Account) bool {
			return idKey(a.ID) == idKey(q.Replaced)
		})
		left := time.Until(settled)
		if !errors.Is(err, ErrNotFound) && !outdated || left <= 0 {
			return account, err
		}
		if err := sleep(ctx, min(left, backoffBase<<min(tries, 3))); err != nil {
			return Account{}, err
		}
		after = s.begun
	}
}

// findIn looks for the account in a snapshot, and asks for its id alone before it says that there
// is none: a list that leaves accounts out loses none.
func (c *Client) findIn(ctx context.Context, s *snapshot, q Query) (Account, error) {
	account, err := c.list.find(s, q.ID, q.Name)
	if !errors.Is(err, ErrNotFound) || q.ID == "" {
		return account, err
	}
	r := readRequest
	r.id = q.ID
	a, failed := c.do(ctx, r)
	switch {
	case failed != nil && failed.isGone():
		return Account{}, err
	case failed != nil:
		return Account{}, failed
	}
	account, err = decodeAccount(a.body)
	if err == nil && idKey(account.ID) != idKey(q.ID) {
		err = fmt.Errorf("asked for the id %s, it answered with %s", q.ID, account.ID)
	}
	switch {
	case err != nil:
		return Account{}, r.malformed(a, err)
	case q.Name != "" && !SameName(account.Name, q.Name):
		return Account{}, &Error{Op: r.op, Err: ErrMismatch, Found: []Account{account}}
	}
	return account, nil
}

// LookUp returns the account of the name, if there is one. It is advice for plans: it waits a few
// seconds at most. Where it fails, it says so once; later calls find nothing.
func (c *Client) LookUp(ctx context.Context, name string) (account Account, found bool, err error) {
	if len(c.unknown) > 0 || c.adviceFailed.Load() {
		return Account{}, false, nil
	}
	waiting, cancel := context.WithTimeout(ctx, min(adviceTimeout, c.config.Timeout))
	defer cancel()
	s, err := c.list.get(waiting, time.Time{})
	if err != nil {
		if ctx.Err() != nil || !c.adviceFailed.CompareAndSwap(false, true) {
			return Account{}, false, nil
		}
		if waiting.Err() != nil {
			err = &Error{Op: "list", Err: fmt.Errorf("no answer within %s", adviceTimeout)}
		}
		return Account{}, false, c.complete(err, "list", name)
	}
	if accounts := foundBy(c.list.find(s, "", name)); len(accounts) > 0 {
		return accounts[0], true, nil
	}
	return Account{}, false, nil
}

// runOperation runs one operation within its time, and completes its error, which shows none of the
// secrets. It refuses to where the configuration is not known yet.
func runOperation[T any](
	ctx context.Context, c *Client, op, account string, secrets []string, run func(context.Context) (T, error),
) (T, error) {
	var none T
	if len(c.unknown) > 0 {
		return none, &Error{Op: op, Err: fmt.Errorf("%w: %s", ErrUnconfigured, strings.Join(c.unknown, ", "))}
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	result, err := run(ctx)
	if err != nil {
		return none, c.complete(err, op, account, secrets...)
	}
	return result, nil
}
