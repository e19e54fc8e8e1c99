// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// However many accounts a plan refreshes, it sends one request, on one connection.
func TestRefreshCosts(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50, 1000} {
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			t.Run(fmt.Sprintf("%d accounts, latency %s", n, latency), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, s *service) {
					s.SetLatency(latency)
					c, accounts := s.client(t), s.putMany(n)
					findAll(t, c, accounts)
					findAll(t, c, accounts[:1]) // after the others
					wantRequests(t, s, "GET list")
					if connections := s.connections.Load(); connections != 1 {
						t.Errorf("%d connections", connections)
					}
				})
			})
		}
	}
}

// An account that is gone costs one request more, which confirms it; a re-keyed one costs none.
func TestRefreshOfChanges(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(50)
		s.Remove(accounts[7].Name)
		for i, err := range findErrors(t, s.client(t), accounts) {
			if gone := errors.Is(err, ErrNotFound); gone != (i == 7) || err != nil && !gone {
				t.Errorf("account %d: %v", i, err)
			}
		}
		wantRequests(t, s, "GET list", "GET account")
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(50)
		was := accounts[7]
		is := was
		is.ID = s.Rekey(was.Name)
		c := s.client(t)
		for i, err := range findErrors(t, c, accounts) {
			if err != nil {
				t.Errorf("account %d: %v", i, err)
			}
		}
		if found, err := find(t, c, was.ID, was.Name); err != nil || found != is {
			t.Errorf("found %+v %v, want %+v", found, err, is)
		}
		wantRequests(t, s, "GET list")
	})
}

// findErrors reads all accounts at the same time.
func findErrors(t *testing.T, c *Client, accounts []Account) []error {
	t.Helper()
	errs := make([]error, len(accounts))
	var group sync.WaitGroup
	for i, account := range accounts {
		group.Go(func() { _, errs[i] = find(t, c, account.ID, account.Name) })
	}
	group.Wait()
	return errs
}

// Creating N accounts costs N POSTs and one list in the apply, and one list in the plan, which
// looks whether the names are taken.
func TestCreateCosts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.SetLatency(10 * time.Millisecond)
		plan, apply := s.client(t), s.client(t)
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprintf("new_%d", i))
		}
		tenAtATime(names, func(name string) {
			if found, taken, err := plan.LookUp(t.Context(), name); taken || err != nil {
				t.Errorf("%+v is there already, %v", found, err)
			}
		})
		wantRequests(t, s, "GET list")
		s.ResetRequests()
		tenAtATime(names, func(name string) { create(t, apply, name) })
		wantRequests(t, s, "GET list", times(len(names), "POST"))
		if n := len(s.Accounts()); n != len(names) {
			t.Errorf("%d accounts", n)
		}
	})
}

// Data sources use the same list as the reads around them, before and at the same time.
func TestListAndReads(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(20)
		c := s.client(t)
		if listed, err := c.List(t.Context()); err != nil || len(listed) != len(accounts) {
			t.Fatal(listed, err)
		}
		findAll(t, c, accounts)
		wantRequests(t, s, "GET list")
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(20)
		c := s.client(t)
		s.SetLatency(time.Second)
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if listed, err := c.List(t.Context()); err != nil || len(listed) != len(accounts) {
					t.Error(listed, err)
				}
			})
		}
		group.Go(func() { findAll(t, c, accounts) })
		group.Wait()
		wantRequests(t, s, "GET list")
	})
}

// The list expires a minute after it was asked for.
func TestListExpires(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(3)
		c := s.client(t)
		findAll(t, c, accounts)
		time.Sleep(listLifetime)
		findAll(t, c, accounts)
		wantRequests(t, s, "GET list")
		accounts[1].ID = s.Rekey(accounts[1].Name)
		time.Sleep(time.Nanosecond)
		findAll(t, c, accounts)
		wantRequests(t, s, "2 GET list")
	})
	inFakeTime(t, func(t *testing.T, s *service) { // it is as old as its request
		accounts := s.putMany(3)
		s.SetLatency(20 * time.Second)
		c := s.client(t)
		findAll(t, c, accounts)
		time.Sleep(listLifetime - 20*time.Second + time.Nanosecond)
		findAll(t, c, accounts)
		wantRequests(t, s, "2 GET list")
	})
}

// A failed list is never kept, nor is one that was cut. All who waited for it hear the cause.
func TestFailedListIsNotKept(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"500": {Status: 500}, "404": {Status: 404}, "cut": {CutBody: true}, "malformed": {Body: `{"data":[`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				accounts := s.putMany(3)
				s.SetLatency(time.Second) // all wait for the same list
				fault.Path, fault.Times = "list", 1
				s.Fail(fault)
				s.config.MaxRetries = 0
				c := s.client(t)
				for i, err := range findErrors(t, c, accounts) {
					if failed := asError(t, err); errors.Is(err, ErrNotFound) || failed.Account != accounts[i].Name ||
						failed.Status != fault.Status && !errors.Is(err, ErrMalformed) && failed.Err == nil {
						t.Errorf("account %d: %v", i, err)
					}
				}
				findAll(t, c, accounts)
				wantRequests(t, s, "2 GET list")
			})
		})
	}
}

// All who wait for a list that never comes hear why, before their own time is up.
func TestAllHearTheCause(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.MaxRetries = 1000
		s.Fail(stub.Fault{Status: 500, Body: `{"errors":["the database is down"]}`})
		for i, err := range findErrors(t, s.client(t), s.putMany(5)) {
			if failed := asError(t, err); failed.Status != 500 || errors.Is(err, ErrNotFound) ||
				!strings.Contains(err.Error(), fmt.Sprintf(`list to find "org_%04d": 500 Internal Server Error: the database is down`, i)) {
				t.Errorf("account %d: %v", i, err)
			}
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.MaxRetries = 1000
		s.Fail(stub.Fault{Hang: true})
		for i, err := range findErrors(t, s.client(t), s.putMany(5)) {
			if !strings.Contains(err.Error(), "no whole answer within 30s") {
				t.Errorf("account %d: %v", i, err)
			}
		}
	})
}

// A read that is cancelled takes no other with it, not even the one that began the list.
func TestCancelledReadHasNoCompanions(t *testing.T) {
	t.Parallel()
	for cancelled := range 3 {
		t.Run(fmt.Sprint(cancelled), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.SetLatency(time.Second)
				accounts := s.putMany(5)
				c := s.client(t)
				ctx, cancel := context.WithCancel(t.Context())
				errs := make([]error, len(accounts))
				var group sync.WaitGroup
				for i, account := range accounts {
					group.Go(func() {
						readCtx := t.Context()
						if i == cancelled {
							readCtx = ctx
						}
						_, errs[i] = c.Find(readCtx, Query{ID: account.ID, Name: account.Name})
					})
					synctest.Wait() // the order in which they come
				}
				time.Sleep(500 * time.Millisecond)
				cancel()
				group.Wait()
				for i, err := range errs {
					if i == cancelled && !errors.Is(err, context.Canceled) || i != cancelled && err != nil {
						t.Errorf("read %d: %v", i, err)
					}
				}
				wantRequests(t, s, "GET list")
			})
		})
	}
}
