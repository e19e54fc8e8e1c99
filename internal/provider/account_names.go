// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// accountNames is what a plan has found out about the names of accounts so far. The CLI asks for
// one resource at a time, in any order. Where a plan creates an account under the name that another
// resource has, one warning says so, whichever of the two comes first. A plan that replaces an
// account gets none.
type accountNames struct {
	mu    sync.Mutex
	names map[string]*nameUse
}

type nameUse struct {
	managed  bool // a resource in the state has it
	gone     bool // and its account does not exist any more
	planned  bool // that resource is planned already
	claimed  bool // a new account takes it, and nothing has been said about that yet
	lookedUp bool // a new account takes it, and Datadog was asked, before it was known to be managed
}

func newAccountNames() *accountNames {
	return &accountNames{names: map[string]*nameUse{}}
}

// use runs f on what is known of the name.
func (n *accountNames) use(name string, f func(*nameUse)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names[name] == nil {
		n.names[name] = &nameUse{}
	}
	f(n.names[name])
}

// manage notes that a resource in the state has the name.
func (n *accountNames) manage(name string) {
	n.use(name, func(u *nameUse) { u.managed = true })
}

// setGone notes that the account of a resource in the state does not exist any more.
func (n *accountNames) setGone(name string) {
	n.use(name, func(u *nameUse) { u.managed, u.gone = true, true })
}

func (n *accountNames) isGone(name string) (gone bool) {
	n.use(name, func(u *nameUse) { gone = u.gone })
	return gone
}

// plan notes that a plan keeps or deletes the account of the name. It reports whether another
// resource is about to create it.
func (n *accountNames) plan(name string) (conflict bool) {
	n.use(name, func(u *nameUse) {
		u.managed, u.planned = true, true
		conflict, u.claimed = u.claimed, false
	})
	return conflict
}

// claim notes that a plan creates an account of the name. Managed: a resource in the state has the
// name. Conflict: it is another resource. A tainted resource creates its account anew and is not
// planned otherwise. Where it could be that one, plan reports the conflict later.
func (n *accountNames) claim(name string) (managed, conflict bool) {
	n.use(name, func(u *nameUse) {
		managed = u.managed
		switch {
		case !u.managed:
			u.lookedUp = true // by the caller, who says what is found
		case u.gone, u.lookedUp:
		case u.planned:
			conflict = true
		default:
			u.claimed = true
		}
	})
	return managed, conflict
}

// noneIn reports whether none of the accounts has a name that a resource in the state has.
func (n *accountNames) noneIn(accounts []api.Account) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, account := range accounts {
		if u := n.names[account.Name]; u != nil && u.managed {
			return false
		}
	}
	return true
}
