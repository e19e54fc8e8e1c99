// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

var (
	// ErrMalformed: an answer says success, but it is not what such an answer should be.
	ErrMalformed = errors.New("the answer cannot be understood")
	// ErrPage: the answer is an HTML page, so that something else than the API gave it.
	ErrPage = errors.New("an HTML page")
	// ErrUnconfigured: the provider configuration is not known yet, so that no request can be sent.
	ErrUnconfigured = errors.New("the provider configuration is not known yet")
)

// Error is a request that failed. Its texts are free of secrets, and safe to print.
type Error struct {
	Status     int      // HTTP status; 0 where no answer came
	Messages   []string // the API's own, or the first readable words of another body
	Permission string   // that of the request
	KeyInvalid bool     // for a 401 or 403: Datadog's key check says that the API key is not valid for this site

	// OutcomeUnknown: the write may have been carried out, although it was not answered so.
	OutcomeUnknown bool

	Exchange bool  // of the proof of an AWS identity for a token: the request itself was not sent
	Err      error // the cause: one of the sentinels above, of the context or of the network; or nil
}

// Error says in one line what was answered, or why nothing was.
func (e *Error) Error() string {
	var parts []string
	if e.Exchange {
		parts = append(parts, "authenticate")
	}
	text := http.StatusText(e.Status)
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, text)))
	}
	for _, message := range e.Messages {
		if message != text { // which says no more
			parts = append(parts, message)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError returns the failed request among the causes of err, or an empty Error where there is none.
func AsError(err error) *Error {
	failed := &Error{}
	errors.As(err, &failed)
	return failed
}

// IsRefusal reports whether the service refused the request for what it asks: not for who asks, and
// not for how often.
func (e *Error) IsRefusal() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return !e.Exchange && e.Status >= 400 && e.Status < 500
}

// newError is the error of a request that was answered so, for the cause given if there is one.
// Everything in it is made fit to print here, and nowhere else.
func (r *redactor) newError(request Request, a answer, err error) *Error {
	failed := &Error{Status: a.status, Permission: request.Permission, OutcomeUnknown: request.mayBeDone(a)}
	if _, ok := errors.AsType[*limitError](err); ok {
		failed.Status = http.StatusTooManyRequests
	}
	if a.status >= 300 && a.status < 400 && err == nil {
		err = fmt.Errorf("redirects are not followed, this one leads to %q", cmp.Or(a.redirect, "nowhere"))
	}
	if err != nil {
		failed.Err = r.cleaned(err)
	}
	if !a.isSuccess() {
		failed.Messages = r.messages(a.body)
	}
	return failed
}

// limitError is a rate limit that is used up for longer than the operation's time.
type limitError struct {
	name string
	wait time.Duration
}

func (e *limitError) Error() string {
	return fmt.Sprintf("Datadog's rate limit %q is used up for another %s, which is longer than the operation may take",
		e.name, e.wait.Round(time.Second))
}

// cleanError shows the clean text of an error, and still is that error to errors.Is and errors.As.
type cleanError struct {
	text string
	err  error
}

// cleaned returns err with a text that is fit to print, the texts of joined errors in one line.
func (r *redactor) cleaned(err error) error {
	text := strings.ReplaceAll(r.redact(err.Error()), "\n", ": ")
	return &cleanError{text: printable(text, maxCause), err: err}
}

func (e *cleanError) Error() string { return e.text }
func (e *cleanError) Unwrap() error { return e.err }
