// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
		first = uint64(time.Now().UnixNano())
	}
	for run := range uint64(*randomRuns) {
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

func (g *game) step(t *testing.T) {
	t.Helper()
	for range g.IntN(3) {
		g.edit()
	}
	if g.IntN(2) == 0 {
		g.changeOutside()
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
		return // what is left of the faults is for the next step
	}
	g.s.Heal()
	g.settle(t)
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
	time.Sleep(5 * time.Second) // until the service shows every write
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
