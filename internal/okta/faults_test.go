// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

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

	posts  int  // that reach the stub in a create
	atOnce bool // the operation ends without any wait
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
// histories take theirs from here.
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
		{name: "504 and later carried out", fault: stub.Fault{When: stub.Later}, posts: 2},
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
		{name: "empty body", fault: stub.Fault{EmptyBody: true}, posts: 1, readFails: true},
		{
			name: "another account", forProd: true, posts: 1, readFails: true, updateFails: true,
			fault: stub.Fault{Body: `{"data":` + accountJSON(`"prod"`, `"x"`) + "}"},
		},
		{
			name: "429 for longer than the operation may take", posts: 1, atOnce: true,
			fault:     stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"3000"}}},
			readFails: true, createFails: true, updateFails: true, deleteFails: true,
		},
		{
			name: "429 with a reset", posts: 2,
			fault: stub.Fault{Status: 429, Body: page, Header: http.Header{
				"X-RateLimit-Remaining": {"0"},
				"X-RateLimit-Reset":     {"7"},
			}},
		},
		{name: "429 without headers", fault: stub.Fault{Status: 429}, posts: 2},
	}
	return append(all, malformedAnswers()...)
}

func malformedAnswers() (all []faultCase) {
	for name, body := range map[string]string{
		"malformed body": `{"data":`,
		"a page":         "<html>Welcome</html>",
		"null":           "null",
		"empty object":   "{}",
		"missing id":     `{"data":` + accountJSON(`"id":"id-1",`, "") + "}",
		"missing name":   `{"data":` + accountJSON(`"name":"prod",`, "") + "}",
	} {
		all = append(all, faultCase{name: name, fault: stub.Fault{Body: body}, forProd: true, posts: 1, readFails: true})
	}
	return all
}

// longest is what an operation may take whose request a fault hits once: an attempt's time, and
// the wait for what was written.
const longest = 30*time.Second + settleTime + 5*time.Second
