// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"net/http"
)

// Update changes the account named a.Name, last known under a.ID. What is empty in a is not sent.
// The returned account may have a new id. ErrNotFound where there is no such account any more.
//
// Where the outcome of the PATCH is unknown, or the id is gone, the account's present id is looked
// up by name and the PATCH is sent to that. It is idempotent, and that the account looks as planned
// would not prove that a secret arrived. Where the id turned out to be another account's, the error
// is ErrMismatch with OutcomeUnknown: that account was changed. LastWrite is what a later Find needs
// to know, also with an error that has OutcomeUnknown.
func (c *Client) Update(ctx context.Context, a Account, s Secrets) (Account, LastWrite, error) {
	c.api.Hide(s.ClientSecret, s.APIKey)
	ctx, cancel := c.begin(ctx)
	defer cancel()
	updated, err := c.update(ctx, &a, s)
	last := writtenNow(a.ID, updated)
	if err != nil {
		return Account{}, last, c.operationError("update", a.Name, err)
	}
	return updated, last, nil
}

// update leaves the id in a that the last PATCH was for.
func (c *Client) update(ctx context.Context, a *Account, s Secrets) (Account, error) {
	if a.ID == "" {
		account, err := c.find(ctx, Query{Name: a.Name})
		if err != nil {
			return Account{}, err
		}
		a.ID = account.ID
	}
	unknown := false // whether one of the PATCHes changed the account
	for retries, moves := 0, 0; ; {
		updated, err := c.write(ctx, a.ID, *a, s)
		if err == nil {
			return updated, nil
		}
		isRefused := !isUnknown(err)
		unknown = unknown || !isRefused
		if errors.Is(err, ErrMismatch) {
			return Account{}, &Error{OutcomeUnknown: true, Err: ErrMismatch, Found: accountsOf(updated, err)}
		}
		if isRefused && !isGone(err) {
			return Account{}, &Error{OutcomeUnknown: unknown, Err: err}
		}
		gone := ""
		if isRefused && (unknown || hasStatus(err, http.StatusNotFound)) { // 400 alone has other meanings, too
			gone = a.ID
		}
		account, lookErr := c.findMoved(ctx, gone, Query{Name: a.Name})
		switch {
		case errors.Is(lookErr, ErrNotFound), errors.Is(lookErr, ErrAmbiguous):
			return Account{}, &Error{OutcomeUnknown: unknown, Err: errors.Unwrap(lookErr), Found: accountsOf(account, lookErr)}
		case lookErr != nil:
			return Account{}, &Error{OutcomeUnknown: unknown, Err: errors.Join(err, c.operationError("list", a.Name, lookErr))}
		case !isRefused && retries < c.api.MaxRetries():
			if endErr := c.api.Backoff(ctx, retries); endErr != nil {
				return Account{}, &Error{OutcomeUnknown: true, Err: errors.Join(err, endErr)}
			}
			retries++
		case isRefused && !sameID(account.ID, a.ID) && moves <= c.api.MaxRetries():
			moves++
		default: // not gone at all: the API refuses what was sent
			return Account{}, &Error{OutcomeUnknown: unknown, Err: err}
		}
		a.ID = account.ID
	}
}
