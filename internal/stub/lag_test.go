// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// ids returns the ids in the list, sorted.
func (c caller) ids() []string {
	c.t.Helper()
	ids := []string{}
	for _, text := range c.listed(accounts) {
		_, id, _ := strings.Cut(text, `"id":"`)
		ids = append(ids, id[:36])
	}
	slices.Sort(ids)
	return ids
}

func TestLagReads(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	wantIDs := func(step string, want ...string) {
		t.Helper()
		slices.Sort(want)
		if got := c.ids(); !slices.Equal(got, want) {
			t.Errorf("%s: listed %v, want %v", step, got, want)
		}
	}
	wantGet := func(step, id string, want int) {
		t.Helper()
		if got := c.do("GET", accounts+"/"+id, ""); got.status != want {
			t.Errorf("%s: GET answered %+v, want %d", step, got, want)
		}
	}
	s.LagReads(2)
	by := s.Put(stub.Account{Name: "by", Domain: "https://a.okta.com"}).ID // shows at once

	c.do("POST", accounts, prod)
	a, _ := s.Account("prod")
	wantIDs("created, read 1", by)
	wantGet("created, read 2", a.ID, 404)
	wantIDs("created, read 3", by, a.ID)

	c.do("PATCH", accounts+"/"+a.ID, prodUpdate)
	b, _ := s.Account("prod")
	wantGet("updated, read 1", a.ID, 200)
	wantGet("updated, read 2", b.ID, 404)
	wantGet("updated, read 3", b.ID, 200)
	wantGet("updated, read 4", a.ID, 404)

	if got := c.do("DELETE", accounts+"/"+b.ID, ""); got.status != 204 {
		t.Errorf("got %+v", got)
	}
	if got := c.do("DELETE", accounts+"/"+b.ID, ""); got.status != 400 {
		t.Errorf("a write saw the past: %+v", got)
	}
	wantIDs("deleted, read 1", by, b.ID)
	wantGet("deleted, read 2", b.ID, 200)
	wantIDs("deleted, read 3", by)
}

// Writes that follow each other become visible one after the other.
func TestLagOfSeveralWrites(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.LagReads(2)
	c.do("POST", accounts, prod)
	first, _ := s.Account("prod")
	c.ids()
	c.do("PATCH", accounts+"/"+first.ID, prodUpdate)
	second, _ := s.Account("prod")
	c.do("DELETE", accounts+"/"+second.ID, "")
	c.do("POST", accounts, prod)
	third, _ := s.Account("prod")
	for i, want := range [][]string{{}, {first.ID}, {third.ID}} {
		if got := c.ids(); !slices.Equal(got, want) {
			t.Errorf("list %d: got %v, want %v", i+2, got, want)
		}
	}
	// A write that shows already is not taken back with an earlier one that does not.
	c.do("PATCH", accounts+"/"+third.ID, prodUpdate)
	s.LagReads(0)
	now, _ := s.Account("prod")
	c.do("PATCH", accounts+"/"+now.ID, prodUpdate)
	now, _ = s.Account("prod")
	if got := c.ids(); !slices.Equal(got, []string{now.ID}) {
		t.Errorf("got %v, want %s", got, now.ID)
	}
}

func TestLagFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		s.LagFor(2 * time.Second)
		send := func(method, body string) string {
			request := httptest.NewRequestWithContext(t.Context(), method, accounts, strings.NewReader(body))
			request.Header.Set("Authorization", "Bearer "+stub.BearerToken)
			recorder := httptest.NewRecorder()
			s.ServeHTTP(recorder, request)
			return recorder.Body.String()
		}
		send("POST", prod)
		for i, want := range []bool{false, false, true} {
			if got := strings.Contains(send("GET", ""), "prod"); got != want {
				t.Errorf("after %d s: listed %t", i, got)
			}
			time.Sleep(time.Second)
		}
	})
}
