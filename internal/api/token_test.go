// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const exchange = "POST " + delegatedTokenPath // as wantRequests names it

// withIdentity gives the clients of a service an identity at AWS instead of keys.
func withIdentity(test func(t *testing.T, s *service)) func(t *testing.T, s *service) {
	return func(t *testing.T, s *service) {
		t.Helper()
		s.config.APIKey, s.config.AppKey = "", ""
		s.config.AWS = &AWS{
			OrgUUID: stub.OrgUUID, AccessKeyID: "AKIAHUSHHUSHHUSH", SecretAccessKey: "secret-access-key-hush", SessionToken: "session/token+hush==",
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
			accounts := s.putMany(20)
			s.SetLatency(time.Second)
			c := s.client(t)
			var group sync.WaitGroup
			for _, account := range accounts {
				group.Go(func() { findAll(t, c, []Account{account}) })
				group.Go(func() { create(t, c, "new_"+account.Name) })
			}
			group.Wait()
			if exchanges := countRequests(s, exchange); exchanges != 1 || len(s.Accounts()) != 40 {
				t.Errorf("%d exchanges, %d accounts", exchanges, len(s.Accounts()))
			}
			for i, r := range s.Requests() {
				authorization, keys := r.Header.Get("Authorization"), r.Header.Get("DD-API-KEY")+r.Header.Get("DD-APPLICATION-KEY")
				if want := []string{"Delegated ", "Bearer "}[min(i, 1)]; !strings.HasPrefix(authorization, want) || keys != "" {
					t.Errorf("request %d was sent with %q %q", i, authorization, keys)
				}
			}
		}))
	}
}

// The proof is what the stub takes: signed for the organization and the session, sent to Datadog
// alone.
func TestProof(t *testing.T) {
	t.Parallel()
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		if _, err := s.client(t).List(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := s.Requests()[0]
		parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Delegated "), "|")
		header, err := base64.StdEncoding.DecodeString(parts[1])
		if err != nil || !strings.Contains(string(header), s.config.AWS.SessionToken) || !strings.Contains(string(header), stub.OrgUUID) {
			t.Errorf("signed %s, %v", header, err)
		}
		if r.Body != "" || strings.Contains(fmt.Sprint(r), s.config.AWS.SecretAccessKey) {
			t.Errorf("sent %+v", r)
		}
	}))
}

// A token is kept until a minute before its end.
func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	for name, life := range map[string]time.Duration{"as the service says": 20 * time.Minute, "15 minutes": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
				if life > 0 {
					s.TokenLifetime(life)
				} else {
					life = 15 * time.Minute
				}
				c := s.client(t)
				list := func() {
					t.Helper()
					if _, err := c.List(t.Context()); err != nil {
						t.Error(err)
					}
				}
				list()
				time.Sleep(life - time.Minute - time.Second)
				list()
				wantRequests(t, s, exchange, "2 GET list")
				time.Sleep(listLifetime + 1)
				list()
				wantRequests(t, s, exchange, "2 GET list", exchange, "GET list")
			}))
		})
	}
}

// A token that has ended before its time is exchanged again, once for all; what was refused with it
// is repeated without a look, since nothing was carried out.
func TestTokenThatHasEnded(t *testing.T) {
	t.Parallel()
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		accounts := s.putMany(20)
		c := s.client(t)
		findAll(t, c, accounts)
		s.ExpireTokens()
		s.ResetRequests()
		s.SetLatency(time.Second)
		tenAtATime(accounts, func(a Account) {
			a.Domain = "https://changed.okta.com"
			if updated, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new"}); err != nil || updated.Domain != a.Domain {
				t.Errorf("updated %+v %v", updated, err)
			}
		})
		if exchanges, patches, lists := countRequests(s, exchange), countRequests(s, "PATCH"), countRequests(s, "GET list"); exchanges != 1 || patches != 30 || lists != 0 {
			t.Errorf("%d exchanges, %d PATCHes, %d lists", exchanges, patches, lists)
		}
	}))
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) { // another token is refused as well
		s.Fail(stub.Fault{Path: "list", Method: http.MethodGet, Status: 401})
		failed := asError(t, second(s.client(t).List(t.Context())))
		if failed.Status != 401 || failed.Op != "list" || failed.KeyInvalid {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, exchange, "GET list", exchange, "GET list")
	}))
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) { // what is not permitted, no other token permits
		s.Fail(stub.Fault{Path: "list", Method: http.MethodGet, Status: 403})
		failed := asError(t, second(s.client(t).List(t.Context())))
		if failed.Status != 403 || failed.Permission != permissionRead || failed.KeyInvalid {
			t.Errorf("got %+v", failed)
		}
		wantRequests(t, s, exchange, "GET list")
	}))
}

// The cause of a failed exchange reaches each operation that waits for it; it is not kept.
func TestExchangeThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*AWS)
		fault   stub.Fault
		status  int
		text    string
		repeats bool
	}{
		"another organization": {change: func(a *AWS) { a.OrgUUID = "11111111-0000-4000-8000-000000000000" }, status: 403, text: "Forbidden"},
		"no session":           {change: func(a *AWS) { a.SessionToken = "" }, text: "missing AWS credentials"},
		"no organization":      {change: func(a *AWS) { a.OrgUUID = "" }, text: "missing org UUID"},
		"401":                  {fault: stub.Fault{Status: 401, Body: `{"errors":["who is that?"]}`}, status: 401, text: "who is that?"},
		"403":                  {fault: stub.Fault{Status: 403, Body: `{"errors":["a preview"]}`}, status: 403, text: "a preview"},
		"404":                  {fault: stub.Fault{Status: 404}, status: 404, text: "Not Found"},
		"400":                  {fault: stub.Fault{Status: 400}, status: 400, text: "Bad Request"},
		"409":                  {fault: stub.Fault{Status: 409}, status: 409, text: "Conflict"},
		"500":                  {fault: stub.Fault{Status: 500, Body: `{"errors":["AWS is down"]}`}, status: 500, text: "AWS is down", repeats: true},
		"dropped":              {fault: stub.Fault{Drop: true}, text: "EOF", repeats: true},
		"a page":               {fault: stub.Fault{Body: "<html>Please sign in"}, status: 200, text: "a token was expected"},
		"no token":             {fault: stub.Fault{Body: `{"data":{"attributes":{}}}`}, status: 200, text: "no access_token"},
		"no data":              {fault: stub.Fault{Body: `{}`}, status: 200, text: "no access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
				a := s.put("a")
				sound := *s.config.AWS
				if test.change != nil {
					test.change(s.config.AWS)
				} else {
					test.fault.Path = delegatedTokenPath
					s.Fail(test.fault)
				}
				c := s.client(t)
				for op, err := range map[string]error{
					"list":   second(c.List(t.Context())),
					"create": second(c.Create(t.Context(), prod.Account, prod.Secrets)),
					"update": second(c.Update(t.Context(), a, prod.Secrets)),
					"delete": c.Delete(t.Context(), a, LastWrite{}),
				} {
					failed := asError(t, err)
					if failed.Op != "authenticate" || failed.Status != test.status || isUnclear(err) || errors.Is(err, ErrNotFound) ||
						!strings.Contains(err.Error(), test.text) || (test.status == 200) != errors.Is(err, ErrMalformed) {
						t.Errorf("%s: %v", op, err)
					}
				}
				if n := len(s.Requests()) - countRequests(s, exchange); n > 0 {
					t.Errorf("%d other requests", n)
				}
				if n := countRequests(s, exchange); n > 4 && !test.repeats {
					t.Errorf("%d exchanges for 4 operations", n)
				}
				s.Heal()
				*s.config.AWS = sound
				findAll(t, c, []Account{a})
			}))
		})
	}
}

// The exchange waits for the rate limit, and has the operation's time, as every request.
func TestExchangeTakesTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Path: delegatedTokenPath, Status: 429, Header: http.Header{"Retry-After": {"7"}}, Times: 1})
		started := time.Now()
		_, err := s.client(t).List(t.Context())
		if elapsed := time.Since(started); err != nil || elapsed < 7*time.Second || elapsed > 8*time.Second {
			t.Errorf("%v after %s", err, elapsed)
		}
	}))
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		s.config.MaxRetries = 1000
		a := s.put("a")
		s.Fail(stub.Fault{Path: delegatedTokenPath, Hang: true})
		c := s.client(t)
		started := time.Now()
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				err := c.Delete(t.Context(), a, LastWrite{})
				if elapsed := time.Since(started); asError(t, err).Op != "authenticate" || !errors.Is(err, context.DeadlineExceeded) || elapsed != s.config.Timeout {
					t.Errorf("%v after %s", err, elapsed)
				}
			})
		}
		group.Wait()
	}))
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		a := s.put("a")
		s.Fail(stub.Fault{Path: delegatedTokenPath, Hang: true})
		c := s.client(t)
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, interrupt)
		started := time.Now()
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				if err := c.Delete(ctx, a, LastWrite{}); !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		group.Wait()
		if elapsed := time.Since(started); elapsed != time.Second {
			t.Errorf("it took %s", elapsed)
		}
	}))
}
