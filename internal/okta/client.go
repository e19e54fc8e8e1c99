// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package okta manages the accounts of Datadog's Okta integration, so that no fault between here
// and the service loses, doubles or orphans an account.
package okta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// settlePause is the first wait of a read for a write that is not shown yet.
const settlePause = 500 * time.Millisecond

// Client manages the accounts of one organization. It is safe for concurrent use.
type Client struct {
	api    *datadog.Client
	settle time.Duration // how long after a write reads may not show it
	list   *list

	deleted sync.Map // by nameKey: the deletion of an account whose name was not created again since
}

// deletion is what this process deleted under a name. A list may still show it.
type deletion struct {
	ids []string // the account's, and those that it had before
	at  time.Time
}

// New returns a client that sends its requests through api. For settle after a write, reads may not
// show it.
func New(api *datadog.Client, settle time.Duration) *Client {
	return &Client{api: api, settle: settle, list: &list{api: api}}
}

// begin bounds the time of an operation.
func (c *Client) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	return datadog.WithTimeout(ctx, c.api.Timeout(), "success")
}

// Query says which account to find.
type Query struct {
	ID   string // either may be empty
	Name string
	LastWrite

	// Fresh: only a list that begins now is good enough to say that there is none.
	Fresh bool

	former []string // more ids like LastWrite.Replaced
}

// Find returns the account with the id, or else the one with the name, since an update may have
// given it a new id. Many calls share one list.
//
// ErrNotFound: the organization has neither. For the id, a request of its own confirmed that. An
// account that was written less than the settle time ago is looked for until that is over; one whose
// create was not confirmed, for half of an operation's time at most. ErrNotShown: the operation's
// time ended first. ErrAmbiguous, ErrMismatch or datadog.ErrMalformed: see there.
func (c *Client) Find(ctx context.Context, q Query) (Account, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	account, err := c.find(ctx, q)
	if err != nil {
		return Account{}, c.operationError("read", cmp.Or(q.Name, q.ID), err)
	}
	return account, nil
}

// LookUp returns the accounts that have the name, as far as any list shows, without those that this
// process deleted. It is good enough for advice.
func (c *Client) LookUp(ctx context.Context, name string) ([]Account, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	found, err := c.holders(ctx, 0, name, c.deletedUnder(name).ids)
	if err != nil {
		return nil, c.operationError("list", name, err)
	}
	return c.show(found), nil
}

// holders returns the accounts that have the name in a list newer than the one of the number, without
// those that have one of the ids.
func (c *Client) holders(ctx context.Context, number int, name string, except []string) ([]Account, error) {
	s, err := c.accounts(ctx, number)
	if err != nil {
		return nil, err
	}
	return without(s.accounts.byName[nameKey(name)], except), nil
}

// List returns every account of the organization, sorted by name, as a list shows them that begins
// now. Those that cannot be read in full have a Defect.
func (c *Client) List(ctx context.Context) ([]Account, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	s, err := c.list.newer(ctx, c.list.lastBegun())
	if err != nil {
		return nil, c.operationError("list", "", err)
	}
	return sorted(s.accounts.all), nil
}

// find looks for the account in lists that show what this process wrote, until it is there as the
// last write left it, or until a list must show that.
func (c *Client) find(ctx context.Context, q Query) (Account, error) {
	number, begun := c.list.lastWritten(), c.list.lastBegun()
	settled := time.Now().Add(c.unsettledFor(q.LastWrite))
	former := append([]string{q.Replaced}, q.former...)
	for tries := 0; ; tries++ {
		s, err := c.accounts(ctx, number)
		if err != nil {
			return Account{}, notShown(ctx, err, q.Written, settled)
		}
		account, err := c.findIn(ctx, s, q)
		isMissing := errors.Is(err, ErrNotFound)
		if isMissing && q.Fresh && s.number <= begun {
			number = begun
			continue
		}
		if !isMissing && !hasID(accountsOf(account, err), former...) || !s.begun.Before(settled) {
			return account, err
		}
		if err := datadog.Sleep(ctx, min(time.Until(settled), settlePause<<min(tries, 3))); err != nil {
			return Account{}, notShown(ctx, err, q.Written, settled)
		}
		number = s.number
	}
}

// findMoved looks for the account of the name, whose id the service says is gone. A list that shows
// it under that id is late, or the service meant something else. An empty id is none.
func (c *Client) findMoved(ctx context.Context, id string, q Query) (Account, error) {
	account, err := c.find(ctx, q)
	if hasID(accountsOf(account, err), id) {
		q.LastWrite = LastWrite{Written: time.Now(), Replaced: id, Unconfirmed: true}
		account, err = c.find(ctx, q)
	}
	return account, err
}

// unsettledFor returns for how long reads may not show the last write yet. If a create was never
// confirmed, half of the operation's time is enough, so that its caller still gets an answer.
func (c *Client) unsettledFor(w LastWrite) time.Duration {
	wait := c.settle - max(time.Since(w.Written), 0) // the clock that Written is of may be ahead of this one
	if w.Unconfirmed {
		wait = min(wait, c.api.Timeout()/2)
	}
	return wait
}

// notShown is the error of a read that ended before the last write had to be shown.
func notShown(ctx context.Context, err error, written, settled time.Time) error {
	if left := time.Until(settled); left > 0 && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = &Error{Op: "read", Err: fmt.Errorf("%w: it was written %s ago; try again in %s: %w",
			ErrNotShown, time.Since(written).Round(time.Second), left.Round(time.Second), err)}
	}
	return err
}

// accounts returns a list newer than the one of the number. Where the integration is not installed
// yet, it is empty.
func (c *Client) accounts(ctx context.Context, number int) (*snapshot, error) {
	s, err := c.list.newer(ctx, number)
	if isNotInstalled(err) {
		return s, nil
	}
	return s, err
}

// findIn looks for the account in a list, and asks for its id alone before it says that there is
// none: a list that leaves accounts out loses none.
func (c *Client) findIn(ctx context.Context, s *snapshot, q Query) (Account, error) {
	account, notFound := s.accounts.find(q.ID, q.Name)
	if !errors.Is(notFound, ErrNotFound) || q.ID == "" {
		return account, notFound
	}
	err := c.request(ctx, readRequest, q.ID, func(body []byte) (err error) {
		account, err = decodeAccount(body)
		if err == nil && !sameID(account.ID, q.ID) {
			err = fmt.Errorf("asked for the id %s, it answered with %s", q.ID, account.ID)
		}
		return err
	})
	switch {
	case isGone(err):
		return Account{}, notFound
	case err != nil:
		return Account{}, err
	case q.Name != "" && !SameName(account.Name, q.Name):
		return Account{}, &Error{Op: "read", Err: ErrMismatch, Found: []Account{account}}
	}
	return account, nil
}

// request sends a request about one account.
func (c *Client) request(ctx context.Context, r datadog.Request, id string, decode func([]byte) error) error {
	if r.ID = id; !validID.MatchString(id) {
		return errInvalidID
	}
	return c.api.Do(ctx, r, decode)
}

// write sends a create, or an update of the account with the id, and returns the account that the
// answer shows.
func (c *Client) write(ctx context.Context, id string, a Account, s Secrets) (Account, error) {
	defer c.list.wrote()
	var answered Account
	decode := func(body []byte) (err error) {
		answered, err = decodeAccount(body)
		if err == nil && !SameName(answered.Name, a.Name) {
			err = &Error{Err: ErrMismatch, Found: []Account{answered}}
		}
		return err
	}
	if id == "" {
		r := createRequest
		r.Body = encode(a, s)
		err := c.api.Do(ctx, r, decode)
		return answered, err
	}
	r, changes := updateRequest, a
	changes.Name = "" // an update has none
	r.Body = encode(changes, s)
	err := c.request(ctx, r, id, decode)
	return answered, err
}

// noteDeleted remembers under which ids lists may still show an account that is deleted.
func (c *Client) noteDeleted(name string, ids ...string) {
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	c.deleted.Store(nameKey(name), deletion{ids: ids, at: time.Now()})
}

// deletedUnder returns what this process deleted under the name.
func (c *Client) deletedUnder(name string) deletion {
	noted, _ := c.deleted.Load(nameKey(name))
	before, _ := noted.(deletion)
	return before
}

// operationError completes the error of an operation: it names the account, and shows no secrets in
// what the service says of accounts. The cause may belong to all who waited for a list.
func (c *Client) operationError(op, account string, err error) error {
	failed := &Error{Op: op, Err: err}
	if inner, ok := errors.AsType[*Error](err); ok {
		*failed = *inner
		if inner.Op != "list" {
			failed.Op = op
		}
	}
	failed.Account = c.api.Show(account)
	failed.Found = c.show(failed.Found) // a copy, as in every error
	return failed
}

// show takes attributes that are a secret out of the accounts, so that a text may show them.
func (c *Client) show(accounts []Account) []Account {
	for i := range accounts {
		for _, text := range accounts[i].texts() {
			*text = c.api.Show(*text)
		}
	}
	return accounts
}
