// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// beforeAnswer carries requests of the method out, and does something before the answer leaves, once.
func (w *world) beforeAnswer(method string, do func()) {
	w.around(method, func() {}, do)
}

// beforeArrival does something when a request of the method has been sent, before the service looks at it, once.
func (w *world) beforeArrival(method string, do func()) {
	w.around(method, do, func() {})
}

func (w *world) around(method string, before, after func()) {
	w.handle = func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.ServeHTTP(rw, r)
			return
		}
		w.handle = w.ServeHTTP
		before()
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		after()
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
}

// An account of the name that exists is an error, and nothing is sent that could touch it.
func TestCreateOfWhatExists(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		existing := w.put("prod")
		_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		var exists *ExistsError
		if !errors.As(err, &exists) || exists.Account != existing || errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
		w.wantCounts(t, 1, 0, 0, 0, 0)
	})
}

// Somebody else makes the account between the list and the POST.
func TestCreateLosesARace(t *testing.T) {
	t.Parallel()
	for _, agreeing := range []bool{true, false} { // it is not ours, even where it agrees: no POST of ours is unanswered
		inFakeTime(t, func(t *testing.T, w *world) {
			theirs := stub.Account{Name: "prod", Domain: prod.Domain, ClientID: prod.ClientID, ClientSecret: "theirs"}
			if !agreeing {
				theirs.ClientID = "theirs"
			}
			w.beforeArrival(http.MethodPost, func() { w.Put(theirs) })
			_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
			var exists *ExistsError
			if !errors.As(err, &exists) || exists.Account.ClientID != theirs.ClientID {
				t.Errorf("got %v", err)
			}
			w.wantCounts(t, 2, 0, 1, 0, 0)
			if is, _ := w.Account("prod"); is.ClientSecret != "theirs" {
				t.Errorf("it was touched: %+v", is)
			}
		})
	}
}

// After a POST without an answer, what is found decides: it agrees, it disagrees, it is not there.
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
		"agrees":             {found: &theirs, adopted: true},
		"domain in capitals": {found: other(func(a *stub.Account) { a.Domain = "https://PROD.okta.com/" }), adopted: true},
		"another domain":     {found: other(func(a *stub.Account) { a.Domain = "https://other.okta.com" })},
		"another method":     {found: other(func(a *stub.Account) { a.AuthMethod = "token" })},
		"another client":     {found: other(func(a *stub.Account) { a.ClientID = "other" })},
		"no client":          {found: other(func(a *stub.Account) { a.ClientID = "" })},
		"not there":          {adopted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
				if test.found != nil {
					w.handle = func(rw http.ResponseWriter, r *http.Request) {
						if r.Method == http.MethodPost {
							w.Put(*test.found)
						}
						w.ServeHTTP(rw, r)
					}
				}
				created, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
				is, _ := w.Account("prod")
				var exists *ExistsError
				switch {
				case test.adopted && (err != nil || created != visible(is)):
					t.Errorf("got %+v %v", created, err)
				case !test.adopted && (!errors.As(err, &exists) || exists.Account != visible(is) || errors.Is(err, ErrOutcomeUnknown)):
					t.Errorf("got %+v %v", created, err)
				}
				posts := 1
				if test.found == nil {
					posts = 2
				}
				w.wantCounts(t, 2, 0, posts, 0, 0)
			})
		})
	}
}

// A POST that was lost is carried out later than the look: its account is the one made.
func TestCreateCarriedOutLate(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
		posts := 0
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				if posts++; posts == 2 { // the first one arrives at last
					w.Put(stub.Account{Name: "prod", Domain: prod.Domain, ClientID: prod.ClientID, ClientSecret: prod.ClientSecret})
				}
			}
			w.ServeHTTP(rw, r)
		}
		created, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if is, _ := w.Account("prod"); err != nil || created != visible(is) {
			t.Errorf("got %+v %v", created, err)
		}
	})
}

// Where an earlier POST may have been carried out, no later refusal makes the outcome known.
func TestCreateStaysUnclear(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404} {
		inFakeTime(t, func(t *testing.T, w *world) {
			w.Fail(stub.Fault{Method: http.MethodPost, Drop: true, Times: 1})
			w.Fail(stub.Fault{Method: http.MethodPost, Status: status})
			_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
			if !errors.Is(err, ErrOutcomeUnknown) || asError(t, err).Status != status {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Where the look fails too, the error tells both, and that the outcome is unknown.
func TestCreateCannotLook(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Fail(stub.Fault{Method: http.MethodPost, Status: 502, When: stub.After})
		w.Fail(stub.Fault{Path: "list", Skip: 1, Status: 403})
		_, err := w.client(t).Create(t.Context(), prod.Account, prod.Secrets)
		if !errors.Is(err, ErrOutcomeUnknown) || !strings.Contains(err.Error(), "502") || !strings.Contains(err.Error(), "403") {
			t.Errorf("got %v", err)
		}
		w.wantCounts(t, 2, 0, 1, 0, 0)
	})
}

// A PATCH finds the account under its new id, whoever gave it that.
func TestUpdateOfTheRekeyed(t *testing.T) {
	t.Parallel()
	for name, rekey := range map[string]func(w *world){
		"before":                 func(w *world) { w.Rekey("a") },
		"by the first PATCH":     func(w *world) { w.Fail(stub.Fault{Method: http.MethodPatch, When: stub.After, Drop: true, Times: 1}) },
		"between look and PATCH": func(w *world) { w.Rekey("a"); w.beforeAnswer(http.MethodGet, func() { w.Rekey("a") }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.put("b")
				a := w.put("a")
				rekey(w)
				a.Domain = "https://changed.okta.com"
				updated, err := w.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"})
				is, _ := w.Account("a")
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
	inFakeTime(t, func(t *testing.T, w *world) {
		w.KeepIDs()
		a := w.put("a")
		w.Fail(stub.Fault{Method: http.MethodPatch, Drop: true, Times: 1})
		updated, err := w.client(t).Update(t.Context(), a, Secrets{ClientSecret: "new"})
		if is, _ := w.Account("a"); err != nil || updated != a || is.ClientSecret != "new" {
			t.Errorf("updated %+v %v, the service has %+v", updated, err, is)
		}
		w.wantCounts(t, 1, 0, 0, 2, 0)
	})
}

func TestUpdateOfWhatIsGone(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "gone"} {
		inFakeTime(t, func(t *testing.T, w *world) {
			w.put("b")
			_, err := w.client(t).Update(t.Context(), Account{ID: id, Name: "a", Domain: "https://a.okta.com", AuthMethod: "oauth"}, Secrets{})
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v", err)
			}
			w.wantCounts(t, 1, 0, 0, len(id)/4, 0)
		})
	}
	inFakeTime(t, func(t *testing.T, w *world) { // refused for what was sent, which also is a 400
		a := w.put("a")
		a.Domain = "ftp://a.okta.com"
		_, err := w.client(t).Update(t.Context(), a, Secrets{})
		if failed := asError(t, err); failed.Status != 400 || errors.Is(err, ErrNotFound) || errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
		w.wantCounts(t, 1, 0, 0, 1, 0)
	})
}

// A delete deletes what is provably the same account, and leaves none behind under another id without an error.
func TestDelete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before  func(w *world)
		deletes int
		changed bool // an error: it is not provably the same
		left    int
	}{
		"as it is":               {before: func(*world) {}, deletes: 1},
		"gone":                   {before: func(w *world) { w.Remove("a") }, deletes: 1},
		"re-keyed":               {before: func(w *world) { w.Rekey("a") }, deletes: 2},
		"re-keyed and changed":   {before: func(w *world) { w.rekeyAs(stub.Account{Domain: "https://changed.okta.com"}) }, deletes: 1, changed: true, left: 1},
		"another client id":      {before: func(w *world) { w.rekeyAs(stub.Account{ClientID: "other"}) }, deletes: 1, changed: true, left: 1},
		"another method":         {before: func(w *world) { w.rekeyAs(stub.Account{AuthMethod: "token"}) }, deletes: 1, changed: true, left: 1},
		"re-keyed, same spelled": {before: func(w *world) { w.rekeyAs(stub.Account{Domain: "https://A.okta.com/"}) }, deletes: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.put("b")
				a := w.put("a")
				test.before(w)
				err := w.client(t).Delete(t.Context(), a)
				var changed *ChangedError
				if errors.As(err, &changed) != test.changed || err != nil && !test.changed {
					t.Fatalf("got %v", err)
				}
				if is, _ := w.Account("a"); test.changed && changed.Account != visible(is) {
					t.Errorf("told %+v, the service has %+v", changed.Account, is)
				}
				if n := len(w.Accounts()); n != 1+test.left {
					t.Errorf("%d accounts", n)
				}
				w.wantCounts(t, w.Count(http.MethodGet, "list"), 0, 0, 0, test.deletes)
			})
		})
	}
}

// rekeyAs gives the account "a" a new id and what is set in the other fields.
func (w *world) rekeyAs(change stub.Account) {
	a, _ := w.Account("a")
	a.ID = w.Rekey("a")
	if change.Domain != "" {
		a.Domain = change.Domain
	}
	if change.ClientID != "" {
		a.ClientID = change.ClientID
	}
	if change.AuthMethod != "" {
		a.AuthMethod = change.AuthMethod
	}
	w.Put(a)
}

// An account whose id never came to be known is deleted by its name, where it is provably the one.
func TestDeleteWithoutID(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		a.ID = ""
		if err := w.client(t).Delete(t.Context(), a); err != nil || len(w.Accounts()) != 0 {
			t.Errorf("%v, %d accounts", err, len(w.Accounts()))
		}
		w.put("a")
		a.ClientID = "other"
		var changed *ChangedError
		if err := w.client(t).Delete(t.Context(), a); !errors.As(err, &changed) || len(w.Accounts()) != 1 {
			t.Errorf("%v, %d accounts", err, len(w.Accounts()))
		}
		a.Name = "never made"
		if err := w.client(t).Delete(t.Context(), a); err != nil {
			t.Error(err)
		}
	})
}

// Only 204 says that an account was deleted. A page of a proxy, with any other status, says nothing.
func TestDeleteAnsweredByAnother(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		w.Fail(stub.Fault{Method: http.MethodDelete, Status: 200, Body: "<html>Please sign in</html>"})
		if err := w.client(t).Delete(t.Context(), a); !errors.Is(err, errAnswer) || len(w.Accounts()) != 1 {
			t.Errorf("not carried out: %v, %d accounts", err, len(w.Accounts()))
		}
		w.Heal()
		w.Fail(stub.Fault{Method: http.MethodDelete, Status: 200, EmptyBody: true, When: stub.After})
		if err := w.client(t).Delete(t.Context(), a); err != nil || len(w.Accounts()) != 0 {
			t.Errorf("carried out: %v, %d accounts", err, len(w.Accounts()))
		}
	})
}

// A delete that cannot be confirmed is an error: the service may have said 400 for another reason.
func TestDeleteUnconfirmed(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		w.Fail(stub.Fault{Method: http.MethodDelete, Status: 400})
		if failed := asError(t, w.client(t).Delete(t.Context(), a)); failed.Status != 400 {
			t.Errorf("got %v", failed)
		}
		w.Fail(stub.Fault{Path: "list", Status: 403})
		if failed := asError(t, w.client(t).Delete(t.Context(), a)); failed.Status != 400 || errors.Is(failed, ErrNotFound) {
			t.Errorf("got %v", failed)
		}
		if len(w.Accounts()) != 1 {
			t.Error("it is gone")
		}
	})
}

func TestSameDomain(t *testing.T) {
	t.Parallel()
	const domain = "https://example.okta.com"
	for _, same := range []string{
		domain, domain + "/", "https://Example.okta.com", "HTTPS://example.okta.com", domain + ":443", domain + ":443/", "https://EXAMPLE.OKTA.COM/",
	} {
		if !SameDomain(domain, same) || !SameDomain(same, domain) {
			t.Errorf("%s is another than %s", same, domain)
		}
	}
	for _, other := range []string{
		"", "/", "example.okta.com", "http://example.okta.com", domain + ":8443", domain + "/x", "https://example.okta.com.evil", "https://x.okta.com",
		domain + "?x", domain + "#x", "https://user@example.okta.com", "https://", "%",
	} {
		if SameDomain(domain, other) || SameDomain(other, domain) {
			t.Errorf("%s is the same as %s", other, domain)
		}
	}
}
