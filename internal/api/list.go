// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// listLifetime covers the refresh of a large configuration, and is short beside anything that
	// people do.
	listLifetime = time.Minute

	// fetchMargin is the part of its time by which a list ends before those who wait for it, so that
	// they hear the cause of a failure.
	fetchMargin = 50

	// maxPages bounds a list that never ends.
	maxPages = 1000
)

// list answers many reads from one list of the organization's accounts. It is a pointer to a
// snapshot, which is in flight until its channel closes. A failed one is forgotten.
type list struct {
	fetch   func(context.Context) ([]Account, error)
	timeout time.Duration // of one fetch, which outlives the reads that wait for it

	mu      sync.Mutex
	latest  *snapshot
	gone    map[string]bool   // ids that this process deleted or replaced, which a late list may still have
	deleted map[string]string // by name: the id under which this process deleted the account last
}

func newList(fetch func(context.Context) ([]Account, error), timeout time.Duration) *list {
	return &list{fetch: fetch, timeout: timeout, gone: map[string]bool{}, deleted: map[string]string{}}
}

// snapshot is one list of the accounts, kept up to date with the writes of this process.
type snapshot struct {
	begun    time.Time
	done     chan struct{}
	accounts index // once it is done, under the list's mutex
	err      error
	writes   []func(index) // made while it is in flight
}

// get returns a snapshot that is done and was begun after the moment given: the present one, or
// else one that begins now.
func (l *list) get(ctx context.Context, after time.Time) (*snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, &Error{Op: "list", Err: err} // after an interrupt nothing is sent
	}
	l.mu.Lock()
	s := l.latest
	if s == nil || !s.begun.After(after) || time.Since(s.begun) > listLifetime {
		s = &snapshot{begun: time.Now(), done: make(chan struct{})}
		l.latest = s
		go l.fill(context.WithoutCancel(ctx), s)
	}
	l.mu.Unlock()

	select {
	case <-ctx.Done():
		return nil, &Error{Op: "list", Err: ctx.Err()}
	case <-s.done:
		return s, s.err
	}
}

// fill fetches the accounts of a snapshot.
func (l *list) fill(ctx context.Context, s *snapshot) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout-l.timeout/fetchMargin)
	defer cancel()
	accounts, err := l.fetch(ctx)

	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(s.done)
	if err != nil {
		s.err = err
		if l.latest == s {
			l.latest = nil
		}
		return
	}
	n := len(accounts)
	s.accounts = index{byID: make(map[string][]Account, n), byName: make(map[string][]Account, n)}
	for _, account := range accounts {
		if !l.gone[idKey(account.ID)] {
			s.accounts.add(account)
		}
	}
	for _, write := range s.writes {
		write(s.accounts)
	}
}

// find returns the account of a snapshot that has the id and the name, or else the one that has the
// name. Either may be empty. Errors wrap ErrNotFound, ErrAmbiguous, ErrMismatch or ErrMalformed.
func (l *list) find(s *snapshot, id, name string) (Account, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var withID []Account
	if id != "" {
		withID = s.accounts.byID[idKey(id)]
	}
	matches := slices.DeleteFunc(slices.Clone(withID), func(a Account) bool { return name != "" && !SameName(a.Name, name) })
	if len(matches) == 0 && name != "" {
		matches = s.accounts.byName[nameKey(name)]
	}
	switch {
	case len(matches) > 1:
		return Account{}, &Error{Err: ErrAmbiguous, Found: sorted(matches)}
	case len(matches) == 1 && matches[0].Defect != "":
		return Account{}, &Error{Err: fmt.Errorf("%w: %s", ErrMalformed, matches[0].Defect), Found: sorted(matches)}
	case len(matches) == 1:
		return matches[0], nil
	case len(withID) > 0:
		return Account{}, &Error{Err: ErrMismatch, Found: sorted(withID)}
	}
	return Account{}, &Error{Err: ErrNotFound}
}

// all returns every account of a snapshot.
func (l *list) all(s *snapshot) []Account {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sorted(slices.Concat(slices.Collect(maps.Values(s.accounts.byID))...))
}

// sorted returns a copy of the accounts in an order that does not change.
func sorted(accounts []Account) []Account {
	return slices.SortedFunc(slices.Values(accounts), func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Defect, b.Defect))
	})
}

// put notes that the service answered a write with the account, which had the id before, if any.
func (l *list) put(before string, account Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(before)
	delete(l.gone, idKey(account.ID))
	l.write(func(accounts index) {
		accounts.remove(account.ID)
		accounts.add(account)
	})
}

// remove notes that the service deleted the account. A late list may still have it, also under the
// id that it had before its last update.
func (l *list) remove(a Account, before string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(a.ID)
	l.forget(before)
	l.deleted[nameKey(a.Name)] = a.ID
}

// forget notes that no account has the id any more, if there is one.
func (l *list) forget(id string) {
	if id == "" {
		return
	}
	l.gone[idKey(id)] = true
	l.write(func(accounts index) { accounts.remove(id) })
}

// deletedID returns the id under which the account of the name was deleted last, or "".
func (l *list) deletedID(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.deleted[nameKey(name)]
}

// write changes the present snapshot, or what is to become of it where it is in flight.
func (l *list) write(change func(index)) {
	if l.latest == nil {
		return
	}
	select {
	case <-l.latest.done:
		change(l.latest.accounts)
	default:
		l.latest.writes = append(l.latest.writes, change)
	}
}

// index has accounts by id and by name. Neither need be unique: an organization can hold anything.
type index struct {
	byID, byName map[string][]Account
}

// add adds an account, unless the very same one is there already.
func (x index) add(account Account) {
	id, name := idKey(account.ID), nameKey(account.Name)
	if id != "" && slices.Contains(x.byID[id], account) {
		return
	}
	x.byID[id] = append(x.byID[id], account)
	x.byName[name] = append(x.byName[name], account)
}

// remove removes every account with the id.
func (x index) remove(id string) {
	id = idKey(id)
	if id == "" {
		return
	}
	for _, account := range x.byID[id] {
		name := nameKey(account.Name)
		x.byName[name] = slices.DeleteFunc(x.byName[name], func(other Account) bool { return idKey(other.ID) == id })
	}
	delete(x.byID, id)
}
