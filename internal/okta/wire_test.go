// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Every attribute of an account is read from the wire, compared, sent and hidden in errors. One that
// is only half added fails here.
func TestEveryAttribute(t *testing.T) {
	t.Parallel()
	for field := range reflect.TypeFor[Account]().Fields() {
		if field.Name == "ID" || field.Name == "Defect" {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			const value = "https://the-value"
			tag, _ := reflect.TypeFor[shown]().FieldByName(field.Name)
			key, _, _ := strings.Cut(tag.Tag.Get("json"), ",")
			wire := `{"type":"okta-accounts","id":"id-1","attributes":{"name":"a","` + key + `":"` + value + `"}}`
			account := parseAccount([]byte(wire))
			if key == "" || reflect.ValueOf(account).FieldByIndex(field.Index).String() != value {
				t.Fatalf("%s is read as %+v", wire, account)
			}
			var body document[resource[map[string]string]]
			if err := json.Unmarshal(encode(account, Secrets{}), &body); err != nil || body.Data.Attributes[key] != value {
				t.Errorf("sent %+v %v", body, err)
			}
			other := account
			reflect.ValueOf(&other).Elem().FieldByIndex(field.Index).SetString("https://another")
			if field.Name != "Name" && sameAttributes(account, other) { // alike in everything else
				t.Error("it is not compared")
			}
			inFakeTime(t, func(t *testing.T, s *service) {
				c := s.client(t)
				c.api.Hide(value)
				failed := asError(t, c.operationError("read", "a", &Error{Err: ErrChanged, Found: []Account{account}}))
				if text := reflect.ValueOf(failed.Found[0]).FieldByIndex(field.Index).String(); text != "(sensitive value)" {
					t.Errorf("the error shows %q", text)
				}
			})
		})
	}
}

// answerCase is an account in an answer.
type answerCase struct {
	one    string // the account, as the data of an answer
	many   string // the data of a list; empty: one alone
	defect string
	bad    bool // neither an answer nor a list
}

const (
	none   = "it has no id, it has no name, " // the start of a defect
	noType = "its type is not okta-accounts"
)

var good = accountJSON()

var answers = map[string]answerCase{
	"good":            {one: good},
	"more members":    {one: accountJSON(`"type"`, `"links":{"self":null},"type"`, `"name"`, `"created_at":17,"name"`)},
	"same name twice": {one: good, many: good + "," + accountJSON("id-1", "id-2")}, // by its id it is found
	"twice the same":  {one: good, many: good + "," + good},
	"beside others":   {one: good, many: "null,7,{}," + good},
	"no client_id":    {one: accountJSON(`,"client_id":"prod-client"`, "")},
	"null domain":     {one: accountJSON(`"https://prod.okta.com"`, "null")},
	"empty domain":    {one: accountJSON(`"https://prod.okta.com"`, `""`)},
	"no auth_method":  {one: accountJSON(`,"auth_method":"oauth"`, "")},
	"another name":    {one: accountJSON(`"prod"`, `"x"`)},
	"not UTF-8":       {one: accountJSON("prod", "pr\xffod")},

	"null":            {one: "null", defect: none + noType},
	"a number":        {one: "17", defect: "it is no JSON object, " + none + noType},
	"a list":          {one: "[" + good + "]", defect: "it is no JSON object, " + none + noType},
	"null id":         {one: accountJSON(`"id-1"`, "null"), defect: "it has no id"},
	"empty id":        {one: accountJSON(`"id-1"`, `""`), defect: "it has no id"},
	"object id":       {one: accountJSON(`"id-1"`, `{"id":"id-1"}`), defect: "its id is of type object, it has no id"},
	"id with a path":  {one: accountJSON("id-1", "../id-1"), defect: "its id is none that Datadog gives"},
	"id with a space": {one: accountJSON("id-1", "id 1"), defect: "its id is none that Datadog gives"},
	"long id":         {one: accountJSON("id-1", strings.Repeat("é", 1<<16)), defect: "its id is none that Datadog gives"},
	"number name":     {one: accountJSON(`"prod"`, "17"), defect: "its attributes.name is of type number, it has no name"},
	"empty name":      {one: accountJSON(`"prod"`, `""`), defect: "it has no name"},
	"bool method":     {one: accountJSON(`"oauth"`, "true"), defect: "its attributes.auth_method is of type bool"},
	"null attributes": {one: `{"type":"okta-accounts","id":"id-1","attributes":null}`, defect: "it has no name"},
	"no attributes":   {one: `{"type":"okta-accounts","id":"id-1"}`, defect: "it has no name"},
	"unknown type":    {one: accountJSON("okta-accounts", "\\u001b[31m"), defect: noType},
	"null type":       {one: accountJSON(`"okta-accounts"`, "null"), defect: noType},

	"not JSON":      {one: "{'id':1}", bad: true},
	"more after it": {one: good + `} {"data":` + good, bad: true},
	"megabyte deep": {one: strings.Repeat(`{"data":`, 1<<17) + "1" + strings.Repeat("}", 1<<17), bad: true},
}

// Answers are bad input too: the right account or an error that says what is wrong with it, never a
// blank account or another.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range answers {
		subtest(t, name, func(t *testing.T, s *service) {
			s.config.MaxRetries = 0
			s.answerLists(cmp.Or(test.many, test.one))
			one := stub.Fault{Status: http.StatusOK, Body: `{"data":` + test.one + "}"}
			s.Fail(one)
			listed, err := s.client(t).List(t.Context())
			if (err != nil) != test.bad || !test.bad && test.many == "" && listed[0].Defect != test.defect {
				t.Errorf("listed %+v %v", listed, err)
			}
			asked := prod.Account
			asked.ID = "id-1"
			found, findErr := find(t, s.client(t), "id-1", "prod")
			updated, _, updateErr := s.client(t).Update(t.Context(), asked, prod.Secrets)
			s.Heal()
			one.Method = http.MethodPost
			s.Fail(one)
			created, _, createErr := s.client(t).Create(t.Context(), asked, prod.Secrets)
			if n := s.Count("POST", ""); n != 1 {
				t.Errorf("%d POSTs", n)
			}
			test.check(t, found, findErr)
			inList := errors.Is(findErr, datadog.ErrMalformed) && !hasStatus(findErr, http.StatusOK)
			if inList && len(asError(t, findErr).Found) != 1 {
				t.Errorf("%v does not show the account", findErr)
			}
			if updateErr == nil || findErr == nil { // else, the account may be gone for all that the list shows
				test.check(t, updated, updateErr)
			}
			test.check(t, created, createErr)
			if findErr != nil && (!isOutcomeUnknown(updateErr) || !isOutcomeUnknown(createErr)) {
				t.Errorf("updated %v, created %v", updateErr, createErr)
			}
			if !strings.Contains(fmt.Sprint(createErr), test.defect[:min(len(test.defect), 200)]) {
				t.Errorf("created: %v", createErr)
			}
		})
	}
}

// check checks what came of an operation on the account prod with the id id-1.
func (test answerCase) check(t *testing.T, a Account, err error) {
	t.Helper()
	isProd := !test.bad && test.defect == "" && strings.Contains(test.one, `"prod"`)
	isRight := a.ID == "id-1" && a.Name == "prod" && a.Defect == ""
	if isRight != isProd || (err == nil) != isProd || errors.Is(err, ErrNotFound) ||
		test.defect != "" && !errors.Is(err, datadog.ErrMalformed) && !errors.Is(err, ErrMismatch) {
		t.Errorf("got %+v %v", a, err)
	}
}

// A list that cannot be understood says so.
func TestBadLists(t *testing.T) {
	t.Parallel()
	for body, text := range map[string]string{
		"": "it is empty", "null": "an object without data", `{"errors":["x"]}`: "an object without data",
		`{"data":null}`: "its data is no list", `{"data":{}}`: "its data is no list", `[]`: "cannot unmarshal array",
		`{"data":[` + accountJSON() + `]`: "unexpected end", "<html>": "an HTML page",
	} {
		subtest(t, body, func(t *testing.T, s *service) {
			s.Fail(stub.Fault{Body: body, EmptyBody: body == ""})
			accounts, err := s.client(t).List(t.Context())
			if failed := asError(t, err); !errors.Is(err, datadog.ErrMalformed) || !hasStatus(err, 200) || failed.Op != "list" ||
				!strings.Contains(failed.Error(), text) {
				t.Errorf("got %+v %v", accounts, err)
			}
			wantRequests(t, s, "GET list")
		})
	}
}

// What is decoded has an id and a name, or says what is wrong with it. The next page is nowhere else.
func FuzzDecode(f *testing.F) {
	for _, data := range []string{
		accountJSON(), "[" + accountJSON() + ",null," + accountJSON("id-1", "../x") + "]", accountJSON(`"id-1"`, "null"),
		accountJSON(`"prod"`, `""`), accountJSON(`"name"`, `"Name"`), "null", "{}", "[1,{}]", "{", strings.Repeat("[", 20000),
	} {
		f.Add(`{"data":` + data + "}")
	}
	for _, next := range []string{`"http://stub` + accountsPath + `?page=2"`, `"//elsewhere/?a"`, `"?a#b"`, "7", `""`} {
		f.Add(`{"data":[],"links":{"next":` + next + "}}")
	}
	f.Fuzz(func(t *testing.T, body string) {
		account, err := decodeAccount([]byte(body))
		all, next, pageErr := decodePage([]byte(body))
		if err == nil {
			all = append(all, account)
		}
		if pageErr == nil && all == nil || err == nil && account.Defect != "" {
			t.Errorf("decoded %+v and %+v", account, all)
		}
		for _, a := range all {
			isOdd := a.ID == "" || a.Name == "" || strings.ContainsAny(a.ID, "/?#%\\ ") || strings.HasPrefix(a.ID, ".")
			if isOdd && a.Defect == "" {
				t.Errorf("decoded %+v", a)
			}
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://stub"+accountsPath+"?"+next, nil)
		if err == nil && (r.URL.Host != "stub" || r.URL.Path != accountsPath) {
			t.Errorf("the next page is %s", r.URL)
		}
	})
}
