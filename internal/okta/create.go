// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Create makes a new account; a.ID is ignored. ErrExists where the organization has an account of
// the name.
//
// A POST whose outcome is unknown is repeated only after a look that does not find the account.
// Where it is found and has the attributes of a, it is adopted. Where the look fails too, or the last
// POST remains unknown, the error has OutcomeUnknown: the account may exist, now or a little later.
// LastWrite is what a later Find needs to know, also with such an error.
func (c *Client) Create(ctx context.Context, a Account, s Secrets) (Account, LastWrite, error) {
	c.api.Hide(s.ClientSecret, s.APIKey)
	ctx, cancel := c.begin(ctx)
	defer cancel()
	before := c.deletedUnder(a.Name)
	if err := c.checkName(ctx, a.Name, before.ids); err != nil {
		return Account{}, LastWrite{}, c.operationError("create", a.Name, err)
	}
	c.deleted.Delete(nameKey(a.Name)) // the service may give the new account the id of the former one
	created, err := c.create(ctx, a, s, before)
	last := writtenNow(before.id(), created)
	if err != nil {
		last.Unconfirmed = true
		return Account{}, last, c.operationError("create", a.Name, err)
	}
	return created, last, nil
}

// checkName is an error where an account has the name that this process did not delete. Any list is
// good enough to say that there is none, since the service refuses a name that is taken; a fresh one
// confirms that it is. A service that refuses the list need not refuse the create.
func (c *Client) checkName(ctx context.Context, name string, deleted []string) error {
	var found []Account
	for _, number := range []int{0, c.list.lastBegun()} {
		var err error
		found, err = c.holders(ctx, number, name, deleted)
		if isRefusal(err) || err == nil && len(found) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nameTaken(found, false)
}

// create goes this way:
//
//	POST → an account: done
//	     → not carried out, and not for what was sent: an error
//	     → refused for what was sent, or unknown: look who has the name
//	       → an account like a, and one POST was unknown: done
//	       → others: ErrExists, ErrAmbiguous
//	       → nobody knows: an error
//	       → none: an error if it was refused, else POST again, MaxRetries times
//
// Right after a delete the service may still reserve the name: then it is tried until the time is up.
func (c *Client) create(ctx context.Context, a Account, s Secrets, before deletion) (Account, error) {
	started := time.Now()
	unknown := false // whether one of the POSTs made the account
	for failures := 0; ; failures++ {
		created, err := c.write(ctx, "", a, s)
		if err == nil {
			return created, nil
		}
		isRefused := !isUnknown(err)
		unknown = unknown || !isRefused
		if isRefused && !isConflict(err) {
			return Account{}, &Error{OutcomeUnknown: unknown, Err: err}
		}

		written := before.at
		if isRefused { // by an account that the list may not show yet
			written = started
		}
		found, lookErr := c.lookAfterCreate(ctx, a.Name, before, written, unknown)
		isReserved := hasStatus(err, http.StatusConflict) && len(before.ids) > 0 && c.api.MaxRetries() > 0
		switch {
		case unknown && len(found) == 1 && sameAttributes(found[0], a) && !before.mayShowAs(found[0], c.settle):
			return found[0], nil
		case len(found) > 0:
			return Account{}, nameTaken(found, unknown)
		case lookErr != nil && (!isRefused || !isRefusal(lookErr)):
			return Account{}, &Error{OutcomeUnknown: unknown, Err: errors.Join(err, c.operationError("list", a.Name, lookErr))}
		case isReserved:
		case isRefused, errors.Is(err, ErrMismatch), failures >= c.api.MaxRetries():
			return Account{}, &Error{OutcomeUnknown: unknown, Err: err}
		}
		if endErr := c.api.Backoff(ctx, failures); endErr != nil {
			return Account{}, &Error{OutcomeUnknown: unknown, Err: errors.Join(err, endErr)}
		}
	}
}

// lookAfterCreate returns the accounts that have the name after a POST was answered without one. What
// this process deleted is not among them, unless a POST may have made an account with its id.
func (c *Client) lookAfterCreate(
	ctx context.Context, name string, before deletion, written time.Time, unknown bool,
) ([]Account, error) {
	q := Query{Name: name}
	if unknown {
		q.former, q.LastWrite = before.ids, LastWrite{Written: written, Unconfirmed: true}
	}
	account, err := c.find(ctx, q)
	found := accountsOf(account, err)
	if !unknown {
		found = without(found, before.ids)
	}
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return found, err
}

// id is that under which a late list shows the account that was deleted, or empty.
func (d deletion) id() string {
	if len(d.ids) == 0 {
		return ""
	}
	return d.ids[0]
}

// mayShowAs reports whether an account that was found may be the deleted one, in a late list: after a
// look that ended before the settle time.
func (d deletion) mayShowAs(found Account, settle time.Duration) bool {
	return hasID([]Account{found}, d.ids...) && time.Since(d.at) < settle
}

// nameTaken is the error of a create whose name these accounts have. The create may have made one of
// them itself where its outcome is unknown.
func nameTaken(accounts []Account, outcomeUnknown bool) *Error {
	err := ErrExists
	if len(accounts) > 1 {
		err = ErrAmbiguous
	}
	return &Error{OutcomeUnknown: outcomeUnknown, Err: err, Found: accounts}
}
