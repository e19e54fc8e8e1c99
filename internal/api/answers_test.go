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

// Answers are bad input too: the right account or an error, never a blank one or another.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	good := accountJSON()
	for name, test := range map[string]struct {
		one     string // the account, as the data of an answer
		many    string // the data of a list; empty: one alone
		ok      bool   // it is the right account after all
		badList bool   // the list is no list of JSON values
		another bool   // it is another account's answer
	}{
		"good":                {one: good, ok: true},
		"more members":        {one: accountJSON(`"type"`, `"links":{"self":null},"type"`, `"name"`, `"created_at":17,"name"`), ok: true},
		"beside another":      {one: good, many: good + "," + accountJSON("id-1", "id-2", `"prod"`, `"x"`), ok: true},
		"same name twice":     {one: good, many: good + "," + accountJSON("id-1", "id-2"), ok: true}, // by its id it is found
		"the very same twice": {one: good, many: good + "," + good, ok: true},
		"beside null":         {one: good, many: "null," + good, ok: true},
		"beside a blank":      {one: good, many: good + ",{}", ok: true},
		"no client_id":        {one: accountJSON(`,"client_id":"c"`, ""), ok: true},
		"null client_id":      {one: accountJSON(`"c"`, "null"), ok: true},
		"null domain":         {one: accountJSON(`"https://prod.okta.com"`, "null"), ok: true},
		"empty domain":        {one: accountJSON(`"https://prod.okta.com"`, `""`), ok: true},
		"null auth_method":    {one: accountJSON(`"oauth"`, "null"), ok: true},
		"no auth_method":      {one: accountJSON(`,"auth_method":"oauth"`, ""), ok: true},
		"null":                {one: "null"},
		"a number":            {one: "17"},
		"a string":            {one: `"prod"`},
		"a list in it":        {one: "[" + good + "]"},
		"empty":               {one: "{}"},
		"null id":             {one: accountJSON(`"id-1"`, "null")},
		"number id":           {one: accountJSON(`"id-1"`, "17")},
		"empty id":            {one: accountJSON(`"id-1"`, `""`)},
		"object id":           {one: accountJSON(`"id-1"`, `{"id":"id-1"}`)},
		"id with a path":      {one: accountJSON("id-1", "../id-1")},
		"id with a space":     {one: accountJSON("id-1", "id 1")},
		"null name":           {one: accountJSON(`"prod"`, "null")},
		"number name":         {one: accountJSON(`"prod"`, "17")},
		"empty name":          {one: accountJSON(`"prod"`, `""`)},
		"list name":           {one: accountJSON(`"prod"`, `["prod"]`)},
		"bool auth_method":    {one: accountJSON(`"oauth"`, "true")},
		"number client_id":    {one: accountJSON(`"c"`, "1e3")},
		"null attributes":     {one: `{"type":"okta-accounts","id":"id-1","attributes":null}`},
		"list attributes":     {one: `{"type":"okta-accounts","id":"id-1","attributes":[]}`},
		"no attributes":       {one: `{"type":"okta-accounts","id":"id-1"}`},
		"unknown type":        {one: accountJSON("okta-accounts", "okta-account")},
		"null type":           {one: accountJSON(`"okta-accounts"`, "null")},
		"same id twice":       {one: accountJSON("id-1", "id-9"), many: good + "," + accountJSON("c", "d")},
		"megabyte deep":       {one: strings.Repeat(`{"data":`, 1<<17) + "1" + strings.Repeat("}", 1<<17), badList: true},
		"not JSON":            {one: "{'id':1}", badList: true},
		"more after it":       {one: good + `} {"data":` + good, badList: true},
		"another name":        {one: accountJSON(`"prod"`, `"x"`), another: true},
		"not UTF-8":           {one: accountJSON("prod", "pr\xffod"), another: true},
	} {
		if test.many == "" {
			test.many = test.one
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.MaxRetries = 0
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					body := `{"data":` + test.one + "}"
					switch {
					case r.Method == http.MethodPost:
						rw.WriteHeader(http.StatusCreated)
					case isList(r):
						body = `{"data":[` + test.many + "]}"
					}
					_, _ = io.WriteString(rw, body)
				}
				right := func(a Account, err error) bool {
					return err == nil && a.ID == "id-1" && a.Name == "prod" && a.Defect == ""
				}

				listed, err := s.client(t).List(t.Context())
				if (err == nil) == test.badList {
					t.Errorf("list: %+v %v", listed, err)
				}
				for _, account := range listed {
					if account.Defect == "" && (account.ID == "" || account.Name == "") {
						t.Errorf("listed %+v", account)
					}
				}
				found, err := find(t, s.client(t), "id-1", "prod")
				if right(found, err) != test.ok || (err == nil) != test.ok || errors.Is(err, ErrNotFound) {
					t.Errorf("found %+v %v", found, err)
				}
				asked := Account{ID: "id-1", Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth"}
				updated, err := s.client(t).Update(t.Context(), asked, Secrets{ClientSecret: "s"})
				if right(updated, err) != (test.ok && name != "same id twice") || err != nil && !isUnclear(err) {
					t.Errorf("updated %+v %v", updated, err)
				}
				s.ResetRequests()
				created, err := s.client(t).Create(t.Context(), asked, Secrets{ClientSecret: "s"})
				if posts := countRequests(s, "POST"); err == nil || posts > 1 || (posts == 1) != isUnclear(err) || test.ok && posts > 0 {
					t.Errorf("created %+v with %d POSTs: %v", created, posts, err)
				}
				if test.another && !errors.Is(err, ErrMismatch) {
					t.Errorf("create: %v", err)
				}
			})
		})
	}
}

// What is wrong with an account is said.
func TestDefects(t *testing.T) {
	t.Parallel()
	for data, defect := range map[string]string{
		accountJSON():                     "",
		`{}`:                              `its type is "" instead of "okta-accounts", it has no id, it has no name`,
		`null`:                            "it is no JSON object",
		`[]`:                              "it is no JSON object",
		``:                                "it is no JSON object",
		accountJSON("okta-accounts", "x"): `its type is "x" instead of "okta-accounts"`,
		accountJSON(`"id-1"`, `""`):       "it has no id",
		accountJSON("id-1", "a/b"):        `its id "a/b" is no id`,
		accountJSON(`"name":"prod",`, ""): "it has no name",
		accountJSON(`"prod"`, "7"):        "its name is no string, it has no name",
		accountJSON(`"c"`, "{}"):          "its client_id is no string",
		accountJSON(`,"auth_method":"oauth"`, ""):                "",
		accountJSON("okta-accounts", "\u001b[31m"):               `its type is "[31m" instead of "okta-accounts"`,
		accountJSON("okta-accounts", strings.Repeat("x", 1<<20)): `its type is "` + strings.Repeat("x", maxText) + `…" instead of "okta-accounts"`,
		accountJSON("id-1", strings.Repeat("é", 1<<20)):          `its id "` + strings.Repeat("é", maxText) + `…" is no id`,
		`{"type":"okta-accounts","id":"1","attributes":7}`:       "its attributes are no JSON object, it has no name",
	} {
		if account := parseAccount([]byte(strings.ReplaceAll(data, "\u001b", `\u001b`))); account.Defect != defect {
			t.Errorf("%.100s: %q, want %q", data, account.Defect, defect)
		}
	}
	if _, err := decodeAccount(nil); err == nil || err.Error() != "an empty body" {
		t.Errorf("empty: %v", err)
	}
}

// A list that cannot be understood says so.
func TestBadLists(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "{}", `{"data":null}`, `{"data":{}}`, `{"data":"x"}`, `[]`, `{"data":[` + accountJSON() + `]`, "<html>", `{"errors":["x"]}`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.answerWith("%s", body)
				accounts, err := s.client(t).List(t.Context())
				if failed := asError(t, err); !errors.Is(err, ErrMalformed) || failed.Status != 200 || failed.Op != "list" ||
					!strings.Contains(err.Error(), "cannot be understood") {
					t.Errorf("got %+v %v", accounts, err)
				}
				wantRequests(t, s, "GET list")
			})
		})
	}
}
