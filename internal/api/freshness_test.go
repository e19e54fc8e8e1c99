// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// holdLists lets the service carry lists out, and holds the answer of each back until release is called with its index.
func (w *world) holdLists() (release func(index int)) {
	held := make([]chan struct{}, 3)
	for i := range held {
		held[i] = make(chan struct{})
	}
	next := make(chan int, len(held))
	for i := range held {
		next <- i
	}
	w.handle = func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != accountsPath {
			w.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		<-held[<-next]
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
	return func(index int) { close(held[index]) }
}

// A write that ends while a list is under way is in the result, whatever the service had read before.
func TestWritesDuringAList(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(t *testing.T, c *Client, a Account) (now Account, exists bool){
		"update": func(t *testing.T, c *Client, a Account) (Account, bool) {
			a.Domain = "https://changed.okta.com"
			now, err := c.Update(t.Context(), a, Secrets{ClientSecret: "s"})
			if err != nil {
				t.Error(err)
			}
			return now, true
		},
		"delete": func(t *testing.T, c *Client, a Account) (Account, bool) {
			if err := c.Delete(t.Context(), a); err != nil {
				t.Error(err)
			}
			return Account{}, false
		},
		"update and delete": func(t *testing.T, c *Client, a Account) (Account, bool) {
			now, err := c.Update(t.Context(), a, Secrets{ClientSecret: "s"})
			if err := errors.Join(err, c.Delete(t.Context(), now)); err != nil {
				t.Error(err)
			}
			return Account{}, false
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				release := w.holdLists()
				before := w.put("a")
				other := w.put("b")
				c := w.client(t)
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
				if err != nil || len(listed) != len(want) || listed[0] != want[0] {
					t.Errorf("listed %+v %v, want %+v", listed, err, want)
				}
				w.handle = w.ServeHTTP
				if again, err := c.List(t.Context()); err != nil || len(again) != len(want) || again[0] != want[0] {
					t.Errorf("kept %+v %v, want %+v", again, err, want)
				}
				if n := w.Count(http.MethodGet, "list"); n != 1 {
					t.Errorf("%d lists", n)
				}
			})
		})
	}
}

// A list that began before a write whose outcome is unknown answers nobody who comes later.
func TestUnknownOutcomeDropsTheListUnderWay(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		release := w.holdLists()
		a := w.put("a")
		c := w.client(t)
		var group sync.WaitGroup
		group.Go(func() {
			if listed, err := c.List(t.Context()); err != nil || len(listed) != 1 {
				t.Errorf("listed %+v %v", listed, err)
			}
		})
		synctest.Wait()
		w.Fail(stub.Fault{Method: http.MethodPatch, When: stub.After, Drop: true, Times: 1})
		var updated Account
		group.Go(func() {
			var err error
			if updated, err = c.Update(t.Context(), a, Secrets{ClientSecret: "s"}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait() // the update has met its fault, and looks
		w.wantCounts(t, 2, 0, 0, 1, 0)
		release(0)
		release(1)
		group.Wait()
		if found, err := c.Find(t.Context(), a.ID, "a"); err != nil || found != updated || updated.ID == a.ID {
			t.Errorf("found %+v %v, want %+v", found, err, updated)
		}
		w.wantCounts(t, 2, 0, 0, 2, 0)
	})
}

// A list that began before a look, and ends after it, is not kept.
func TestOlderListIsNotKept(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		release := w.holdLists()
		a := w.put("a")
		c := w.client(t)
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(t.Context()) })
		synctest.Wait()
		w.Fail(stub.Fault{Method: http.MethodDelete, When: stub.After, Drop: true, Times: 1})
		var deleted sync.WaitGroup
		deleted.Go(func() {
			if err := c.Delete(t.Context(), a); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second) // the second DELETE has said that it is gone, and a look is under way
		w.wantCounts(t, 2, 0, 0, 0, 2)
		release(1)
		deleted.Wait()
		release(0)
		group.Wait()
		if found, err := c.Find(t.Context(), a.ID, "a"); !errors.Is(err, ErrNotFound) {
			t.Errorf("found %+v %v", found, err)
		}
		w.wantCounts(t, 2, 1, 0, 0, 2)
	})
}

// After a write reads are answered with its result, and cost nothing.
func TestReadsSeeOwnWrites(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		c := w.client(t)
		created := create(t, c, "a")
		findAll(t, c, []Account{created})
		created.Domain = "https://changed.okta.com"
		updated, err := c.Update(t.Context(), created, Secrets{ClientSecret: "s"})
		if err != nil || updated.ID == created.ID {
			t.Fatal(updated, err)
		}
		findAll(t, c, []Account{updated})
		if found, err := c.Find(t.Context(), created.ID, "a"); err != nil || found != updated {
			t.Errorf("found by its old id %+v %v", found, err)
		}
		w.wantCounts(t, 1, 0, 1, 1, 0)
	})
}

// An own account that was just deleted or re-keyed is never taken for a duplicate.
func TestReplaceIsNoDuplicate(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(t *testing.T, w *world, c *Client, a Account) Account{
		"as it is": func(_ *testing.T, _ *world, _ *Client, a Account) Account { return a },
		"updated": func(t *testing.T, _ *world, c *Client, a Account) Account {
			updated, err := c.Update(t.Context(), a, Secrets{ClientSecret: "s"})
			if err != nil {
				t.Error(err)
			}
			return updated
		},
		"re-keyed outside": func(_ *testing.T, w *world, _ *Client, a Account) Account {
			w.Rekey(a.Name)
			return a
		},
		"deleted outside": func(_ *testing.T, w *world, _ *Client, a Account) Account {
			w.Remove(a.Name)
			return a
		},
		"its delete goes unanswered": func(_ *testing.T, w *world, _ *Client, a Account) Account {
			w.Fail(stub.Fault{Method: http.MethodDelete, When: stub.After, Drop: true, Times: 1})
			return a
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				a := w.put("a")
				w.put("b")
				c := w.client(t)
				if _, err := c.List(t.Context()); err != nil {
					t.Fatal(err)
				}
				c.Own("a")
				if found, taken := c.NameTaken(t.Context(), "a"); taken {
					t.Errorf("%+v is taken for a duplicate", found)
				}
				if err := c.Delete(t.Context(), before(t, w, c, a)); err != nil {
					t.Fatal(err)
				}
				create(t, c, "a")
				if n := len(w.Accounts()); n != 2 {
					t.Errorf("%d accounts", n)
				}
			})
		})
	}
}

func TestNameTaken(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		c := w.client(t)
		if found, taken := c.NameTaken(t.Context(), "a"); !taken || found != a {
			t.Errorf("found %+v %t", found, taken)
		}
		if found, taken := c.NameTaken(t.Context(), "b"); taken {
			t.Errorf("found %+v", found)
		}
		c.Own("a")
		if found, taken := c.NameTaken(t.Context(), "a"); taken {
			t.Errorf("found %+v, which is owned", found)
		}
		w.wantCounts(t, 1, 0, 0, 0, 0)
	})
}

// Advice is never repeated, delays nothing for long, and is given up once it fails.
func TestAdviceThatFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"500": {Status: 500}, "dropped": {Drop: true}, "403": {Status: 403}, "malformed": {Body: "{"}, "hang": {Hang: true},
		"429": {Status: 429, Header: http.Header{"Retry-After": {"1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.put("a")
				fault.Path = "list"
				w.Fail(fault)
				c := w.client(t)
				started := time.Now()
				for range 3 {
					if found, taken := c.NameTaken(t.Context(), "a"); taken {
						t.Errorf("found %+v", found)
					}
				}
				elapsed := time.Since(started)
				if hangs := name == "hang"; hangs && elapsed != adviceTimeout || !hangs && elapsed != 0 {
					t.Errorf("it took %s", elapsed)
				}
				w.wantCounts(t, 1, 0, 0, 0, 0)
			})
		})
	}
}

// Whoever joins the list of an advice that fails gets one that is repeated as ever.
func TestReadsThatJoinAdvice(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		accounts := w.crowd(5)
		w.SetLatency(time.Second)
		w.Fail(stub.Fault{Path: "list", Status: 500, Times: 2})
		c := w.client(t)
		var group sync.WaitGroup
		group.Go(func() {
			if found, taken := c.NameTaken(t.Context(), accounts[0].Name); taken {
				t.Errorf("found %+v", found)
			}
		})
		synctest.Wait()
		group.Go(func() { findAll(t, c, accounts) })
		group.Wait()
		w.wantCounts(t, 3, 0, 0, 0, 0)
	})
}
