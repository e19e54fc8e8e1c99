// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"
)

var (
	seedFlag    = flag.Uint64("seed", 0, "of TestRandom; 0: another one each time")
	randomSteps = flag.Int("random-steps", 60, "of each run of TestRandom")
	randomRuns  = flag.Int("random-runs", 20, "of TestRandom")
)

// Whatever happens, in whatever order: once the faults are over, one apply makes everything as it is wanted.
//
//	go test ./internal/api -run TestRandom -random-runs 1000 -random-steps 200
//
// runs longer.
func TestRandom(t *testing.T) {
	t.Parallel()
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	for run := range *randomRuns {
		seed := seed + uint64(run)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				g := &game{Rand: rand.New(rand.NewPCG(seed, seed)), w: w, slots: make([]slot, 4)}
				for step := 0; step < *randomSteps && !t.Failed(); step++ {
					g.step(t)
				}
				if t.Failed() {
					t.Logf("again: go test ./internal/api -run TestRandom -random-runs 1 -seed %d", seed)
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
	w       *world
	slots   []slot
	secrets int // so far: each edit sets another one
	history []string
}

// slot is a place in the configuration for one account.
type slot struct {
	state managed
	want  *wanted
	// outside says that somebody changed the account since the last apply that went well. What is found after a create
	// without an answer is not provably ours then: people import or remove it.
	outside bool
}

func (g *game) note(format string, args ...any) {
	g.history = append(g.history, fmt.Sprintf(format, args...))
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
	g.apply(ctx, t)
	cancel()
	if g.IntN(2) == 0 {
		return // the next step meets what is left of the faults
	}
	g.w.Heal()
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
			Account: Account{Name: fmt.Sprintf("account-%d-%d", i, g.IntN(2)), Domain: g.domain(), AuthMethod: "oauth", ClientID: g.pick("client")},
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
	accounts := g.w.Accounts()
	if len(accounts) == 0 {
		return
	}
	a := accounts[g.IntN(len(accounts))]
	switch g.IntN(3) {
	case 0:
		g.w.Remove(a.Name)
		g.note("removed outside: %s", a.Name)
	case 1:
		g.w.Rekey(a.Name)
		g.note("re-keyed outside: %s", a.Name)
	default:
		a.Domain = "https://outside.okta.com"
		g.w.Put(a)
		g.note("changed outside: %s", a.Name)
	}
	for i := range g.slots {
		g.slots[i].outside = true
	}
}

// fail adds a fault or two.
func (g *game) fail() {
	all := faultMatrix()
	for range 1 + g.IntN(2) {
		tr := all[g.IntN(len(all))]
		if tr.name == "missing id" || tr.name == "missing name" || tr.name == "foreign name" {
			continue // their bodies are about one certain account
		}
		fault := tr.fault
		fault.Method = []string{"", http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}[g.IntN(5)]
		fault.Skip, fault.Times = g.IntN(4), g.IntN(4)
		g.note("fault %q: %+v", tr.name, fault)
		if tr.refused {
			fault.Times = min(fault.Times, 1)
			g.w.refuse(fault)
		} else {
			g.w.Fail(fault)
		}
	}
}

// apply refreshes everything, and changes everything where that went well, all at the same time.
func (g *game) apply(ctx context.Context, t *testing.T) []error {
	t.Helper()
	plan, apply := g.w.client(t), g.w.client(t)
	errs := g.each(func(s *slot) error { return s.state.refresh(ctx, plan) })
	if errors.Join(errs...) == nil {
		errs = g.each(func(s *slot) error { return s.state.change(ctx, apply, s.want) })
	}
	for i := range g.slots {
		g.note("applied %d: %+v, %v", i, g.slots[i].state, errs[i])
	}
	return errs
}

func (g *game) each(do func(*slot) error) []error {
	errs := make([]error, len(g.slots))
	var group sync.WaitGroup
	for i := range g.slots {
		group.Go(func() { errs[i] = do(&g.slots[i]) })
	}
	group.Wait()
	return errs
}

// settle applies without faults, and checks that everything is as it is wanted.
func (g *game) settle(t *testing.T) {
	t.Helper()
	g.note("healed")
	errs := g.apply(t.Context(), t)
	again := false
	for i, err := range errs {
		var exists *ExistsError
		switch s := &g.slots[i]; {
		case err == nil:
		case s.outside && errors.As(err, &exists):
			g.note("imported: %+v", exists.Account)
			s.state = managed{wanted: wanted{Account: exists.Account}, exists: true}
			again = true
		default:
			t.Errorf("the apply after the faults: %v", err)
		}
	}
	if again {
		if err := errors.Join(g.apply(t.Context(), t)...); err != nil {
			t.Errorf("the apply after an import: %v", err)
		}
	}
	states, wants := make([]*managed, len(g.slots)), make([]*wanted, len(g.slots))
	for i := range g.slots {
		states[i], wants[i] = &g.slots[i].state, g.slots[i].want
		g.slots[i].outside = false
	}
	g.w.settled(t, states, wants)
	g.w.neverBlind(t)
	g.w.ResetRequests()
}
