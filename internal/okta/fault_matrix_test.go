// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The requests that a fault hits.
const (
	once       = "once"                    // the operation's own, the first time
	always     = "until healed"            // the operation's own, every time
	everything = "everything until healed" // all from the operation's own on
)

// operation is one kind of operation of the matrix, which works on the account prod.
type operation struct {
	name   string
	own    stub.Fault // Method, Path: the request that makes the operation
	before int        // requests before it
	fails  func(faultCase) bool
	want   *wanted // what the state says afterwards
	setUp  func(s *service, m *managed)
	run    func(ctx context.Context, t *testing.T, s *service, m *managed) error
}

func operations() []operation {
	changed := prod
	changed.Domain, changed.ClientSecret = "https://prod-2.okta.com", "another-secret"
	applied := func(want *wanted) func(context.Context, *testing.T, *service, *managed) error {
		return func(ctx context.Context, t *testing.T, s *service, m *managed) error { return m.apply(ctx, t, s, want) }
	}
	reads := func(f faultCase) bool { return f.readFails }
	creates := func(f faultCase) bool { return f.createFails }
	deletes := func(f faultCase) bool { return f.deleteFails }
	refreshed := func(ctx context.Context, t *testing.T, s *service, m *managed) error {
		return m.refresh(ctx, s.client(t))
	}
	post, patch := stub.Fault{Method: http.MethodPost}, stub.Fault{Method: http.MethodPatch}
	del := stub.Fault{Method: http.MethodDelete}
	list, get := stub.Fault{Method: http.MethodGet, Path: "list"}, stub.Fault{Method: http.MethodGet, Path: "account"}
	taint := func(_ *service, m *managed) { m.tainted = true }
	return []operation{
		{name: "create", own: post, before: 1, want: &prod, run: applied(&prod), fails: creates},
		{
			name: "update", own: patch, before: 1, want: &changed, run: applied(&changed),
			fails: func(f faultCase) bool { return f.updateFails },
		},
		{name: "delete", own: del, before: 1, run: applied(nil), fails: deletes},
		{name: "delete to replace", own: del, before: 1, want: &prod, run: applied(&prod), setUp: taint, fails: deletes},
		{name: "create to replace", own: post, before: 3, want: &prod, run: applied(&prod), setUp: taint, fails: creates},
		{name: "read", own: list, want: &prod, fails: reads, run: refreshed},
		{name: "two reads", own: list, want: &prod, fails: reads, run: refreshTwice},
		{
			name: "read of what is gone", own: get, before: 1, run: refreshed,
			setUp: func(s *service, _ *managed) { s.Remove(prod.Name) },
			fails: func(f faultCase) bool { return f.readFails && f.fault.Status != 0 }, // a 404 with any body is one
		},
		{
			name: "list", own: list, want: &prod, fails: reads,
			run: func(ctx context.Context, t *testing.T, s *service, m *managed) error {
				accounts, err := s.client(t).List(ctx)
				if err == nil && !slices.Contains(accounts, m.Account) {
					t.Errorf("listed %+v", accounts)
				}
				return err
			},
		},
	}
}

// refreshTwice reads the account twice at a time.
func refreshTwice(ctx context.Context, t *testing.T, s *service, m *managed) error {
	c := s.client(t)
	first := *m
	var err error
	var group sync.WaitGroup
	group.Go(func() { err = first.refresh(ctx, c) })
	synctest.Wait() // the first is answered, or waits
	second := m.refresh(ctx, c)
	group.Wait()
	return errors.Join(err, second)
}

// services are those that the faults are tried in.
var services = map[string]func(s *service){
	"as is":            func(*service) {},
	"odd accounts":     func(s *service) { s.History() },
	"ids kept":         func(s *service) { s.Vary(stub.KeepID) },
	"late":             func(s *service) { s.LagFor(10 * time.Second) },
	"late, ids hashed": func(s *service) { s.Vary(stub.HashIDs); s.LagFor(10 * time.Second) },
	"late, ids kept":   func(s *service) { s.Vary(stub.KeepID); s.LagFor(10 * time.Second) },
}

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for _, f := range faultCases() {
			for _, scope := range []string{once, always, everything} {
				for kind, prepare := range services {
					if testing.Short() && (scope != once || kind != "as is" && kind != "late") {
						continue
					}
					subtest(t, fmt.Sprintf("%s/%s/%s/%s", op.name, f.name, scope, kind), func(t *testing.T, s *service) {
						prepare(s)
						checkFault(t, s, op, f, scope, strings.HasPrefix(kind, "late"))
					})
				}
			}
		}
	}
}

// checkFault lets a fault happen to an operation, and checks what comes of it, then and after the
// fault.
func checkFault(t *testing.T, s *service, op operation, f faultCase, scope string, isLate bool) {
	m := &managed{}
	if op.name != "create" {
		if err := m.apply(t.Context(), t, s, &prod); err != nil {
			t.Fatal(err)
		}
		time.Sleep(settleTime)
	}
	if op.setUp != nil {
		op.setUp(s, m)
	}
	s.ResetRequests()
	prior := *m

	fault := f.fault
	switch scope {
	case once:
		fault.Method, fault.Path, fault.Times = op.own.Method, op.own.Path, 1
	case always:
		fault.Method, fault.Path = op.own.Method, op.own.Path
	default:
		fault.Skip = op.before
	}
	f.set(s, fault)
	started := time.Now()
	err := op.run(t.Context(), t, s, m)
	checkOutcome(t, s, op, f, scope, isLate, err, time.Since(started))
	if reading := op.own.Method == http.MethodGet; reading && (err != nil || op.want != nil) && *m != prior {
		t.Errorf("a failing API changed the state from %+v to %+v", prior, *m)
	}

	s.Heal()
	if err == nil {
		checkSettled(t, s, []*managed{m}, []*wanted{op.want})
	}
	if prior.tainted && !m.exists {
		time.Sleep(settleTime) // another process does not know that this one deleted the account
	}
	checkConverges(t, s, m, op.want)
}

// checkOutcome checks what comes of the operation during the fault.
func checkOutcome(
	t *testing.T, s *service, op operation, f faultCase, scope string, isLate bool, err error, elapsed time.Duration,
) {
	t.Helper()
	if failed := err != nil; scope == once && failed != op.fails(f) && (!isLate || f.name != "another account") {
		t.Errorf("failed: %t, want %t: %v", failed, op.fails(f), err)
	}
	if posts := s.Count("POST", ""); scope == once && op.name == "create" && posts != f.posts && !isLate {
		t.Errorf("%d POSTs, want %d", posts, f.posts)
	}
	if scope == once && (elapsed > longest || f.atOnce && elapsed > 0) {
		t.Errorf("it took %s", elapsed)
	}
	if elapsed > 2*s.config.Timeout { // a delete and a create
		t.Errorf("it took %s", elapsed)
	}
	checkLooksFirst(t, s.Requests())
	if errors.Is(err, ErrNotFound) {
		t.Errorf("a failing API was taken for an account that is gone: %v", err)
	}
}

// checkLooksFirst checks that no POST or PATCH whose outcome was unknown was repeated before the
// service was asked again.
func checkLooksFirst(t *testing.T, requests []stub.Request) {
	t.Helper()
	unknown := map[string]bool{} // by method and account
	for _, r := range requests {
		switch r.Method {
		case http.MethodGet:
			if r.Status == http.StatusOK {
				clear(unknown)
			}
		case http.MethodPost, http.MethodPatch:
			var body document[resource[sent]]
			if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
				t.Fatal(err)
			}
			// In a PATCH is no name.
			key := r.Method + body.Data.Attributes.Name + body.Data.Attributes.ClientSecret
			if unknown[key] {
				t.Errorf("%s %s was repeated without a look", r.Method, r.Path)
			}
			unknown[key] = r.Status != http.StatusTooManyRequests
		}
	}
}

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
