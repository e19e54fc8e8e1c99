// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"
	"time"
)

// run remembers what has been seen and said in one plan or apply. A process can serve several, such
// as those of Pulumi's bridge: after a pause, the next one begins.
type run struct {
	mu   sync.Mutex
	used time.Time
	seen map[sighting]map[string]struct{}
}

// runPause is longer than what lies between two requests of a run.
const runPause = time.Minute

// sighting is what a text was seen as.
type sighting int

const (
	nameRead     sighting = iota // a resource in the state has the name
	nameFound                    // Datadog has the account of such a resource
	nameGone                     // Datadog does not have it any more
	nameNew                      // a plan creates an account of the name
	adviceGiven                  // an error has given the advice
	lookUpFailed                 // whether names are taken cannot be looked up
)

// add notes a text, and reports whether it was seen before.
func (r *run) add(as sighting, text string) (before bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil || time.Since(r.used) > runPause {
		r.seen = map[sighting]map[string]struct{}{}
	}
	r.used = time.Now()
	if r.seen[as] == nil {
		r.seen[as] = map[string]struct{}{}
	}
	_, before = r.seen[as][text]
	r.seen[as][text] = struct{}{}
	return before
}

// has reports whether the text was seen.
func (r *run) has(as sighting, text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, seen := r.seen[as][text]
	return seen
}

// hasAny reports whether any text was seen.
func (r *run) hasAny(as sighting) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen[as]) > 0
}
