// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// However many accounts a plan refreshes, at the same time or one after another, it sends one
// request. One that is gone costs one more, which confirms it; a re-keyed one costs none.
func TestPlanCosts(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 50, 1000} {
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			subtest(t, fmt.Sprintf("%d accounts, latency %s", n, latency), func(t *testing.T, s *service) {
				s.SetLatency(latency)
				accounts := s.putMany(n)
				c := s.client(t)
				findAll(t, c, accounts)
				for _, account := range accounts[:min(n, 50)] {
					findAll(t, c, []Account{account})
				}
				wantRequests(t, s, "GET list")
			})
		}
	}
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(50)
		s.Remove(accounts[7].Name)
		accounts[9].ID = "before it was re-keyed"
		c := s.client(t)
		if found, err := find(t, c, accounts[9].ID, accounts[9].Name); err != nil || found != s.is(found.Name) {
			t.Errorf("found %+v %v", found, err)
		}
		accounts[9].ID = s.is(accounts[9].Name).ID
		for i, err := range findErrors(t, c, accounts) {
			if gone := errors.Is(err, ErrNotFound); gone != (i == 7) || err != nil && !gone {
				t.Errorf("account %d: %v", i, err)
			}
		}
		wantRequests(t, s, "GET list", "GET account")
	})
}

// Creating and replacing any number of accounts takes one list.
func TestApplyCosts(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{0, 10 * time.Second} {
		subtest(t, lag, func(t *testing.T, s *service) {
			s.SetLatency(10 * time.Millisecond)
			s.LagFor(lag)
			c := s.client(t)
			tenAtATime(s.putMany(20), func(a Account) {
				create(t, c, "new_"+a.Name)
				if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
					t.Error(err)
				}
				create(t, c, a.Name)
			})
			if lists, all := s.Count("GET", "list"), len(s.Requests()); lists != 1 || all != 61 || len(s.Accounts()) != 40 {
				t.Errorf("%d lists in %d requests, %d accounts", lists, all, len(s.Accounts()))
			}
		})
	}
}

// Advice for many new accounts takes one list, which may be older than what this process wrote. What
// it deleted is not taken, and what is a secret of ours is not shown.
func TestLookUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c, prod, dev := s.client(t), s.put("prod"), s.put("dev")
		s.Put(stub.Account{Name: "odd", Domain: stub.APIKey, ClientID: stub.AppKey})
		check := func(name string, want ...Account) {
			t.Helper()
			if found, err := c.LookUp(t.Context(), name); err != nil || !slices.Equal(found, want) {
				t.Errorf("%s: found %+v %v, want %+v", name, found, err, want)
			}
		}
		check("prod", prod)
		check("new")
		odd := s.is("odd")
		odd.Domain, odd.ClientID = "(sensitive value)", "(sensitive value)"
		check("odd", odd)
		if err := c.Delete(t.Context(), dev, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		check("dev")
		wantRequests(t, s, "GET list", "DELETE")

		s.Fail(stub.Fault{Method: "GET", Status: 403})
		if _, err := s.client(t).LookUp(t.Context(), "prod"); !hasStatus(err, 403) {
			t.Errorf("a list that is refused: %v", err)
		}
	})
}

// List begins a list of its own, which those that begin together share: two lists at most.
func TestListIsFresh(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(20)
		c := s.client(t)
		findAll(t, c, accounts)
		accounts = append(accounts, s.put("zz"))
		for range 2 {
			if listed, err := c.List(t.Context()); err != nil || !slices.Equal(listed, accounts) {
				t.Errorf("listed %+v %v", listed, err)
			}
		}
		wantRequests(t, s, "3 GET list")
		findAll(t, c, accounts) // the newest is for the reads, too
		wantRequests(t, s, "3 GET list")
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(20)
		c := s.client(t)
		s.SetLatency(time.Second)
		var group sync.WaitGroup
		group.Go(func() { findAll(t, c, accounts) })
		synctest.Wait() // that list is under way
		for range 5 {
			group.Go(func() {
				if listed, err := c.List(t.Context()); err != nil || len(listed) != len(accounts) {
					t.Error(listed, err)
				}
			})
		}
		group.Wait()
		wantRequests(t, s, "2 GET list")
	})
}

func TestListIsSorted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		for _, name := range []string{"b", "c", "a", "B", "ä", "10", "9"} {
			s.put(name)
		}
		s.PutRaw(accountJSON("id-1", "id-2"))
		s.PutRaw(accountJSON())
		s.PutRaw(accountJSON(`"okta-accounts"`, `"other"`))
		accounts, err := s.client(t).List(t.Context())
		var names []string
		for _, account := range accounts {
			names = append(names, strings.TrimSpace(account.Name+" "+account.Defect))
		}
		const want = `10,9,B,a,b,c,prod,prod its type is not okta-accounts,prod,ä`
		if got := strings.Join(names, ","); err != nil || got != want || accounts[8].ID != "id-2" {
			t.Errorf("listed %s %v", got, err)
		}
	})
}

// A list that was not used for a while belongs to another run. A burst of reads keeps it, however
// long it lasts.
func TestListIdles(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(3)
		c := s.client(t)
		for range 10 {
			findAll(t, c, accounts)
			time.Sleep(10 * time.Second)
		}
		wantRequests(t, s, "GET list")
		accounts[1].ID = s.Rekey(accounts[1].Name)
		time.Sleep(time.Nanosecond)
		findAll(t, c, accounts)
		wantRequests(t, s, "2 GET list")
	})
	inFakeTime(t, func(t *testing.T, s *service) { // a slow one is used at its end
		accounts := s.putMany(3)
		s.SetLatency(25 * time.Second)
		c := s.client(t)
		findAll(t, c, accounts)
		time.Sleep(10 * time.Second)
		findAll(t, c, accounts)
		wantRequests(t, s, "GET list")
	})
}

// After a write of this process reads take a list that began after it, whatever came of the write.
func TestReadsSeeOwnWrites(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		for _, status := range []int{0, 403} {
			subtest(t, fmt.Sprintf("%s, %d", method, status), func(t *testing.T, s *service) {
				a, b, c := s.put("a"), s.put("b"), s.client(t)
				if method == "POST" {
					a = prod.Account
				}
				findAll(t, c, []Account{b})
				s.Fail(stub.Fault{Method: method, Status: status})
				_, _ = write(t.Context(), c, method, a)
				b.ID = s.Rekey("b")
				findAll(t, c, []Account{b, b})
				findAll(t, c, []Account{b})
				if n := s.Count("GET", "list"); n != 2 {
					t.Errorf("%d lists", n)
				}
			})
		}
	}
}

// A failed list is never kept, nor is one that was cut. All who waited for it hear the cause.
func TestFailedListIsNotKept(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"500": {Status: 500}, "404": {Status: 404}, "cut": {CutBody: true}, "malformed": {Body: `{"data":[`},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			accounts := s.putMany(3)
			s.SetLatency(time.Second) // all wait for the same list
			fault.Path, fault.Times = "list", 1
			s.Fail(fault)
			s.config.MaxRetries = 0
			c := s.client(t)
			for i, err := range findErrors(t, c, accounts) {
				if failed := asError(t, err); errors.Is(err, ErrNotFound) || failed.Account != accounts[i].Name ||
					failed.Op != "list" ||
					!hasStatus(err, fault.Status, 200) && !strings.Contains(err.Error(), "EOF") {
					t.Errorf("account %d: %v", i, err)
				}
			}
			findAll(t, c, accounts)
			wantRequests(t, s, "2 GET list")
		})
	}
}

// All who wait for a list that never comes hear why, before their own time is up.
func TestAllHearTheCause(t *testing.T) {
	t.Parallel()
	for text, fault := range map[string]stub.Fault{
		"the database is down": {Status: 500, Body: `{"errors":["the database is down"]}`},
		"no answer within 30s": {Hang: true},
	} {
		subtest(t, text, func(t *testing.T, s *service) {
			s.config.MaxRetries = 1000
			s.Fail(fault)
			started := time.Now()
			for i, err := range findErrors(t, s.client(t), s.putMany(5)) {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("account %d: %v", i, err)
				}
			}
			if elapsed := time.Since(started); elapsed < s.config.Timeout*8/10 || elapsed >= s.config.Timeout {
				t.Errorf("it took %s", elapsed)
			}
		})
	}
}

// A list that began before a write ended answers nobody who comes later, and is not kept.
func TestListUnderWayDuringAWrite(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.SetLatency(time.Second)
		a, c := s.put("a"), s.client(t)
		var group sync.WaitGroup
		defer group.Wait()
		group.Go(func() { _, _ = c.List(t.Context()) })
		synctest.Wait()
		s.SetLatency(0)
		updated, _, err := c.Update(t.Context(), a, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() { findAll(t, c, []Account{updated, updated}) })
		synctest.Wait()
		wantRequests(t, s, "GET list", "PATCH") // one at a time
		group.Wait()
		wantRequests(t, s, "GET list", "PATCH", "GET list")
	})
}

// A read that is cancelled takes no other with it, although it began the list. After it nothing is
// sent.
func TestCancelledReadHasNoCompanions(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.SetLatency(time.Second)
		accounts, c := s.putMany(5), s.client(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.Find(ctx, Query{Name: "a"}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		findAll(t, c, accounts)
		group.Wait()
		_, err := c.List(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || asError(t, err).Error() != "list: context deadline exceeded" {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "GET list")
	})
}
