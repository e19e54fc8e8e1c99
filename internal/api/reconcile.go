// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Create makes a new account; a.ID is ignored. ErrExists where the organization has an account of
// the name.
//
// A POST whose outcome is unknown is repeated only after a look that does not find the account.
// Where it is found and has the attributes of a, it is the one made. Where the look fails too, or
// the last POST remains unclear, the error has OutcomeUnknown: the account may exist, now or a
// little later. Where two accounts of the name exist in the end, since the first POST was carried
// out late, the error is ErrAmbiguous as well.
func (c *Client) Create(ctx context.Context, a Account, s Secrets) (Account, error) {
	return runOperation(ctx, c, "create", a.Name, s.all(), func(ctx context.Context) (Account, error) {
		return c.create(ctx, a, s)
	})
}

// create goes this way:
//
//	is the name taken? → POST → an account: done (after an unclear one: is it the only one?)
//	                          → not carried out, and not for what was sent: an error
//	                          → refused for what was sent, or unclear: look who has the name
//	                            → an account like a, and one was unclear: done
//	                            → another, or several: ErrExists, ErrAmbiguous
//	                            → nobody knows: an error
//	                            → none: an error if it was refused, else POST again, MaxRetries times
func (c *Client) create(ctx context.Context, a Account, s Secrets) (Account, error) {
	known, err := c.list.get(ctx, time.Time{})
	if err != nil {
		return Account{}, err
	}
	if accounts := foundBy(c.list.find(known, "", a.Name)); len(accounts) > 0 {
		return Account{}, nameTaken(accounts, false)
	}

	r := createRequest
	r.secrets = s.all()
	unclear := false // one of the POSTs may have made the account
	for repeats := 0; ; repeats++ {
		created, failed := c.write(ctx, r, a, s)
		if failed == nil {
			c.list.put("", created)
			if unclear {
				return created, c.onlyOne(ctx, created)
			}
			return created, nil
		}
		refused := !failed.OutcomeUnknown // this one
		unclear = unclear || failed.OutcomeUnknown
		failed.OutcomeUnknown = unclear
		if refused && !failed.IsConflict() {
			return Account{}, failed
		}

		account, err := c.look(ctx, a.Name)
		accounts := foundBy(account, err)
		switch {
		case err == nil && unclear && sameAttributes(account, a):
			return account, nil
		case len(accounts) > 0:
			return Account{}, nameTaken(accounts, unclear)
		case !errors.Is(err, ErrNotFound):
			return Account{}, c.lookFailed(failed, err, a.Name, r.secrets...)
		case refused:
			failed.Found = c.sameButForCase(ctx, a.Name)
			return Account{}, failed
		case errors.Is(failed, ErrMismatch), repeats >= c.config.MaxRetries:
			return Account{}, failed
		}
		if err := sleep(ctx, c.backoff(repeats)); err != nil {
			failed.Err = errors.Join(failed.Err, err)
			return Account{}, failed
		}
	}
}

// foundBy returns the accounts that a search came upon: the one it looked for, or those of its error.
func foundBy(account Account, err error) []Account {
	if err != nil {
		return errorOf(err).Found
	}
	return []Account{account}
}

// nameTaken is the error of a create whose name these accounts have. Where it is unclear, the create
// may have made one of several itself.
func nameTaken(accounts []Account, unclear bool) *Error {
	if len(accounts) > 1 {
		return &Error{Op: createRequest.op, OutcomeUnknown: unclear, Err: ErrAmbiguous, Found: accounts}
	}
	return &Error{Op: createRequest.op, Err: ErrExists, Found: accounts}
}

// onlyOne looks, after a create that followed one of unknown outcome, whether both made an account:
// the service may carry out late what it did not answer. Where the look fails, the create still
// counts.
func (c *Client) onlyOne(ctx context.Context, created Account) error {
	account, err := c.look(ctx, created.Name)
	accounts := foundBy(account, err)
	if err == nil && idKey(account.ID) != idKey(created.ID) {
		accounts = []Account{created, account}
	}
	if len(accounts) > 1 {
		return nameTaken(accounts, true)
	}
	return nil
}

// sameButForCase returns the accounts whose names differ from name by case alone. The service may
// take them for the same.
func (c *Client) sameButForCase(ctx context.Context, name string) []Account {
	s, err := c.list.get(ctx, time.Time{})
	if err != nil {
		return nil // without this advice, the error still stands
	}
	return slices.DeleteFunc(c.list.all(s), func(a Account) bool { return !strings.EqualFold(a.Name, name) })
}

// Update changes the account named a.Name, last known under a.ID. What is empty in a is not sent.
// The returned account may have another id. ErrNotFound where there is no such account any more.
//
// Where the outcome of the PATCH is unknown, or the id is gone, the account's present id is looked
// up by name and the PATCH is sent to that. It is idempotent, and that the account looks as wanted
// would not prove that a secret arrived. Only after an answer that says success and nothing else,
// the account is taken as it is found. Where the id turned out to be another account's, the error
// is ErrMismatch with OutcomeUnknown: that account was changed.
func (c *Client) Update(ctx context.Context, a Account, s Secrets, secrets ...string) (Account, error) {
	secrets = slices.Concat(secrets, s.all())
	return runOperation(ctx, c, "update", a.Name, secrets, func(ctx context.Context) (Account, error) {
		return c.update(ctx, a, s, secrets)
	})
}

func (c *Client) update(ctx context.Context, a Account, s Secrets, secrets []string) (Account, error) {
	r := updateRequest
	r.id, r.secrets = a.ID, secrets
	if r.id == "" {
		account, err := c.look(ctx, a.Name)
		if err != nil {
			return Account{}, err
		}
		r.id = account.ID
	}
	unclear := false // one of the PATCHes may have changed the account
	for repeats, moves := 0, 0; ; {
		updated, failed := c.write(ctx, r, a, s)
		if failed == nil {
			c.list.put(r.id, updated)
			return updated, nil
		}
		refused := !failed.OutcomeUnknown
		unclear = unclear || failed.OutcomeUnknown
		failed.OutcomeUnknown = unclear
		if errors.Is(failed, ErrMismatch) || refused && !failed.isGone() {
			return Account{}, failed
		}
		account, err := c.look(ctx, a.Name)
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrAmbiguous):
			err := errorOf(err)
			err.Op, err.OutcomeUnknown = r.op, failed.OutcomeUnknown
			return Account{}, err
		case err != nil:
			return Account{}, c.lookFailed(failed, err, a.Name, secrets...)
		case failed.silent:
			return account, nil
		case !refused && repeats < c.config.MaxRetries:
			if err := sleep(ctx, c.backoff(repeats)); err != nil {
				failed.Err = errors.Join(failed.Err, err)
				return Account{}, failed
			}
			repeats++
		case refused && idKey(account.ID) != idKey(r.id) && moves <= c.config.MaxRetries:
			moves++
		default: // not gone at all: the API refuses what was sent
			return Account{}, failed.notGone()
		}
		r.id = account.ID
	}
}

// Delete deletes the account last known as a. An account that is gone already is success.
//
// Where the id is gone but the name is not, the account was given another id. It is deleted only
// where it has the attributes of a in everything that can be read; otherwise ErrChanged. Until
// SettleTime after its last write, a list without the account proves nothing.
func (c *Client) Delete(ctx context.Context, a Account, last LastWrite, secrets ...string) error {
	_, err := runOperation(ctx, c, "delete", a.Name, secrets, func(ctx context.Context) (none struct{}, err error) {
		return none, c.delete(ctx, a, last, secrets)
	})
	return err
}

// Deleted returns the id under which this client deleted an account of the name, or "". After a
// replacement, a late list may still have it.
func (c *Client) Deleted(name string) string {
	return c.list.deletedID(name)
}

func (c *Client) delete(ctx context.Context, a Account, last LastWrite, secrets []string) error {
	left, err := c.deleteID(ctx, a, last, secrets)
	if err == nil && left != nil && sameAttributes(*left, a) {
		left, err = c.deleteID(ctx, *left, LastWrite{}, secrets)
	}
	if err == nil && left != nil {
		err = &Error{Op: deleteRequest.op, Err: ErrChanged, Found: []Account{*left}}
	}
	return err
}

// deleteID deletes the account with the id of a. Where that is gone, or the answer leaves open
// whether it is, it returns the account that has the name now, if there is one.
func (c *Client) deleteID(ctx context.Context, a Account, last LastWrite, secrets []string) (left *Account, err error) {
	r := deleteRequest
	r.id, r.secrets = a.ID, secrets
	failed := r.failed(answer{}, ErrNotFound)
	if a.ID != "" {
		var ans answer
		ans, failed = c.do(ctx, r)
		switch {
		case failed == nil && ans.status == http.StatusNoContent:
			c.list.remove(a, last.Replaced)
			return nil, nil
		case failed == nil:
			// A login page of some proxy is no account deleted.
			failed = r.malformed(ans, errors.New("a delete is answered with 204"))
		case failed.Status != 0 && !isTransient(failed.Status) && !failed.isGone():
			return nil, failed
		}
	}
	q := Query{Name: a.Name, LastWrite: last}
	if !failed.isGone() { // it was not said that the id is gone: a list that leaves it out proves nothing
		q.ID = a.ID
	}
	account, err := c.findSettled(ctx, q, time.Now(), a.ID != "")
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case errors.Is(err, ErrAmbiguous):
		return nil, err
	case err != nil:
		return nil, c.lookFailed(failed, err, a.Name, secrets...)
	case idKey(account.ID) == idKey(a.ID):
		return nil, failed.notGone()
	}
	return &account, nil
}

// look returns the account of the name as it is now, by a list of its own.
func (c *Client) look(ctx context.Context, name string) (Account, error) {
	s, err := c.list.get(ctx, time.Now())
	if err != nil {
		return Account{}, err
	}
	return c.list.find(s, "", name)
}

// lookFailed adds to the error of a create, update or delete that what became of it could not be
// looked up.
func (c *Client) lookFailed(failed *Error, err error, name string, secrets ...string) error {
	failed.Err = errors.Join(failed.notGone().Err, c.complete(err, "list", name, secrets...))
	return failed
}
