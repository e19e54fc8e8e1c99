// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestLookUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.PutRaw(accountJSON(`"prod"`, `"odd"`, `"c"`, "7"))
		c := s.client(t)
		if found, taken, err := c.LookUp(t.Context(), "a"); !taken || found != a || err != nil {
			t.Errorf("found %+v %t %v", found, taken, err)
		}
		if found, taken, err := c.LookUp(t.Context(), "b"); taken || err != nil {
			t.Errorf("found %+v %v", found, err)
		}
		if found, taken, err := c.LookUp(t.Context(), "odd"); !taken || found.ID != "id-1" || err != nil {
			t.Errorf("found %+v %t %v", found, taken, err)
		}
		wantRequests(t, s, "GET list")
	})
}

// Advice that fails says so once, in the words of the list's error. It delays nothing for long, and
// is not asked for again.
func TestLookUpThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  stub.Fault
		text   string
		atOnce bool
	}{
		"403":       {fault: stub.Fault{Status: 403}, text: "403 Forbidden", atOnce: true},
		"malformed": {fault: stub.Fault{Body: "{"}, text: "cannot be understood", atOnce: true},
		"500":       {fault: stub.Fault{Status: 500}, text: "500"},
		"dropped":   {fault: stub.Fault{Drop: true}, text: "EOF"},
		"hang":      {fault: stub.Fault{Hang: true}, text: "no answer within 5s"},
		"429":       {fault: stub.Fault{Status: 429, Header: http.Header{"Retry-After": {"6"}}}, text: "no answer within 5s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.put("a")
				test.fault.Path = "list"
				s.Fail(test.fault)
				c := s.client(t)
				started := time.Now()
				var errs atomic.Int32
				ask := func() {
					found, taken, err := c.LookUp(t.Context(), "a")
					if taken {
						t.Errorf("found %+v", found)
					}
					if err == nil {
						return
					}
					errs.Add(1)
					if failed := asError(t, err); failed.Op != "list" || failed.Account != "a" || !strings.Contains(err.Error(), test.text) {
						t.Errorf("got %v", err)
					}
				}
				var group sync.WaitGroup
				for range 20 {
					group.Go(ask)
				}
				group.Wait()
				if elapsed := time.Since(started); elapsed > adviceTimeout || test.atOnce && elapsed > 0 {
					t.Errorf("it took %s", elapsed)
				}
				started = time.Now()
				lists := countRequests(s, "GET list")
				ask()
				if elapsed := time.Since(started); elapsed > 0 || errs.Load() != 1 || countRequests(s, "GET list") > lists {
					t.Errorf("again: after %s, %d errors", elapsed, errs.Load())
				}
			})
		})
	}
}

// A plan that was interrupted did not fail to look.
func TestLookUpInterrupted(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.SetLatency(time.Second)
		c := s.client(t)
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, interrupt)
		if found, taken, err := c.LookUp(ctx, "a"); taken || err != nil {
			t.Errorf("found %+v %v", found, err)
		}
		if found, taken, err := c.LookUp(t.Context(), "a"); !taken || found != a || err != nil {
			t.Errorf("found %+v %t %v", found, taken, err)
		}
		wantRequests(t, s, "GET list")
	})
}

// Whoever joins the list of an advice that is given up gets it all the same.
func TestReadsThatJoinALookUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(5)
		s.SetLatency(10 * time.Second)
		s.Fail(stub.Fault{Path: "list", Status: 500, Times: 2})
		c := s.client(t)
		var group sync.WaitGroup
		group.Go(func() {
			if found, taken, err := c.LookUp(t.Context(), accounts[0].Name); taken || err == nil {
				t.Errorf("found %+v %v", found, err)
			}
		})
		synctest.Wait()
		group.Go(func() { findAll(t, c, accounts) })
		group.Wait()
		wantRequests(t, s, "3 GET list")
	})
}
