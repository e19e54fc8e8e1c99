// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What a body has to say, in one line each, of bearable length.
func TestMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("wörd ", 200)
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"the API's":          {`{"errors":["one","two"]}`, []string{"one", "two"}},
		"as JSON:API has it": {`{"errors":[{"title":"Bad","detail":"the domain is bad"},{"title":"Worse"},{"code":"x"}]}`, []string{"the domain is bad", "Worse"}},
		"several lines":      {`{"errors":["one\r\n\ttwo\u0000\u001b[31m three"]}`, []string{"one two [31m three"}},
		"more than can be read": {
			`{"errors":["1","2","","3","4","5","6"]}`, []string{"1", "2", "3", "4", "5"},
		},
		"other things among them": {`{"errors":[1,null,true,[],{},"one"]}`, []string{"one"}},
		"errors no list":          {`{"errors":"one"}`, []string{`{"errors":"one"}`}},
		"no errors":               {`{"message":"x"}`, nil},
		"a page": {
			"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title><style>h1 { color: red }</style>\n<script>if (a < b) alert('x')</script></head>" +
				"<body><!-- a comment -->\n<h1>Bad&nbsp;Gateway</h1><p>nginx &amp; more</p></body></html>",
			[]string{"502 Bad Gateway Bad Gateway nginx & more"},
		},
		"plain text":       {"upstream connect error\n", []string{"upstream connect error"}},
		"a < b":            {"a < b and b > a", []string{"a < b and b > a"}},
		"tags alone":       {"<html><body></body></html>", nil},
		"an open tag":      {"<html><body", nil},
		"an open script":   {"<p>one</p><script>alert(1)", []string{"one"}},
		"empty":            {"", nil},
		"white space":      {" \n\t", nil},
		"long":             {`{"errors":["` + long + `"]}`, []string{string([]rune(long)[:299]) + "…"}},
		"long page":        {"<p>" + strings.Repeat("x", 1<<20), []string{strings.Repeat("x", 300) + "…"}},
		"not UTF-8":        {"caf\xe9", []string{"caf�"}},
		"right to left":    {"a\u202eb", []string{"a b"}},
		"ESC of a page":    {"<p>a&#27;[2Jb\u009b31m</p>", []string{"a [2Jb 31m"}},
		"deep":             {strings.Repeat("[", 1<<20), []string{strings.Repeat("[", 300) + "…"}},
		"JSON of a string": {`"one"`, []string{`"one"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (redactor{}).messages([]byte(test.body)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// An error names the operation, the account, the status, the API's messages and the permission.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		a := s.put("a")
		s.Fail(stub.Fault{Status: 418, Body: `{"errors":["no coffee","at all"]}`})
		c := s.client(t)
		for _, test := range []struct {
			err                     error
			op, account, permission string
			text                    string
		}{
			{second(c.List(t.Context())), "list", "", permissionRead, `list: 418 I'm a teapot: no coffee: at all`},
			{second(find(t, c, a.ID, "a")), "list", "a", permissionRead, `list to find "a": 418 I'm a teapot: no coffee: at all`},
			{second(find(t, c, a.ID, "")), "list", a.ID, permissionRead, `list to find "` + a.ID + `": 418 I'm a teapot: no coffee: at all`},
			{second(c.Create(t.Context(), prod.Account, prod.Secrets)), "list", "prod", permissionRead, `list to find "prod": 418 I'm a teapot: no coffee: at all`},
			{second(c.Update(t.Context(), a, Secrets{})), "update", "a", permissionWrite, `update "a": 418 I'm a teapot: no coffee: at all`},
			{c.Delete(t.Context(), a, LastWrite{}), "delete", "a", permissionWrite, `delete "a": 418 I'm a teapot: no coffee: at all`},
		} {
			failed := asError(t, test.err)
			if failed.Op != test.op || failed.Account != test.account || failed.Permission != test.permission || failed.Status != 418 ||
				failed.Error() != test.text || !slices.Equal(failed.Messages, []string{"no coffee", "at all"}) {
				t.Errorf("got %+v, want %+v", failed, test)
			}
		}
		s.Heal()
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 418})
		failed := asError(t, second(c.Create(t.Context(), prod.Account, prod.Secrets)))
		if failed.Permission != permissionWrite || failed.Error() != `create "prod": 418 I'm a teapot: I'm a teapot` {
			t.Errorf("got %+v", failed)
		}
		s.Fail(stub.Fault{Method: http.MethodGet, Path: "account", Status: 418})
		failed = asError(t, second(find(t, c, "gone", "")))
		if failed.Permission != permissionRead || failed.Error() != `read "gone": 418 I'm a teapot: I'm a teapot` {
			t.Errorf("got %+v", failed)
		}
	})
}

// An error page is quoted, even where it is cut.
func TestCutErrorPages(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.handle = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "1000")
			rw.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(rw, "<html><h1>Access denied by the proxy</h1>")
		}
		failed := asError(t, second(s.client(t).List(t.Context())))
		if failed.Status != 403 || !slices.Equal(failed.Messages, []string{"Access denied by the proxy"}) {
			t.Errorf("got %+v", failed)
		}
	})
}
