// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A write that ends while a list is under way is in the result, whatever the service had read
// before.
func TestWritesDuringAList(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(t *testing.T, c *Client, a Account) (now Account, exists bool){
		"update": func(t *testing.T, c *Client, a Account) (Account, bool) {
			a.Domain = "https://changed.okta.com"
			now, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new secret"})
			if err != nil {
				t.Error(err)
			}
			return now, true
		},
		"delete": func(t *testing.T, c *Client, a Account) (Account, bool) {
			if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
				t.Error(err)
			}
			return Account{}, false
		},
		"update and delete": func(t *testing.T, c *Client, a Account) (Account, bool) {
			now, err := c.Update(t.Context(), a, Secrets{ClientSecret: "new secret"})
			if err := errors.Join(err, c.Delete(t.Context(), now, LastWrite{})); err != nil {
				t.Error(err)
			}
			return Account{}, false
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				release := s.holdLists()
				before := s.put("a")
				other := s.put("b")
				c := s.client(t)
				var listed []Account
				var err error
				var group sync.WaitGroup
				group.Go(func() { listed, err = c.List(t.Context()) })
				synctest.Wait()
				now, exists := write(t, c, before)
				release(0)
				group.Wait()
				want := []Account{other}
				if exists {
					want = []Account{now, other}
				}
				if err != nil || !slices.Equal(listed, want) {
					t.Errorf("listed %+v %v, want %+v", listed, err, want)
				}
				s.handle = s.ServeHTTP
				if again, err := c.List(t.Context()); err != nil || !slices.Equal(again, want) {
					t.Errorf("kept %+v %v, want %+v", again, err, want)
				}
				if n := countRequests(s, "GET list"); n != 1 {
					t.Errorf("%d lists", n)
				}
			})
		})
	}
}

// A list that began before a write whose outcome is unknown answers nobody who comes later.
func TestUnknownOutcomeDropsTheListUnderWay(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		release := s.holdLists()
		a := s.put("a")
		c := s.client(t)
		var group sync.WaitGroup
		group.Go(func() {
			if listed, err := c.List(t.Context()); err != nil || len(listed) != 1 {
				t.Errorf("listed %+v %v", listed, err)
			}
		})
		synctest.Wait()
		time.Sleep(time.Millisecond)
		s.Fail(stub.Fault{Method: http.MethodPatch, When: stub.After, Drop: true, Times: 1})
		var updated Account
		group.Go(func() {
			var err error
			if updated, err = c.Update(t.Context(), a, Secrets{ClientSecret: "new secret"}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait() // the update has failed, and looks
		wantRequests(t, s, "GET list", "PATCH", "GET list")
		release(0)
		release(1)
		group.Wait()
		if found, err := find(t, c, a.ID, "a"); err != nil || found != updated || updated.ID == a.ID {
			t.Errorf("found %+v %v, want %+v", found, err, updated)
		}
		wantRequests(t, s, "GET list", "PATCH", "GET list", "PATCH")
	})
}

// A list that began before a look, and ends after it, is not kept.
func TestOlderListIsNotKept(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		release := s.holdLists()
		a := s.put("a")
		c := s.client(t)
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(t.Context()) })
		synctest.Wait()
		s.Fail(stub.Fault{Method: http.MethodDelete, When: stub.After, Drop: true, Times: 1})
		var deleted sync.WaitGroup
		deleted.Go(func() {
			if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second) // the second DELETE has said that it is gone, and a look is under way
		wantRequests(t, s, "GET list", "2 DELETE", "GET list")
		release(1)
		deleted.Wait()
		release(0)
		group.Wait()
		if found, err := find(t, c, a.ID, "a"); !errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
		wantRequests(t, s, "GET list", "2 DELETE", "GET list", "GET account")
	})
}

// After a write reads are answered with its result, and cost nothing.
func TestReadsSeeOwnWrites(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c := s.client(t)
		created := create(t, c, "a")
		findAll(t, c, []Account{created})
		created.Domain = "https://changed.okta.com"
		updated, err := c.Update(t.Context(), created, Secrets{ClientSecret: "new secret"})
		if err != nil || updated.ID == created.ID {
			t.Fatal(updated, err)
		}
		findAll(t, c, []Account{updated})
		if found, err := find(t, c, created.ID, "a"); err != nil || found != updated {
			t.Errorf("found by its old id %+v %v", found, err)
		}
		wantRequests(t, s, "GET list", "POST", "PATCH")
	})
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
