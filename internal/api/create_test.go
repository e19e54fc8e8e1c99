// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An account of the name that exists is an error, and nothing is sent that could touch it. One that
// cannot be read in full has its name all the same.
func TestCreateOfWhatExists(t *testing.T) {
	t.Parallel()
	for name, account := range map[string]string{"ordinary": accountJSON(), "odd": accountJSON(`"c"`, "7")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.PutRaw(account)
				_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				if !errors.Is(err, ErrExists) || asError(t, err).Found[0].ID != "id-1" || isUnclear(err) {
					t.Errorf("got %v", err)
				}
				wantRequests(t, s, "GET list")
			})
		})
	}
}

// Somebody else makes the account between the list and the POST. It is not ours, even where it is
// the same in everything: no POST of ours is unanswered.
func TestCreateLosesARace(t *testing.T) {
	t.Parallel()
	for _, clientID := range []string{prod.ClientID, "theirs"} {
		inFakeTime(t, func(t *testing.T, s *service) {
			theirs := stub.Account{Name: "prod", Domain: prod.Domain, ClientID: clientID, ClientSecret: "theirs"}
			s.beforeArrival(http.MethodPost, func() { s.Put(theirs) })
			_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
			if !errors.Is(err, ErrExists) || asError(t, err).Found[0].ClientID != clientID || isUnclear(err) {
				t.Errorf("got %v", err)
			}
			wantRequests(t, s, "GET list", "POST", "GET list")
			if is, _ := s.Account("prod"); is.ClientSecret != "theirs" {
				t.Errorf("it was touched: %+v", is)
			}
		})
	}
}

// After a POST without an answer, what is found decides: it is the same, it is another, it is not
// there.
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
					want = append(want, "POST", "GET list") // and a look whether both POSTs made one
				}
				created, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				is, _ := s.Account("prod")
				switch {
				case test.adopted && (err != nil || created != visible(is)):
					t.Errorf("got %+v %v", created, err)
				case !test.adopted && (!errors.Is(err, ErrExists) || asError(t, err).Found[0] != visible(is) || isUnclear(err)):
					t.Errorf("got %+v %v", created, err)
				}
				wantRequests(t, s, want...)
			})
		})
	}
}

// The service carries the first POST out only when the second arrives, which it refuses: the
// account of the first is the one made.
func TestCreateCarriedOutBeforeTheRepeat(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Method: http.MethodPost, When: stub.Later, Times: 1})
		created, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if is, _ := s.Account("prod"); err != nil || created != visible(is) || len(s.Accounts()) != 1 {
			t.Errorf("got %+v %v", created, err)
		}
		wantRequests(t, s, "GET list", "POST", "GET list", "POST", "GET list")
	})
}

// A look after the repeat that fails says nothing against the account.
func TestCreateWithoutTheLastLook(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
		s.Fail(stub.Fault{Path: "list", Method: http.MethodGet, Skip: 2, Status: 403})
		created, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if is, _ := s.Account("prod"); err != nil || created != visible(is) {
			t.Errorf("got %+v %v", created, err)
		}
		wantRequests(t, s, "GET list", "POST", "GET list", "POST", "GET list", "GET validate")
	})
}

// Where an earlier POST may have been carried out, no later refusal makes the outcome known.
func TestCreateStaysUnclear(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 409, 422} {
		inFakeTime(t, func(t *testing.T, s *service) {
			s.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
			s.Fail(stub.Fault{Method: http.MethodPost, Status: status})
			_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
			if !isUnclear(err) || asError(t, err).Status != status {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Where the look fails too, the error has both causes, and says that the outcome is unknown.
func TestCreateCannotLook(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 502, When: stub.After})
		s.Fail(stub.Fault{Path: "list", Skip: 1, Status: 403})
		_, err := s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if !isUnclear(err) || !strings.Contains(err.Error(), "502") || !strings.Contains(err.Error(), "403") {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, "GET list", "POST", "GET list", "GET validate")
	})
}
