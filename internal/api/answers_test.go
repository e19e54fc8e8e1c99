// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// answer makes the JSON of an account, with what is to be replaced in it.
func answer(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(
		`{"type":"okta-accounts","id":"id-1","attributes":{"name":"prod","domain":"https://prod.okta.com","auth_method":"oauth","client_id":"c"}}`)
}

// Answers are bad input too: the right account or an error, never a blank or a foreign one.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"data":`, 1<<17) + "1" + strings.Repeat("}", 1<<17)
	good := answer()
	for name, test := range map[string]struct {
		one  string // the account, as the data of an answer
		many string // the data of a list; empty: one alone
		ok   bool   // it is the right one after all
	}{
		"good":              {one: good, ok: true},
		"more members":      {one: answer(`"type"`, `"links":{"self":null},"type"`, `"name"`, `"created_at":17,"name"`), ok: true},
		"no client_id":      {one: answer(`,"client_id":"c"`, ""), ok: true},
		"null client_id":    {one: answer(`"c"`, "null"), ok: true},
		"two of other name": {one: good, many: good + "," + answer("id-1", "id-2", `"prod"`, `"x"`), ok: true},
		"same name twice":   {one: good, many: good + "," + answer("id-1", "id-2"), ok: true}, // by its id it is found
		"null":              {one: "null"},
		"a number":          {one: "17"},
		"a string":          {one: `"prod"`},
		"a list in it":      {one: "[" + good + "]"},
		"empty":             {one: "{}"},
		"null id":           {one: answer(`"id-1"`, "null")},
		"number id":         {one: answer(`"id-1"`, "17")},
		"empty id":          {one: answer(`"id-1"`, `""`)},
		"object id":         {one: answer(`"id-1"`, `{"id":"id-1"}`)},
		"id with a path":    {one: answer("id-1", "../id-1")},
		"id with a space":   {one: answer("id-1", "id 1")},
		"null name":         {one: answer(`"prod"`, "null")},
		"number name":       {one: answer(`"prod"`, "17")},
		"empty name":        {one: answer(`"prod"`, `""`)},
		"list name":         {one: answer(`"prod"`, `["prod"]`)},
		"null domain":       {one: answer(`"https://prod.okta.com"`, "null")},
		"empty domain":      {one: answer(`"https://prod.okta.com"`, `""`)},
		"null auth_method":  {one: answer(`"oauth"`, "null")},
		"bool auth_method":  {one: answer(`"oauth"`, "true")},
		"number client_id":  {one: answer(`"c"`, "1e3")},
		"null attributes":   {one: `{"type":"okta-accounts","id":"id-1","attributes":null}`},
		"list attributes":   {one: `{"type":"okta-accounts","id":"id-1","attributes":[]}`},
		"no attributes":     {one: `{"type":"okta-accounts","id":"id-1"}`},
		"unknown type":      {one: answer("okta-accounts", "okta-account")},
		"null type":         {one: answer(`"okta-accounts"`, "null")},
		"megabyte deep":     {one: deep},
		"not UTF-8":         {one: answer("prod", "pr\xffod")},
		"not JSON":          {one: "{'id':1}"},
		"more after it":     {one: good + `} {"data":` + good},
		"same id twice":     {one: answer("id-1", "id-9"), many: good + "," + answer(`"prod"`, `"x"`)},
		"null among them":   {one: answer("id-1", "id-9"), many: good + ",null"},
		"blank among them":  {one: answer("id-1", "id-9"), many: good + ",{}"},
		"foreign name":      {one: answer(`"prod"`, `"x"`)},
	} {
		if test.many == "" {
			test.many = test.one
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				posts := 0
				foreign := name == "foreign name" || name == "not UTF-8" // which is an account all right
				w.handle = func(rw http.ResponseWriter, r *http.Request) {
					body := `{"data":` + test.one + "}"
					switch {
					case r.Method == http.MethodPost:
						posts++
						rw.WriteHeader(http.StatusCreated)
					case r.URL.Path == accountsPath:
						body = `{"data":[` + test.many + "]}"
					}
					_, _ = io.WriteString(rw, body)
				}
				want := Account{ID: "id-1", Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth"}
				right := func(a Account, err error) bool {
					a.ClientID = ""
					return err == nil && a == want
				}

				alone, err := w.client(t).Find(t.Context(), "id-1", "prod")
				if right(alone, err) != test.ok || err == nil != test.ok {
					t.Errorf("read alone: %+v %v", alone, err)
				}
				c := w.client(t)
				listed, listErr := c.List(t.Context())
				for _, account := range listed {
					if account.ID == "" || account.Name == "" || account.Domain == "" || account.AuthMethod == "" {
						t.Errorf("listed %+v", account)
					}
				}
				if listErr == nil != (test.ok || foreign) {
					t.Errorf("list: %+v %v", listed, listErr)
				}
				company, err := c.Find(t.Context(), "id-1", "prod")
				if right(company, err) != test.ok || err == nil != test.ok {
					t.Errorf("read in company: %+v %v", company, err)
				}
				if errors.Is(err, ErrNotFound) {
					t.Errorf("a bad answer was taken for an account that is gone: %v", err)
				}

				asked := want
				asked.ID = "id-1"
				updated, err := w.client(t).Update(t.Context(), asked, Secrets{ClientSecret: "s"})
				if err == nil && updated.Name != "prod" || right(updated, err) != test.ok {
					t.Errorf("update: %+v %v", updated, err)
				}
				created, err := w.client(t).Create(t.Context(), asked, Secrets{ClientSecret: "s"})
				if err == nil {
					t.Errorf("created %+v", created) // every list here has an account of the name, or is no good
				}
				if foreign && (posts != 1 || !errors.Is(err, ErrOutcomeUnknown)) || !foreign && posts != 0 {
					t.Errorf("%d POSTs: %v", posts, err)
				}
			})
		})
	}
}

// What is missing is told.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	for body, told := range map[string]string{
		"":                                   "an empty body",
		"{}":                                 `an object of type "" instead of "okta-accounts"`,
		answer("okta-accounts", "x"):         `an object of type "x" instead of "okta-accounts"`,
		answer(`"id-1"`, `""`):               "an account without an id",
		answer("id-1", "a/b"):                `an account with the id "a/b", which is not one`,
		answer(`"name":"prod",`, ""):         "the account id-1 without a name, domain or auth_method",
		answer(`,"auth_method":"oauth"`, ""): "the account id-1 without a name, domain or auth_method",
	} {
		if body != "" {
			body = `{"data":` + body + "}"
		}
		if account, err := decodeAccount([]byte(body)); err == nil || err.Error() != told {
			t.Errorf("%s: %+v %v, want %s", body, account, err, told)
		}
	}
}

// A list that cannot be understood says so.
func TestBadLists(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "{}", `{"data":null}`, `{"data":{}}`, `{"data":"x"}`, `[]`, `{"data":[[]]}`, `{"data":[` + answer() + `]`, `{"Data":[1]}`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				w.handle = func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, body) }
				accounts, err := w.client(t).List(t.Context())
				if !errors.Is(err, errAnswer) || !strings.Contains(err.Error(), "cannot be understood") {
					t.Errorf("got %+v %v", accounts, err)
				}
			})
		})
	}
}
