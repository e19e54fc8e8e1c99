// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A PATCH finds the account under its new id, whoever gave it that.
func TestUpdateOfTheRekeyed(t *testing.T) {
	t.Parallel()
	for name, rekey := range map[string]func(s *service){
		"before":                 func(s *service) { s.Rekey("a") },
		"by the first PATCH":     func(s *service) { s.Fail(stub.Fault{Method: http.MethodPatch, When: stub.After, Drop: true, Times: 1}) },
		"between look and PATCH": func(s *service) { s.Rekey("a"); s.beforeAnswer(http.MethodGet, func() { s.Rekey("a") }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.put("b")
				a := s.put("a")
				rekey(s)
				a.Domain = "https://changed.okta.com"
				updated, err := s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"})
				is, _ := s.Account("a")
				if err != nil || updated != visible(is) || is.ClientSecret != "new" || is.Domain != a.Domain {
					t.Errorf("updated %+v %v, the service has %+v", updated, err, is)
				}
			})
		})
	}
}

// That the account looks as wanted does not prove that its secret arrived: the PATCH is sent again.
func TestUpdateOfASecretAlone(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Vary(stub.KeepID)
		a := s.put("a")
		s.Fail(stub.Fault{Method: http.MethodPatch, Drop: true, Times: 1})
		updated, err := s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"})
		if is, _ := s.Account("a"); err != nil || updated != a || is.ClientSecret != "new" {
			t.Errorf("updated %+v %v, the service has %+v", updated, err, is)
		}
		wantRequests(t, s, "PATCH", "GET list", "PATCH")
	})
}

func TestUpdateOfWhatIsGone(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "gone"} {
		inFakeTime(t, func(t *testing.T, s *service) {
			s.put("b")
			_, err := s.client(t).Update(t.Context(), Account{ID: id, Name: "a", Domain: "https://a.okta.com", AuthMethod: "oauth"}, Secrets{})
			if failed := asError(t, err); !errors.Is(err, ErrNotFound) || failed.Op != "update" || failed.OutcomeUnknown {
				t.Errorf("got %v", err)
			}
			if id == "" {
				wantRequests(t, s, "GET list")
			} else {
				wantRequests(t, s, "PATCH", "GET list")
			}
		})
	}
}

// A 404 to the id proves nothing where the name cannot be looked up.
func TestUpdateOfWhatMayBeGone(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "gone", "no/id"} {
		inFakeTime(t, func(t *testing.T, s *service) {
			a := s.put("a")
			a.ID = id
			s.Fail(stub.Fault{Path: "list", Status: 403})
			_, err := s.client(t).Update(t.Context(), a, Secrets{})
			if errors.Is(err, ErrNotFound) || isUnclear(err) || !strings.Contains(asError(t, err).Error(), "403") {
				t.Errorf("id %q: %v", id, err)
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
		_, err := s.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"})
		if failed := asError(t, err); failed.Status != 404 || errors.Is(err, ErrNotFound) || failed.OutcomeUnknown {
			t.Errorf("got %v", err)
		}
		if n := countRequests(s, "PATCH"); n != 5 {
			t.Errorf("%d PATCHes", n)
		}
	})
}

// Refused for what was sent, which also is a 400, is not gone.
func TestUpdateThatIsRefused(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		a.Domain = "ftp://a.okta.com"
		_, err := s.client(t).Update(t.Context(), a, Secrets{})
		if failed := asError(t, err); failed.Status != 400 || errors.Is(err, ErrNotFound) || failed.OutcomeUnknown {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "PATCH", "GET list")
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.Fail(stub.Fault{Method: http.MethodPatch, Status: 404})
		_, err := s.client(t).Update(t.Context(), a, Secrets{})
		if failed := asError(t, err); failed.Status != 404 || errors.Is(err, ErrNotFound) { // it is in the list
			t.Errorf("got %v", err)
		}
	})
}

// A refusal of the second PATCH does not say that the first one, which was not answered, changed
// nothing.
func TestUpdateUnclearThenRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 422, 429} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				s.Fail(stub.Fault{Method: http.MethodPatch, Status: 504, When: stub.After, Times: 1})
				s.Fail(stub.Fault{Method: http.MethodPatch, Status: status, Header: http.Header{"Retry-After": {"3000"}}})
				a.Domain = "https://changed.okta.com"
				_, err := s.client(t).Update(t.Context(), a, Secrets{})
				if failed := asError(t, err); failed.Status != status || !failed.OutcomeUnknown {
					t.Errorf("%v, outcome unknown: %v", failed, failed.OutcomeUnknown)
				}
			})
		})
	}
}

// Where the id turns out to be another account's, that one was changed: the error says which, and
// nothing more is sent.
func TestUpdateOfAnotherAccount(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.put("a")
		b := s.put("b")
		wrong := Account{ID: b.ID, Name: "a", Domain: "https://changed.okta.com", AuthMethod: "oauth", ClientID: "c"}
		_, err := s.client(t).Update(t.Context(), wrong, Secrets{ClientSecret: "new"})
		is, _ := s.Account("b")
		failed := asError(t, err)
		if !errors.Is(err, ErrMismatch) || !failed.OutcomeUnknown || len(failed.Found) != 1 || failed.Found[0] != visible(is) || failed.Account != "a" {
			t.Errorf("got %+v, the service has %+v", failed, is)
		}
		if text := err.Error(); !strings.Contains(text, fmt.Sprintf("%q with the id %q", "b", is.ID)) {
			t.Errorf("the error is %s", text)
		}
		if a, _ := s.Account("a"); a.ClientSecret != "set outside" {
			t.Errorf("the right one was touched: %+v", a)
		}
		wantRequests(t, s, "PATCH")
	})
}
