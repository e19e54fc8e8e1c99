// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
)

// Delete deletes the account last known as a. An account that is gone already is success.
//
// Where the id is gone but the name is not, the account was given a new id. It is deleted only
// where it has the attributes of a in everything that can be read; otherwise ErrChanged. Until the
// settle time after its last write is over, a list without the account proves nothing.
func (c *Client) Delete(ctx context.Context, a Account, last LastWrite) error {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	left, err := c.deleteID(ctx, a, last)
	if err == nil && left != nil && sameAttributes(*left, a) {
		left, err = c.deleteID(ctx, *left, LastWrite{Replaced: a.ID})
	}
	if err == nil && left != nil {
		err = &Error{Err: ErrChanged, Found: []Account{*left}}
	}
	if err != nil {
		return c.operationError("delete", a.Name, err)
	}
	return nil
}

// deleteID deletes the account with the id of a. Where that is gone, or the answer leaves open
// whether it is, it returns the account that has the name now, if there is one.
func (c *Client) deleteID(ctx context.Context, a Account, last LastWrite) (left *Account, err error) {
	err = c.request(ctx, deleteRequest, a.ID, nil)
	c.list.wrote()
	var account Account
	var lookErr error
	switch {
	case err == nil:
		c.noteDeleted(a.Name, a.ID, last.Replaced)
		return nil, nil
	case isGone(err):
		account, lookErr = c.findMoved(ctx, a.ID, Query{Name: a.Name, LastWrite: last})
	case isUndecided(err):
		account, lookErr = c.find(ctx, Query{ID: a.ID, Name: a.Name, LastWrite: last})
	default:
		return nil, err
	}
	switch {
	case errors.Is(lookErr, ErrNotFound):
		c.noteDeleted(a.Name, a.ID, last.Replaced)
		return nil, nil
	case errors.Is(lookErr, ErrAmbiguous):
		return nil, lookErr
	case lookErr != nil:
		return nil, &Error{Err: errors.Join(err, c.operationError("list", a.Name, lookErr))}
	case sameID(account.ID, a.ID):
		return nil, err
	}
	return &account, nil
}
