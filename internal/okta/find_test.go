// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"errors"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
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
		"an id that is a path":      {id: "../x", name: "old", err: ErrNotFound},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			for _, name := range []string{"a", "b"} {
				s.Put(stub.Account{ID: "id-" + name, Name: name, Domain: "https://" + name + ".okta.com"})
			}
			found, err := find(t, s.client(t), test.id, test.name)
			if !errors.Is(err, test.err) || found.Name != test.want {
				t.Errorf("got %+v %v", found, err)
			}
			if test.err != nil && asError(t, err).Op != "read" {
				t.Errorf("got %v", err)
			}
			if errors.Is(test.err, ErrMismatch) && (len(asError(t, err).Found) != 1 || asError(t, err).Found[0].Name != "b") {
				t.Errorf("got %v", err)
			}
			if test.asksID {
				wantRequests(t, s, "GET list", "GET account")
			} else {
				wantRequests(t, s, "GET list")
			}
		})
	}
}

// A list that leaves an account out loses none: the request for its id decides.
func TestFindWhatTheListLeavesOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string // of the answer about the account
		status int
		byID   bool // without a name
		found  string
		err    error
	}{
		"found":              {body: accountJSON(), found: "prod"},
		"found by id alone":  {body: accountJSON(`"prod"`, `"x"`), byID: true, found: "x"},
		"id in capitals":     {body: accountJSON("id-1", "ID-1"), found: "prod"},
		"name in NFD":        {body: accountJSON(`"prod"`, `"pro\u0064"`), found: "prod"},
		"another name":       {body: accountJSON(`"prod"`, `"x"`), err: ErrMismatch},
		"another id":         {body: accountJSON("id-1", "id-2"), err: datadog.ErrMalformed},
		"malformed":          {body: "<html>", err: datadog.ErrMalformed},
		"says too little":    {body: "{}", err: datadog.ErrMalformed},
		"gone":               {status: 404, err: ErrNotFound},
		"gone, with 400":     {status: 400, err: ErrNotFound},
		"not allowed":        {status: 403},
		"failing":            {status: 500},
		"somewhere else":     {status: 302},
		"something else yet": {status: 418},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.answerLists("")
			s.Fail(stub.Fault{Status: cmp.Or(test.status, 200), Body: `{"data":` + test.body + "}"})
			q := Query{ID: "id-1", Name: "prod"}
			if test.byID {
				q.Name = ""
			}
			found, err := s.client(t).Find(t.Context(), q)
			switch {
			case test.found != found.Name, test.found == "" && err == nil:
				t.Errorf("got %+v %v", found, err)
			case test.err != nil && !errors.Is(err, test.err), !errors.Is(test.err, ErrNotFound) && errors.Is(err, ErrNotFound):
				t.Errorf("got %v, want %v", err, test.err)
			case test.err == nil && test.found == "" && !hasStatus(err, test.status):
				t.Errorf("got %v", err)
			case errors.Is(test.err, ErrMismatch) && asError(t, err).Found[0].Name != "x":
				t.Errorf("got %v", err)
			}
		})
	}
}

// A list that fails proves nothing, with whatever status. One that says that there is no account yet
// is an empty one.
func TestFindWithoutAList(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 410, 500} {
		subtest(t, status, func(t *testing.T, s *service) {
			s.Fail(stub.Fault{Path: "list", Status: status})
			_, err := find(t, s.client(t), "gone", "a")
			if failed := asError(t, err); !hasStatus(failed, status) || errors.Is(err, ErrNotFound) || failed.Op != "list" ||
				failed.Account != "a" {
				t.Errorf("got %v", err)
			}
			s.Heal()
			s.Fail(stub.Fault{Path: "list", Status: status, Body: `{"errors":["Okta Integration not yet installed"]}`})
			_, err = find(t, s.client(t), "gone", "a")
			if isEmpty := status == 400 || status == 404; errors.Is(err, ErrNotFound) != isEmpty {
				t.Errorf("not installed: %v", err)
			}
		})
	}
}

// With Fresh, a list that is there is good enough for an account that it has; only a fresh one says
// that there is none.
func TestFindFresh(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c := s.client(t)
		find := func(name string, isThere bool, lists int) {
			t.Helper()
			found, err := c.Find(t.Context(), Query{Name: name, Fresh: true})
			if found.Name == name != isThere || errors.Is(err, ErrNotFound) == isThere {
				t.Errorf("found %+v %v", found, err)
			}
			if n := s.Count("GET", "list"); n != lists {
				t.Errorf("%d lists, want %d", n, lists)
			}
		}
		find("a", false, 1) // the first list is a fresh one
		s.put("a")
		find("a", true, 2)
		s.put("b")
		find("a", true, 2)
		find("b", true, 3)
		find("c", false, 4)
	})
}

// No id leads to another path, whatever is in it.
func TestIDsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c := s.client(t)
		for _, id := range hostileIDs {
			_, err := find(t, c, id, "")
			updateErr := updateError(t.Context(), c, Account{ID: id, Name: "old"})
			deleteErr := c.Delete(t.Context(), Account{ID: id, Name: "old"}, LastWrite{})
			if !errors.Is(err, ErrNotFound) || !errors.Is(updateErr, ErrNotFound) || deleteErr != nil {
				t.Errorf("%q: %v, %v, %v", id, err, updateErr, deleteErr)
			}
		}
		if lists := s.Count("GET", "list"); len(s.Requests()) != lists {
			t.Errorf("%d requests of %d were no lists", len(s.Requests())-lists, lists)
		}
	})
}

var hostileIDs = strings.Split("...|..|../..|a/b|/|//|a/../b|%2e%2e|%2F|a%2Fb|a b| |a\n|\x00|a\x7f|?x=y|a?b|#|"+
	"a#b|a;b|a\\b|é|a\u202eb|\xff|"+
	"@host|http://elsewhere/|-|~|_x|a:b|a&b|a+b|a,b|\r\nHost: x", "|")

// An error shows no secret, in whatever the service says of an account and whoever asks for it.
func TestErrorsAreFreeOfSecrets(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"POST", "PATCH"} { // each hides what it sends
		subtest(t, method, func(t *testing.T, s *service) {
			secret := prod.ClientSecret
			a, c := s.put(secret), s.client(t)
			_, _ = write(t.Context(), c, method, prod.Account)
			_, err := find(t, c, a.ID, "another name")
			if !errors.Is(err, ErrMismatch) || strings.Contains(err.Error(), secret) {
				t.Errorf("got %v", err)
			}
			failed := asError(t, createError(t.Context(), c, Account{Name: secret, Domain: prod.Domain}))
			if !errors.Is(failed, ErrExists) || failed.Account != "(sensitive value)" ||
				failed.Found[0].Name != "(sensitive value)" || strings.Contains(failed.Error(), secret) {
				t.Errorf("got %v", failed)
			}
			if found, err := find(t, c, "", secret); err != nil || found.Name != secret { // the list itself is as it was
				t.Errorf("found %+v %v", found, err)
			}
		})
	}
}

// Names are compared in Unicode's form NFC, which Terraform keeps texts in. The service need not.
func TestNamesInAnyUnicodeForm(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "Z\u00fcrich", "Zu\u0308rich"
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put(nfd)
		for _, q := range []Query{{Name: nfc}, {ID: a.ID, Name: nfc}, {ID: "old", Name: nfc}, {ID: a.ID}, {Name: nfd}} {
			if found, err := s.client(t).Find(t.Context(), q); err != nil || found != a {
				t.Errorf("%+v: found %+v %v", q, found, err)
			}
		}
		a.Name = nfc
		if err := createError(t.Context(), s.client(t), a); !errors.Is(err, ErrExists) {
			t.Errorf("created: %v", err)
		}
		if updated, _, err := s.client(t).Update(t.Context(), a, prod.Secrets); err != nil || updated.Name != nfd {
			t.Errorf("updated %+v %v", updated, err)
		}
	})
}
