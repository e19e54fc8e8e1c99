// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// That a name is taken is confirmed by a fresh list; that it is free need not be.
func TestCreateTakesAnyListAsFree(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.put("a")
		c := s.client(t)
		_, _ = find(t, c, "", "a")
		s.Remove("a")
		create(t, c, "a")
		wantRequests(t, s, "2 GET list", "POST")
	})
}

// The first account of an organization can be made where the service refuses its list until then,
// and the only one replaced and deleted.
func TestFreshOrganization(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*service){
		"400":            func(s *service) { s.Vary(stub.NoAccounts400) },
		"404":            func(s *service) { s.Vary(stub.NoAccounts404) },
		"400, late":      func(s *service) { s.Vary(stub.NoAccounts400); s.LagFor(10 * time.Second) },
		"in other words": func(s *service) { s.Fail(stub.Fault{Method: http.MethodGet, Status: 410, Times: 1}) },
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			prepare(s)
			m := &managed{}
			if err := m.apply(t.Context(), t, s, &prod); err != nil {
				t.Fatal(err)
			}
			wantRequests(t, s, "GET list", "POST")
			time.Sleep(settleTime)
			m.tainted = true
			if err := m.apply(t.Context(), t, s, &prod); err != nil {
				t.Errorf("replace: %v", err)
			}
			time.Sleep(settleTime)
			s.Fail(stub.Fault{Method: http.MethodPost, Status: 504, When: stub.After, Times: 1})
			m.tainted = true
			if err := m.apply(t.Context(), t, s, &prod); err != nil {
				t.Errorf("replace without an answer: %v", err)
			}
			checkSettled(t, s, []*managed{m}, []*wanted{&prod})
			time.Sleep(settleTime)
			s.Fail(stub.Fault{Method: http.MethodDelete, When: stub.After, Drop: true, Times: 1})
			if err := m.apply(t.Context(), t, s, nil); err != nil {
				t.Errorf("delete without an answer: %v", err)
			}
			checkSettled(t, s, []*managed{m}, []*wanted{nil})
		})
	}
}

// The service may still reserve the name after our own delete: the create is repeated with back-off,
// for as long as it may take. Another's name is not ours to wait for.
func TestReservedName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reserved int              // so many creates are refused
		prepare  func(s *service) // nil: nothing
		byOther  bool             // it was deleted by another process
		status   int              // of the error
		posts    int              // 0: as many as there is time for
	}{
		"for a while":     {reserved: 5, prepare: func(s *service) { s.LagFor(10 * time.Second) }, posts: 6},
		"for too long":    {reserved: 1000, status: 409},
		"another's":       {reserved: 5, byOther: true, status: 409, posts: 1},
		"without retries": {reserved: 5, prepare: func(s *service) { s.config.Retry = false }, status: 409, posts: 1},
		"refused":         {prepare: func(s *service) { s.Fail(post(400)) }, status: 400, posts: 1},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.ReserveNames(test.reserved)
			if test.prepare != nil {
				test.prepare(s)
			}
			a, c := s.put("a"), s.client(t)
			deleting := c
			if test.byOther {
				deleting = s.client(t)
			}
			_ = deleting.Delete(t.Context(), a, LastWrite{})
			started := time.Now()
			err := createError(t.Context(), c, a)
			if (err == nil) != (test.status == 0) || err != nil && !hasStatus(err, test.status) || isOutcomeUnknown(err) {
				t.Errorf("got %v", err)
			}
			isLate := errors.Is(err, context.DeadlineExceeded) && time.Since(started) == s.config.Timeout
			if n := s.Count("POST", ""); test.posts != 0 && n != test.posts || isLate != (test.posts == 0) {
				t.Errorf("%d POSTs in %s", n, time.Since(started))
			}
		})
	}
}

// Everything that a create and a replacement may meet, with ids of each kind: nothing is lost.
func TestReplace(t *testing.T) {
	t.Parallel()
	for _, ids := range []stub.Variant{"", stub.KeepID, stub.HashIDs} {
		for _, lag := range []time.Duration{0, 10 * time.Second} {
			for name, fault := range map[string]stub.Fault{
				"504, carried out": {Status: 504, When: stub.After}, "504": {Status: 504}, "cut": {CutBody: true, When: stub.After},
				"dropped": {Drop: true}, "dropped, carried out": {Drop: true, When: stub.After},
			} {
				subtest(t, fmt.Sprintf("%s/%s/%s", ids, lag, name), func(t *testing.T, s *service) {
					s.Vary(ids)
					s.LagFor(lag)
					m := &managed{}
					_ = m.apply(t.Context(), t, s, &prod)
					changed := prod
					changed.ClientSecret = "rotated just before"
					_ = m.apply(t.Context(), t, s, &changed) // so that late lists have two former ids
					m.tainted = true
					deleted := fault
					deleted.Method, deleted.Times = http.MethodDelete, 1
					fault.Method, fault.Times = http.MethodPost, 1
					s.Fail(deleted)
					s.Fail(fault)
					if err := m.apply(t.Context(), t, s, &changed); err != nil {
						t.Error(err)
					}
					checkSettled(t, s, []*managed{m}, []*wanted{&changed})
				})
			}
		}
	}
}

// Where the time is too short to wait until late lists must be right, a replacement does not take the
// deleted account for the new one.
func TestReplaceInShortTime(t *testing.T) {
	t.Parallel()
	for _, ids := range []stub.Variant{"", stub.KeepID, stub.HashIDs} {
		for _, fault := range []stub.Fault{{Status: 504}, {Status: 504, When: stub.After}} {
			subtest(t, fmt.Sprint(ids, fault.When), func(t *testing.T, s *service) {
				s.Vary(ids)
				s.config.Timeout = 10 * time.Second
				m := &managed{}
				_ = m.apply(t.Context(), t, s, &prod)
				time.Sleep(settleTime)
				s.LagFor(14 * time.Second)
				m.tainted = true
				fault.Method, fault.Times = http.MethodPost, 1
				s.Fail(fault)
				err := m.apply(t.Context(), t, s, &prod)
				if _, ok := s.Account("prod"); err == nil && !ok {
					t.Error("a success without an account")
				}
				time.Sleep(settleTime)
				checkConverges(t, s, m, &prod)
			})
		}
	}
}
