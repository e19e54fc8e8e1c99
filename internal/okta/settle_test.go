// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// justWritten are reads of an account that was written a moment ago.
var justWritten = map[string]struct {
	lag             time.Duration // of what the service shows
	ago             time.Duration // since the write; negative: the clock that noted it is ahead
	unknown         bool          // when it was written is
	noSettle        bool
	update          bool // what was written is an update, which gave the account another id
	gone            bool // the account was removed after all
	found           bool
	atLeast, atMost time.Duration
	want            []string // nil: not compared
}{
	"created, shown":     {found: true, want: []string{"GET list"}},
	"created, late":      {lag: 5 * time.Second, found: true, atLeast: 5 * time.Second, atMost: 9 * time.Second},
	"created, very late": {lag: 14 * time.Second, found: true, atLeast: 14 * time.Second, atMost: settleTime},
	"created, too late":  {lag: 16 * time.Second, atLeast: settleTime, atMost: settleTime},
	"created a while ago, late": {
		lag: 5 * time.Second, ago: 4 * time.Second, found: true, atLeast: time.Second, atMost: 2 * time.Second,
	},
	"created, gone":                  {gone: true, atLeast: settleTime, atMost: settleTime},
	"created long ago, gone":         {gone: true, ago: settleTime, want: []string{"GET list", "GET account"}},
	"created at no known time, gone": {gone: true, unknown: true, want: []string{"GET list", "GET account"}},
	"created in the future, gone":    {gone: true, ago: -time.Hour, atLeast: settleTime, atMost: settleTime},
	"no settle time, late":           {lag: 5 * time.Second, noSettle: true, want: []string{"GET list", "GET account"}},
	"updated, shown":                 {update: true, found: true, want: []string{"GET list"}},
	"updated, late": {
		update: true, lag: 5 * time.Second, found: true, atLeast: 5 * time.Second, atMost: 9 * time.Second,
	},
	"updated long ago, shown": {update: true, ago: time.Hour, found: true, want: []string{"GET list"}},
	"updated, gone":           {update: true, gone: true, atLeast: settleTime, atMost: settleTime},
}

// What was just written is not called gone before the time is over in which the service may not
// show it; where it shows it, nothing waits.
func TestJustWritten(t *testing.T) {
	t.Parallel()
	for name, test := range justWritten {
		subtest(t, name, func(t *testing.T, s *service) {
			if test.noSettle {
				s.settle = 0
			}
			asked := prod.Account
			if test.update {
				asked = s.put("prod")
			}
			s.LagFor(test.lag)
			write := s.client(t).Create
			if test.update {
				write = s.client(t).Update
			}
			is, last, err := write(t.Context(), asked, prod.Secrets)
			if err != nil {
				t.Fatal(err)
			}
			if test.gone {
				s.Remove("prod")
			}
			time.Sleep(max(test.ago, 0))
			switch {
			case test.unknown:
				last.Written = time.Time{}
			case test.ago < 0:
				last.Written = time.Now().Add(-test.ago)
			}
			s.ResetRequests()
			started := time.Now()
			found, err := s.client(t).Find(t.Context(), Query{ID: is.ID, Name: "prod", LastWrite: last})
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
	}
}

// A list that began before the account had to be shown says nothing of it, even where a burst of
// reads has kept it until later.
func TestOldListProvesNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"answered": {Status: 403, Path: "validate"}, "unanswered": {Status: 504, When: stub.After},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.LagFor(10 * time.Second)
			s.config.Retry = false
			fault.Method = http.MethodPost
			s.Fail(fault)
			created, last, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
			if isOutcomeUnknown(err) != (fault.Status == 504) {
				t.Fatal(err)
			}
			others, plan := s.putMany(1), s.client(t)
			for range 20 {
				findAll(t, plan, others)
				time.Sleep(time.Second)
			}
			found, err := plan.Find(t.Context(), Query{ID: created.ID, Name: "prod", LastWrite: last})
			if err != nil || found != s.is("prod") {
				t.Errorf("found %+v %v", found, err)
			}
			if n := s.Count("GET", "list"); n > 4 {
				t.Errorf("%d lists", n)
			}
		})
	}
}

// A late list has what an update replaced under its former id, perhaps beside the new one. These are
// not two accounts. Where only the former stays, that is how the account is.
func TestReplacedID(t *testing.T) {
	t.Parallel()
	oldOne, newOne := accountJSON("id-1", "OLD"), accountJSON("id-1", "new")
	for later, test := range map[string]struct {
		found string
		took  time.Duration
	}{newOne: {"new", 7500 * time.Millisecond}, oldOne: {"OLD", settleTime}} {
		subtest(t, test.found, func(t *testing.T, s *service) {
			s.answerLists(oldOne + "," + newOne)
			time.AfterFunc(5*time.Second, func() {
				s.Heal()
				s.answerLists(later)
			})
			started := time.Now()
			q := Query{Name: "prod", LastWrite: LastWrite{Written: started, Replaced: "old"}}
			found, err := s.client(t).Find(t.Context(), q)
			if err != nil || found.ID != test.found || time.Since(started) != test.took {
				t.Errorf("found %+v %v after %s", found, err, time.Since(started))
			}
		})
	}
}

// Many accounts that were just written share the lists that look for them.
func TestManyJustWritten(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.LagFor(5 * time.Second)
		apply, plan := s.client(t), s.client(t)
		last := LastWrite{Written: time.Now()}
		var group sync.WaitGroup
		for i := range 50 {
			account := create(t, apply, fmt.Sprint("new_", i))
			group.Go(func() {
				found, err := plan.Find(t.Context(), Query{ID: account.ID, Name: account.Name, LastWrite: last})
				if err != nil || found != account {
					t.Errorf("found %+v %v", found, err)
				}
			})
		}
		group.Wait()
		if n := s.Count("GET", "list"); n != 1+5 { // one of the creates; after 0, 0.5, 1.5, 3.5 and 7.5 s
			t.Errorf("%d lists", n)
		}
	})
}

// The wait for what was just written ends with the operation, and proves nothing then. Its error
// says when to try again.
func TestJustWrittenInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(3200*time.Millisecond, interrupt)
		started := time.Now()
		_, err := s.client(t).Find(ctx, Query{ID: "id-1", Name: "a", LastWrite: LastWrite{Written: started}})
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrNotShown) ||
			time.Since(started) != 3200*time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(started))
		}
	})
	for _, latency := range []time.Duration{0, 2 * time.Second} { // the time is up in a wait, or in a list
		subtest(t, latency, func(t *testing.T, s *service) {
			s.config.Timeout = 10 * time.Second
			s.SetLatency(latency)
			last := LastWrite{Written: time.Now().Add(-2 * time.Second)}
			started := time.Now()
			_, err := s.client(t).Find(t.Context(), Query{Name: "a", LastWrite: last})
			if !errors.Is(err, ErrNotShown) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNotFound) ||
				time.Since(started) != s.config.Timeout {
				t.Errorf("got %v after %s", err, time.Since(started))
			}
			if want := ": it was written 12s ago; try again in 3s: "; !strings.Contains(asError(t, err).Error(), want) {
				t.Errorf("%v does not contain %q", err, want)
			}
		})
	}
	inFakeTime(t, func(t *testing.T, s *service) { // a list that never comes is another reason
		s.config.Timeout = 10 * time.Second
		s.Fail(stub.Fault{Hang: true})
		_, err := s.client(t).Find(t.Context(), Query{Name: "a", LastWrite: LastWrite{Written: time.Now()}})
		if errors.Is(err, ErrNotShown) || !errors.Is(err, context.DeadlineExceeded) || asError(t, err).Op != "list" {
			t.Errorf("got %v", err)
		}
	})
}

// If the create was never confirmed, the wait leaves time to say so.
func TestUnconfirmedCreateIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]time.Duration{
		10 * time.Second: 5 * time.Second,
		2 * time.Minute:  settleTime,
	} {
		subtest(t, timeout, func(t *testing.T, s *service) {
			s.config.Timeout = timeout
			started := time.Now()
			_, err := s.client(t).Find(t.Context(), Query{Name: "a", LastWrite: LastWrite{Written: started, Unconfirmed: true}})
			if !errors.Is(err, ErrNotFound) || time.Since(started) != want {
				t.Errorf("got %v after %s", err, time.Since(started))
			}
		})
	}
}

// A list that still shows what this process deleted is not believed: no -replace fails on that, with
// or without an id.
func TestOwnDeletesStayDeleted(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"known", "unknown"} {
		subtest(t, id, func(t *testing.T, s *service) {
			a := s.put("a")
			s.put("other")
			s.LagFor(time.Hour)
			c := s.client(t)
			if id == "unknown" {
				a.ID = ""
			}
			if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(listIdle + 1)
			s.Fail(stub.Fault{Method: http.MethodGet, Status: 403, Times: 1})
			if err := createError(t.Context(), c, a); !hasStatus(err, 403) { // no create was sent: it is still known
				t.Fatal(err)
			}
			create(t, c, "a")
			if n := len(s.Accounts()); n != 2 {
				t.Errorf("%d accounts", n)
			}
		})
	}
}

// An id that an account has again is no longer a deleted one.
func TestWrittenAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Vary(stub.HashIDs)
		c := s.client(t)
		a := create(t, c, "a")
		if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		again, last, err := c.Create(t.Context(), a, prod.Secrets)
		if err != nil || again.ID != a.ID || last.Replaced != "" {
			t.Fatal(again, last, err)
		}
		findAll(t, c, []Account{again})
		if err := createError(t.Context(), c, a); !errors.Is(err, ErrExists) {
			t.Errorf("created once more: %v", err)
		}
	})
}

// Where the id of an account that was just written is gone, a late list may not have its new id
// yet. No account is left behind for that, however short the time for an operation is.
func TestDeleteWaitsForTheNewID(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{20 * time.Second, 2 * time.Minute} {
		subtest(t, timeout, func(t *testing.T, s *service) {
			s.config.Timeout = timeout
			a := s.put("a")
			s.Rekey("a")
			last := LastWrite{Written: time.Now()}
			s.answerLists("")
			time.AfterFunc(12*time.Second, s.Heal)
			if err := s.client(t).Delete(t.Context(), a, last); err != nil || len(s.Accounts()) != 0 {
				t.Errorf("error %v, %d accounts are left", err, len(s.Accounts()))
			}
		})
	}
}
