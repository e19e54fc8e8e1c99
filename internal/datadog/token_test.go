// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// withIdentity gives the clients of a service an identity at AWS instead of keys.
func withIdentity(test func(t *testing.T, s *service)) func(t *testing.T, s *service) {
	return func(t *testing.T, s *service) {
		t.Helper()
		s.config.APIKey, s.config.AppKey = "", ""
		s.config.AWS = &AWS{
			OrgUUID: stub.OrgUUID, AccessKeyID: "AKIAHUSHHUSHHUSH", SecretAccessKey: "secret-access-key-hush",
			SessionToken: "session/token+hush==",
		}
		test(t, s)
	}
}

// One exchange is enough for many requests at a time, of every kind; they carry the token and
// nothing else.
func TestOneExchangeForAll(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"", "eu-west-1"} {
		inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
			s.config.AWS.Region = region
			s.config.BearerToken = "not-used-hush"
			s.SetLatency(time.Second)
			c := s.client(t)
			var group sync.WaitGroup
			for i := range 20 {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					group.Go(func() { wantSuccess(t, call(t.Context(), c, method, fmt.Sprint("new_", i))) })
				}
			}
			group.Wait()
			if exchanges := s.Count("", delegatedTokenPath); exchanges != 1 {
				t.Errorf("%d exchanges", exchanges)
			}
			for i, r := range s.Requests() {
				authorization, keys := r.Header.Get("Authorization"), r.Header.Get("DD-API-KEY")+r.Header.Get("DD-APPLICATION-KEY")
				want := []string{"Delegated ", "Bearer made-up-delegated-token-"}[min(i, 1)]
				if !strings.HasPrefix(authorization, want) || keys != "" {
					t.Errorf("request %d was sent with %q %q", i, authorization, keys)
				}
			}
		}))
	}
}

// A token is kept until a minute before its end. One that lives as short as that is used for ten
// seconds: an exchange for each request would be too many. Without a known end it lives for 15 minutes.
func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	expires := func(attribute string) func(s *service) {
		return func(s *service) {
			s.Fail(stub.Fault{Path: delegatedTokenPath, Body: `{"data":{"attributes":{"access_token":"t"` + attribute + "}}}"})
			s.Fail(stub.Fault{Path: "list", Status: http.StatusOK, Body: "{}"}) // with any token
		}
	}
	for name, test := range map[string]struct {
		prepare func(s *service)
		kept    time.Duration
	}{
		"20m":      {func(s *service) { s.TokenLifetime(20 * time.Minute) }, 19 * time.Minute},
		"90s":      {func(s *service) { s.TokenLifetime(90 * time.Second) }, 30 * time.Second},
		"70s":      {func(s *service) { s.TokenLifetime(70 * time.Second) }, 10 * time.Second},
		"20s":      {func(s *service) { s.TokenLifetime(20 * time.Second) }, 10 * time.Second},
		"no end":   {expires(""), 14 * time.Minute},
		"null":     {expires(`,"expires":null`), 14 * time.Minute},
		"a number": {expires(`,"expires":1905250000`), 14 * time.Minute},
		"a word":   {expires(`,"expires":"soon"`), 14 * time.Minute},
	} {
		subtest(t, name, withIdentity(func(t *testing.T, s *service) {
			test.prepare(s)
			c := s.client(t)
			wantSuccess(t, s.call(t, c, http.MethodGet))
			time.Sleep(test.kept - time.Nanosecond)
			wantSuccess(t, s.call(t, c, http.MethodGet))
			wantRequests(t, s, "exchange", "2 GET")
			time.Sleep(time.Nanosecond)
			wantSuccess(t, s.call(t, c, http.MethodGet))
			wantRequests(t, s, "exchange", "GET")
		}))
	}
}

// A token that has ended before its time is exchanged again, once for all; what was refused with it
// is repeated, since nothing was carried out.
func TestTokenThatHasEnded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		c := s.client(t)
		wantSuccess(t, s.call(t, c, http.MethodGet))
		wantRequests(t, s, "exchange", "GET")
		s.ExpireTokens()
		s.SetLatency(time.Second)
		var group sync.WaitGroup
		for i := range 10 {
			group.Go(func() { wantSuccess(t, call(t.Context(), c, http.MethodPost, fmt.Sprint("new_", i))) })
		}
		group.Wait()
		wantRequests(t, s, "10 POST", "exchange", "10 POST")
	}))
}

// What another token is refused too, or what there is no other token for, is an error.
func TestTokenThatIsRefused(t *testing.T) {
	t.Parallel()
	list := func(status int) stub.Fault { return stub.Fault{Path: "list", Status: status} }
	noOther := stub.Fault{Path: delegatedTokenPath, Status: 403, Skip: 1}
	for name, test := range map[string]struct {
		faults     []stub.Fault
		status     int
		isExchange bool
		want       []string
	}{
		"again":            {[]stub.Fault{list(401)}, 401, false, []string{"exchange", "GET", "exchange", "GET"}},
		"not permitted":    {[]stub.Fault{list(403)}, 403, false, []string{"exchange", "GET"}},
		"no other is left": {[]stub.Fault{list(401), noOther}, 403, true, []string{"exchange", "GET", "exchange"}},
	} {
		subtest(t, name, withIdentity(func(t *testing.T, s *service) {
			for _, fault := range test.faults {
				s.Fail(fault)
			}
			failed := asError(t, s.get(t))
			if failed.Status != test.status || failed.Exchange != test.isExchange || failed.KeyInvalid ||
				!failed.Exchange && failed.Permission != "permission for GET" {
				t.Errorf("got %+v", failed)
			}
			wantRequests(t, s, test.want...)
		}))
	}
}

// An exchange that fails is the error of each request that needs it, and says that the request
// itself was not sent. It is not kept, and quotes nothing of what could be a part of the token.
func TestExchangeThatFails(t *testing.T) {
	t.Parallel()
	const malformed = "200 OK: the answer cannot be understood: "
	for name, test := range map[string]struct {
		change func(*AWS)
		fault  stub.Fault
		status int
		text   string
		sent   int
	}{
		"another organization": {change: func(a *AWS) { a.OrgUUID = "another" }, status: 403, text: "403 Forbidden", sent: 1},
		"refused": {
			fault:  stub.Fault{Status: 400, Body: `{"errors":["who is that?"]}`},
			status: 400, text: "400 Bad Request: who is that?", sent: 1,
		},
		"failing": {fault: stub.Fault{Status: 500}, status: 500, text: "500 Internal Server Error", sent: 4},
		"dropped": {
			fault: stub.Fault{Drop: true}, text: "the connection was closed before the answer was complete: EOF", sent: 4,
		},
		"a page":  {fault: stub.Fault{Body: "<p>Sign in"}, status: 200, text: malformed + "a token was expected", sent: 1},
		"a list":  {fault: stub.Fault{Body: `{"data":[]}`}, status: 200, text: malformed + "a token was expected", sent: 1},
		"nothing": {fault: stub.Fault{EmptyBody: true}, status: 200, text: malformed + "a token was expected", sent: 1},
		"null":    {fault: stub.Fault{Body: "null"}, status: 200, text: malformed + "it has no access_token", sent: 1},
		"a line break": {
			fault:  stub.Fault{Body: `{"data":{"attributes":{"access_token":"a\nb"}}}`},
			status: 200, text: malformed + "its access_token has characters that no header can have", sent: 1,
		},
	} {
		subtest(t, name, withIdentity(func(t *testing.T, s *service) {
			sound := *s.config.AWS
			if test.change != nil {
				test.change(s.config.AWS)
			} else {
				test.fault.Path = delegatedTokenPath
				s.Fail(test.fault)
			}
			c := s.client(t)
			failed := asError(t, s.call(t, c, http.MethodPost))
			if !failed.Exchange || failed.Status != test.status || failed.Error() != "authenticate: "+test.text ||
				failed.OutcomeUnknown || failed.KeyInvalid || failed.IsRefusal() ||
				errors.Is(failed, ErrMalformed) != (test.status == http.StatusOK) {
				t.Errorf("got %+v", failed)
			}
			if n := len(s.Requests()); n != test.sent || s.Count("", delegatedTokenPath) != n {
				t.Errorf("%d requests", n)
			}
			s.Heal()
			*s.config.AWS = sound
			wantSuccess(t, s.call(t, c, http.MethodGet))
		}))
	}
}

// The exchange waits for the rate limit, and ends with the context, as every request; so do those
// that wait for it.
func TestExchangeTakesTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Path: delegatedTokenPath, Status: 429, Header: http.Header{"Retry-After": {"7"}}, Times: 1})
		s.config.jitter = noJitter
		wantTime(t, 7*time.Second+resetJitter, func() { wantSuccess(t, s.get(t)) })
	}))
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		s.config.MaxRetries = 1000
		s.Fail(stub.Fault{Path: delegatedTokenPath, Hang: true})
		c := s.client(t)
		ctx, cancel := WithTimeout(t.Context(), time.Minute, "success")
		defer cancel()
		wantTime(t, time.Minute, func() {
			var group sync.WaitGroup
			for range 5 {
				group.Go(func() {
					failed := asError(t, call(ctx, c, http.MethodPost, "new"))
					if !failed.Exchange || failed.OutcomeUnknown || !errors.Is(failed, context.DeadlineExceeded) ||
						!strings.HasSuffix(failed.Error(), "no success within 1m0s") {
						t.Errorf("got %+v", failed)
					}
				})
			}
			group.Wait()
		})
		if n := s.Count(http.MethodPost, "list"); n > 0 {
			t.Errorf("%d POSTs", n)
		}
	}))
}

// The signatures are what Datadog's own client for Go, version 2.67.0, makes of the same identity at the
// same time.
func TestProof(t *testing.T) {
	t.Parallel()
	for region, want := range map[string][3]string{
		"":          {"sts", "us-east-1", "836613dca7bc93d89d2fb8c899d2bca329d5d2abab84f4932680993f1f54fff1"},
		"eu-west-1": {"sts.eu-west-1", "eu-west-1", "0ba9ef0f7af5cc9437553cb6e6a4bc26c8e591b5d6068c73448a7a06ed3c6483"},
	} {
		synctest.Test(t, func(t *testing.T) { // whose clock begins in 2000
			identity := AWS{
				OrgUUID: stub.OrgUUID, Region: region, AccessKeyID: "made-up-access-key-id",
				SecretAccessKey: "made-up-secret-access-key", SessionToken: "made-up-session-token",
			}
			parts, err := identity.proof(t.Context(), "an agent")
			if err != nil || len(parts) != 4 {
				t.Fatalf("%q, %v", parts, err)
			}
			header, err := base64.StdEncoding.DecodeString(parts[1])
			wanted := fmt.Sprintf(`{"Authorization":["AWS4-HMAC-SHA256 `+
				`Credential=made-up-access-key-id/20000101/%[2]s/sts/aws4_request, `+
				`SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-security-token;x-ddog-org-id, Signature=%[3]s"],`+
				`"Content-Length":["43"],"Content-Type":["application/x-www-form-urlencoded; charset=utf-8"],`+
				`"User-Agent":["an agent"],"X-Amz-Date":["20000101T000000Z"],"X-Amz-Security-Token":["made-up-session-token"],`+
				`"host":["%[1]s.amazonaws.com"],"x-ddog-org-id":[%[4]q]}`, want[0], want[1], want[2], stub.OrgUUID)
			if err != nil || string(header) != wanted {
				t.Errorf("got  %s (%v)\nwant %s", header, err, wanted)
			}
		})
	}
}
