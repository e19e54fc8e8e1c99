// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	seedFlag    = flag.Uint64("seed", 1, "the first of TestRandom's seeds; 0: a random one")
	randomRuns  = flag.Int("random-runs", 20, "how many seeds TestRandom tries")
	randomSteps = flag.Int("random-steps", 60, "of each run of TestRandom")
)

// Whatever happens, in whatever order: once the faults are over, one apply makes everything as it is
// wanted. A run does the same each time, so that its seed reproduces what it found.
//
//	go test ./internal/api -run TestRandom -seed 0 -random-runs 1000 -random-steps 200
//
// tries others, and more of them.
func TestRandom(t *testing.T) {
	t.Parallel()
	first := *seedFlag
	if first == 0 {
		first = uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	}
	for run := range uint64(*randomRuns) { //nolint:gosec // nor is it negative
		seed := first + run
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				g := newGame(s, seed)
				for step := 0; step < *randomSteps && !t.Failed(); step++ {
					g.step(t)
				}
				t.Logf("the run %016x", g.hash())
				if t.Failed() {
					t.Logf("again: go test ./internal/api -run TestRandom -random-runs 1 -random-steps %d -seed %d", *randomSteps, seed)
					for _, line := range g.history {
						t.Log(line)
					}
				}
			})
		})
	}
}

// game is a module with a few accounts, the service, and everybody who changes something.
type game struct {
	*rand.Rand
	s       *service
	slots   []slot
	secrets int // so far: each edit sets another one
	history []string

	// abandoned are the names of accounts that are rightly left alone: our create of them stayed
	// unclear, and somebody changed what is there, so that it is not provably ours.
	abandoned map[string]bool
}

// slot is a place in the configuration for one account.
type slot struct {
	state managed
	want  *wanted
	// outside says that somebody changed the account since the last apply that went well. What is
	// found after a create without an answer is not provably ours then: people import or remove it.
	outside bool
}

func newGame(s *service, seed uint64) *game {
	g := &game{Rand: rand.New(rand.NewPCG(seed, seed)), s: s, slots: make([]slot, 4), abandoned: map[string]bool{}} //nolint:gosec // a game
	var mu sync.Mutex
	jitters := rand.New(rand.NewPCG(seed, seed+1)) //nolint:gosec // a game
	s.config.jitter = func(most time.Duration) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(jitters.Int64N(int64(most) + 1))
	}
	s.config.transport = inOrder{s}
	return g
}

// slotKey is the key of a context's slot.
type slotKey struct{}

// inOrder gives the requests of each slot a latency of its own, so that no two arrive at the same
// moment: what is random in their order would make each run another one.
type inOrder struct{ s *service }

func (o inOrder) RoundTrip(r *http.Request) (*http.Response, error) {
	latencies := []time.Duration{1_000_003, 1_300_021, 1_700_023, 2_100_011} // no multiples are alike
	slot, _ := r.Context().Value(slotKey{}).(int)
	if err := sleep(r.Context(), latencies[slot]); err != nil {
		return nil, err
	}
	return o.s.RoundTrip(r)
}

func (g *game) note(format string, args ...any) {
	g.history = append(g.history, fmt.Sprintf(format, args...))
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// hash is the same for runs that were the same, but for the ids, which are always others.
func (g *game) hash() uint64 {
	h := fnv.New64a()
	for _, line := range g.history {
		_, _ = h.Write([]byte(anyID.ReplaceAllString(line, "id")))
	}
	return h.Sum64()
}

func (g *game) step(t *testing.T) {
	t.Helper()
	for range g.IntN(3) {
		g.edit()
	}
	if g.IntN(2) == 0 {
		g.meddle()
	}
	if g.IntN(4) > 0 {
		g.fail()
	}
	ctx, cancel := t.Context(), func() {}
	if g.IntN(6) == 0 {
		after := time.Duration(g.IntN(int(time.Minute)))
		ctx, cancel = context.WithTimeout(t.Context(), after)
		g.note("interrupt after %s", after)
	}
	g.apply(ctx)
	cancel()
	if g.IntN(2) == 0 {
		return // the next step meets what is left of the faults
	}
	g.s.Heal()
	g.settle(t)
}

// edit changes the configuration.
func (g *game) edit() {
	i := g.IntN(len(g.slots))
	s := &g.slots[i]
	g.secrets++
	secret := fmt.Sprintf("secret-%d", g.secrets)
	switch action := g.IntN(5); {
	case s.want == nil || action == 0: // made, or renamed, perhaps back
		s.want = &wanted{
			Account: Account{Name: fmt.Sprintf("account_%d_%d", i, g.IntN(2)), Domain: g.domain(), AuthMethod: "oauth", ClientID: g.pick("client")},
			Secrets: Secrets{ClientSecret: secret, APIKey: g.pick("token")},
		}
	case action == 1:
		s.want = nil
	default:
		changed := *s.want
		changed.Domain, changed.ClientSecret = g.domain(), secret
		s.want = &changed
	}
	g.note("configure %d: %+v", i, s.want)
}

func (g *game) pick(what string) string { return fmt.Sprintf("%s-%d", what, g.IntN(3)) }
func (g *game) domain() string          { return fmt.Sprintf("https://domain-%d.okta.com", g.IntN(3)) }

// meddle changes something outside.
func (g *game) meddle() {
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
		if f.forProd {
			continue // it is about an account that is not here
		}
		g.note("fault %q: %+v", f.name, fault)
		if f.refused {
			fault.Times = min(fault.Times, 1)
		}
		f.set(g.s, fault)
	}
}

// apply refreshes everything, and changes everything where that went well, all at the same time.
func (g *game) apply(ctx context.Context) []error {
	plan, apply := g.client(), g.client()
	before := make([]managed, len(g.slots))
	for i := range g.slots {
		before[i] = g.slots[i].state
	}
	errs := g.each(ctx, func(ctx context.Context, s *slot) error { return s.state.refresh(ctx, plan) })
	for i, was := range before {
		if is, exists := g.s.Account(was.Name); was.exists && was.ID == "" && !g.slots[i].state.exists && exists && !sameAttributes(visible(is), was.Account) {
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

func (g *game) client() *Client {
	c, err := New(g.s.config)
	if err != nil {
		panic(err)
	}
	return c
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

// settle applies without faults, and checks that everything is as it is wanted.
func (g *game) settle(t *testing.T) {
	t.Helper()
	g.note("healed")
	errs := g.apply(t.Context())
	again := false
	for i, err := range errs {
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
	states, wants := make([]*managed, len(g.slots)), make([]*wanted, len(g.slots))
	for i := range g.slots {
		states[i], wants[i] = &g.slots[i].state, g.slots[i].want
		g.slots[i].outside = false
	}
	checkSettled(t, g.s, states, wants, g.leftAlone()...)
	checkLooksFirst(t, g.s.Requests())
	g.s.ResetRequests()
}

// leftAlone returns the names of the abandoned accounts that are still there.
func (g *game) leftAlone() []string {
	var names []string
	for _, account := range g.s.Accounts() {
		if g.abandoned[account.Name] {
			names = append(names, account.Name)
		}
	}
	slices.Sort(names)
	g.note("left alone: %s", strings.Join(names, " "))
	return names
}
