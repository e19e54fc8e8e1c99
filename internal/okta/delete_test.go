// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A delete deletes what is provably the same account, and leaves none behind under another id
// without an error.
func TestDelete(t *testing.T) {
	t.Parallel()
	rekeyed := func(change func(*stub.Account)) func(*service) {
		return func(s *service) {
			a, _ := s.Account("a")
			a.ID = s.Rekey("a")
			change(&a)
			s.Put(a)
		}
	}
	for name, test := range map[string]struct {
		before  func(s *service)
		want    []string
		changed bool // an error: it is not provably the same
	}{
		"as it is": {before: func(*service) {}, want: []string{"DELETE"}},
		"gone":     {before: func(s *service) { s.Remove("a") }, want: []string{"DELETE", "GET list"}},
		"re-keyed": {before: func(s *service) { s.Rekey("a") }, want: []string{"DELETE", "GET list", "DELETE"}},
		"re-keyed, same spelled": {
			before: rekeyed(func(a *stub.Account) { a.Domain = "https://A.okta.com/" }), want: []string{"DELETE", "GET list", "DELETE"},
		},
		"re-keyed, another domain": {
			before: rekeyed(func(a *stub.Account) { a.Domain = "https://b.okta.com" }), want: []string{"DELETE", "GET list"}, changed: true,
		},
		"another client id": {
			before: rekeyed(func(a *stub.Account) { a.ClientID = "other" }), want: []string{"DELETE", "GET list"}, changed: true,
		},
		"another method": {
			before: rekeyed(func(a *stub.Account) { a.AuthMethod = "token" }), want: []string{"DELETE", "GET list"}, changed: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.put("b")
				a := s.put("a")
				test.before(s)
				err := s.client(t).Delete(t.Context(), a, LastWrite{})
				left := 1
				if test.changed {
					left = 2
					if failed := asError(t, err); !errors.Is(err, ErrChanged) || failed.Found[0] != s.is("a") || failed.Account != "a" || failed.Op != "delete" {
						t.Errorf("got %+v, the service has %+v", failed, s.is("a"))
					}
				} else if err != nil {
					t.Error(err)
				}
				if n := len(s.Accounts()); n != left {
					t.Errorf("%d accounts", n)
				}
				wantRequests(t, s, test.want...)
			})
		})
	}
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
		wantRequests(t, s, "GET list", "DELETE")
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
		s.beforeArrival(http.MethodGet, func() { s.beforeArrival(http.MethodDelete, func() { s.Rekey("a") }) })
		err := s.client(t).Delete(t.Context(), a, LastWrite{})
		if !errors.Is(err, ErrChanged) || asError(t, err).Found[0] != s.is("a") {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "DELETE", "GET list", "DELETE", "GET list")
	})
}

// Only 204 says that an account was deleted.
func TestDeleteAnsweredByAnother(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.Fail(stub.Fault{Method: http.MethodDelete, Status: 200, Body: "<html>Please sign in</html>"})
		err := s.client(t).Delete(t.Context(), a, LastWrite{})
		if !errors.Is(err, datadog.ErrMalformed) || len(s.Accounts()) != 1 {
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
		"503": {Status: 503}, "408": {Status: 408}, "no answer": {Drop: true}, "a login page": {Status: 200, Body: "<html>Please sign in</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				fault.Method = http.MethodDelete
				s.Fail(fault)
				s.answerLists("", time.Hour)
				err := s.client(t).Delete(t.Context(), a, LastWrite{})
				if failed := asError(t, err); failed.Op != "delete" || len(s.Accounts()) != 1 {
					t.Errorf("%v, %d accounts are left", err, len(s.Accounts()))
				}
				if n := countRequests(s, "GET account"); n != 1 {
					t.Errorf("%d questions for the id", n)
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
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				s.Fail(stub.Fault{Method: http.MethodDelete, Status: status})
				started := time.Now()
				err := s.client(t).Delete(t.Context(), a, LastWrite{})
				if !hasStatus(err, status) || errors.Is(err, ErrNotFound) || time.Since(started) != settleTime {
					t.Errorf("got %v after %s", err, time.Since(started))
				}
				s.Fail(stub.Fault{Path: "list", Status: 403})
				want := fmt.Sprintf(`delete "a": %d %s: Looking for "a" in the list of accounts failed: 403 Forbidden`, status, http.StatusText(status))
				if err := s.client(t).Delete(t.Context(), a, LastWrite{}); asError(t, err).Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				a.ID = ""
				want = `delete "a": no account can have this id: Looking for "a" in the list of accounts failed: 403 Forbidden`
				if err := s.client(t).Delete(t.Context(), a, LastWrite{}); asError(t, err).Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				if len(s.Accounts()) != 1 {
					t.Error("it is gone")
				}
			})
		})
	}
}

// A refusal for good says so at once.
func TestDeleteRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]string{403: {"DELETE", "GET validate"}, 409: {"DELETE"}, 422: {"DELETE"}} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				s.Fail(stub.Fault{Method: http.MethodDelete, Status: status})
				if err := s.client(t).Delete(t.Context(), a, LastWrite{}); !hasStatus(err, status) {
					t.Errorf("got %v", err)
				}
				wantRequests(t, s, want...)
			})
		})
	}
}

// Where the answer is lost and lists show the delete late, it is deleted all the same, and its name
// is free for a replacement.
func TestDeleteShownLate(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]stub.Fault{
		"answered": {}, "dropped": {Drop: true, When: stub.After}, "504": {Status: 504, When: stub.After},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				a := s.put("a")
				s.LagFor(10 * time.Second)
				fault.Method, fault.Times = http.MethodDelete, 1
				if fault.When == stub.After {
					s.Fail(fault)
				}
				c := s.client(t)
				if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
					t.Fatal(err)
				}
				create(t, c, "a")
				if n := len(s.Accounts()); n != 1 {
					t.Errorf("%d accounts", n)
				}
			})
		})
	}
}

// A late list may also have a deleted account under the id from before its last update, which
// another process made.
func TestDeletedUnderItsFormerIDToo(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		former := s.put("a")
		a := former
		a.ID = s.Rekey("a")
		s.answerLists(accountJSON("id-1", former.ID, `"prod"`, `"a"`), time.Hour)
		c := s.client(t)
		if err := c.Delete(t.Context(), a, LastWrite{Written: time.Now(), Replaced: former.ID}); err != nil {
			t.Fatal(err)
		}
		create(t, c, "a")
	})
}

// Where the id of an account that was just written is gone, a late list may not have its new id
// yet. No account is left behind for that, however short the time for an operation is.
func TestDeleteWaitsForTheNewID(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{20 * time.Second, 2 * time.Minute} {
		t.Run(timeout.String(), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.Timeout = timeout
				a := s.put("a")
				s.Rekey("a")
				last := LastWrite{Written: time.Now()}
				s.answerLists("", 12*time.Second)
				if err := s.client(t).Delete(t.Context(), a, last); err != nil || len(s.Accounts()) != 0 {
					t.Errorf("error %v, %d accounts are left", err, len(s.Accounts()))
				}
			})
		})
	}
}
