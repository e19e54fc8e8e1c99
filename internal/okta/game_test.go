// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// game is a module with a few accounts, the service, and everybody who changes something.
type game struct {
	*rand.Rand
	t       *testing.T
	s       *service
	lag     time.Duration // of what the service shows
	slots   []slot
	secrets int // so far: each edit sets another one

	// abandoned are the names of accounts that are rightly left alone: no answer said that our create
	// made them, and somebody changed what is there, so that it may be theirs.
	abandoned map[string]bool
}

// slot is a place in the configuration for one account.
type slot struct {
	state managed
	want  *wanted
	// outside says that somebody changed the account since the last apply that went well. People
	// import or remove what is found then.
	outside bool
}

// newGame returns a game on a service that shows changes late, in some of the games, and makes ids in
// one of three ways.
func newGame(t *testing.T, s *service, seed uint64) *game {
	t.Helper()
	g := &game{Rand: rand.New(rand.NewPCG(seed, seed)), t: t, s: s, slots: make([]slot, 4), abandoned: map[string]bool{}}
	ids := []stub.Variant{"", stub.KeepID, stub.HashIDs}[g.IntN(3)]
	g.lag = []time.Duration{0, 3 * time.Second, 10 * time.Second}[g.IntN(3)]
	s.Vary(ids)
	s.LagFor(g.lag)
	if g.IntN(2) == 0 {
		s.History()
	}
	s.config.Transport = inOrder{s}
	g.note("%q, late by %s", ids, g.lag)
	return g
}

// slotKey is the key of a context's slot.
type slotKey struct{}

// inOrder gives the requests of each slot a latency of its own, so that no two arrive at the same
// moment: what is random in their order would make each run another one.
type inOrder struct{ s *service }

func (o inOrder) RoundTrip(r *http.Request) (*http.Response, error) {
	latencies := []time.Duration{100_000_003, 130_000_021, 170_000_023, 210_000_011} // no multiples are alike
	slot, _ := r.Context().Value(slotKey{}).(int)
	if err := datadog.Sleep(r.Context(), latencies[slot]); err != nil {
		return nil, err
	}
	return o.s.RoundTrip(r)
}

func (g *game) note(format string, args ...any) {
	g.t.Helper()
	g.t.Log(time.Now().Format("04:05.000"), fmt.Sprintf(format, args...))
}

// edit changes the configuration.
func (g *game) edit() {
	i := g.IntN(len(g.slots))
	s := &g.slots[i]
	g.secrets++
	secret := fmt.Sprintf("secret-%d", g.secrets)
	domain := fmt.Sprintf("https://domain-%d.okta.com", g.IntN(3))
	switch action := g.IntN(6); {
	case s.want == nil || action == 0: // made, or renamed, perhaps back
		account := Account{
			Name: fmt.Sprintf("account_%d_%d", i, g.IntN(2)), Domain: domain,
			AuthMethod: "oauth", ClientID: fmt.Sprintf("client-%d", g.IntN(3)),
		}
		s.want = &wanted{account, Secrets{ClientSecret: secret, APIKey: fmt.Sprintf("token-%d", g.IntN(3))}}
	case action == 1:
		s.want = nil
	case action == 2 && s.state.exists: // as with -replace
		s.state.tainted = true
	default:
		changed := *s.want
		changed.Domain, changed.ClientSecret = domain, secret
		s.want = &changed
	}
	g.note("configure %d: %+v, tainted %t", i, s.want, s.state.tainted)
}

// changeOutside changes something outside.
func (g *game) changeOutside() {
	accounts := g.s.Accounts()
	if len(accounts) == 0 {
		return
	}
	a := accounts[g.IntN(len(accounts))]
	switch g.IntN(3) {
	case 0:
		g.s.Remove(a.Name)
		g.note("removed outside: %s", a.Name)
	case 1:
		g.s.Rekey(a.Name)
		g.note("re-keyed outside: %s", a.Name)
	default:
		a.Domain = "https://outside.okta.com"
		g.s.Put(a)
		g.note("changed outside: %s", a.Name)
	}
	for i := range g.slots {
		g.slots[i].outside = true
	}
}

// fail adds a fault or two.
func (g *game) fail() {
	all := faultCases()
	for range 1 + g.IntN(2) {
		f := all[g.IntN(len(all))]
		fault := f.fault
		fault.Method = []string{"", http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}[g.IntN(5)]
		fault.Skip, fault.Times = g.IntN(4), g.IntN(4)
		if f.forProd || fault.When == stub.Later {
			continue // about an account that is not here, or carried out after minutes
		}
		g.note("fault %q: %+v", f.name, fault)
		if f.refused {
			fault.Times = min(fault.Times, 1)
		}
		f.set(g.s, fault)
	}
}

// step is an apply of some changes, in which something may fail. Half of them end with a settled
// service.
func (g *game) step() {
	for range g.IntN(3) {
		g.edit()
	}
	if g.IntN(2) == 0 {
		g.changeOutside()
	}
	if g.IntN(4) > 0 {
		g.fail()
	}
	after := time.Hour
	if g.IntN(6) == 0 {
		after = time.Duration(g.IntN(int(time.Minute)))
		g.note("interrupt after %s", after)
	}
	ctx, cancel := context.WithTimeout(g.t.Context(), after)
	g.apply(ctx)
	cancel()
	if g.IntN(2) == 0 {
		return // what is left of the faults is for the next step
	}
	g.s.Heal()
	g.note("healed")
	g.converge()
}

// apply refreshes everything, and changes everything where that went well, all at the same time.
func (g *game) apply(ctx context.Context) []error {
	plan, apply := g.s.client(g.t), g.s.client(g.t)
	before := slices.Clone(g.slots)
	errs := g.each(ctx, func(ctx context.Context, s *slot) error { return s.state.refresh(ctx, plan) })
	for i := range before {
		was := before[i].state
		if is, found := g.s.Account(was.Name); was.exists && was.ID == "" && !g.slots[i].state.exists && found &&
			before[i].outside {
			g.note("abandoned: %+v", is)
			g.abandoned[was.Name] = true
		}
	}
	if errors.Join(errs...) == nil {
		errs = g.each(ctx, func(ctx context.Context, s *slot) error { return s.state.change(ctx, apply, s.want) })
	}
	for i, s := range g.slots {
		if s.state.exists && s.state.ID != "" {
			delete(g.abandoned, s.state.Name)
		}
		g.note("applied %d: %+v, %v", i, s.state, errs[i])
	}
	return errs
}

func (g *game) each(ctx context.Context, do func(context.Context, *slot) error) []error {
	errs := make([]error, len(g.slots))
	var group sync.WaitGroup
	for i := range g.slots {
		group.Go(func() {
			time.Sleep(time.Duration(i) * time.Microsecond) // in order
			errs[i] = do(context.WithValue(ctx, slotKey{}, i), &g.slots[i])
		})
	}
	group.Wait()
	return errs
}

var (
	seedFlag    = flag.Uint64("seed", 1, "the first of TestRandom's seeds; 0: a random one")
	randomRuns  = flag.Int("random-runs", 30, "how many seeds TestRandom tries")
	randomSteps = flag.Int("random-steps", 60, "of each run of TestRandom")
)

// Whatever happens, in whatever order: once the faults are over and everything is shown, one apply
// makes everything as it is wanted, and the next has nothing to do.
//
//	go test ./internal/okta -run TestRandom -seed 0 -random-runs 1000 -random-steps 200
//
// tries other histories, and more of them.
func TestRandom(t *testing.T) {
	t.Parallel()
	first, runs := *seedFlag, uint64(*randomRuns)
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	if testing.Short() {
		runs = min(runs, 4)
	}
	for run := range runs {
		seed := first + run
		subtest(t, seed, func(t *testing.T, s *service) {
			t.Logf("again: go test ./internal/okta -run TestRandom -random-runs 1 -random-steps %d -seed %d", *randomSteps,
				seed)
			g := newGame(t, s, seed)
			for step := 0; step < *randomSteps && !t.Failed(); step++ {
				g.step()
			}
		})
	}
}

// converge applies without faults, and checks that everything is as it is wanted.
func (g *game) converge() {
	t := g.t
	time.Sleep(g.lag) // what one process deleted, a late list shows to the next
	again := false
	for i, err := range g.apply(t.Context()) {
		switch s := &g.slots[i]; {
		case err == nil:
		case errors.Is(err, ErrExists) && (s.outside || g.abandoned[s.want.Name]):
			found := asError(t, err).Found[0]
			g.note("imported: %+v", found)
			s.state = managed{wanted: wanted{Account: found}, exists: true}
			again = true
		default:
			t.Errorf("the apply after the faults: %v", err)
		}
	}
	if again {
		if err := errors.Join(g.apply(t.Context())...); err != nil {
			t.Errorf("the apply after an import: %v", err)
		}
	}
	time.Sleep(settleTime)
	checkLooksFirst(t, g.s.Requests())
	g.s.ResetRequests()
	if err := errors.Join(g.apply(t.Context())...); err != nil {
		t.Errorf("the plan after it: %v", err)
	}
	if n := len(g.s.Requests()) - g.s.Count("GET", ""); n > 0 {
		t.Errorf("the plan after it made %d changes", n)
	}
	states, wants := make([]*managed, len(g.slots)), make([]*wanted, len(g.slots))
	for i := range g.slots {
		states[i], wants[i] = &g.slots[i].state, g.slots[i].want
		g.slots[i].outside = false
	}
	var leftAlone []string
	for _, account := range g.s.Accounts() {
		if g.abandoned[account.Name] {
			leftAlone = append(leftAlone, account.Name)
		}
	}
	checkSettled(t, g.s, states, wants, leftAlone...)
}
