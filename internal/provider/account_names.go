// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import "sync"

// accountNames are the account names seen so far in this run, each with what it was seen for.
type accountNames struct{ seen sync.Map }

// nameUse is what a name was seen for.
type nameUse int

const (
	nameRead nameUse = iota // a resource in the state has it
	nameGone                // the account of such a resource no longer exists
	nameNew                 // a plan creates an account of this name
)

type usedName struct {
	name string
	use  nameUse
}

// add reports whether the name was seen for this use before.
func (n *accountNames) add(name string, use nameUse) (before bool) {
	_, before = n.seen.LoadOrStore(usedName{name, use}, nil)
	return before
}

// has reports whether the name was seen for this use.
func (n *accountNames) has(name string, use nameUse) bool {
	_, seen := n.seen.Load(usedName{name, use})
	return seen
}
