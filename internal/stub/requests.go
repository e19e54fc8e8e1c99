// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"net/http"
	"net/url"
	"strings"
)

// Request is one request as it arrived.
type Request struct {
	Method string
	Path   string // escaped, as it was sent
	Query  string
	Header http.Header
	Body   string
	Status int // what was answered; 0 = no answer

	target string // what the path is in the API: "list", "account", "validate", "token", or ""
	id     string // of the account
	origin string // such as http://127.0.0.1:8080
	sent   string // the path as the client has it: more than Path, below a prefix (http.StripPrefix)
}

// Requests returns all requests in the order of their arrival, refused and failed ones included. A
// request is complete here before its answer leaves.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
	}
	return all
}

// Count counts the requests of a method to a path. An empty method or path means any. The paths
// "list" (the collection, so that a POST to it is a creation), "account" (one account) and
// "validate" (the check of the API key) stand for the API's; any other is a suffix, such as an id.
func (s *Server) Count(method, path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		if r.matches(method, path) {
			n++
		}
	}
	return n
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() { set(s, &s.requests, nil) }

func (s *Server) record(r *http.Request, body []byte) *Request {
	sent, _, _ := strings.Cut(r.RequestURI, "?")
	req := &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: string(body), origin: "http://" + r.Host, sent: sent,
	}
	if r.TLS != nil {
		req.origin = "https://" + r.Host
	}
	const accounts = "/api/v2/integrations/okta/accounts"
	switch id, below := strings.CutPrefix(req.Path, accounts+"/"); {
	case req.Path == accounts:
		req.target = "list"
	case req.Path == "/api/v1/validate":
		req.target = "validate"
	case req.Path == "/api/v2/delegated-token":
		req.target = "token"
	case below && id != "" && !strings.Contains(id, "/"):
		req.target = "account"
		req.id, _ = url.PathUnescape(id) // it comes from a URL that was parsed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, req)
	return req
}

func (r *Request) matches(method, path string) bool {
	return (method == "" || method == r.Method) && (path == r.target || strings.HasSuffix(r.Path, path))
}
