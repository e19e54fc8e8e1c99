// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"flag"
	"testing"
	"time"
)

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
