// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Reads that begin after a write show it, whatever list was under way while it was carried out.
func TestReadsAfterWrites(t *testing.T) {
	t.Parallel()
	update := func(ctx context.Context, c *Client, a Account) error {
		a.Domain = "https://changed.okta.com"
		return second(c.Update(ctx, a, Secrets{ClientSecret: "new secret"}))
	}
	remove := func(ctx context.Context, c *Client, a Account) error { return c.Delete(ctx, a, LastWrite{}) }
	for name, test := range map[string]struct {
		write func(context.Context, *Client, Account) error
		fault stub.Fault
	}{
		"create": {write: func(ctx context.Context, c *Client, _ Account) error {
			return second(c.Create(ctx, prod.Account, prod.Secrets))
		}},
		"update":            {write: update},
		"unanswered update": {write: update, fault: stub.Fault{Method: http.MethodPatch}},
		"delete":            {write: remove},
		"unanswered delete": {write: remove, fault: stub.Fault{Method: http.MethodDelete}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				release := s.holdLists()
				a := s.put("a")
				c := s.client(t)
				var group sync.WaitGroup
				group.Go(func() { _, _ = c.List(t.Context()) })
				synctest.Wait()
				if test.fault.Method != "" {
					test.fault.When, test.fault.Drop, test.fault.Times = stub.After, true, 1
					s.Fail(test.fault)
				}
				group.Go(func() {
					if err := test.write(t.Context(), c, a); err != nil {
						t.Error(err)
					}
				})
				time.Sleep(time.Second) // the write is done, or looks
				for i := range 3 {
					release(2 - i) // the list that was under way ends last
					synctest.Wait()
				}
				group.Wait()
				s.handle = s.ServeHTTP
				var want []Account
				for _, account := range s.Accounts() {
					want = append(want, visible(account))
				}
				if listed, err := c.List(t.Context()); err != nil || !slices.Equal(listed, want) {
					t.Errorf("listed %+v %v, want %+v", listed, err, want)
				}
				found, err := find(t, c, a.ID, "a")
				if len(want) > 0 && found != want[0] || len(want) == 0 && !errors.Is(err, ErrNotFound) {
					t.Errorf("found %+v %v, want %+v", found, err, want)
				}
			})
		})
	}
}

// An account that was just deleted or re-keyed, by whomever, is never taken for another of its
// name.
func TestReplace(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(t *testing.T, s *service, c *Client, a Account) Account{
		"as it is": func(_ *testing.T, _ *service, _ *Client, a Account) Account { return a },
		"updated": func(t *testing.T, _ *service, c *Client, a Account) Account {
			updated, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new secret"})
			if err != nil {
				t.Error(err)
			}
			return updated
		},
		"re-keyed outside": func(_ *testing.T, s *service, _ *Client, a Account) Account {
			s.Rekey(a.Name)
			return a
		},
		"deleted outside": func(_ *testing.T, s *service, _ *Client, a Account) Account {
			s.Remove(a.Name)
			return a
		},
		"its delete goes unanswered": func(_ *testing.T, s *service, _ *Client, a Account) Account {
			s.Fail(stub.Fault{Method: http.MethodDelete, When: stub.After, Drop: true, Times: 1})
			return a
		},
	} {
		for lists, list := range map[string]bool{"in a process that read it": true, "in a process of its own": false} {
			t.Run(name+"/"+lists, func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, s *service) {
					a := s.put("a")
					s.put("b")
					c := s.client(t)
					if list {
						findAll(t, c, []Account{a})
					}
					if err := c.Delete(t.Context(), before(t, s, c, a), LastWrite{}); err != nil {
						t.Fatal(err)
					}
					create(t, c, "a")
					if n := len(s.Accounts()); n != 2 {
						t.Errorf("%d accounts", n)
					}
				})
			})
		}
	}
}
