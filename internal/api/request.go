// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"fmt"
	"net/http"
)

// request is one call of the API.
type request struct {
	op         string // for errors
	method     string
	path       string
	id         string // empty for the collection
	query      string
	permission string
	body       []byte
	secrets    []string // those that it carries, which no text may show
	once       bool     // advice: it is not repeated, and does not wait for the rate limit

	bearer        string // token to send instead of the keys
	authorization string // the whole header, for the exchange of a proof for a token

	redactor redactor // for the log and the errors of send
}

// The requests of the API; those about one account take its id.
var (
	listRequest     = request{op: "list", method: http.MethodGet, path: accountsPath, permission: permissionRead}
	readRequest     = request{op: "read", method: http.MethodGet, path: accountsPath, permission: permissionRead}
	createRequest   = request{op: "create", method: http.MethodPost, path: accountsPath, permission: permissionWrite}
	updateRequest   = request{op: "update", method: http.MethodPatch, path: accountsPath, permission: permissionWrite}
	deleteRequest   = request{op: "delete", method: http.MethodDelete, path: accountsPath, permission: permissionWrite}
	validateRequest = request{op: "validate", method: http.MethodGet, path: validatePath, once: true}
	exchangeRequest = request{op: opAuthenticate, method: http.MethodPost, path: delegatedTokenPath}
)

// key is the same for requests that share a rate limit.
func (r request) key() string {
	if r.id != "" {
		return r.method + " " + r.path + "/{account_id}"
	}
	return r.method + " " + r.path
}

// isWrite reports whether doing the request twice may be more than doing it once, as with a POST or
// PATCH of an account. What became of it has to be looked up before it is sent again.
func (r request) isWrite() bool {
	return r.body != nil
}

// isUnclear reports whether the request is a write that may have been carried out, although it was
// not answered so. A redirect or a server's error says nothing of what was done before it.
func (r request) isUnclear(a answer) bool {
	mayBeDone := a.status < http.StatusBadRequest || isTransient(a.status)
	if a.status == 0 {
		mayBeDone = a.sent
	}
	return r.isWrite() && mayBeDone
}

// answer is a whole answer of the service, or what there is instead of one.
type answer struct {
	status   int // 0: no whole answer came
	header   http.Header
	body     []byte
	redirect string // the host that a redirect leads to
	err      error  // why no whole answer came
	sent     bool   // the request may have reached the service all the same
}

func (a answer) isSuccess() bool { return a.status >= 200 && a.status < 300 }

// isTransient reports whether a status stands for a failure that may pass. It says nothing of the
// outcome.
func isTransient(status int) bool {
	return status >= http.StatusInternalServerError || status == http.StatusRequestTimeout
}

// result returns the answer that an operation goes by, or its error.
func (r request) result(a answer) (answer, *Error) {
	if a.isSuccess() {
		return a, nil
	}
	return answer{}, r.failed(a, a.err)
}

// failed is the error of a request that was answered so, for the cause given if there is one.
func (r request) failed(a answer, err error) *Error {
	switch {
	case err != nil:
	case a.status == http.StatusNotFound && r.id != "":
		err = ErrNotFound
	case a.status >= 300 && a.status < 400:
		err = fmt.Errorf("redirects are not followed, this one leads to %q", cmp.Or(a.redirect, "nowhere"))
	}
	failed := &Error{Op: r.op, Permission: r.permission, Status: a.status, Err: err, redactor: r.redactor}
	failed.OutcomeUnknown = r.isUnclear(a)
	if !a.isSuccess() {
		failed.body = a.body
	}
	return failed
}

// malformed is the error of a request whose answer says success, and otherwise cannot be understood.
func (r request) malformed(a answer, err error) *Error {
	return r.failed(a, fmt.Errorf("%w: %w", ErrMalformed, err))
}
