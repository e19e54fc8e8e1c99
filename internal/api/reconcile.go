// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Create makes a new account; a.ID is ignored. *ExistsError where the organization has an account of the name: nothing
// was sent that could touch it.
//
// A POST whose outcome is unknown is repeated only after a look that does not find the account. Where it is found and
// agrees with a, it is the one made. Where the look fails too, or the last POST remains unclear, errors.Is(err,
// ErrOutcomeUnknown) holds: the account may exist, now or a little later.
func (c *Client) Create(ctx context.Context, a Account, s Secrets) (Account, error) {
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return Account{}, err
	}
	defer cancel()
	c.Conceal(s)

	accounts, err := c.directory.all(ctx)
	if err != nil {
		return Account{}, concerning(a.Name, err)
	}
	switch existing, err := byName(accounts, a.Name); {
	case err == nil:
		return Account{}, &ExistsError{Account: existing}
	case errors.Is(err, ErrAmbiguous):
		return Account{}, failure("create", a.Name, err)
	}

	unclear := false // one of the POSTs may have made the account
	for repeats := 0; ; repeats++ {
		created, err := c.post(ctx, a, s)
		if err == nil {
			c.directory.put("", created)
			return created, nil
		}
		unknown := errors.Is(err, ErrOutcomeUnknown)
		if !unknown && !isConflict(err) {
			return Account{}, stillUnclear(err, unclear)
		}
		unclear = unclear || unknown

		found, lookErr := c.look(ctx, a.Name)
		switch {
		case lookErr == nil && !unclear:
			return Account{}, &ExistsError{Account: found} // made by somebody else since the list
		case lookErr == nil && agree(found, a):
			return found, nil
		case lookErr == nil:
			return Account{}, &ExistsError{Account: found}
		case !errors.Is(lookErr, ErrNotFound):
			return Account{}, errors.Join(stillUnclear(err, unclear), lookErr)
		case !unknown || isForeign(err) || repeats >= c.config.MaxRetries:
			return Account{}, stillUnclear(err, unclear)
		}
		if waitErr := waitToRepeat(ctx, repeats); waitErr != nil {
			return Account{}, errors.Join(err, waitErr)
		}
	}
}

// stillUnclear returns err as the end of a create of which an earlier POST may have made the account.
func stillUnclear(err error, unclear bool) error {
	if unclear && !errors.Is(err, ErrOutcomeUnknown) {
		return errors.Join(err, ErrOutcomeUnknown)
	}
	return err
}

// Update changes the account named a.Name, last known under a.ID. The returned account may have another id.
// ErrNotFound where there is no such account any more.
//
// Where the outcome of the PATCH is unknown, or the id is gone, the account's present id is looked up by name and the
// PATCH is sent to that: it is idempotent, and that the account looks as wanted would not prove that a secret arrived.
func (c *Client) Update(ctx context.Context, a Account, s Secrets) (Account, error) {
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return Account{}, err
	}
	defer cancel()
	c.Conceal(s)

	id := a.ID
	for repeats := 0; ; repeats++ {
		updated, err := Account{}, failure("update", a.Name, ErrNotFound)
		if id != "" {
			updated, err = c.patch(ctx, id, a, s)
		}
		if err == nil {
			c.directory.put(id, updated)
			return updated, nil
		}
		unknown := errors.Is(err, ErrOutcomeUnknown)
		if !unknown && !isGone(err) {
			return Account{}, err
		}
		found, lookErr := c.look(ctx, a.Name)
		switch {
		case errors.Is(lookErr, ErrNotFound) || errors.Is(lookErr, ErrAmbiguous):
			return Account{}, failure("update", a.Name, lookErr)
		case lookErr != nil:
			return Account{}, errors.Join(err, lookErr)
		case !unknown && found.ID == id: // not gone at all: the API refuses what was sent
			return Account{}, err
		case repeats >= max(c.config.MaxRetries, 1) || unknown && repeats >= c.config.MaxRetries:
			return Account{}, err
		}
		id = found.ID
		if unknown {
			if waitErr := waitToRepeat(ctx, repeats); waitErr != nil {
				return Account{}, errors.Join(err, waitErr)
			}
		}
	}
}

// Delete deletes the account last known as a. An account that is gone already is success.
//
// Where the id is gone but the name is not, the account was given another id. It is deleted only where it agrees with a
// in everything that can be read; otherwise *ChangedError.
func (c *Client) Delete(ctx context.Context, a Account) error {
	ctx, cancel, err := c.operation(ctx)
	if err != nil {
		return err
	}
	defer cancel()

	for id, last := a.ID, false; ; last = true {
		err := failure("delete", a.Name, ErrNotFound)
		if id != "" {
			err = c.delete(ctx, id, a.Name)
		}
		if err == nil {
			c.directory.remove(id)
			return nil
		}
		var failed *Error
		if !isGone(err) && errors.As(err, &failed) && failed.Status != 0 && !isPassing(failed.Status) {
			return err
		}
		found, lookErr := c.look(ctx, a.Name)
		switch {
		case errors.Is(lookErr, ErrNotFound):
			return nil
		case lookErr != nil:
			return errors.Join(err, lookErr)
		case found.ID == id || last:
			return err
		case !agree(found, a):
			return failure("delete", a.Name, &ChangedError{Account: found})
		}
		id = found.ID
	}
}

// look returns the account of the name as it is now, by a list of its own.
func (c *Client) look(ctx context.Context, name string) (Account, error) {
	c.directory.drop()
	accounts, err := c.directory.all(ctx)
	if err != nil {
		return Account{}, concerning(name, err)
	}
	return byName(accounts, name)
}

// waitToRepeat backs off before a write is sent again, and stops at once when ctx ends.
func waitToRepeat(ctx context.Context, repeats int) error {
	timer := time.NewTimer(backoff(backoffBase, backoffMax, repeats, nil))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// isConflict reports whether the API refused a create for what was sent, perhaps because the name exists.
func isConflict(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && (failed.Status == http.StatusBadRequest || failed.Status == http.StatusConflict ||
		failed.Status == http.StatusUnprocessableEntity)
}

// isForeign reports whether the service said that it had done something, but to another account: no reason to repeat it.
func isForeign(err error) bool {
	var foreign *ForeignError
	return errors.As(err, &foreign)
}

// agree reports whether two accounts of a name are alike in everything else that can be read.
func agree(a, b Account) bool {
	return SameDomain(a.Domain, b.Domain) && a.AuthMethod == b.AuthMethod && a.ClientID == b.ClientID
}

// SameDomain reports whether two domains name the same Okta org: the case of scheme and host, the default port and a
// trailing slash do not count.
func SameDomain(a, b string) bool {
	return a == b || plainDomain(a) == plainDomain(b)
}

func plainDomain(domain string) string {
	u, err := url.Parse(domain)
	if err != nil || u.Host == "" {
		return domain
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	u.Path = cmp.Or(strings.TrimSuffix(u.Path, "/"), "/")
	u.RawPath = ""
	return u.String()
}
