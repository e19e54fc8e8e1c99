// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// What an error can mean to its caller. Test for it with errors.Is.
var (
	// ErrNotFound: the organization has no such account.
	ErrNotFound = errors.New("the organization has no such Okta account")
	// ErrExists: an account of the name exists (Error.Found). Nothing that could touch it was sent.
	ErrExists = errors.New("an Okta account of this name exists already")
	// ErrChanged: the account was not deleted, because it is no longer provably the one meant. Since
	// it was last read it got another id, and its domain, auth_method or client_id changed
	// (Error.Found).
	ErrChanged = errors.New("the Okta account has another id now, and was changed since it was last read")
	// ErrMismatch: the id belongs to an account of another name (Error.Found).
	ErrMismatch = errors.New("the id belongs to an Okta account of another name")
	// ErrAmbiguous: several accounts have the name or the id (Error.Found).
	ErrAmbiguous = errors.New("the organization has several Okta accounts of this name or id")
	// ErrMalformed: an answer says success, but what it says of the account cannot be understood.
	ErrMalformed = errors.New("the answer cannot be understood")
	// ErrUnconfigured: the provider configuration is not known yet, so that no request can be sent.
	ErrUnconfigured = errors.New("the provider configuration is not known yet")
)

// Error is an operation that failed. Every method of Client that fails returns one. Its texts are
// free of secrets, and safe to print.
type Error struct {
	Op      string // of the request that failed: "create", "read", "list", "update", "delete", "authenticate"
	Account string // name or id of the account that the operation is about; empty for a list of all

	Status     int      // HTTP status; 0 where no answer came
	Messages   []string // the API's own, or the first readable words of another body
	Permission string   // what the request needs: "integrations_read" or "manage_integrations"
	KeyInvalid bool     // for a 401 or 403: Datadog's key check says that the API key is not valid for this site

	// OutcomeUnknown: the write may have been carried out, although it was not answered so.
	OutcomeUnknown bool

	Found []Account // what was found instead, for ErrExists, ErrChanged, ErrMismatch, ErrAmbiguous
	Err   error     // the cause: one of the sentinels above, of the context or of the network; or nil

	body     []byte   // of the answer, which Messages are taken from
	redactor redactor // of the request
	silent   bool     // the answer says success, and nothing more
}

// Error says which request failed and how, in one line.
func (e *Error) Error() string {
	text := e.Op
	switch {
	case e.Account == "":
	case e.Op == "list":
		text += fmt.Sprintf(" to find %q", e.Account)
	default:
		text += fmt.Sprintf(" %q", e.Account)
	}
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	parts = append(parts, e.Messages...)
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	for _, found := range e.Found {
		parts = append(parts, fmt.Sprintf("%s with the id %s", quote(found.Name), quote(found.ID)))
	}
	return text + ": " + strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// isGone reports whether the service answered a request for an id as it does when the id is gone.
// That alone proves nothing: 400 has other meanings too, and the account may live on under another
// id.
func (e *Error) isGone() bool {
	if e.Op == opAuthenticate {
		return false // the request for the id has not been sent
	}
	return errors.Is(e.Err, ErrNotFound) || e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest
}

// isDenied reports whether the service refused the credentials or their permissions.
func (e *Error) isDenied() bool {
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

// notGone returns the error without ErrNotFound, where a 404 to the id does not say that the
// account is gone.
func (e *Error) notGone() *Error {
	if errors.Is(e.Err, ErrNotFound) {
		e.Err = nil
	}
	return e
}

// IsConflict reports whether the API refused a create for what was sent, perhaps because the name
// exists.
func (e *Error) IsConflict() bool {
	if e.Op == opAuthenticate {
		return false // the create has not been sent
	}
	return e.Status == http.StatusBadRequest || e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity
}

// complete completes the error of an operation: it names the request and the account where err does
// not, takes the API's messages out of the answer, and makes every text fit to print, without the
// secrets given, those of the request and the provider's keys. The error itself may belong to all
// who waited for a list, so that it is copied.
func (c *Client) complete(err error, op, account string, secrets ...string) error {
	failed := *errorOf(err)
	failed.Op, failed.Account = cmp.Or(failed.Op, op), cmp.Or(failed.Account, account)
	r := failed.redactor.with(c.redactor.secrets...).with(c.tokens.value()).with(secrets...)
	failed.Messages = r.messages(failed.body)
	failed.Found = r.accounts(failed.Found)
	if failed.Err != nil {
		failed.Err = r.cleaned(failed.Err)
	}
	failed.body, failed.redactor = nil, redactor{} // who prints the fields sees no secret
	return &failed
}

// errorOf returns the *Error that err is, or one of which it is the cause.
func errorOf(err error) *Error {
	if failed, ok := errors.AsType[*Error](err); ok {
		return failed
	}
	return &Error{Err: err}
}

// cleanError shows the clean text of an error, and still is that error to errors.Is and errors.As.
type cleanError struct {
	text string
	err  error
}

// cleaned returns err with a text that is fit to print, the texts of joined errors in one line.
func (r redactor) cleaned(err error) error {
	text := strings.ReplaceAll(r.redact(err.Error()), "\n", ": ")
	return &cleanError{text: printable(text, maxCause), err: err}
}

func (e *cleanError) Error() string { return e.text }
func (e *cleanError) Unwrap() error { return e.err }
