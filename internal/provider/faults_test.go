// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// faultCase is a fault, and what comes of operations whose own request it hits once. The client's
// tests have a table of the same kind, in a time of their own; this one has what is worth real
// time.
type faultCase struct {
	name    string
	fault   stub.Fault
	refused bool // the connection is, as long as the fault lasts

	readFails, createFails, updateFails, deleteFails bool
}

// faultCases are all faults. Redirects lead elsewhere.
func faultCases(elsewhere string) []faultCase {
	const page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
	location := http.Header{"Location": {elsewhere}}
	limited := func(name string, headers http.Header) faultCase {
		return faultCase{name: name, fault: stub.Fault{Status: http.StatusTooManyRequests, Body: page, Header: headers}}
	}
	cases := []faultCase{
		{name: "connection refused", refused: true},
		{name: "dropped before", fault: stub.Fault{Drop: true}},
		{name: "dropped after", fault: stub.Fault{Drop: true, When: stub.After}},
		{name: "cut in mid-body", fault: stub.Fault{CutBody: true, When: stub.After}},
		{name: "500 before", fault: stub.Fault{Status: 500}},
		{name: "502 after", fault: stub.Fault{Status: 502, When: stub.After}},
		{name: "503 with a page", fault: stub.Fault{Status: 503, Body: page}},
		{name: "408 after", fault: stub.Fault{Status: 408, When: stub.After}},
		{name: "hang before", fault: stub.Fault{Hang: true}},
		{name: "hang after", fault: stub.Fault{Hang: true, When: stub.After}},
		{
			name: "403", fault: stub.Fault{Status: 403},
			readFails: true, createFails: true, updateFails: true, deleteFails: true,
		},
		{name: "redirect before", fault: stub.Fault{Status: 307, Header: location}, readFails: true, deleteFails: true},
		{name: "redirect after", fault: stub.Fault{Status: 302, Header: location, When: stub.After}, readFails: true, deleteFails: true},
		{name: "malformed body", fault: stub.Fault{Body: `{"data":`}, readFails: true},
		{name: "empty body", fault: stub.Fault{EmptyBody: true}, readFails: true},
		limited("429 reset 1", http.Header{
			"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Period": {"1"}, "X-RateLimit-Reset": {"1"},
		}),
		limited("429 reset negative", http.Header{
			"X-RateLimit-Remaining": {"-1"}, "X-RateLimit-Period": {"-1"}, "X-RateLimit-Reset": {"-1"},
		}),
		limited("429 reset 4102444800", http.Header{
			"X-RateLimit-Reset": {"4102444800"}, "Retry-After": {"99999999999999999999"},
		}),
	}
	long := limited("429 for longer than the operation may take", http.Header{"Retry-After": {"3600"}})
	long.readFails, long.createFails, long.updateFails, long.deleteFails = true, true, true, true
	return append(cases, long)
}
