// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"slices"
	"time"
)

// lag says how long the writes of requests do not show in reads.
type lag struct {
	reads  int
	period time.Duration
}

// write is a change that reads do not show yet.
type write struct {
	before, after *record
	reads         int // so many reads still do not show it
	until         time.Time
}

// LagReads makes each create, update and delete from now on invisible to the n reads after it.
// Lists and GETs answer as if it had not happened: a new account is not there, an updated or
// deleted one is there as it was, under its old id. A read counts for all writes before it. POST,
// PATCH and DELETE see things as they are, and so do the methods of Server, whose changes show at
// once.
func (s *Server) LagReads(n int) { s.locked(func() { s.lag.reads = n }) }

// LagFor is LagReads for a time after each write instead of a number of reads. With both, the
// longer one counts.
func (s *Server) LagFor(d time.Duration) { s.locked(func() { s.lag.period = d }) }

// write puts after in the place of before, either of which may be nil. The caller holds s.mu.
func (s *Server) write(before, after *record) {
	s.accounts.replace(before, after)
	reads := s.lag.reads
	if isUpdate := before != nil && after != nil; s.is(LateCreates) && before == nil || s.is(LateUpdates) && isUpdate {
		before, reads = nil, 3
	}
	if reads > 0 || s.lag.period > 0 {
		s.pending = append(s.pending, &write{before, after, reads, time.Now().Add(s.lag.period)})
	}
}

// read returns the accounts as a read sees them, and counts it. The caller holds s.mu.
func (s *Server) read() *accountTable {
	now := time.Now()
	s.pending = slices.DeleteFunc(s.pending, func(w *write) bool {
		w.reads--
		return w.reads < 0 && !now.Before(w.until)
	})
	if len(s.pending) == 0 {
		return &s.accounts
	}
	seen := newAccountTable()
	for _, r := range s.accounts.all {
		seen.replace(nil, r)
	}
	for _, w := range slices.Backward(s.pending) {
		// A write whose account a later, visible write has replaced cannot be undone.
		if w.after == nil || slices.Contains(seen.all, w.after) {
			seen.replace(w.after, w.before)
		}
	}
	return &seen
}
