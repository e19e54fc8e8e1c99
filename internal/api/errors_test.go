// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
		"an open tag":      {"<html><body", []string{"<body"}},
		"an open script":   {"<script>alert(1)", []string{"alert(1)"}},
		"empty":            {"", nil},
		"white space":      {" \n\t", nil},
		"long":             {`{"errors":["` + long + `"]}`, []string{string([]rune(strings.TrimSpace(long))[:300]) + "…"}},
		"long page":        {"<p>" + strings.Repeat("x", 1<<20), []string{strings.Repeat("x", 300) + "…"}},
		"not UTF-8":        {"caf\xe9", []string{"caf�"}},
		"right to left":    {"a\u202eb", []string{"a b"}},
		"deep":             {strings.Repeat("[", 1<<20), []string{strings.Repeat("[", 300) + "…"}},
		"JSON of a string": {`"one"`, []string{`"one"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := new(Client).messages([]byte(test.body)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A hostile page takes no long time to read.
func TestHostilePages(t *testing.T) {
	t.Parallel()
	read := func(part string) time.Duration {
		page := []byte(strings.Repeat(part, 2*maxErrorBody/len(part)))
		fastest := time.Hour
		for range 3 {
			began := time.Now()
			new(Client).messages(page)
			fastest = min(fastest, time.Since(began))
		}
		return fastest
	}
	ordinary := read("<p>Bad gateway</p>")
	for _, part := range []string{"<script><!-- -->", "<", "<!--", "<a ", "<style>", "</script>", "&amp", "<script", "\x00", "{\"errors\":["} {
		// Time that is quadratic in the length of the page would be thousands of times as much.
		if hostile := read(part); hostile > 100*ordinary {
			t.Errorf("%q took %s, an ordinary page %s", part, hostile, ordinary)
		}
	}
}

// An error names the operation, the account, the status, the API's messages and the permission.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		a := w.put("a")
		w.Fail(stub.Fault{Status: 418, Body: `{"errors":["no coffee","at all"]}`})
		c := w.client(t)
		for _, test := range []struct {
			err                   error
			operation, permission string
			text                  string
		}{
			{second(c.List(t.Context())), "list", permissionRead, `list: 418 I'm a teapot: no coffee: at all`},
			{second(w.client(t).Find(t.Context(), a.ID, "a")), "read", permissionRead, `read "a": 418 I'm a teapot: no coffee: at all`},
			{second(w.client(t).Find(t.Context(), a.ID, "")), "read", permissionRead, `read "` + a.ID + `": 418 I'm a teapot: no coffee: at all`},
			{second(c.Update(t.Context(), a, Secrets{})), "update", permissionWrite, `update "a": 418 I'm a teapot: no coffee: at all`},
			{c.Delete(t.Context(), a), "delete", permissionWrite, `delete "a": 418 I'm a teapot: no coffee: at all`},
		} {
			failed := asError(t, test.err)
			if failed.Operation != test.operation || failed.Permission != test.permission || failed.Status != 418 || failed.Error() != test.text {
				t.Errorf("got %+v, want %+v", failed, test)
			}
		}
		w.Heal()
		w.Fail(stub.Fault{Method: http.MethodPost, Status: 418})
		failed := asError(t, second(c.Create(t.Context(), prod.Account, prod.Secrets)))
		if failed.Permission != permissionWrite || failed.Error() != `create "prod": 418 I'm a teapot: I'm a teapot` {
			t.Errorf("got %+v", failed)
		}
	})
}

// A 403 asks once whether the API key is valid for the site, however many requests are refused.
func TestKeyCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*Config)
		fault   stub.Fault
		status  int // of the refusals
		invalid bool
		checks  int
	}{
		"no permission":     {fault: stub.Fault{Path: "list", Status: 403}, status: 403, checks: 1},
		"wrong API key":     {change: func(c *Config) { c.APIKey = "wrong" }, status: 403, invalid: true, checks: 1},
		"wrong app key":     {change: func(c *Config) { c.AppKey = "wrong" }, status: 403, checks: 1},
		"401":               {fault: stub.Fault{Path: "list", Status: 401}, status: 401, checks: 1},
		"everything 401":    {fault: stub.Fault{Status: 401}, status: 401, invalid: true, checks: 1},
		"the check fails":   {fault: stub.Fault{Status: 403, Times: 0, Path: "list"}, status: 403, checks: 1},
		"bearer token":      {change: func(c *Config) { c.BearerToken = "wrong" }, status: 403},
		"another complaint": {fault: stub.Fault{Path: "list", Status: 400}, status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, w *world) {
				if test.change != nil {
					test.change(&w.cfg)
				}
				if test.fault.Status != 0 {
					w.Fail(test.fault)
				}
				if name == "the check fails" {
					w.Fail(stub.Fault{Path: "validate", Status: 500})
				}
				c := w.client(t)
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() {
						_, err := c.List(t.Context())
						if i%2 == 0 {
							_, err = c.Create(t.Context(), prod.Account, prod.Secrets)
						}
						var failed *Error
						if !errors.As(err, &failed) || failed.Status != test.status || failed.KeyInvalid != test.invalid {
							t.Errorf("got %+v", err)
						}
					})
				}
				group.Wait()
				if _, err := c.List(t.Context()); asError(t, err).KeyInvalid != test.invalid {
					t.Errorf("later: %v", err)
				}
				if n := w.Count(http.MethodGet, "validate"); n != test.checks {
					t.Errorf("%d key checks, want %d", n, test.checks)
				}
				if requests := w.Count("", "list"); requests > 22 {
					t.Errorf("%d requests for 21 operations", requests)
				}
			})
		})
	}
}

// A key check that hangs holds nothing up for long.
func TestKeyCheckThatHangs(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.Fail(stub.Fault{Path: "validate", Hang: true})
		w.Fail(stub.Fault{Path: "list", Status: 403})
		began := time.Now()
		failed := asError(t, second(w.client(t).List(t.Context())))
		if elapsed := time.Since(began); failed.Status != 403 || failed.KeyInvalid || elapsed != adviceTimeout {
			t.Errorf("%v after %s", failed, elapsed)
		}
	})
}

// Redirects are not followed, neither to another host nor to another path, and the error says where they lead.
func TestRedirects(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for location, told := range map[string]string{
			"http://elsewhere" + accountsPath: "elsewhere", "//elsewhere/": "elsewhere", "/login": "stub", "https://stub:8443/": "stub:8443", "": "nowhere",
		} {
			t.Run(fmt.Sprintf("%d %s", status, location), func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, w *world) {
					a := w.put("a")
					header := http.Header{}
					if location != "" {
						header.Set("Location", location)
					}
					w.Fail(stub.Fault{Status: status, Header: header})
					c := w.client(t)
					for operation, err := range map[string]error{
						"list":   second(c.List(t.Context())),
						"find":   second(w.client(t).Find(t.Context(), a.ID, "a")),
						"update": second(c.Update(t.Context(), a, Secrets{})),
						"delete": c.Delete(t.Context(), a),
					} {
						if failed := asError(t, err); failed.Status != status || !strings.Contains(failed.Error(), fmt.Sprintf("leads to %q", told)) {
							t.Errorf("%s: %v", operation, failed)
						}
					}
					if n := w.strangers.Load(); n != 0 {
						t.Errorf("%d requests went elsewhere", n)
					}
					if requests := len(w.Requests()); requests != 5 { // one each, and a look after the PATCH
						t.Errorf("%d requests", requests)
					}
				})
			})
		}
	}
}

// An error page is told, even where it is cut.
func TestCutErrorPages(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.handle = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "1000")
			rw.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(rw, "<html><h1>Access denied by the proxy</h1>")
		}
		failed := asError(t, second(w.client(t).List(t.Context())))
		if failed.Status != 403 || !slices.Equal(failed.Messages, []string{"Access denied by the proxy"}) {
			t.Errorf("got %+v", failed)
		}
	})
}
