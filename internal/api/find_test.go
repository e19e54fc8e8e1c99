// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Find by id, by name, by both: one list, and a request for the id where the list has neither.
func TestFind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id, name string
		want     string // name of the account
		err      error
		asksID   bool
	}{
		"by both":                   {id: "id-a", name: "a", want: "a"},
		"by id":                     {id: "id-a", want: "a"},
		"by id, in capitals":        {id: "ID-A", want: "a"},
		"by both, id in capitals":   {id: "ID-A", name: "a", want: "a"},
		"by name":                   {name: "a", want: "a"},
		"by name, re-keyed":         {id: "id-old", name: "a", want: "a"},
		"another's id":              {id: "id-b", name: "a", want: "a"},
		"gone":                      {id: "id-old", name: "old", err: ErrNotFound, asksID: true},
		"gone, by id":               {id: "id-old", err: ErrNotFound, asksID: true},
		"gone, by name":             {name: "old", err: ErrNotFound},
		"gone, its id is another's": {id: "id-b", name: "old", err: ErrMismatch},
		"name in capitals":          {name: "A", err: ErrNotFound},
		"neither":                   {err: ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				for _, name := range []string{"a", "b"} {
					s.Put(stub.Account{ID: "id-" + name, Name: name, Domain: "https://" + name + ".okta.com"})
				}
				found, err := find(t, s.client(t), test.id, test.name)
				if !errors.Is(err, test.err) || found.Name != test.want {
					t.Errorf("got %+v %v", found, err)
				}
				if errors.Is(test.err, ErrMismatch) && (len(asError(t, err).Found) != 1 || asError(t, err).Found[0].Name != "b" || errors.Is(err, ErrNotFound)) {
					t.Errorf("got %v", err)
				}
				if test.asksID {
					wantRequests(t, s, "GET list", "GET account")
				} else {
					wantRequests(t, s, "GET list")
				}
			})
		})
	}
}

// A list that leaves an account out loses none: the request for its id decides.
func TestFindWhatTheListLeavesOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string // of the answer about the account
		status int
		ok     bool
		err    error
	}{
		"found":           {body: accountJSON(), ok: true},
		"id in capitals":  {body: accountJSON("id-1", "ID-1"), ok: true},
		"another name":    {body: accountJSON(`"prod"`, `"x"`), err: ErrMismatch},
		"another id":      {body: accountJSON("id-1", "id-2"), err: ErrMalformed},
		"malformed":       {body: "<html>", err: ErrMalformed},
		"gone":            {status: 404, err: ErrNotFound},
		"gone, with 400":  {status: 400, err: ErrNotFound},
		"not allowed":     {status: 403},
		"failing":         {status: 500},
		"somewhere else":  {status: 302},
		"something other": {status: 418},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					switch {
					case isList(r):
						_, _ = io.WriteString(rw, `{"data":[]}`)
					case test.status != 0:
						rw.WriteHeader(test.status)
					default:
						_, _ = io.WriteString(rw, `{"data":`+test.body+"}")
					}
				}
				found, err := find(t, s.client(t), "id-1", "prod")
				switch {
				case test.ok && (err != nil || found.Name != "prod"), !test.ok && err == nil:
					t.Errorf("got %+v %v", found, err)
				case test.err != nil && !errors.Is(err, test.err), !errors.Is(test.err, ErrNotFound) && errors.Is(err, ErrNotFound):
					t.Errorf("got %v, want %v", err, test.err)
				case test.err == nil && !test.ok && asError(t, err).Status != test.status:
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// A list that fails proves nothing, with whatever status.
func TestFindWithoutAList(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 410} {
		inFakeTime(t, func(t *testing.T, s *service) {
			a := s.put("a")
			s.Fail(stub.Fault{Method: http.MethodGet, Path: "list", Status: status})
			if found, err := find(t, s.client(t), a.ID, "a"); asError(t, err).Status != status || errors.Is(err, ErrNotFound) {
				t.Errorf("found %+v %v", found, err)
			}
		})
	}
}

// Names are compared in Unicode's form NFC, which Terraform keeps texts in. The service need not.
func TestNamesInAnyUnicodeForm(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "Z\u00fcrich", "Zu\u0308rich"
	if !SameName(nfc, nfd) || !SameName(nfd, nfc) || SameName(nfc, "Zurich") || SameName("a", "A") || SameName("a", "a ") {
		t.Error("SameName")
	}
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put(nfd)
		c := s.client(t)
		for _, q := range []Query{{Name: nfc}, {ID: a.ID, Name: nfc}, {ID: "old", Name: nfc}, {ID: a.ID}, {Name: nfd}} {
			if found, err := c.Find(t.Context(), q); err != nil || found != a {
				t.Errorf("%+v: found %+v %v", q, found, err)
			}
		}
		if found, taken, err := c.LookUp(t.Context(), nfc); !taken || found != a || err != nil {
			t.Errorf("looked up %+v %t %v", found, taken, err)
		}
		wanted := a
		wanted.Name = nfc
		_, err := c.Create(t.Context(), wanted, prod.Secrets)
		if !errors.Is(err, ErrExists) || asError(t, err).Found[0] != a {
			t.Errorf("created: %v", err)
		}
		updated, err := c.Update(t.Context(), wanted, prod.Secrets)
		if err != nil || updated.Name != nfd {
			t.Errorf("updated %+v %v", updated, err)
		}
		wanted.ID = "old"
		if err := c.Delete(t.Context(), wanted, LastWrite{}); err != nil || len(s.Accounts()) != 0 {
			t.Errorf("delete: %v", err)
		}
		wantRequests(t, s, "GET list", "PATCH", "DELETE", "GET list", "DELETE")
	})
}

// Where several accounts have a name, none of them is taken for the one: only an id says which.
func TestAmbiguousName(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.answerWith(`{"data":[%s,%s]}`, accountJSON(), accountJSON("id-1", "id-2"))
		c := s.client(t)
		account := Account{Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth"}
		for op, err := range map[string]error{
			"find":         second(find(t, c, "", "prod")),
			"find another": second(find(t, c, "gone", "prod")),
			"create":       second(c.Create(t.Context(), account, Secrets{})),
			"update":       second(c.Update(t.Context(), account, Secrets{})),
			"delete":       c.Delete(t.Context(), account, LastWrite{}),
		} {
			if !errors.Is(err, ErrAmbiguous) || errors.Is(err, ErrNotFound) || len(asError(t, err).Found) != 2 {
				t.Errorf("%s: %v", op, err)
			}
		}
		if found, err := find(t, c, "id-2", "prod"); err != nil || found.ID != "id-2" {
			t.Errorf("found %+v %v", found, err)
		}
		if _, taken, err := c.LookUp(t.Context(), "prod"); !taken || err != nil {
			t.Errorf("looked up %t %v", taken, err)
		}
		wantRequests(t, s, "3 GET list") // one for all, and a look each before the update and the delete
	})
}
