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
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const settleTime = 15 * time.Second // as the provider has it

// What was just written is not called gone before the time is over in which the service may not
// show it; where it shows it, nothing waits.
func TestJustWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lag             time.Duration // of what the service shows
		ago             time.Duration // since the write; negative: the clock that noted it is ahead
		zero            bool          // when it was written is not known
		settle          time.Duration // 0: 15 s
		update          bool          // what was written is an update, which gave the account another id
		gone            bool          // the account was removed after all
		found           bool
		atLeast, atMost time.Duration
		want            []string // nil: not compared
	}{
		"created, shown":                 {found: true, want: []string{"GET list"}},
		"created, late":                  {lag: 5 * time.Second, found: true, atLeast: 5 * time.Second, atMost: 9 * time.Second},
		"created, very late":             {lag: 14 * time.Second, found: true, atLeast: 14 * time.Second, atMost: settleTime},
		"created, too late":              {lag: 16 * time.Second, atLeast: settleTime, atMost: settleTime},
		"created a while ago, late":      {lag: 5 * time.Second, ago: 4 * time.Second, found: true, atLeast: time.Second, atMost: 2 * time.Second},
		"created, gone":                  {gone: true, atLeast: settleTime, atMost: settleTime},
		"created long ago, gone":         {gone: true, ago: settleTime, want: []string{"GET list", "GET account"}},
		"created at no known time, gone": {gone: true, zero: true, want: []string{"GET list", "GET account"}},
		"created in the future, gone":    {gone: true, ago: -time.Hour, atLeast: settleTime, atMost: settleTime},
		"no settle time, late":           {lag: 5 * time.Second, settle: -1, want: []string{"GET list", "GET account"}},
		"updated, shown":                 {update: true, found: true, want: []string{"GET list"}},
		"updated, late":                  {update: true, lag: 5 * time.Second, found: true, atLeast: 5 * time.Second, atMost: 9 * time.Second},
		"updated long ago, shown":        {update: true, ago: time.Hour, found: true, want: []string{"GET list"}},
		"updated, gone":                  {update: true, gone: true, atLeast: settleTime, atMost: settleTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.SettleTime = settleTime
				if test.settle != 0 {
					s.config.SettleTime = 0
				}
				var q Query
				var is Account
				if test.update {
					was := s.put("a")
					s.LagFor(test.lag)
					var err error
					if is, err = s.client(t).Update(t.Context(), was, Secrets{ClientSecret: "new"}); err != nil {
						t.Fatal(err)
					}
					q.Replaced = was.ID
				} else {
					s.LagFor(test.lag)
					is = create(t, s.client(t), "a")
				}
				q.ID, q.Name, q.Written = is.ID, "a", time.Now()
				if test.gone {
					s.Remove("a")
				}
				time.Sleep(max(test.ago, 0))
				switch {
				case test.zero:
					q.Written = time.Time{}
				case test.ago < 0:
					q.Written = time.Now().Add(-test.ago)
				}
				s.ResetRequests()
				started := time.Now()
				found, err := s.client(t).Find(t.Context(), q)
				if test.found && (err != nil || found != is) || !test.found && !errors.Is(err, ErrNotFound) {
					t.Errorf("found %+v %v, want %+v", found, err, is)
				}
				if elapsed := time.Since(started); elapsed < test.atLeast || elapsed > test.atMost {
					t.Errorf("it took %s", elapsed)
				}
				if test.want != nil {
					wantRequests(t, s, test.want...)
				}
			})
		})
	}
}

// A late list also has what an update replaced, under its former id. Where it stays so, that is how
// the account is.
func TestReplacedIDIsBelievedInTheEnd(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime = settleTime
		a := s.put("a")
		started := time.Now()
		found, err := s.client(t).Find(t.Context(), Query{ID: "id-new", Name: "a", LastWrite: LastWrite{Written: started, Replaced: a.ID}})
		if err != nil || found != a || time.Since(started) != settleTime {
			t.Errorf("found %+v %v after %s", found, err, time.Since(started))
		}
	})
}

// A late list may have an account under both ids. These are not two accounts.
func TestReplacedIDIsNoSecondAccount(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime = settleTime
		started := time.Now()
		s.handle = func(rw http.ResponseWriter, _ *http.Request) {
			accounts := accountJSON("id-1", "new")
			if time.Since(started) < 5*time.Second {
				accounts += "," + accountJSON("id-1", "old")
			}
			fmt.Fprintf(rw, `{"data":[%s]}`, accounts)
		}
		found, err := s.client(t).Find(t.Context(), Query{Name: "prod", LastWrite: LastWrite{Written: started, Replaced: "old"}})
		if err != nil || found.ID != "new" {
			t.Errorf("found %+v %v", found, err)
		}
	})
}

// Many accounts that were just written share the lists that look for them.
func TestManyJustWritten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime = settleTime
		s.LagFor(5 * time.Second)
		apply, plan := s.client(t), s.client(t)
		var accounts []Account
		for i := range 50 {
			accounts = append(accounts, create(t, apply, fmt.Sprintf("new_%d", i)))
		}
		s.ResetRequests()
		written := time.Now()
		var group sync.WaitGroup
		for _, account := range accounts {
			group.Go(func() {
				if found, err := plan.Find(t.Context(), Query{ID: account.ID, Name: account.Name, LastWrite: LastWrite{Written: written}}); err != nil || found != account {
					t.Errorf("found %+v %v", found, err)
				}
			})
		}
		group.Wait()
		if n := countRequests(s, "GET list"); n > 6 {
			t.Errorf("%d lists", n)
		}
	})
}

// The wait for what was just written ends with the operation, and proves nothing then.
func TestJustWrittenInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime = settleTime
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(3200*time.Millisecond, interrupt)
		started := time.Now()
		_, err := s.client(t).Find(ctx, Query{ID: "id-1", Name: "a", LastWrite: LastWrite{Written: started}})
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrNotFound) || time.Since(started) != 3200*time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime, s.config.Timeout = settleTime, 10*time.Second
		started := time.Now()
		_, err := s.client(t).Find(t.Context(), Query{ID: "id-1", Name: "a", LastWrite: LastWrite{Written: started}})
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNotFound) || time.Since(started) != 10*time.Second {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
}

// Where it is not known whether the account was ever made, the wait leaves time to say so.
func TestUnclearCreateIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.SettleTime, s.config.Timeout = settleTime, 10*time.Second
		started := time.Now()
		_, err := s.client(t).Find(t.Context(), Query{Name: "a", LastWrite: LastWrite{Written: started}})
		if !errors.Is(err, ErrNotFound) || time.Since(started) != 5*time.Second {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
}

// A list that still shows what this process deleted or replaced is not believed: no -replace fails
// on that, and nothing is taken for a duplicate.
func TestOwnDeletesStayDeleted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lag  func(s *service)
		byID bool // else the account is deleted by its name
	}{
		"for a time":          {func(s *service) { s.LagFor(10 * time.Minute) }, true},
		"for a time, by name": {func(s *service) { s.LagFor(10 * time.Minute) }, false},
		"for a few reads":     {func(s *service) { s.LagReads(100) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a, b, other := s.put("a"), s.put("b"), s.put("other")
				test.lag(s)
				c := s.client(t)
				asked := a
				if !test.byID {
					asked.ID = ""
				}
				if err := c.Delete(t.Context(), asked, LastWrite{}); err != nil {
					t.Fatal(err)
				}
				if got := c.Deleted("a"); got != a.ID || c.Deleted("b") != "" {
					t.Errorf("deleted %q", got)
				}
				b.Domain = "https://changed.okta.com"
				now, err := c.Update(t.Context(), b, Secrets{ClientSecret: "new"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(listLifetime + 1)
				if listed, err := c.List(t.Context()); err != nil || len(listed) != 1 || listed[0] != other {
					t.Errorf("listed %+v %v", listed, err) // what it shows too late, nobody can know
				}
				if found, taken, err := c.LookUp(t.Context(), "a"); taken || err != nil {
					t.Errorf("looked up %+v %v", found, err)
				}
				if found, err := find(t, c, now.ID, "b"); err == nil && found.ID == b.ID {
					t.Errorf("found %+v under its former id", found)
				}
				created := create(t, c, "a")
				findAll(t, c, []Account{created})
				if n := len(s.Accounts()); n != 3 {
					t.Errorf("%d accounts", n)
				}
			})
		})
	}
}

// A late list may also have the account under the id from before its last update, which another
// process made.
func TestDeletedUnderItsFormerIDToo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		former := s.put("a")
		a := former
		a.ID = s.Rekey("a")
		s.answerLists(accountJSON("id-1", former.ID, `"prod"`, `"a"`), time.Hour)
		c := s.client(t)
		if err := c.Delete(t.Context(), a, LastWrite{Written: time.Now(), Replaced: former.ID}); err != nil {
			t.Fatal(err)
		}
		create(t, c, "a")
	})
}

// Where the id of an account that was just written is gone, a late list may not have its new id
// yet. No account is left behind for that, however short the time for an operation is.
func TestDeleteWaitsForTheNewID(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{20 * time.Second, 2 * time.Minute} {
		inFakeTime(t, func(t *testing.T, s *service) {
			s.config.SettleTime, s.config.Timeout = settleTime, timeout
			a := s.put("a")
			s.Rekey("a")
			started := time.Now()
			s.answerLists("", 12*time.Second)
			if err := s.client(t).Delete(t.Context(), a, LastWrite{Written: started}); err != nil || len(s.Accounts()) != 0 {
				t.Errorf("within %s: error %v, %d accounts are left", timeout, err, len(s.Accounts()))
			}
		})
	}
}

// An id that a restored account has again is no longer a deleted one.
func TestWrittenAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		c := s.client(t)
		if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost { // the service gives the same id
				s.Put(stub.Account{ID: a.ID, Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID})
				rw.WriteHeader(http.StatusCreated)
				fmt.Fprintf(rw, `{"data":%s}`, accountJSON("id-1", a.ID, `"prod"`, `"a"`, "prod.okta", "a.okta", `"c"`, `"a-client"`))
				return
			}
			s.ServeHTTP(rw, r)
		}
		if _, err := c.Create(t.Context(), a, Secrets{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(listLifetime + 1)
		findAll(t, c, []Account{a})
	})
}
