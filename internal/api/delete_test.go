// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A delete deletes what is provably the same account, and leaves none behind under another id
// without an error.
func TestDelete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before  func(s *service)
		deletes int
		changed bool // an error: it is not provably the same
		left    int
	}{
		"as it is":               {before: func(*service) {}, deletes: 1},
		"gone":                   {before: func(s *service) { s.Remove("a") }, deletes: 1},
		"re-keyed":               {before: func(s *service) { s.Rekey("a") }, deletes: 2},
		"re-keyed and changed":   {before: func(s *service) { s.rekeyAs(stub.Account{Domain: "https://changed.okta.com"}) }, deletes: 1, changed: true, left: 1},
		"another client id":      {before: func(s *service) { s.rekeyAs(stub.Account{ClientID: "other"}) }, deletes: 1, changed: true, left: 1},
		"another method":         {before: func(s *service) { s.rekeyAs(stub.Account{AuthMethod: "token"}) }, deletes: 1, changed: true, left: 1},
		"re-keyed, same spelled": {before: func(s *service) { s.rekeyAs(stub.Account{Domain: "https://A.okta.com/"}) }, deletes: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.put("b")
				a := s.put("a")
				test.before(s)
				err := s.client(t).Delete(t.Context(), a, LastWrite{})
				if errors.Is(err, ErrChanged) != test.changed || err != nil && !test.changed {
					t.Fatalf("got %v", err)
				}
				if is, _ := s.Account("a"); test.changed && asError(t, err).Found[0] != visible(is) {
					t.Errorf("the error has %+v, the service has %+v", asError(t, err).Found, is)
				}
				if n := len(s.Accounts()); n != 1+test.left {
					t.Errorf("%d accounts", n)
				}
				if n := countRequests(s, "DELETE"); n != test.deletes {
					t.Errorf("%d DELETEs", n)
				}
			})
		})
	}
}

// rekeyAs gives the account "a" a new id and what is set in the other fields.
func (s *service) rekeyAs(change stub.Account) {
	a, _ := s.Account("a")
	a.ID = s.Rekey("a")
	if change.Domain != "" {
		a.Domain = change.Domain
	}
	if change.ClientID != "" {
		a.ClientID = change.ClientID
	}
	if change.AuthMethod != "" {
		a.AuthMethod = change.AuthMethod
	}
	s.Put(a)
}

// An account whose id never came to be known is deleted by its name, where it is provably the one.
func TestDeleteWithoutID(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		a.ID = ""
		if err := s.client(t).Delete(t.Context(), a, LastWrite{}); err != nil || len(s.Accounts()) != 0 {
			t.Errorf("%v, %d accounts", err, len(s.Accounts()))
		}
		s.put("a")
		a.ClientID = "other"
		if err := s.client(t).Delete(t.Context(), a, LastWrite{}); !errors.Is(err, ErrChanged) || len(s.Accounts()) != 1 {
			t.Errorf("%v, %d accounts", err, len(s.Accounts()))
		}
		a.Name = "never made"
		if err := s.client(t).Delete(t.Context(), a, LastWrite{}); err != nil {
			t.Error(err)
		}
	})
}

// Where the account is re-keyed again before it is deleted under its new id, it is not left behind
// without an error.
func TestDeleteOfTheRekeyedAgain(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.Rekey("a")
		s.beforeAnswer(http.MethodGet, func() { s.Rekey("a") })
		err := s.client(t).Delete(t.Context(), a, LastWrite{})
		if is, _ := s.Account("a"); !errors.Is(err, ErrChanged) || asError(t, err).Found[0] != visible(is) {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "DELETE", "GET list", "DELETE", "GET list")
	})
}

// Only 204 says that an account was deleted. A page of a proxy, with any other status, says
// nothing.
func TestDeleteAnsweredByAnother(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.Fail(stub.Fault{Method: http.MethodDelete, Status: 200, Body: "<html>Please sign in</html>"})
		if err := s.client(t).Delete(t.Context(), a, LastWrite{}); !errors.Is(err, ErrMalformed) || len(s.Accounts()) != 1 {
			t.Errorf("not carried out: %v, %d accounts", err, len(s.Accounts()))
		}
		s.Heal()
		s.Fail(stub.Fault{Method: http.MethodDelete, Status: 200, EmptyBody: true, When: stub.After})
		if err := s.client(t).Delete(t.Context(), a, LastWrite{}); err != nil || len(s.Accounts()) != 0 {
			t.Errorf("carried out: %v, %d accounts", err, len(s.Accounts()))
		}
	})
}

// Where no answer says that the id is gone, a list that leaves the account out does not either.
func TestDeleteUnansweredAndNotListed(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"503":          {Status: http.StatusServiceUnavailable},
		"no answer":    {Drop: true},
		"a login page": {Status: http.StatusOK, Body: "<html>Please sign in</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				fault.Method = http.MethodDelete
				s.Fail(fault)
				s.answerLists("", time.Hour)
				if err := s.client(t).Delete(t.Context(), a, LastWrite{}); err == nil {
					t.Errorf("no error, and %d accounts are left", len(s.Accounts()))
				}
			})
		})
	}
}

// A delete that cannot be confirmed is an error: the service may have said 400 for another reason,
// and the account may live under another id where it said 404.
func TestDeleteUnconfirmed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404} {
		inFakeTime(t, func(t *testing.T, s *service) {
			a := s.put("a")
			s.Fail(stub.Fault{Method: http.MethodDelete, Status: status})
			if failed := asError(t, s.client(t).Delete(t.Context(), a, LastWrite{})); failed.Status != status || errors.Is(failed, ErrNotFound) {
				t.Errorf("got %v", failed)
			}
			s.Fail(stub.Fault{Path: "list", Status: 403})
			failed := asError(t, s.client(t).Delete(t.Context(), a, LastWrite{}))
			if failed.Status != status || errors.Is(failed, ErrNotFound) || !strings.Contains(failed.Error(), "403") {
				t.Errorf("got %v", failed)
			}
			a.ID = ""
			failed = asError(t, s.client(t).Delete(t.Context(), a, LastWrite{}))
			if errors.Is(failed, ErrNotFound) || !strings.Contains(failed.Error(), "403") {
				t.Errorf("without an id: %v", failed)
			}
			if len(s.Accounts()) != 1 {
				t.Error("it is gone")
			}
		})
	}
}
