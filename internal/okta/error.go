// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// What an error can mean to its caller. Test for it with errors.Is, as for datadog.ErrMalformed and
// datadog.ErrUnconfigured.
var (
	// ErrNotFound: the organization has no such account.
	ErrNotFound = errors.New("the organization has no such Okta account")
	// ErrNotShown: an account that was written a moment ago is not there, but may just not be shown yet.
	ErrNotShown = errors.New("the Okta account is not shown by Datadog yet")
	// ErrExists: an account of the name exists (Error.Found). Nothing that could touch it was sent.
	ErrExists = errors.New("an Okta account of this name exists already")
	// ErrChanged: the account was not deleted. Its id and its attributes changed since the last read
	// (Error.Found), so it may be another account.
	ErrChanged = errors.New("the Okta account has a new id, and was changed since it was last read")
	// ErrMismatch: the id belongs to an account of another name (Error.Found).
	ErrMismatch = errors.New("the id belongs to an Okta account of another name")
	// ErrAmbiguous: several accounts have the name or the id (Error.Found).
	ErrAmbiguous = errors.New("the organization has several Okta accounts of this name or id")
)

// Error is an operation that failed. Every method of Client that fails returns one. Its texts are
// free of secrets, and safe to print.
type Error struct {
	Op      string // "create", "read", "list", "update", "delete"
	Account string // name or id of the account that the operation is about; empty for a list of all

	// OutcomeUnknown: a write of the operation may have been carried out, although no answer says so.
	OutcomeUnknown bool

	Found []Account // what was found, for ErrExists, ErrChanged, ErrMismatch, ErrAmbiguous and malformed accounts
	Err   error     // the cause: one of the sentinels above, a *datadog.Error, or both
}

// Error says which operation failed and how, in one line.
func (e *Error) Error() string {
	text := ""
	switch {
	case e.Op == "": // the error is part of another
	case e.Account == "":
		text = e.Op + ": "
	case e.Op == "list":
		text = fmt.Sprintf("Looking for %q in the list of accounts failed: ", e.Account)
	default:
		text = fmt.Sprintf("%s %q: ", e.Op, e.Account)
	}
	text += strings.ReplaceAll(e.Err.Error(), "\n", ": ")
	for _, found := range e.Found {
		text += fmt.Sprintf(": %s with the id %s", quote(found.Name), quote(found.ID))
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// errInvalidID: the id in a state is none that the service could have given.
var errInvalidID = errors.New("no account can have this id")

// isGone reports whether the service answered a request for an id as it does when the id is gone.
// That alone proves nothing: 400 has other meanings too, and the account may live on under another
// id.
func isGone(err error) bool {
	return hasStatus(err, http.StatusNotFound, http.StatusBadRequest) || errors.Is(err, errInvalidID)
}

// isConflict reports whether the API refused a create for what was sent, perhaps because the name
// exists.
func isConflict(err error) bool {
	return hasStatus(err, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity)
}

// isRefusal reports whether the service refused a request for what it asks.
func isRefusal(err error) bool { return datadog.AsError(err).IsRefusal() }

// isUnknown reports whether a write may have been carried out all the same.
func isUnknown(err error) bool { return datadog.AsError(err).OutcomeUnknown }

// isUndecided reports whether a delete was not answered as one that was carried out or refused.
func isUndecided(err error) bool {
	status := datadog.AsError(err).Status
	return errors.Is(err, datadog.ErrMalformed) || status == 0 || status == http.StatusRequestTimeout || status >= 500
}

// isNotInstalled reports whether the service refused a list because the organization has no account
// yet, as other integrations of Datadog's do.
func isNotInstalled(err error) bool {
	return isGone(err) && slices.ContainsFunc(datadog.AsError(err).Messages, func(message string) bool {
		return strings.Contains(message, "not yet installed")
	})
}

func hasStatus(err error, statuses ...int) bool {
	failed := datadog.AsError(err)
	return !failed.Exchange && slices.Contains(statuses, failed.Status)
}

// accountsOf returns the accounts that a search found: the one it looked for, or those of its error.
func accountsOf(account Account, err error) []Account {
	if failed, ok := errors.AsType[*Error](err); ok {
		return failed.Found
	}
	if err != nil {
		return nil
	}
	return []Account{account}
}
