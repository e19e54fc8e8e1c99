// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

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
	g := &game{Rand: rand.New(rand.NewPCG(seed, seed)), s: s, slots: make([]slot, 4), abandoned: map[string]bool{}}
	var mu sync.Mutex
	jitters := rand.New(rand.NewPCG(seed, seed+1))
	s.config.jitter = func(most time.Duration) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(jitters.Int64N(int64(most) + 1))
	}
	s.config.transport = inOrder{s}
	s.config.SettleTime = settleTime
	switch seed % 3 {
	case 0:
		s.Vary(stub.KeepID)
	case 1:
		s.LagFor(5 * time.Second)
	}
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
