// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package api speaks to Datadog's Okta integration API: the five operations on its accounts, made so that no fault
// between here and the service loses, doubles or orphans an account.
package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
)

// Account is one account of Datadog's Okta integration, as the API shows it.
type Account struct {
	ID         string
	Name       string
	Domain     string
	AuthMethod string
	ClientID   string // empty where the account has none
}

// Secrets are the two attributes that the API takes but never returns. An empty string is not sent.
type Secrets struct {
	ClientSecret string
	APIKey       string
}

// Config says where the API is and how to speak to it.
type Config struct {
	BaseURL     string // scheme, host and optional path, without "/api/…"
	APIKey      string
	AppKey      string
	BearerToken string // replaces the two keys
	UserAgent   string
	Retry       bool          // false: every request is sent once, and no wait for the rate limit
	MaxRetries  int           // repeats of one request after failures
	Timeout     time.Duration // bounds one operation with all its requests and waits

	base http.RoundTripper // instead of the network, in tests
}

// Client speaks to Datadog's Okta integration API. It is safe for concurrent use.
type Client struct {
	config    Config
	datadog   *datadog.APIClient
	directory *directory
	scrubber  scrubber
	unknown   []string // provider arguments without a value yet: no request can be sent

	owned     sync.Map    // names of the accounts that this configuration manages
	adviceOff atomic.Bool // the advice of NameTaken failed once and is not asked for again

	keyCheck   sync.Once
	keyInvalid bool
}

// New returns a client for cfg. It sends nothing. An error means that cfg.BaseURL is not a URL.
func New(cfg Config) (*Client, error) {
	if _, err := url.Parse(cfg.BaseURL); err != nil {
		return nil, err
	}
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	if !cfg.Retry {
		cfg.MaxRetries = 0
	}

	// The core's own retries, debug output and redirects stay off: they repeat POSTs, print bodies and carry keys along.
	core := datadog.NewConfiguration()
	core.UserAgent = cfg.UserAgent
	core.RetryConfiguration.EnableRetry = false
	core.HTTPClient = newHTTPClient(cfg)

	c := &Client{config: cfg, datadog: datadog.NewAPIClient(core)}
	c.scrubber.add(cfg.APIKey, cfg.AppKey, cfg.BearerToken)
	c.directory = &directory{list: c.list, timeout: cfg.Timeout}
	return c, nil
}

// NewUnconfigured returns a client whose every operation fails with ErrUnconfigured, naming the provider arguments
// whose values are not known yet. Plans that need no request work with it.
func NewUnconfigured(arguments ...string) *Client {
	return &Client{unknown: arguments}
}

// List returns every account of the organization, sorted by name.
func (c *Client) List(ctx context.Context) ([]Account, error) {
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()

	accounts, err := c.directory.all(ctx)
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(accounts), func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	}), nil
}

// Find returns the account with the id, or else the one with the name, since an update may have given it another id.
// Either may be empty. A single call costs one request; many calls share one list. ErrNotFound where the organization
// has neither, which a request for the id alone has confirmed; ErrAmbiguous where several accounts have the name.
func (c *Client) Find(ctx context.Context, id, name string) (Account, error) {
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return Account{}, err
	}
	defer cancel()

	label := cmp.Or(name, id)
	asked := false // the service has been asked for the id itself, and does not have it under this name
	if done, alone := c.directory.alone(); alone && id != "" {
		account, err := c.get(ctx, id, label)
		done()
		if found, err := matches(account, name, err); found || err != nil {
			return account, err
		}
		asked = true
	} else if alone {
		done()
	}

	accounts, err := c.directory.all(ctx)
	if err != nil {
		return Account{}, concerning(label, err)
	}
	if account, ok := accounts[id]; ok && (name == "" || account.Name == name) {
		return account, nil
	}
	account, err := byName(accounts, name)
	if err == nil {
		return account, nil
	}
	if errors.Is(err, ErrAmbiguous) {
		return Account{}, failure("read", label, err)
	}
	if foreign, ok := accounts[id]; ok {
		return Account{}, failure("read", label, &ForeignError{Asked: name, Got: foreign.Name})
	}
	if id != "" && !asked {
		account, err := c.get(ctx, id, label)
		if found, err := matches(account, name, err); found || err != nil {
			return account, err
		}
	}
	return Account{}, failure("read", label, ErrNotFound)
}

// matches says of an answer to a request for an id whether it is the account wanted, or leaves that to the list:
// where the id is gone, which the service says with 404 or 400, or has become another account's.
func matches(account Account, name string, err error) (bool, error) {
	if isGone(err) {
		return false, nil
	}
	return err == nil && (name == "" || account.Name == name), err
}

// byName returns the account with the name. ErrNotFound where there is none, ErrAmbiguous where there are several.
func byName(accounts map[string]Account, name string) (Account, error) {
	var found []Account
	for _, account := range accounts {
		if name != "" && account.Name == name {
			found = append(found, account)
		}
	}
	switch len(found) {
	case 0:
		return Account{}, ErrNotFound
	case 1:
		return found[0], nil
	}
	return Account{}, ErrAmbiguous
}

// Own notes that the account of the name belongs to a resource of this configuration, so that NameTaken keeps quiet
// about it.
func (c *Client) Own(name string) {
	c.owned.Store(name, true)
}

// Conceal makes the client cut the secrets out of all that it says from now on, as Create and Update do with theirs: for an operation
// that sends none, but whose caller has them.
func (c *Client) Conceal(s Secrets) {
	c.scrubber.add(s.ClientSecret, s.APIKey)
}

// NameTaken reports an account of the name that no resource of this configuration owns. It is advice for plans: it
// repeats nothing, waits a few seconds at most, and answers false where it cannot tell.
func (c *Client) NameTaken(ctx context.Context, name string) (Account, bool) {
	if _, owned := c.owned.Load(name); owned || c.adviceOff.Load() {
		return Account{}, false
	}
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return Account{}, false
	}
	defer cancel()

	accounts, err := c.directory.glance(ctx)
	if err != nil {
		c.adviceOff.Store(true)
		return Account{}, false
	}
	account, err := byName(accounts, name)
	return account, err == nil
}

// operation begins one operation: it bounds its time, and refuses it where the configuration is not known yet.
func (c *Client) operation(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if len(c.unknown) > 0 {
		return nil, nil, fmt.Errorf("%w: %s", ErrUnconfigured, strings.Join(c.unknown, ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	return ctx, cancel, nil
}

func (c *Client) list(ctx context.Context) (map[string]Account, error) {
	var accounts map[string]Account
	err := c.do(ctx, request{operation: "list", method: http.MethodGet, permission: permissionRead}, func(body []byte) (err error) {
		accounts, err = decodeAccounts(body)
		return err
	})
	return accounts, err
}

func (c *Client) get(ctx context.Context, id, label string) (Account, error) {
	account, err := c.one(ctx, request{operation: "read", account: label, method: http.MethodGet, id: id, permission: permissionRead})
	if err == nil && account.ID != id {
		return Account{}, failure("read", label, fmt.Errorf("%w: asked for the id %s, it answered with %s", errAnswer, id, account.ID))
	}
	return account, err
}

func (c *Client) post(ctx context.Context, a Account, s Secrets) (Account, error) {
	return c.write(ctx, a, s, request{operation: "create", method: http.MethodPost})
}

func (c *Client) patch(ctx context.Context, id string, a Account, s Secrets) (Account, error) {
	return c.write(ctx, a, s, request{operation: "update", method: http.MethodPatch, id: id})
}

func (c *Client) write(ctx context.Context, a Account, s Secrets, r request) (Account, error) {
	r.account, r.permission = a.Name, permissionWrite
	body := encode(a, s)
	if r.id != "" {
		body.Data.Attributes.Name = "" // an update has no name
	}
	r.body = &body
	account, err := c.one(ctx, r)
	if err == nil && account.Name != a.Name {
		return Account{}, failure(r.operation, a.Name, errors.Join(ErrOutcomeUnknown, &ForeignError{Asked: a.Name, Got: account.Name}))
	}
	return account, err
}

func (c *Client) delete(ctx context.Context, id, label string) error {
	return c.do(ctx, request{operation: "delete", account: label, method: http.MethodDelete, id: id, permission: permissionWrite}, nil)
}

func (c *Client) one(ctx context.Context, r request) (Account, error) {
	var account Account
	err := c.do(ctx, r, func(body []byte) (err error) {
		account, err = decodeAccount(body)
		return err
	})
	return account, err
}

// request is one call of the API.
type request struct {
	operation  string // for errors, as is account
	account    string
	method     string
	path       string // accountsPath where empty
	id         string // empty for the collection
	permission string
	body       any
}

// do sends one request and hands a successful answer to read. Its errors are *Error.
func (c *Client) do(ctx context.Context, r request, read func(body []byte) error) error {
	failed := &Error{Operation: r.operation, Account: r.account, Permission: r.permission}
	path := cmp.Or(r.path, accountsPath)
	if r.id != "" {
		if !pathSafe.MatchString(r.id) {
			failed.Err = ErrNotFound
			return failed
		}
		path += "/" + url.PathEscape(r.id)
	}
	ctx, call := withCall(c.logged(ctx), r)
	ctx, headers := c.authenticate(ctx)
	if r.body != nil {
		headers["Content-Type"] = "application/json" // the core would add a charset, which JSON has none of
	}
	prepared, err := c.datadog.PrepareRequest(ctx, c.config.BaseURL+path, r.method, r.body, headers, nil, nil, nil)
	if err != nil {
		failed.Err = err
		return failed
	}
	response, err := c.datadog.CallAPI(prepared)
	if err != nil {
		return c.unanswered(failed, r, call, err)
	}
	defer response.Body.Close()

	body, err := io.ReadAll(response.Body) // in memory already: the transport has read it, up to its limit
	if err != nil {
		return c.unanswered(failed, r, call, err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.refused(ctx, failed, r, response, body)
	}
	if r.method == http.MethodDelete && response.StatusCode != http.StatusNoContent {
		// A login page of some proxy is no account deleted: look.
		failed.Err = fmt.Errorf("%w: %s to a delete", errAnswer, response.Status)
		return failed
	}
	if read == nil {
		return nil
	}
	if err := read(body); err != nil {
		failed.Err = fmt.Errorf("%w: %s", errAnswer, c.scrubber.scrub(err.Error()))
		if r.body != nil {
			failed.Err = errors.Join(ErrOutcomeUnknown, failed.Err)
		}
		return failed
	}
	return nil
}

func (c *Client) authenticate(ctx context.Context) (context.Context, map[string]string) {
	headers := map[string]string{"Accept": "application/json"}
	if c.config.BearerToken != "" {
		return context.WithValue(ctx, datadog.ContextAccessToken, c.config.BearerToken), headers
	}
	ctx = context.WithValue(ctx, datadog.ContextAPIKeys, map[string]datadog.APIKey{
		"apiKeyAuth": {Key: c.config.APIKey},
		"appKeyAuth": {Key: c.config.AppKey},
	})
	datadog.SetAuthKeys(ctx, &headers, [2]string{"apiKeyAuth", "DD-API-KEY"}, [2]string{"appKeyAuth", "DD-APPLICATION-KEY"})
	return ctx, headers
}
