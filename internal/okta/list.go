// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

const (
	// listIdle is how long after its last use a list is still good. The reads of one run follow each
	// other closely; a process that serves several runs should read anew in each.
	listIdle = 10 * time.Second

	// fetchMargin is the part of its time by which a list ends before those who wait for it, so that
	// they hear the cause of a failure.
	fetchMargin = 50
)

// list answers many reads from one list of the organization's accounts. Its lists are numbered. One
// at a time is in flight; one that failed is forgotten.
type list struct {
	api *datadog.Client

	mu      sync.Mutex // never held around a request
	latest  *snapshot
	begun   int // the number of the list that began last
	written int // the number of the last list that may not show what this process wrote
}

// snapshot is one list of the accounts. It is in flight until its channel closes.
type snapshot struct {
	number   int
	begun    time.Time
	used     time.Time // under the list's mutex
	done     chan struct{}
	accounts index
	err      error
}

// lastBegun is the number of the list that began last. A newer one begins after this call.
func (l *list) lastBegun() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begun
}

// lastWritten is the number of the last list that may not show what this process wrote.
func (l *list) lastWritten() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written
}

// wrote notes that a write has ended. Lists that began before may not show it.
func (l *list) wrote() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = l.begun
}

// newer returns a list that is done and has a higher number: the present one if it does, else the
// next one. Reads that wait for the next one share it.
func (l *list) newer(ctx context.Context, number int) (*snapshot, error) {
	for {
		if ctx.Err() != nil { // after an interrupt nothing is sent
			return nil, &Error{Op: "list", Err: context.Cause(ctx)}
		}
		s := l.present(ctx, number)
		select {
		case <-ctx.Done():
			return nil, &Error{Op: "list", Err: context.Cause(ctx)}
		case <-s.done:
		}
		if s.number > number {
			return s, s.err
		}
	}
}

// present returns the present list, which may still be in flight, or begins one where it is done and
// not newer, or has not been used for a while.
func (l *list) present(ctx context.Context, number int) *snapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.latest
	if s == nil || s.isDone() && (s.number <= number || time.Since(s.used) > listIdle) {
		l.begun++
		s = &snapshot{number: l.begun, begun: time.Now(), done: make(chan struct{})}
		l.latest = s
		go l.fill(context.WithoutCancel(ctx), s)
	}
	s.used = time.Now()
	return s
}

func (s *snapshot) isDone() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// fill fetches the accounts of a list. It outlives the reads that wait for it.
func (l *list) fill(ctx context.Context, s *snapshot) {
	ctx, cancel := datadog.WithTimeout(ctx, l.api.Timeout()-l.api.Timeout()/fetchMargin, "list")
	defer cancel()
	all, err := fetchAll(ctx, l.api)
	if err != nil {
		err = &Error{Op: "list", Err: err}
	}
	s.accounts, s.err = newIndex(all), err

	l.mu.Lock()
	defer l.mu.Unlock()
	s.used = time.Now()
	if s.err != nil {
		l.latest = nil
	}
	close(s.done)
}

// fetchAll reads all pages of the list. Every page can name a next one, also the last: the list ends
// with one that brings no new account.
func fetchAll(ctx context.Context, api *datadog.Client) ([]Account, error) {
	var all []Account
	seen := map[Account]struct{}{}
	r := listRequest
	for {
		next, before := "", len(all)
		err := api.Do(ctx, r, func(body []byte) (err error) {
			var found []Account
			found, next, err = decodePage(body)
			for _, account := range found {
				if _, ok := seen[account]; !ok {
					seen[account] = struct{}{}
					all = append(all, account)
				}
			}
			if len(all) > maxAccounts {
				return fmt.Errorf("it has more than %d accounts", maxAccounts)
			}
			return err
		})
		if err != nil || next == "" || len(all) == before {
			return all, err
		}
		r.Path = accountsPath + "?" + next
	}
}

// index has accounts by id and by name. Neither need be unique: an organization can hold anything.
type index struct {
	all          []Account
	byID, byName map[string][]Account
}

func newIndex(all []Account) index {
	x := index{all: all, byID: make(map[string][]Account, len(all)), byName: make(map[string][]Account, len(all))}
	for _, account := range all {
		id, name := idKey(account.ID), nameKey(account.Name)
		x.byID[id] = append(x.byID[id], account)
		x.byName[name] = append(x.byName[name], account)
	}
	return x
}

// find returns the account that has the id and the name, or else the one that has the name. Either
// may be empty. Errors wrap ErrNotFound, ErrAmbiguous, ErrMismatch or datadog.ErrMalformed.
func (x index) find(id, name string) (Account, error) {
	var withID []Account
	if id != "" {
		withID = x.byID[idKey(id)]
	}
	matches := withID
	if name != "" {
		withName := x.byName[nameKey(name)]
		isOther := func(a Account) bool { return !hasID([]Account{a}, id) }
		if matches = slices.DeleteFunc(slices.Clone(withName), isOther); len(matches) == 0 {
			matches = withName
		}
	}
	switch {
	case len(matches) > 1:
		return Account{}, &Error{Op: "read", Err: ErrAmbiguous, Found: sorted(matches)}
	case len(matches) == 1 && matches[0].Defect != "":
		err := fmt.Errorf("%w: %w", datadog.ErrMalformed, errors.New(matches[0].Defect))
		return Account{}, &Error{Op: "read", Err: err, Found: sorted(matches)} // a copy, as in every error
	case len(matches) == 1:
		return matches[0], nil
	case len(withID) > 0:
		return Account{}, &Error{Op: "read", Err: ErrMismatch, Found: sorted(withID)}
	}
	return Account{}, &Error{Op: "read", Err: ErrNotFound}
}

// without returns the accounts of a search that have none of the ids.
func without(found []Account, ids []string) []Account {
	return slices.DeleteFunc(slices.Clone(found), func(a Account) bool { return hasID([]Account{a}, ids...) })
}

// hasID reports whether one of the accounts has one of the ids, those that are not empty.
func hasID(found []Account, ids ...string) bool {
	return slices.ContainsFunc(found, func(a Account) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return id != "" && sameID(a.ID, id) })
	})
}
