// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// trouble is a fault, and what comes of operations whose own request meets it once.
type trouble struct {
	name    string
	fault   stub.Fault
	refused bool // the connection is, so that nothing reaches the stub

	readFails, createFails, updateFails, deleteFails bool

	posts  int           // that reach the stub in a create
	atOnce bool          // the operation ends without any wait
	atMost time.Duration // 0: a minute
}

// faultMatrix has every fault on either side of the processing.
func faultMatrix() []trouble {
	const page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
	elsewhere := http.Header{"Location": {"http://elsewhere" + accountsPath}}
	all := []trouble{
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
	for name, fault := range map[string]stub.Fault{
		"malformed body": {Body: `{"data":`},
		"a page":         {Body: "<html>Welcome</html>"},
		"empty body":     {EmptyBody: true},
		"null":           {Body: "null"},
		"empty object":   {Body: "{}"},
		"missing id":     {Body: `{"data":{"type":"okta-accounts","attributes":{"name":"prod","domain":"https://prod.okta.com","auth_method":"oauth"}}}`},
		"missing name":   {Body: `{"data":{"type":"okta-accounts","id":"1","attributes":{"domain":"https://prod.okta.com","auth_method":"oauth"}}}`},
		"foreign name":   {Body: `{"data":{"type":"okta-accounts","id":"1","attributes":{"name":"x","domain":"https://x.okta.com","auth_method":"oauth"}}}`},
	} {
		all = append(all, trouble{name: name, fault: fault, posts: 1, readFails: true})
	}
	for _, reset := range []string{"7", "-5", "0", "1000000000", "946684805", "315360000", "99999999999999999999", "soon", ""} {
		fault := stub.Fault{Status: 429, Body: page, Header: http.Header{
			"X-RateLimit-Name": {"okta"}, "X-RateLimit-Limit": {"10"}, "X-RateLimit-Period": {"10"},
			"X-RateLimit-Remaining": {"0"}, "X-RateLimit-Reset": {reset},
		}}
		all = append(all, trouble{name: "429 reset " + reset, fault: fault, posts: 2, atMost: 12 * time.Second})
	}
	for _, after := range []string{"7", "-5", "0", "99999999999", "99999999999999999999", "soon", "Sat, 01 Jan 2000 00:00:07 GMT", "Fri, 31 Dec 1999 00:00:00 GMT"} {
		fault := stub.Fault{Status: 429, Header: http.Header{"Retry-After": {after}}}
		all = append(all, trouble{name: "429 retry after " + after, fault: fault, posts: 2, atMost: 12 * time.Second})
	}
	return append(all, trouble{
		name: "429 for longer than the operation may take", fault: stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"3000"}}},
		posts: 1, atOnce: true, readFails: true, createFails: true, updateFails: true, deleteFails: true,
	})
}

// scopes are the requests that a fault hits: the operation's own once, its own always, or all from its own on.
var scopes = []string{"once", "until healed", "everything until healed"}

// operation is one kind of operation of the matrix.
type operation struct {
	name   string
	own    stub.Fault // Method, Path: the request that makes the operation
	before int        // requests before it
	fails  func(trouble) bool
	want   *wanted
	run    func(ctx context.Context, t *testing.T, w *world, m *managed) error
}

func operations() []operation {
	changed := prod
	changed.Domain, changed.ClientSecret = "https://prod-2.okta.com", "another-secret"
	applied := func(want *wanted) func(context.Context, *testing.T, *world, *managed) error {
		return func(ctx context.Context, t *testing.T, w *world, m *managed) error { return m.apply(ctx, t, w, want) }
	}
	reads := func(tr trouble) bool { return tr.readFails }
	return []operation{
		{
			name: "create", own: stub.Fault{Method: http.MethodPost}, before: 1, want: &prod, run: applied(&prod),
			fails: func(tr trouble) bool { return tr.createFails },
		},
		{
			name: "update", own: stub.Fault{Method: http.MethodPatch}, before: 1, want: &changed, run: applied(&changed),
			fails: func(tr trouble) bool { return tr.updateFails },
		},
		{
			name: "delete", own: stub.Fault{Method: http.MethodDelete}, before: 1, run: applied(nil),
			fails: func(tr trouble) bool { return tr.deleteFails },
		},
		{
			name: "read alone", own: stub.Fault{Method: http.MethodGet, Path: "account"}, want: &prod, fails: reads,
			run: func(ctx context.Context, t *testing.T, w *world, m *managed) error {
				return m.refresh(ctx, w.client(t))
			},
		},
		{
			name: "read in company", own: stub.Fault{Method: http.MethodGet, Path: "list"}, before: 1, want: &prod, fails: reads,
			run: refreshInCompany,
		},
		{
			name: "list", own: stub.Fault{Method: http.MethodGet, Path: "list"}, want: &prod, fails: reads,
			run: func(ctx context.Context, t *testing.T, w *world, m *managed) error {
				accounts, err := w.client(t).List(ctx)
				if err == nil && (len(accounts) != 1 || accounts[0] != m.Account) {
					t.Errorf("listed %+v", accounts)
				}
				return err
			},
		},
	}
}

// refreshInCompany reads the account twice at a time, one of the reads by its id alone.
func refreshInCompany(ctx context.Context, t *testing.T, w *world, m *managed) error {
	c := w.client(t)
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
		for _, tr := range faultMatrix() {
			for _, scope := range scopes {
				t.Run(fmt.Sprintf("%s/%s/%s", op.name, tr.name, scope), func(t *testing.T) {
					t.Parallel()
					inFakeTime(t, func(t *testing.T, w *world) { meet(t, w, op, tr, scope) })
				})
			}
		}
	}
}

func meet(t *testing.T, w *world, op operation, tr trouble, scope string) {
	m := &managed{}
	if op.name != "create" {
		if err := m.apply(t.Context(), t, w, &prod); err != nil {
			t.Fatal(err)
		}
		w.ResetRequests()
	}
	prior := *m

	fault := tr.fault
	switch scope {
	case "once":
		fault.Method, fault.Path, fault.Times = op.own.Method, op.own.Path, 1
	case "until healed":
		fault.Method, fault.Path = op.own.Method, op.own.Path
	default:
		fault.Skip = op.before
	}
	if tr.refused {
		w.refuse(fault)
	} else {
		w.Fail(fault)
	}

	started := time.Now()
	err := op.run(t.Context(), t, w, m)
	elapsed := time.Since(started)

	atMost := w.cfg.Timeout
	if scope == "once" {
		if failed := err != nil; failed != op.fails(tr) {
			t.Errorf("failed: %t, want %t: %v", failed, op.fails(tr), err)
		}
		if op.name == "create" && w.Count(http.MethodPost, "") != tr.posts {
			t.Errorf("%d POSTs, want %d", w.Count(http.MethodPost, ""), tr.posts)
		}
		if atMost = max(tr.atMost, time.Minute); tr.atMost > 0 {
			atMost = tr.atMost
		}
	}
	if tr.atOnce {
		atMost = 0
	}
	if elapsed > atMost {
		t.Errorf("it took %s, want at most %s", elapsed, atMost)
	}
	checkRequests(t, w, scope)
	if err == nil {
		w.settled(t, []*managed{m}, []*wanted{op.want})
	}
	if reading := op.own.Method == http.MethodGet; reading && *m != prior {
		t.Errorf("a failing API changed the state from %+v to %+v", prior, *m)
	}
	if errors.Is(err, ErrNotFound) {
		t.Errorf("a failing API was taken for an account that is gone: %v", err)
	}

	w.Heal()
	converges(t, w, m, op.want)
}

// checkRequests checks what was sent while the fault lasted.
func checkRequests(t *testing.T, w *world, scope string) {
	t.Helper()
	w.neverBlind(t)
	writes, refusals := 0, map[int]int{}
	for _, r := range w.Requests() {
		refusals[r.Status]++
		if r.Method != http.MethodGet && r.Status != http.StatusTooManyRequests {
			writes++
		}
	}
	most := 60 // the time allows; each waited
	if scope == "once" {
		most = 1
	}
	if refusals[http.StatusTooManyRequests] > most {
		t.Errorf("%d requests were answered with 429", refusals[http.StatusTooManyRequests])
	}
	if refusals[http.StatusForbidden] > 2 { // one of the key check
		t.Errorf("%d requests were answered with 403", refusals[http.StatusForbidden])
	}
	if writes > 2*(1+w.cfg.MaxRetries) {
		t.Errorf("%d writes", writes)
	}
	if n := w.strangers.Load(); n > 0 {
		t.Errorf("%d requests went to another host", n)
	}
}

// converges checks that one apply puts everything right, and that the next has nothing to do.
func converges(t *testing.T, w *world, m *managed, want *wanted) {
	t.Helper()
	if err := m.apply(t.Context(), t, w, want); err != nil {
		t.Fatalf("the next apply: %v", err)
	}
	w.settled(t, []*managed{m}, []*wanted{want})
	w.ResetRequests()
	if err := m.apply(t.Context(), t, w, want); err != nil {
		t.Fatalf("the apply after the next: %v", err)
	}
	w.settled(t, []*managed{m}, []*wanted{want})
	w.wantCounts(t, w.Count(http.MethodGet, "list"), w.Count(http.MethodGet, "account"), 0, 0, 0)
}

// After an interrupt nothing more is sent: no look, no repeat.
func TestInterruptSendsNoMore(t *testing.T) {
	t.Parallel()
	for _, op := range operations()[:3] { // a list goes on for the reads that share it
		for name, fault := range map[string]stub.Fault{"hang": {Hang: true}, "back-off": {Status: 500}} {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					m := &managed{}
					if op.name != "create" {
						if err := m.apply(t.Context(), t, w, &prod); err != nil {
							t.Fatal(err)
						}
					}
					fault.Method = op.own.Method
					w.Fail(fault)
					ctx, interrupt := context.WithCancel(t.Context())
					var before int
					time.AfterFunc(time.Millisecond, func() {
						before = len(w.Requests())
						interrupt()
					})
					if err := op.run(ctx, t, w, m); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
					time.Sleep(time.Minute)
					if after := len(w.Requests()); after != before {
						t.Errorf("%d requests after the interrupt: %+v", after-before, w.Requests()[before:])
					}
				})
			})
		}
	}
}

// An interrupt ends every operation at once, in whatever it waits for, and the next apply ends with one account.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for name, fault := range map[string]stub.Fault{
			"hang before": {Hang: true},
			"hang after":  {Hang: true, When: stub.After},
			"back-off":    {Status: 500},
			"rate limit":  {Status: 429, Header: http.Header{"Retry-After": {"60"}}},
		} {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					m := &managed{}
					if op.name != "create" {
						if err := m.apply(t.Context(), t, w, &prod); err != nil {
							t.Fatal(err)
						}
						w.ResetRequests()
					}
					fault.Method, fault.Path = op.own.Method, op.own.Path
					w.Fail(fault)
					ctx, interrupt := context.WithCancel(t.Context())
					started := time.Now()
					time.AfterFunc(time.Millisecond, interrupt)
					err := op.run(ctx, t, w, m)
					if !errors.Is(err, context.Canceled) {
						t.Errorf("got %v, want %v", err, context.Canceled)
					}
					if elapsed := time.Since(started); elapsed > time.Millisecond {
						t.Errorf("it went on for %s", elapsed)
					}
					w.Heal()
					converges(t, w, m, op.want)
				})
			})
		}
	}
}
