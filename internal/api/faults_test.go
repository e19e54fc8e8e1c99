// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"net/http"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// faultCase is a fault, and what comes of operations whose own request it hits once.
type faultCase struct {
	name    string
	fault   stub.Fault
	refused bool // the connection is, so that nothing reaches the stub
	forProd bool // its body is about the account prod

	readFails, createFails, updateFails, deleteFails bool

	posts  int           // that reach the stub in a create
	atOnce bool          // the operation ends without any wait
	atMost time.Duration // 0: a minute
}

// set makes the fault happen to the requests that it matches.
func (f faultCase) set(s *service, fault stub.Fault) {
	if f.refused {
		s.RefuseConnections(fault)
		return
	}
	s.Fail(fault)
}

// faultCases are all faults, each on either side of the processing. The fault matrix and the random
// test take theirs from here.
func faultCases() []faultCase {
	const page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
	elsewhere := http.Header{"Location": {"http://elsewhere" + accountsPath}}
	all := []faultCase{
		{name: "connection refused", refused: true, posts: 1},
		{name: "dropped before", fault: stub.Fault{Drop: true}, posts: 2},
		{name: "dropped after", fault: stub.Fault{Drop: true, When: stub.After}, posts: 1},
		{name: "cut in mid-body", fault: stub.Fault{CutBody: true, When: stub.After}, posts: 1},
		{name: "500 before", fault: stub.Fault{Status: 500}, posts: 2},
		{name: "502 after", fault: stub.Fault{Status: 502, When: stub.After}, posts: 1},
		{name: "503 with a page", fault: stub.Fault{Status: 503, Body: page}, posts: 2},
		{name: "408 after", fault: stub.Fault{Status: 408, When: stub.After}, posts: 1},
		{name: "hang before", fault: stub.Fault{Hang: true}, posts: 2},
		{name: "hang after", fault: stub.Fault{Hang: true, When: stub.After}, posts: 1},
		{
			name: "403", fault: stub.Fault{Status: 403}, posts: 1, atOnce: true,
			readFails: true, createFails: true, updateFails: true, deleteFails: true,
		},
		{
			name: "redirect before", fault: stub.Fault{Status: 307, Header: elsewhere}, posts: 2,
			readFails: true, deleteFails: true,
		},
		{
			name: "redirect after", fault: stub.Fault{Status: 302, Header: elsewhere, When: stub.After}, posts: 1,
			readFails: true, deleteFails: true,
		},
	}
	for _, body := range []struct{ name, text string }{
		{"malformed body", `{"data":`},
		{"a page", "<html>Welcome</html>"},
		{"null", "null"},
		{"empty object", "{}"},
		{"missing id", `{"data":{"type":"okta-accounts","attributes":{"name":"prod","domain":"https://prod.okta.com","auth_method":"oauth"}}}`},
		{"missing name", `{"data":{"type":"okta-accounts","id":"1","attributes":{"domain":"https://prod.okta.com","auth_method":"oauth"}}}`},
	} {
		all = append(all, faultCase{name: body.name, fault: stub.Fault{Body: body.text}, forProd: true, posts: 1, readFails: true})
	}
	all = append(all,
		faultCase{name: "empty body", fault: stub.Fault{EmptyBody: true}, posts: 1, readFails: true},
		faultCase{
			name: "another account", forProd: true, posts: 1, readFails: true, updateFails: true,
			fault: stub.Fault{Body: `{"data":{"type":"okta-accounts","id":"1","attributes":{"name":"x","domain":"https://x.okta.com","auth_method":"oauth"}}}`},
		},
	)
	for _, reset := range []string{"7", "-5", "0", "1000000000", "946684805", "315360000", "99999999999999999999", "soon", ""} {
		fault := stub.Fault{Status: 429, Body: page, Header: http.Header{
			"X-RateLimit-Name": {"okta"}, "X-RateLimit-Limit": {"10"}, "X-RateLimit-Period": {"10"},
			"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {reset},
		}}
		all = append(all, faultCase{name: "429 reset " + reset, fault: fault, posts: 2, atMost: 12 * time.Second})
	}
	for _, after := range []string{"7", "-5", "0", "99999999999", "99999999999999999999", "soon", "Sat, 01 Jan 2000 00:00:07 GMT", "Fri, 31 Dec 1999 00:00:00 GMT"} {
		fault := stub.Fault{Status: 429, Header: http.Header{"Retry-After": {after}}}
		all = append(all, faultCase{name: "429 retry after " + after, fault: fault, posts: 2, atMost: 12 * time.Second})
	}
	return append(all, faultCase{
		name: "429 for longer than the operation may take", fault: stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"3000"}}},
		posts: 1, atOnce: true, readFails: true, createFails: true, updateFails: true, deleteFails: true,
	})
}
