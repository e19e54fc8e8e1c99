// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"sync"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// accountNames is what a plan has found out about the names of accounts so far. The CLI asks for
// one resource at a time, in any order. Where a plan creates an account under the name that another
// resource has, one warning says so, whichever of the two comes first. A plan that replaces an
// account gets none.
type accountNames struct {
	mu      sync.Mutex
	holders map[string]holder
	claims  map[string]claim
}

// holder is what is known of the resource in the state that has a name.
type holder int

const (
	holderNone holder = iota
	holderRead
	holderPlanned // its account is kept or deleted
	holderGone    // its account does not exist any more
)

// claim is what is known of the new account that takes a name.
type claim int

const (
	claimNone     claim = iota
	claimLookedUp       // Datadog was asked, since no holder was known
	claimPending        // by the holder itself, which is tainted, or by another resource
)

func newAccountNames() *accountNames {
	return &accountNames{holders: map[string]holder{}, claims: map[string]claim{}}
}

// note takes down what was found out about the holder of a name.
func (n *accountNames) note(name string, found holder) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.holders[name] = max(n.holders[name], found)
}

func (n *accountNames) isGone(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.holders[name] == holderGone
}

// plan notes that a plan keeps or deletes the account of the name. It reports whether another
// resource is about to create it.
func (n *accountNames) plan(name string) (conflict bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.holders[name] = max(n.holders[name], holderPlanned)
	if n.claims[name] != claimPending {
		return false
	}
	n.claims[name] = claimNone
	return true
}

// claim notes that a plan creates an account of the name. Managed: a resource in the state has the
// name; otherwise the caller looks it up. Conflict: it is another resource. A tainted resource
// creates its account anew and is not planned otherwise. Where it could be that one, plan reports
// the conflict later.
func (n *accountNames) claim(name string) (managed, conflict bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.holders[name] == holderNone:
		n.claims[name] = claimLookedUp
		return false, false
	case n.holders[name] == holderGone, n.claims[name] == claimLookedUp:
		return true, false
	case n.holders[name] == holderPlanned, n.claims[name] == claimPending:
		return true, true
	}
	n.claims[name] = claimPending
	return true, false
}

// noneIn reports whether none of the accounts has a name that a resource in the state has.
func (n *accountNames) noneIn(accounts []api.Account) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !slices.ContainsFunc(accounts, func(a api.Account) bool { return n.holders[a.Name] != holderNone })
}
