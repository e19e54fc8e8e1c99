// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// crowd puts n accounts into the service.
func (w *world) crowd(n int) []Account {
	accounts := make([]Account, n)
	for i := range accounts {
		accounts[i] = w.put(fmt.Sprintf("org-%04d", i))
	}
	return accounts
}

// findAll reads all accounts at the same time, as a plan does, and checks each.
func findAll(t *testing.T, c *Client, accounts []Account) {
	t.Helper()
	var group sync.WaitGroup
	for _, account := range accounts {
		group.Go(func() {
			if found, err := c.Find(t.Context(), account.ID, account.Name); err != nil || found != account {
				t.Errorf("found %+v %v, want %+v", found, err, account)
			}
		})
	}
	group.Wait()
}

// However many accounts a plan refreshes, it sends one request for one and two for more, on one connection.
func TestRefreshCosts(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50, 1000} {
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			t.Run(fmt.Sprintf("%d accounts, latency %s", n, latency), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					w.SetLatency(latency)
					findAll(t, w.client(t), w.crowd(n))
					w.wantCounts(t, min(n-1, 1), 1, 0, 0, 0)
					if dials := w.dials.Load(); dials != 1 {
						t.Errorf("%d connections", dials)
					}
				})
			})
		}
	}
}

func TestRefreshCostsOneAfterAnother(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		c := w.client(t)
		for _, account := range w.crowd(50) {
			findAll(t, c, []Account{account})
		}
		w.wantCounts(t, 1, 1, 0, 0, 0)
	})
}

// An account that is gone costs one request more, which confirms it; a re-keyed one costs none.
func TestRefreshOfChanges(t *testing.T) {
	t.Parallel()
	const n = 50
	for _, index := range []int{0, 1, n - 1} { // the first read goes alone
		t.Run(fmt.Sprint(index), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				accounts := w.crowd(n)
				w.Remove(accounts[index].Name)
				c := w.client(t)
				first := findInOrder(t, c, accounts)
				for i, err := range first {
					if gone := errors.Is(err, ErrNotFound); gone != (i == index) || err != nil && !gone {
						t.Errorf("account %d: %v", i, err)
					}
				}
				if index == 0 { // its own request was the confirmation
					w.wantCounts(t, 1, 1, 0, 0, 0)
				} else {
					w.wantCounts(t, 1, 2, 0, 0, 0)
				}
			})
			inFakeTime(t, func(t *testing.T, w *world) {
				accounts := w.crowd(n)
				stale := accounts[index]
				accounts[index].ID = w.Rekey(stale.Name)
				c := w.client(t)
				before := append([]Account(nil), accounts...)
				before[index] = stale
				for i, err := range findInOrder(t, c, before) {
					if err != nil {
						t.Errorf("account %d: %v", i, err)
					}
				}
				if found, err := c.Find(t.Context(), stale.ID, stale.Name); err != nil || found != accounts[index] {
					t.Errorf("found %+v %v, want %+v", found, err, accounts[index])
				}
				w.wantCounts(t, 1, 1, 0, 0, 0)
			})
		})
	}
}

// findInOrder reads all accounts at the same time, the first of them a moment earlier.
func findInOrder(t *testing.T, c *Client, accounts []Account) []error {
	t.Helper()
	errs := make([]error, len(accounts))
	var group sync.WaitGroup
	for i, account := range accounts {
		group.Go(func() { _, errs[i] = c.Find(t.Context(), account.ID, account.Name) })
		if i == 0 {
			synctest.Wait()
		}
	}
	group.Wait()
	return errs
}

// Creating N accounts costs N POSTs and one list, the plan's name checks included.
func TestCreateCosts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.SetLatency(10 * time.Millisecond)
		plan, apply := w.client(t), w.client(t)
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprintf("new-%d", i))
		}
		tenAtATime(names, func(name string) {
			if found, taken := plan.NameTaken(t.Context(), name); taken {
				t.Errorf("%+v is there already", found)
			}
		})
		w.wantCounts(t, 1, 0, 0, 0, 0)
		tenAtATime(names, func(name string) { create(t, apply, name) })
		w.wantCounts(t, 2, 0, len(names), 0, 0)
		if n := len(w.Accounts()); n != len(names) {
			t.Errorf("%d accounts", n)
		}
	})
}

func create(t *testing.T, c *Client, name string) Account {
	t.Helper()
	account := Account{Name: name, Domain: "https://" + name + ".okta.com", AuthMethod: "oauth", ClientID: "c"}
	created, err := c.Create(t.Context(), account, Secrets{ClientSecret: "s"})
	if err != nil {
		t.Errorf("create %s: %v", name, err)
	}
	return created
}

// tenAtATime works on all items as Terraform does.
func tenAtATime[T any](items []T, work func(T)) {
	queue := make(chan T)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for item := range queue {
				work(item)
			}
		})
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	group.Wait()
}

// Data sources use the same list as the reads around them.
func TestListAndReads(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		accounts := w.crowd(20)
		c := w.client(t)
		if listed, err := c.List(t.Context()); err != nil || len(listed) != len(accounts) {
			t.Fatal(listed, err)
		}
		findAll(t, c, accounts)
		w.wantCounts(t, 1, 0, 0, 0, 0)
	})
	inFakeTime(t, func(t *testing.T, w *world) {
		accounts := w.crowd(20)
		c := w.client(t)
		w.SetLatency(time.Second)
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
		w.wantCounts(t, 1, min(1, w.Count(http.MethodGet, "account")), 0, 0, 0)
	})
}

// The list expires on its own after a minute.
func TestListExpires(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		accounts := w.crowd(3)
		c := w.client(t)
		findAll(t, c, accounts)
		w.wantCounts(t, 1, 1, 0, 0, 0)
		time.Sleep(listLifetime - time.Nanosecond)
		findAll(t, c, accounts)
		w.wantCounts(t, 1, 1, 0, 0, 0)
		accounts[1].ID = w.Rekey(accounts[1].Name)
		time.Sleep(time.Nanosecond)
		findAll(t, c, accounts)
		w.wantCounts(t, 2, 1, 0, 0, 0)
	})
	inFakeTime(t, func(t *testing.T, w *world) { // it is as old as its request
		accounts := w.crowd(3)
		w.SetLatency(20 * time.Second)
		c := w.client(t)
		if _, err := c.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(listLifetime - 20*time.Second)
		findAll(t, c, accounts)
		w.wantCounts(t, 2, 1, 0, 0, 0) // the first of all reads goes alone
	})
}

// A failed list is never kept, nor is one that was cut.
func TestFailedListIsNotKept(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"403": {Status: 403}, "cut": {CutBody: true}, "malformed": {Body: `{"data":[`}, "half": {Body: `{"data":[` + answer() + `,{}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				accounts := w.crowd(3)
				fault.Path, fault.Times = "list", 1
				w.Fail(fault)
				w.cfg.MaxRetries = 0
				c := w.client(t)
				if listed, err := c.List(t.Context()); err == nil {
					t.Errorf("listed %+v", listed)
				}
				findAll(t, c, accounts)
				w.wantCounts(t, 2, min(1, w.Count(http.MethodGet, "account")), 0, 0, 0)
			})
		})
	}
}

// A read that is cancelled takes no other with it: neither the first, nor the one that began the list.
func TestCancelledReadHasNoCompanions(t *testing.T) {
	t.Parallel()
	for cancelled := range 3 {
		t.Run(fmt.Sprint(cancelled), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.SetLatency(time.Second)
				accounts := w.crowd(5)
				c := w.client(t)
				ctx, cancel := context.WithCancel(t.Context())
				errs := make([]error, len(accounts))
				var group sync.WaitGroup
				for i, account := range accounts {
					group.Go(func() {
						readCtx := t.Context()
						if i == cancelled {
							readCtx = ctx
						}
						_, errs[i] = c.Find(readCtx, account.ID, account.Name)
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
				w.wantCounts(t, 1, 1, 0, 0, 0)
			})
		})
	}
}

// Without the directory, which only measurements do, every read is a request of its own.
func TestDirectoryOff(t *testing.T) {
	shareReads = false
	defer func() { shareReads = true }()
	inFakeTime(t, func(t *testing.T, w *world) {
		c, accounts := w.client(t), w.crowd(50)
		findAll(t, c, accounts)
		findAll(t, c, accounts[:10])
		w.wantCounts(t, 0, 60, 0, 0, 0)
	})
}
