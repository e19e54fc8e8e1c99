// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// Messages are short lines without control characters or secrets, whatever the body.
func FuzzMessages(f *testing.F) {
	for _, body := range []string{
		`{"errors":["one","two"]}`, `{"errors":[{"title":"Bad","detail":"worse"},1,null]}`, `{"errors":"one"}`, `{"errors":{}}`, "null", "", "{",
		"<html><head><style>x</style></head><body>502 Bad&nbsp;Gateway</body></html>", "<script>", "<!--", "a < b", "\x00\xff", strings.Repeat("[", 100),
		`{"errors":["hush\u002dhush\u002dhush"]}`, "hush%2Dhush%2dhush", "hush&#45;hush&#x2D;hush", "hush-hush-hus", `hush\\u002dhush-hush`, "hushhush-hush-hush",
		"aHVzaC1odXNoLWh1c2g=", strings.Repeat("é", maxText) + " x", "hush<!---hush-->-hush-hush",
	} {
		f.Add(body)
	}
	const secret = "hush-hush-hush"
	f.Fuzz(func(t *testing.T, body string) {
		messages := newRedactor(secret).messages([]byte(body))
		if len(messages) > maxMessages {
			t.Errorf("%d messages", len(messages))
		}
		for _, message := range messages {
			if message == "" || !utf8.ValidString(message) || utf8.RuneCountInString(message) > maxText+1 {
				t.Errorf("message %q", message)
			}
			if strings.ContainsFunc(message, func(r rune) bool { return unicode.IsControl(r) || !unicode.IsGraphic(r) }) {
				t.Errorf("a control character in %q", message)
			}
			if strings.Contains(message, secret) {
				t.Errorf("the secret in %q", message)
			}
		}
	})
}

// A decoded account is whole: it has an id and a name.
func FuzzDecodeAccount(f *testing.F) {
	for _, data := range []string{
		accountJSON(), accountJSON("id-1", "../x"), accountJSON(`"id-1"`, "null"), accountJSON(`"prod"`, `""`), accountJSON(`"name"`, `"Name"`),
		accountJSON(`"name"`, `"name":"other","name"`), "null", "{}", "[]", `"x"`, "1", "{", strings.Repeat("[", 20000),
	} {
		f.Add(`{"data":` + data + "}")
	}
	f.Fuzz(func(t *testing.T, body string) {
		if account, err := decodeAccount([]byte(body)); err == nil {
			isWhole(t, account)
		}
	})
}

func isWhole(t *testing.T, a Account) {
	t.Helper()
	if a.ID == "" || a.Name == "" || a.Defect != "" || strings.ContainsAny(a.ID, "/?#%\\ ") || strings.HasPrefix(a.ID, ".") {
		t.Errorf("decoded %+v", a)
	}
}

// A page of accounts is whole accounts and those with a defect, and its next page is nowhere else.
func FuzzDecodePage(f *testing.F) {
	for _, data := range []string{
		"", accountJSON(), accountJSON() + "," + accountJSON("id-1", "id-2"), accountJSON() + "," + accountJSON(), accountJSON() + ",null", "{}", "[]", "null", "1,2",
	} {
		f.Add(`{"data":[` + data + "]}")
	}
	for _, next := range []string{`"http://stub` + accountsPath + `?page=2"`, `"?page=2"`, `{"href":"` + accountsPath + `?a=b"}`, `"//elsewhere/?a"`, `"?a#b"`, "7", `""`, `{"href":""}`} {
		f.Add(`{"data":[],"links":{"next":` + next + "}}")
	}
	f.Add(`{"data":null}`)
	f.Add("{}")
	base := &url.URL{Scheme: "http", Host: "stub"}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := decodePage([]byte(body), base)
		if err != nil {
			return
		}
		if p.accounts == nil {
			t.Error("neither accounts nor an error")
		}
		for _, account := range p.accounts {
			if account.Defect == "" {
				isWhole(t, account)
			}
		}
		if p.next == "" {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://stub"+accountsPath+"?"+p.next, nil)
		if err == nil && (r.URL.Host != "stub" || r.URL.Path != accountsPath) {
			t.Errorf("the next page is %s", r.URL)
		}
	})
}

// That two domains are the same is reflexive and symmetric, and a trailing slash makes no
// difference.
func FuzzSameDomain(f *testing.F) {
	for _, pair := range [][2]string{
		{"https://a.okta.com", "https://A.okta.com/"},
		{"https://a.okta.com:443", "https://a.okta.com"},
		{"", "/"},
		{"%", "%zz"},
		{"https://[::1]:443", "https://[::1]"},
		{"https://a/%2F", "https://a/%2f/"},
		{"HTTPS://A", "https://a"},
		{"https://a?", "https://a"},
		{"//a", "//A/"},
		{"https://\u212a.com", "https://k.com"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !SameDomain(a, a) {
			t.Errorf("%q is not itself", a)
		}
		same := SameDomain(a, b)
		if same != SameDomain(b, a) {
			t.Errorf("%q and %q: not symmetric", a, b)
		}
		if u, err := url.Parse(a); err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+u.Host == a && !SameDomain(a, a+"/") {
			t.Errorf("%q is not the same with a slash", a)
		}
	})
}

// An id leads to no other path than that of its account, and to no other host.
func FuzzID(f *testing.F) {
	for _, id := range hostileIDs {
		f.Add(id)
	}
	f.Add("1e62be98-94ab-403d-9491-98b7fbf9a7de")
	f.Add("a..b")
	f.Fuzz(func(t *testing.T, id string) {
		if id == "" {
			return // stands for the list
		}
		reached := 0
		c, err := New(Config{BaseURL: "http://stub", Timeout: time.Minute, transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			reached++
			rest, ok := strings.CutPrefix(r.URL.EscapedPath(), accountsPath+"/")
			if !ok || rest != id || r.URL.Host != "stub" || r.Host != "" && r.Host != "stub" || r.URL.RawQuery != "" || r.URL.Fragment != "" || strings.ContainsAny(rest, "/\\") {
				t.Errorf("the id %q leads to %s", id, r.URL)
			}
			answer := httptest.NewRecorder()
			answer.WriteHeader(http.StatusTeapot)
			return answer.Result(), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		_, failed := c.do(t.Context(), request{op: "read", method: http.MethodGet, path: accountsPath, id: id})
		if failed == nil || (reached == 0) != errors.Is(failed, ErrNotFound) {
			t.Errorf("%d requests, %v", reached, failed)
		}
	})
}
