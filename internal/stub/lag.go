// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"slices"
	"time"
)

// write is a change that reads do not show yet.
type write struct {
	before, after *Account
	reads         int // so many reads still do not show it
	until         time.Time
}

// LagReads makes each create, update and delete from now on invisible to the n reads after it.
// Lists and GETs answer as if it had not happened: a new account is not there, an updated or
// deleted one is there as it was, under its old id. A read counts for all writes before it. POST,
// PATCH and DELETE see things as they are, and so do the methods of Server, whose changes show at
// once.
func (s *Server) LagReads(n int) { set(s, &s.lagReads, n) }

// LagFor is LagReads for a time after each write instead of a number of reads. With both, the
// longer one counts.
func (s *Server) LagFor(d time.Duration) { set(s, &s.lagPeriod, d) }

// write puts after in the place of before, either of which may be nil.
func (s *Server) write(before, after *Account) {
	s.accounts = replace(s.accounts, before, after)
	reads := s.lagReads
	isCreate, isUpdate := before == nil, before != nil && after != nil
	if isCreate && s.is(LateCreates) || isUpdate && s.is(LateUpdates) {
		before, reads = nil, 3
	}
	if reads > 0 || s.lagPeriod > 0 {
		s.pending = append(s.pending, &write{before, after, reads, time.Now().Add(s.lagPeriod)})
	}
}

// read returns the accounts as a read sees them, and counts it.
func (s *Server) read() []*Account {
	now := time.Now()
	s.pending = slices.DeleteFunc(s.pending, func(w *write) bool {
		w.reads--
		return w.reads < 0 && !now.Before(w.until)
	})
	seen := s.accounts
	for _, w := range slices.Backward(s.pending) {
		// A write whose account a later, visible write has replaced cannot be undone.
		if w.after == nil || slices.Contains(seen, w.after) {
			seen = replace(seen, w.after, w.before)
		}
	}
	return seen
}
