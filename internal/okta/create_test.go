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

// An account of the name that exists is an error, and nothing is sent that could touch it. One that
// cannot be read in full has its name all the same.
func TestCreateOfWhatExists(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"whole": accountJSON(), "odd": accountJSON(`"prod-client"`, "7")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.PutRaw(data)
				failed := asError(t, createError(t.Context(), s.client(t), prod.Account))
				if !errors.Is(failed, ErrExists) || failed.OutcomeUnknown || len(failed.Found) != 1 || failed.Found[0].ID != "id-1" {
					t.Errorf("got %v", failed)
				}
				if want := `create "prod": ` + ErrExists.Error() + `: "prod" with the id "id-1"`; failed.Error() != want {
					t.Errorf("the text is %s, want %s", failed, want)
				}
				wantRequests(t, s, "GET list")
			})
		})
	}
}

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
	inFakeTime(t, func(t *testing.T, s *service) {
		c := s.client(t)
		_, _ = find(t, c, "", "a")
		a := s.put("a")
		failed := asError(t, createError(t.Context(), c, Account{Name: "a", Domain: "https://a.okta.com", AuthMethod: "oauth", ClientID: "c"}))
		if !errors.Is(failed, ErrExists) || failed.OutcomeUnknown || failed.Found[0] != a {
			t.Errorf("got %v", failed)
		}
		wantRequests(t, s, "GET list", "POST", "GET list")
	})
}

// Somebody else makes the account between the list and the POST. It is not ours, even where it is
// the same in everything: each POST of ours was answered.
func TestCreateLosesARace(t *testing.T) {
	t.Parallel()
	for _, clientID := range []string{prod.ClientID, "theirs"} {
		t.Run(clientID, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				theirs := stub.Account{Name: "prod", Domain: prod.Domain, ClientID: clientID, ClientSecret: "theirs"}
				s.beforeArrival(http.MethodPost, func() { s.Put(theirs) })
				failed := asError(t, createError(t.Context(), s.client(t), prod.Account))
				if !errors.Is(failed, ErrExists) || failed.Found[0].ClientID != clientID || failed.OutcomeUnknown {
					t.Errorf("got %v", failed)
				}
				wantRequests(t, s, "GET list", "POST", "GET list")
				if is, _ := s.Account("prod"); is.ClientSecret != "theirs" {
					t.Errorf("it was touched: %+v", is)
				}
			})
		})
	}
}

// After a POST without an answer, what is found decides: it is the same, it is another, it is not
// there. An account that exists may be ours: the error keeps OutcomeUnknown.
func TestCreateLooks(t *testing.T) {
	t.Parallel()
	theirs := stub.Account{Name: "prod", Domain: prod.Domain, AuthMethod: prod.AuthMethod, ClientID: prod.ClientID, ClientSecret: "theirs"}
	other := func(change func(*stub.Account)) *stub.Account {
		a := theirs
		change(&a)
		return &a
	}
	for name, test := range map[string]struct {
		found   *stub.Account // put there instead of ours
		adopted bool
	}{
		"the same":           {found: &theirs, adopted: true},
		"domain in capitals": {found: other(func(a *stub.Account) { a.Domain = "https://PROD.okta.com/" }), adopted: true},
		"another domain":     {found: other(func(a *stub.Account) { a.Domain = "https://other.okta.com" })},
		"another method":     {found: other(func(a *stub.Account) { a.AuthMethod = "token" })},
		"another client":     {found: other(func(a *stub.Account) { a.ClientID = "other" })},
		"no client":          {found: other(func(a *stub.Account) { a.ClientID = "" })},
		"not there":          {adopted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
				want := []string{"GET list", "POST", "GET list"}
				if test.found != nil {
					s.beforeArrival(http.MethodPost, func() { s.Put(*test.found) })
				} else {
					want = append(want, "POST")
				}
				created, last, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				switch {
				case test.adopted && (err != nil || created != s.is("prod") || last.Unconfirmed || last.Written.IsZero()):
					t.Errorf("got %+v %+v %v", created, last, err)
				case !test.adopted && (!errors.Is(err, ErrExists) || asError(t, err).Found[0] != s.is("prod") || !isOutcomeUnknown(err)):
					t.Errorf("got %+v %v", created, err)
				}
				wantRequests(t, s, want...)
			})
		})
	}
}

// The service carries the first POST out only when the second arrives, which it refuses: the
// account of the first is the one made, also where lists show it late.
func TestCreateCarriedOutBeforeTheRepeat(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{0, 10 * time.Second} {
		t.Run(lag.String(), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.LagFor(lag)
				s.Fail(stub.Fault{Method: http.MethodPost, When: stub.Later, Times: 1})
				created, _, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				if err != nil || created != s.is("prod") || len(s.Accounts()) != 1 || countRequests(s, "POST") != 2 {
					t.Errorf("got %+v %v", created, err)
				}
			})
		})
	}
}

// Where several have the name after an unanswered POST, the error names their ids.
func TestCreateFindsSeveral(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
		s.beforeArrival(http.MethodPost, func() { s.PutRaw(accountJSON()); s.PutRaw(accountJSON("id-1", "id-2")) })
		failed := asError(t, createError(t.Context(), s.client(t), prod.Account))
		if !errors.Is(failed, ErrAmbiguous) || !failed.OutcomeUnknown || len(failed.Found) != 2 || !strings.Contains(failed.Error(), "id-2") {
			t.Errorf("got %v", failed)
		}
		wantRequests(t, s, "GET list", "POST", "GET list")
	})
}

// Where an earlier POST may have been carried out, no later refusal makes the outcome known.
func TestCreateStaysUnknown(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 409, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
				s.Fail(stub.Fault{Method: http.MethodPost, Status: status})
				_, last, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				if !isOutcomeUnknown(err) || !hasStatus(err, status) || !last.Unconfirmed || time.Since(last.Written) > time.Second {
					t.Errorf("got %+v %v", last, err)
				}
				if n := countRequests(s, "POST"); n != 2 {
					t.Errorf("%d POSTs", n)
				}
			})
		})
	}
}

// A refusal for what was sent looks whether the name is why; one that is not for that does not.
func TestCreateRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]string{
		400: {"GET list", "POST", "GET list"},
		404: {"GET list", "POST"},
		409: {"GET list", "POST", "GET list"},
		422: {"GET list", "POST", "GET list"},
		403: {"GET list", "POST", "GET validate"},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.put("other")
				s.Fail(stub.Fault{Method: http.MethodPost, Status: status})
				failed := asError(t, createError(t.Context(), s.client(t), prod.Account))
				if !hasStatus(failed, status) || errors.Is(failed, ErrExists) || failed.OutcomeUnknown || len(failed.Found) > 0 {
					t.Errorf("got %+v", failed)
				}
				wantRequests(t, s, want...)
			})
		})
	}
}

// POSTs that stay unanswered are repeated as often as requests are, with a look before each.
func TestCreateGivesUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.MaxRetries = 2
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 500})
		if err := createError(t.Context(), s.client(t), prod.Account); !isOutcomeUnknown(err) || !hasStatus(err, 500) {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "GET list", "POST", "GET list", "POST", "GET list", "POST", "GET list")
	})
}

// Where the look fails too, the error has both causes, and says that the outcome is unknown.
func TestCreateCannotLook(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 502, When: stub.After})
		s.Fail(stub.Fault{Path: "list", Skip: 1, Status: 403})
		err := createError(t.Context(), s.client(t), prod.Account)
		const want = `create "prod": 502 Bad Gateway: Looking for "prod" in the list of accounts failed: 403 Forbidden`
		if !isOutcomeUnknown(err) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		wantRequests(t, s, "GET list", "POST", "GET list", "GET validate")
	})
	inFakeTime(t, func(t *testing.T, s *service) { // nothing was sent that could make an account
		s.Fail(stub.Fault{Path: "list", Status: 403})
		err := createError(t.Context(), s.client(t), prod.Account)
		if isOutcomeUnknown(err) || !hasStatus(err, 403) || asError(t, err).Op != "list" {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "GET list", "GET validate")
	})
}

// An interrupt ends the create at once, and leaves open what it leaves open.
func TestCreateInterrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after   time.Duration
		unknown bool
	}{"looking": {500 * time.Millisecond, false}, "posting": {1500 * time.Millisecond, true}, "backing off": {3100 * time.Millisecond, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.SetLatency(time.Second)
				s.Fail(stub.Fault{Method: http.MethodPost, Status: 500})
				ctx, interrupt := context.WithCancel(t.Context())
				time.AfterFunc(test.after, interrupt)
				started := time.Now()
				err := createError(ctx, s.client(t), prod.Account)
				if !errors.Is(err, context.Canceled) || isOutcomeUnknown(err) != test.unknown || time.Since(started) > 4*time.Second {
					t.Errorf("got %v after %s", err, time.Since(started))
				}
			})
		})
	}
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
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
		})
	}
	inFakeTime(t, func(t *testing.T, s *service) { // the POST is refused for its content: that is the error
		s.Vary(stub.NoAccounts404)
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 422})
		if err := createError(t.Context(), s.client(t), prod.Account); !hasStatus(err, 422) || isOutcomeUnknown(err) {
			t.Errorf("got %v", err)
		}
		s.Fail(stub.Fault{Method: http.MethodGet, Status: 404}) // in words that nobody knows
		if err := createError(t.Context(), s.client(t), prod.Account); !hasStatus(err, 422) || isOutcomeUnknown(err) {
			t.Errorf("got %v", err)
		}
	})
}

// The service may still reserve the name after our own delete: the create is repeated with back-off.
// Another's name is not ours to wait for.
func TestReservedName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.ReserveNames(5)
		a := s.put("a")
		c := s.client(t)
		if err := c.Delete(t.Context(), a, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		create(t, c, "a")
		if n := countRequests(s, "POST"); n != 6 {
			t.Errorf("%d POSTs", n)
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) { // for as long as the operation may take
		s.ReserveNames(1000)
		a := s.put("a")
		c := s.client(t)
		_ = c.Delete(t.Context(), a, LastWrite{})
		started := time.Now()
		err := createError(t.Context(), c, a)
		if !hasStatus(err, 409) || !errors.Is(err, context.DeadlineExceeded) || isOutcomeUnknown(err) || time.Since(started) != s.config.Timeout {
			t.Errorf("got %v", err)
		}
	})
	for name, prepare := range map[string]func(s *service) (deletes bool){
		"not ours":   func(*service) bool { return false },
		"no retries": func(s *service) bool { s.config.Retry = false; return true },
		"400":        func(s *service) bool { s.Fail(stub.Fault{Method: http.MethodPost, Status: 400}); return true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.ReserveNames(5)
				deletes := prepare(s)
				a, c := s.put("a"), s.client(t)
				deleting := c
				if !deletes {
					deleting = s.client(t)
				}
				_ = deleting.Delete(t.Context(), a, LastWrite{})
				if err := createError(t.Context(), c, a); !isConflict(err) || countRequests(s, "POST") != 1 {
					t.Errorf("%d POSTs, %v", countRequests(s, "POST"), err)
				}
			})
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
				t.Run(fmt.Sprintf("%s/%s/%s", ids, lag, name), func(t *testing.T) {
					t.Parallel()
					inFakeTime(t, func(t *testing.T, s *service) {
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
				})
			}
		}
	}
}

// Without a known configuration every operation says which arguments are missing.
func TestUnconfigured(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.config.Unknown = []string{"api_key", "app_key"}
		c := s.client(t)
		_, listErr := c.List(t.Context())
		_, findErr := find(t, c, "1", "a")
		for op, err := range map[string]error{
			"list": listErr, "read": findErr, "create": createError(t.Context(), c, prod.Account),
			"update": updateError(t.Context(), c, Account{ID: "1", Name: "a"}), "delete": c.Delete(t.Context(), Account{ID: "1"}, LastWrite{}),
		} {
			failed := asError(t, err)
			if isLook := op == "read" || op == "create"; failed.Op != op && !(isLook && failed.Op == "list") ||
				!errors.Is(err, datadog.ErrUnconfigured) || !strings.Contains(err.Error(), "api_key, app_key") {
				t.Errorf("%s: %v", op, err)
			}
		}
		wantRequests(t, s)
	})
}
