// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"net/http"
	"slices"
	"strings"
)

const logSubsystem = "http" // TF_LOG_PROVIDER_OKTA_HTTP sets its level

// Request is one call of the API.
type Request struct {
	Method     string
	Path       string // from "/api/" on, with its query if there is one
	ID         string // the last part of the path; empty for a collection
	Permission string // what Datadog demands for it, for errors

	// Body is that of a write, which is not repeated once it may have been carried out. A request
	// without a body is repeated.
	Body []byte
}

// key is the same for requests that share a rate limit.
func (r Request) key() string {
	path, _, _ := strings.Cut(r.Path, "?")
	if r.ID != "" {
		path += "/{id}"
	}
	return r.Method + " " + path
}

// mayBeDone reports whether the request is a write that may have been carried out although its
// answer is no success. A redirect or a server's error says nothing of what was done before it.
func (r Request) mayBeDone(a answer) bool {
	answered := a.status != 0 && (a.status < http.StatusBadRequest || a.isTransient())
	return r.Body != nil && (a.sent || answered)
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

// isTransient reports whether the answer stands for a failure that may pass.
func (a answer) isTransient() bool {
	return a.err != nil || a.status >= http.StatusInternalServerError || a.status == http.StatusRequestTimeout
}

// isDenied reports whether the service refused the credentials or their permissions.
func (a answer) isDenied() bool {
	return slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden}, a.status)
}
