// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What is sent is exactly what the API documents.
func TestRequests(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c := s.client(t)
		asked := prod.Account
		asked.ID = "to-be-ignored"
		created, _, err := c.Create(t.Context(), asked, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		changed := created
		changed.Domain, changed.ClientID = "https://New.okta.com/", ""
		updated, last, err := c.Update(t.Context(), changed, Secrets{})
		if err != nil || updated.ID == created.ID || updated.Domain != changed.Domain || updated.ClientID != "prod-client" {
			t.Errorf("updated to %+v %v", updated, err)
		}
		if last.Replaced != created.ID || last.Unconfirmed || time.Since(last.Written) > time.Second {
			t.Errorf("the last write is %+v", last)
		}
		if err := c.Delete(t.Context(), updated, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"GET " + accountsPath + " ",
			"POST " + accountsPath +
				` {"data":{"type":"okta-accounts","attributes":{"name":"prod","domain":"https://prod.okta.com",` +
				`"auth_method":"oauth","client_id":"prod-client",` +
				`"client_secret":"prod-client-secret","api_key":"prod-okta-token"}}}`,
			"PATCH " + accountsPath + "/" + created.ID +
				` {"data":{"type":"okta-accounts","attributes":{"domain":"https://New.okta.com/","auth_method":"oauth"}}}`,
			"DELETE " + accountsPath + "/" + updated.ID + " ",
		}
		for i, r := range s.Requests() {
			if got := fmt.Sprintf("%s %s%s %s", r.Method, r.Path, r.Query, r.Body); got != want[i] {
				t.Errorf("sent %s\nwant %s", got, want[i])
			}
		}
	})
}

// A PATCH finds the account under its new id, whoever gave it that, also where lists show it late.
func TestUpdateOfTheRekeyed(t *testing.T) {
	t.Parallel()
	unanswered := stub.Fault{Method: http.MethodPatch, When: stub.After, Drop: true, Times: 1}
	for name, rekey := range map[string]func(s *service){
		"before":                   func(s *service) { s.Rekey("a") },
		"by the first PATCH":       func(s *service) { s.Fail(unanswered) },
		"by the first PATCH, late": func(s *service) { s.Fail(unanswered); s.LagFor(10 * time.Second) },
		"before, late": func(s *service) {
			a := s.is("a")
			s.Rekey("a")
			s.answerLists(accountJSON("id-1", a.ID, `"prod"`, `"a"`))
			time.AfterFunc(10*time.Second, s.Heal)
		},
		"between look and PATCH": func(s *service) {
			s.Rekey("a")
			s.beforeArrival(http.MethodGet, func() { s.beforeArrival(http.MethodPatch, func() { s.Rekey("a") }) })
		},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.put("b")
			a := s.put("a")
			rekey(s)
			a.Domain = "https://changed.okta.com"
			updated, last, err := s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new secret"})
			is, _ := s.Account("a")
			if err != nil || updated != visible(is) || is.ClientSecret != "new secret" || is.Domain != a.Domain {
				t.Errorf("updated %+v %v, the service has %+v", updated, err, is)
			}
			// A late list may show it under the id that the last PATCH was for.
			patched := s.Requests()[len(s.Requests())-1].Path
			if last.Replaced == "" || !strings.HasSuffix(patched, last.Replaced) {
				t.Errorf("the last PATCH was for %s, it replaced %q", patched, last.Replaced)
			}
		})
	}
}

// An account that is given another id again and again is not gone.
func TestUpdateOfTheRekeyedAgainAndAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			s.Rekey("a")
			s.ServeHTTP(rw, r)
		}
		failed := asError(t, updateError(t.Context(), s.client(t), a))
		if !hasStatus(failed, 404) || errors.Is(failed, ErrNotFound) || failed.OutcomeUnknown {
			t.Errorf("got %v", failed)
		}
		if n := s.Count("PATCH", ""); n != 5 {
			t.Errorf("%d PATCHes", n)
		}
	})
}

// Where the id turns out to be another account's, that one was changed: the error says which, and
// nothing more is sent.
func TestUpdateOfAnotherAccount(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.put("a")
		b := s.put("b")
		wrong := Account{ID: b.ID, Name: "a", Domain: "https://changed.okta.com", AuthMethod: "oauth", ClientID: "c"}
		failed := asError(t, updateError(t.Context(), s.client(t), wrong))
		is := s.is("b")
		if !errors.Is(failed, ErrMismatch) || !failed.OutcomeUnknown || len(failed.Found) != 1 || failed.Found[0] != is {
			t.Errorf("got %+v, the service has %+v", failed, is)
		}
		if want := fmt.Sprintf(`update "a": %s: "b" with the id %q`, ErrMismatch, is.ID); failed.Error() != want {
			t.Errorf("the error is %s, want %s", failed, want)
		}
		if a, _ := s.Account("a"); a.ClientSecret != "set outside" {
			t.Errorf("the right one was touched: %+v", a)
		}
		wantRequests(t, s, "PATCH")
	})
}

// Where several accounts have a name or an id, none of them is taken for the one: only both say which.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.PutRaw(accountJSON())
		s.PutRaw(accountJSON("id-1", "id-2"))
		s.PutRaw(accountJSON(`"prod"`, `"same_id"`))
		c := s.client(t)
		_, byName := find(t, c, "", "prod")
		_, byID := find(t, c, "id-1", "")
		_, byOtherID := find(t, c, "gone", "prod")
		for op, err := range map[string]error{
			"find by name": byName, "find by id": byID, "find by another id": byOtherID,
			"create": createError(t.Context(), c, prod.Account), "update": updateError(t.Context(), c, prod.Account),
			"update of what is gone": updateError(t.Context(), c, Account{ID: "gone", Name: "prod"}),
			"delete":                 c.Delete(t.Context(), prod.Account, LastWrite{}),
		} {
			if !errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrNotFound) || len(asError(t, err).Found) != 2 ||
				isOutcomeUnknown(err) {
				t.Errorf("%s: %v", op, err)
			}
		}
		for _, a := range []Account{{ID: "id-1", Name: "prod"}, {ID: "id-2", Name: "prod"}, {ID: "id-1", Name: "same_id"}} {
			if found, err := find(t, c, a.ID, a.Name); err != nil || found.ID != a.ID || found.Name != a.Name {
				t.Errorf("found %+v %v, want %+v", found, err, a)
			}
		}
		if n := s.Count("POST", "") + s.Count("GET", "account"); n > 0 {
			t.Errorf("%d other requests", n)
		}
	})
}

// updates are cases of TestWrites.
func updates() map[string]writeCase {
	patch := func(times, status int) stub.Fault { return on("PATCH", times, stub.Fault{Status: status}) }
	list := stub.Fault{Path: "list", Status: 403}
	remove := func(s *service) { s.Remove("prod") }
	cases := map[string]writeCase{
		"as it is":   {want: "PATCH"},
		"without id": {id: "-", want: "GET list, PATCH"},
		"gone": {
			prepare: remove, err: ErrNotFound, text: `update "prod": ` + ErrNotFound.Error(), want: "PATCH, GET list",
		},
		"gone, no id": {id: "-", prepare: remove, err: ErrNotFound, want: "GET list"},
		"odd id":      {id: "a/b", want: "GET list, PATCH"},
		"lost, gone": {
			faults: []stub.Fault{patch(1, 500)}, arrives: remove, err: ErrNotFound, unknown: true, want: "PATCH, GET list",
		},
		"lost": {faults: []stub.Fault{patch(1, 500)}, want: "PATCH, GET list, PATCH"},
		"lost each time": {
			faults: []stub.Fault{patch(0, 500)}, status: 500, unknown: true,
			want: strings.TrimPrefix(strings.Repeat(", PATCH, GET list", 4), ", "),
		},
		"lost, and no time is left": {
			faults: []stub.Fault{patch(0, 500)}, prepare: hasNoTime, status: 500, err: context.DeadlineExceeded, unknown: true,
			want: "PATCH, GET list",
		},
		"cannot look": {
			id: "gone", faults: []stub.Fault{list}, status: 404, text: `update "prod": 404 Not Found: Not found: ` + looked,
			want: "PATCH, " + forbidden,
		},
		"cannot look, no id": {id: "-", faults: []stub.Fault{list}, status: 403, text: looked, want: forbidden},
		"lost, cannot look": {
			faults: []stub.Fault{patch(0, 504), list}, status: 504, unknown: true,
			text: `update "prod": 504 Gateway Timeout: ` + looked, want: "PATCH, " + forbidden,
		},
		"refused, 400":                     {faults: []stub.Fault{patch(0, 400)}, status: 400, want: "PATCH, GET list"},
		"refused, 403":                     {faults: []stub.Fault{patch(0, 403)}, status: 403, want: "PATCH, GET validate"},
		"refused, 422":                     {faults: []stub.Fault{patch(0, 422)}, status: 422, want: "PATCH"},
		"gone, but in the list to the end": {faults: []stub.Fault{patch(0, 404)}, status: 404, took: settleTime},
		"the same with less time": {
			faults: []stub.Fault{patch(0, 404)}, status: 404, prepare: hasLessTime, took: 10 * time.Second,
		},
		"understood by nobody": {
			faults: []stub.Fault{on("PATCH", 0, stub.Fault{Body: "{}"})}, err: datadog.ErrMalformed, unknown: true,
		},
	}
	for status, took := range map[int]time.Duration{400: settleTime, 403: 0, 422: 0, 429: 0} {
		refusal := on("PATCH", 0, stub.Fault{Status: status, Header: http.Header{"Retry-After": {"3000"}}})
		cases[fmt.Sprintf("lost, then %d", status)] = writeCase{
			faults: []stub.Fault{patch(1, 504), refusal}, status: status, unknown: true, took: took,
		}
	}
	return cases
}
