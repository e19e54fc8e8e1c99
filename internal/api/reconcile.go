// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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

func (c *Client) create(ctx context.Context, a Account, s Secrets) (Account, error) {
	known, err := c.list.get(ctx, time.Time{})
	if err != nil {
		return Account{}, err
	}
	if found, err := c.list.find(known, "", a.Name); !errors.Is(err, ErrNotFound) {
		return Account{}, exists(found, err)
	}

	unclear := false // one of the POSTs may have made the account
	for repeats := 0; ; repeats++ {
		created, failed := c.write(ctx, request{op: "create", method: http.MethodPost, secrets: s.all()}, a, s)
		switch {
		case failed == nil && unclear:
			c.list.put("", created)
			return created, c.onlyOne(ctx, created)
		case failed == nil:
			c.list.put("", created)
			return created, nil
		case !failed.OutcomeUnknown && !failed.IsConflict():
			failed.OutcomeUnknown = unclear
			return Account{}, failed
		}
		refused := !failed.OutcomeUnknown
		unclear = unclear || failed.OutcomeUnknown
		failed.OutcomeUnknown = unclear

		found, err := c.look(ctx, a.Name)
		switch {
		case err == nil && unclear && sameAttributes(found, a):
			return found, nil
		case err == nil:
			return Account{}, exists(found, nil)
		case errors.Is(err, ErrAmbiguous):
			return Account{}, &Error{Op: "create", OutcomeUnknown: unclear, Err: ErrAmbiguous, Found: errorOf(err).Found}
		case errors.Is(err, ErrMalformed) && len(errorOf(err).Found) > 0:
			return Account{}, exists(found, err)
		case !errors.Is(err, ErrNotFound):
			return Account{}, c.lookFailed(failed, err, a.Name, s.all()...)
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

// exists is the error of a create whose name was found to be taken.
func exists(found Account, err error) error {
	if errors.Is(err, ErrAmbiguous) {
		return &Error{Op: "create", Err: ErrAmbiguous, Found: errorOf(err).Found}
	}
	return &Error{Op: "create", Err: ErrExists, Found: []Account{foundBy(found, err)}}
}

// onlyOne looks, after a create that followed one of unknown outcome, whether both made an account:
// the service may carry out late what it did not answer. Where the look fails, the create still
// counts.
func (c *Client) onlyOne(ctx context.Context, created Account) error {
	found, err := c.look(ctx, created.Name)
	both := []Account{created, found}
	switch {
	case errors.Is(err, ErrAmbiguous):
		both = errorOf(err).Found
	case err != nil || idKey(found.ID) == idKey(created.ID):
		return nil //nolint:nilerr // the create went well
	}
	return &Error{Op: "create", OutcomeUnknown: true, Err: ErrAmbiguous, Found: both}
}

// sameButForCase returns the accounts whose names differ from name by case alone. The service may
// take them for the same.
func (c *Client) sameButForCase(ctx context.Context, name string) []Account {
	s, err := c.list.get(ctx, time.Time{})
	if err != nil {
		return nil // without this advice, the error still stands
	}
	var found []Account
	for _, account := range c.list.all(s) {
		if strings.EqualFold(account.Name, name) {
			found = append(found, account)
		}
	}
	return found
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
	secrets = append(secrets, s.all()...)
	return runOperation(ctx, c, "update", a.Name, secrets, func(ctx context.Context) (Account, error) {
		return c.update(ctx, a, s, secrets)
	})
}

func (c *Client) update(ctx context.Context, a Account, s Secrets, secrets []string) (Account, error) {
	id := a.ID
	if id == "" {
		found, err := c.look(ctx, a.Name)
		if err != nil {
			return Account{}, err
		}
		id = found.ID
	}
	for repeats, moves := 0, 0; ; {
		updated, failed := c.write(ctx, request{op: "update", method: http.MethodPatch, id: id, secrets: secrets}, a, s)
		switch {
		case failed == nil:
			c.list.put(id, updated)
			return updated, nil
		case errors.Is(failed, ErrMismatch), !failed.OutcomeUnknown && !failed.isGone():
			return Account{}, failed
		}
		found, err := c.look(ctx, a.Name)
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrAmbiguous):
			err := errorOf(err)
			err.Op, err.OutcomeUnknown = "update", failed.OutcomeUnknown
			return Account{}, err
		case err != nil:
			return Account{}, c.lookFailed(failed, err, a.Name, secrets...)
		case failed.silent:
			return found, nil
		}
		switch {
		case failed.OutcomeUnknown && repeats >= c.config.MaxRetries:
			return Account{}, failed
		case failed.OutcomeUnknown:
			if err := sleep(ctx, c.backoff(repeats)); err != nil {
				failed.Err = errors.Join(failed.Err, err)
				return Account{}, failed
			}
			repeats++
		case idKey(found.ID) == idKey(id) || moves > c.config.MaxRetries: // not gone at all: the API refuses what was sent
			return Account{}, failed.notGone()
		default:
			moves++
		}
		id = found.ID
	}
}

// Delete deletes the account last known as a. An account that is gone already is success.
//
// Where the id is gone but the name is not, the account was given another id. It is deleted only
// where it has the attributes of a in everything that can be read; otherwise ErrChanged.
func (c *Client) Delete(ctx context.Context, a Account, secrets ...string) error {
	_, err := runOperation(ctx, c, "delete", a.Name, secrets, func(ctx context.Context) (none struct{}, err error) {
		return none, c.delete(ctx, a, secrets)
	})
	return err
}

// Deleted returns the id under which this client deleted an account of the name, or "". After a
// replacement, a late list may still have it.
func (c *Client) Deleted(name string) string {
	if len(c.unknown) > 0 {
		return ""
	}
	c.list.mu.Lock()
	defer c.list.mu.Unlock()
	return c.list.deleted[nameKey(name)]
}

func (c *Client) delete(ctx context.Context, a Account, secrets []string) error {
	left, err := c.deleteID(ctx, a.ID, a.Name, secrets)
	switch {
	case err != nil || left == nil:
		return err
	case !sameAttributes(*left, a):
		return &Error{Op: "delete", Err: ErrChanged, Found: []Account{*left}}
	}
	left, err = c.deleteID(ctx, left.ID, a.Name, secrets)
	if err == nil && left != nil {
		err = &Error{Op: "delete", Err: ErrChanged, Found: []Account{*left}}
	}
	return err
}

// deleteID deletes the account with the id. Where that is gone, or the answer leaves open whether
// it is, it returns the account that has the name now, if there is one.
func (c *Client) deleteID(ctx context.Context, id, name string, secrets []string) (left *Account, err error) {
	failed := &Error{Op: "delete", Err: ErrNotFound}
	if id != "" {
		a, refused := c.do(ctx, request{op: "delete", method: http.MethodDelete, path: accountsPath, id: id, permission: permissionWrite})
		switch {
		case refused == nil && a.status == http.StatusNoContent:
			c.list.remove(id, name)
			return nil, nil
		case refused == nil:
			// A login page of some proxy is no account deleted.
			failed = &Error{Op: "delete", Status: a.status, Err: fmt.Errorf("%w: a delete is answered with 204", ErrMalformed)}
		case refused.Status != 0 && !isTransient(refused.Status) && !refused.isGone():
			return nil, refused
		default:
			failed = refused
		}
	}
	found, err := c.look(ctx, name)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case errors.Is(err, ErrAmbiguous):
		return nil, err
	case err != nil:
		return nil, c.lookFailed(failed, err, name, secrets...)
	case idKey(found.ID) == idKey(id):
		return nil, failed.notGone()
	}
	return &found, nil
}

// look returns the account of the name as it is now, by a list of its own.
func (c *Client) look(ctx context.Context, name string) (Account, error) {
	s, err := c.list.get(ctx, time.Now())
	if err != nil {
		return Account{}, err
	}
	return c.list.find(s, "", name)
}

// lookFailed adds to the error of a write that what became of it could not be looked up.
func (c *Client) lookFailed(failed *Error, err error, name string, secrets ...string) error {
	failed.Err = errors.Join(failed.notGone().Err, c.failed(err, "list", name, secrets...))
	return failed
}
