// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What is sent is the request and the headers of the API, and nothing else.
func TestRequests(t *testing.T) {
	t.Parallel()
	for name, bearer := range map[string]string{"keys": "", "bearer token": stub.BearerToken} {
		for _, method := range methods {
			subtest(t, method+" with "+name, func(t *testing.T, s *service) {
				s.config.UserAgent, s.config.BearerToken = "terraform-provider-okta/1.2.3", bearer
				id, path := s.id, accountsPath+"/"+s.id
				switch method {
				case http.MethodGet:
					path = accountsPath
				case http.MethodPost:
					id, path = "new", accountsPath
				}
				wantSuccess(t, call(t.Context(), s.client(t), method, id))
				r := s.Requests()[0]
				if r.Method != method || r.Path != path || r.Query != "" || (r.Body != "") != isWrite(method) {
					t.Errorf("sent %s %s?%s %q", r.Method, r.Path, r.Query, r.Body)
				}
				want := http.Header{
					"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"terraform-provider-okta/1.2.3"},
				}
				if isWrite(method) {
					want["Content-Type"], want["Content-Length"] = []string{"application/json"}, r.Header["Content-Length"]
				}
				if bearer == "" {
					want.Set("DD-API-KEY", "made-up-datadog-api-key")
					want.Set("DD-APPLICATION-KEY", "made-up-datadog-app-key")
				} else {
					want.Set("Authorization", "Bearer made-up-datadog-bearer-token")
				}
				if !reflect.DeepEqual(r.Header, want) {
					t.Errorf("sent %v, want %v", r.Header, want)
				}
			})
		}
	}
}

// A path of the base URL is kept, and a query of the request sent as it is.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for base, test := range map[string]struct{ path, want string }{
		"http://stub":              {"/a?b=c&d=%2F", "/a ? b=c&d=%2F"},
		"http://stub/":             {"/a??", "/a ? ?"},
		"http://stub/proxy/eu//":   {"/a", "/proxy/eu/a ? "},
		"http://stub/proxy%2Feu/x": {"/a", "/proxy%2Feu/x/a ? "},
	} {
		subtest(t, base, func(t *testing.T, s *service) {
			s.config.BaseURL = base
			_ = s.client(t).Do(t.Context(), Request{Method: http.MethodGet, Path: test.path}, nil)
			if r := s.Requests()[0]; r.Path+" ? "+r.Query != test.want {
				t.Errorf("asked for %s ? %s, want %s", r.Path, r.Query, test.want)
			}
		})
	}
	if _, err := New(Config{BaseURL: "http://[::1"}); err == nil {
		t.Error("no error for a base URL that is none")
	}
}

// While values of the configuration are unknown, nothing is sent, and the error names them.
func TestUnconfigured(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.Unknown = []string{"api_key", "app_key"}
		err := s.get(t)
		const want = "the provider configuration is not known yet: api_key, app_key"
		if !errors.Is(err, ErrUnconfigured) || asError(t, err).Error() != want {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s)
	})
}

// What a success says is for the caller to understand. Its error, or none where 204 is expected,
// makes the answer malformed; whether a write was carried out is unknown then.
func TestMalformedAnswers(t *testing.T) {
	t.Parallel()
	const page = "\n<html><title>Sign in</title><body>to &quot;Acme&quot; made-up-datadog-api-key</body></html>"
	for name, test := range map[string]struct {
		method string
		status int
		body   string
		want   string // "": it is none
	}{
		"JSON":            {http.MethodGet, 200, "{}", ""},
		"201":             {http.MethodPost, 201, "{}", ""},
		"not JSON":        {http.MethodGet, 200, "x", "200 OK: the answer cannot be understood: it is no JSON"},
		"not JSON, POST":  {http.MethodPost, 201, "x", "201 Created: the answer cannot be understood: it is no JSON"},
		"empty":           {http.MethodPatch, 200, "", "200 OK: the answer cannot be understood: it is empty"},
		"204 for a PATCH": {http.MethodPatch, 204, "", "204 No Content: the answer cannot be understood: it is empty"},
		"204":             {http.MethodDelete, 204, "", ""},
		"200 with a body": {http.MethodDelete, 200, "{}", "200 OK: the answer cannot be understood: 200 instead of 204"},
		"202 without a body": {
			http.MethodDelete, 202, "", "202 Accepted: the answer cannot be understood: 202 instead of 204",
		},
		"a page": {
			http.MethodGet, 200, page,
			`200 OK: the answer cannot be understood: an HTML page ("Sign in to \"Acme\" (sensitive value)") answered` +
				" instead of the API",
		},
		"a page for a DELETE": {
			http.MethodDelete, 203, "<p>x",
			`203 Non-Authoritative Information: the answer cannot be understood: an HTML page ("x") answered instead of the API`,
		},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.Fail(stub.Fault{Status: test.status, Body: test.body, EmptyBody: test.body == ""})
			err := s.call(t, s.client(t), test.method)
			wantRequests(t, s, test.method)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			failed := asError(t, err)
			isCause := strings.HasSuffix(test.want, errNoJSON.Error())
			if !errors.Is(err, ErrMalformed) || errors.Is(err, errNoJSON) != isCause || failed.Error() != test.want ||
				failed.Status != test.status || failed.OutcomeUnknown != isWrite(test.method) || failed.Messages != nil {
				t.Errorf("got  %+v\nwant %s", failed, test.want)
			}
		})
	}
}

// After the end of its context, a request is not sent.
func TestContextThatHasEnded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, method := range methods {
			if err := call(ctx, s.client(t), method, "a"); !errors.Is(err, context.Canceled) || asError(t, err).OutcomeUnknown {
				t.Errorf("%s: %v", method, err)
			}
		}
		wantRequests(t, s)
	})
}
