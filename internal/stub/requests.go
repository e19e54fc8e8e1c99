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
	Method     string
	Path       string // escaped, as it was sent
	Query      string
	Header     http.Header
	Body       string
	Status     int // what was answered; 0 = no answer
	RemoteAddr string
	url        *url.URL // whole, as the client sent it
}

// Requests returns all requests in the order of their arrival, refused and failed ones included. A
// request is complete here before its answer leaves.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
		all[i].Header = r.Header.Clone()
	}
	return all
}

// Count counts the requests of a method to a path. An empty method or path means any. The paths
// "list" (the collection, so that a POST to it is a creation), "account" (one account) and
// "validate" (the check of the API key) stand for the API's; any other is a suffix, such as an id.
func (s *Server) Count(method, path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if r.matches(method, path) {
			n++
		}
	}
	return n
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() { s.locked(func() { s.requests = nil }) }

func (s *Server) record(r *http.Request, body []byte) *Request {
	sent := *r.URL // below a prefix (http.StripPrefix), r.URL has lost it
	if whole, err := url.ParseRequestURI(r.RequestURI); err == nil {
		sent = *whole
	}
	sent.Host, sent.Scheme = r.Host, "http"
	if r.TLS != nil {
		sent.Scheme = "https"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	req := &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: string(body), RemoteAddr: r.RemoteAddr, url: &sent,
	}
	s.requests = append(s.requests, req)
	return req
}

func (r *Request) matches(method, path string) bool {
	if method != "" && method != r.Method {
		return false
	}
	switch path {
	case "list":
		return r.Path == accountsPath
	case "account":
		return strings.HasPrefix(r.Path, accountsPath+"/")
	case "validate":
		return r.Path == validatePath
	default:
		return strings.HasSuffix(r.Path, path)
	}
}
