// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	setUp  func(s *service)
	run    func(ctx context.Context, t *testing.T, s *service, m *managed) error
}

func operations() []operation {
	changed := prod
	changed.Domain, changed.ClientSecret = "https://prod-2.okta.com", "another-secret"
	applied := func(want *wanted) func(context.Context, *testing.T, *service, *managed) error {
		return func(ctx context.Context, t *testing.T, s *service, m *managed) error { return m.apply(ctx, t, s, want) }
	}
	reads := func(f faultCase) bool { return f.readFails }
	refreshed := func(ctx context.Context, t *testing.T, s *service, m *managed) error {
		return m.refresh(ctx, s.client(t))
	}
	return []operation{
		{
			name: "create", own: stub.Fault{Method: http.MethodPost}, before: 1, want: &prod, run: applied(&prod),
			fails: func(f faultCase) bool { return f.createFails },
		},
		{
			name: "update", own: stub.Fault{Method: http.MethodPatch}, before: 1, want: &changed, run: applied(&changed),
			fails: func(f faultCase) bool { return f.updateFails },
		},
		{
			name: "delete", own: stub.Fault{Method: http.MethodDelete}, before: 1, run: applied(nil),
			fails: func(f faultCase) bool { return f.deleteFails },
		},
		{name: "read", own: stub.Fault{Method: http.MethodGet, Path: "list"}, want: &prod, fails: reads, run: refreshed},
		{name: "two reads", own: stub.Fault{Method: http.MethodGet, Path: "list"}, want: &prod, fails: reads, run: refreshTwice},
		{
			name: "read of what is gone", own: stub.Fault{Method: http.MethodGet, Path: "account"}, before: 1, run: refreshed,
			setUp: func(s *service) { s.Remove(prod.Name) },
			fails: func(f faultCase) bool { return f.readFails && f.fault.Status != 0 }, // a 404 with any body is one
		},
		{
			name: "list", own: stub.Fault{Method: http.MethodGet, Path: "list"}, want: &prod, fails: reads,
			run: func(ctx context.Context, t *testing.T, s *service, m *managed) error {
				accounts, err := s.client(t).List(ctx)
				accounts = slices.DeleteFunc(accounts, func(a Account) bool { return a.Name != m.Name })
				if err == nil && (len(accounts) != 1 || accounts[0] != m.Account) {
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

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for _, f := range faultCases() {
			for _, scope := range []string{once, always, everything} {
				for organization, prepare := range organizations {
					if scope != once && (testing.Short() || organization != "tidy") || op.name == "list" && organization == shownLate {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%s/%s", op.name, f.name, scope, organization), func(t *testing.T) {
						t.Parallel()
						inFakeTime(t, func(t *testing.T, s *service) {
							s.config.SettleTime = settleTime
							prepare(s)
							checkFault(t, s, op, f, scope, organization == shownLate)
						})
					})
				}
			}
		}
	}
}

const shownLate = "that shows writes late"

// organizations are those that the faults are tried in.
var organizations = map[string]func(s *service){
	"tidy":                 func(*service) {},
	"with odd accounts":    func(s *service) { s.History() },
	"whose ids stay as is": func(s *service) { s.Vary(stub.KeepID) },
	shownLate:              func(s *service) { s.LagFor(5 * time.Second) },
}

// checkFault lets a fault happen to an operation, and checks what comes of it, then and after the
// fault. Where the service shows writes late, an operation may fail or wait for it.
func checkFault(t *testing.T, s *service, op operation, f faultCase, scope string, late bool) {
	m := &managed{}
	if op.name != "create" {
		if err := m.apply(t.Context(), t, s, &prod); err != nil {
			t.Fatal(err)
		}
	}
	if op.setUp != nil {
		op.setUp(s)
	}
	if !late {
		time.Sleep(settleTime)
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
	elapsed := time.Since(started)

	atMost := s.config.Timeout
	if scope == once && !late {
		if failed := err != nil; failed != op.fails(f) {
			t.Errorf("failed: %t, want %t: %v", failed, op.fails(f), err)
		}
		if posts := countRequests(s, "POST"); op.name == "create" && posts != f.posts {
			t.Errorf("%d POSTs, want %d", posts, f.posts)
		}
		atMost = time.Minute
		if f.atMost > 0 {
			atMost = f.atMost
		}
	}
	if f.atOnce && !late {
		atMost = 0
	}
	if elapsed > atMost {
		t.Errorf("it took %s, want at most %s", elapsed, atMost)
	}
	checkRequests(t, s, scope)
	if err == nil && !late {
		checkSettled(t, s, []*managed{m}, []*wanted{op.want})
	}
	if reading := op.own.Method == http.MethodGet; reading && (err != nil || op.want != nil) && *m != prior {
		t.Errorf("a failing API changed the state from %+v to %+v", prior, *m)
	}
	if errors.Is(err, ErrNotFound) {
		t.Errorf("a failing API was taken for an account that is gone: %v", err)
	}

	s.Heal()
	if late {
		time.Sleep(5 * time.Second) // as long as people take to read an error
	}
	checkConverges(t, s, m, op.want)
}

// checkRequests checks what was sent while the fault lasted.
func checkRequests(t *testing.T, s *service, scope string) {
	t.Helper()
	checkLooksFirst(t, s.Requests())
	writes, answers := 0, map[int]int{}
	for _, r := range s.Requests() {
		answers[r.Status]++
		if r.Method != http.MethodGet && r.Status != http.StatusTooManyRequests {
			writes++
		}
	}
	most := 60 // the time allows; each waited
	if scope == once {
		most = 1
	}
	if n := answers[http.StatusTooManyRequests]; n > most {
		t.Errorf("%d requests were answered with 429", n)
	}
	if n := answers[http.StatusForbidden]; n > 3 { // two reads, and the key check
		t.Errorf("%d requests were answered with 403", n)
	}
	if writes > 2*(1+s.config.MaxRetries) {
		t.Errorf("%d writes", writes)
	}
	if n := s.otherHosts.Load(); n > 0 {
		t.Errorf("%d requests went to another host", n)
	}
}
