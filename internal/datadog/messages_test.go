// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What a body has to say, in one line each, of bearable length.
func TestMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("wörd ", 200)
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"the API's": {`{"errors":["one","two"]}`, []string{"one", "two"}},
		"JSON:API": {
			`{"errors":[{"title":"Bad","detail":"the domain is bad"},{"title":"Worse"},{"message":"Worst","title":"x"}]}`,
			[]string{"the domain is bad", "Worse", "Worst"},
		},
		"JSON:API with places": {
			`{"errors":[{"title":"Bad","source":{"pointer":"/data/domain"}},{"detail":"Few","source":{"parameter":"page"}},
				{"source":{"pointer":"/data"}},{"title":"Odd","source":["x"]},{"title":"None","source":{"pointer":7}}]}`,
			[]string{"Bad (/data/domain)", "Few (page)", "(/data)", "Odd", "None"},
		},
		"message":                 {`{"message":"Forbidden"}`, []string{"Forbidden"}},
		"Message":                 {`{"Message":"Forbidden","code":7}`, []string{"Forbidden"}},
		"error":                   {`{"error":"no route","status":404}`, []string{"no route"}},
		"message and error":       {`{"message":"no host","error":"Not Found"}`, []string{"no host", "Not Found"}},
		"error that is an object": {`{"error":{"code":7,"message":"no route"}}`, []string{"no route"}},
		"message beside errors":   {`{"errors":["one"],"message":"two"}`, []string{"one", "two"}},
		"unknown JSON":            {`{"status": "down",  "since": 7}`, []string{`{"status": "down", "since": 7}`}},
		"objects of another form": {`{"errors":[{"code":"x"}]}`, []string{`{"errors":[{"code":"x"}]}`}},
		"errors no list":          {`{"errors":"one"}`, []string{`{"errors":"one"}`}},
		"JSON of a string":        {`"one"`, []string{`"one"`}},
		"an empty object":         {"{}", nil},
		"several lines":           {`{"errors":["one\r\n\ttwo\u0000\u001b[31m three"]}`, []string{"one two [31m three"}},
		"more than can be read":   {`{"errors":["1","2","","3","4","5","6"]}`, []string{"1", "2", "3", "4", "5"}},
		"other things among them": {`{"errors":[1,null,true,[],{},"one"]}`, []string{"one"}},
		"cut JSON":                {`{"errors":["one`, []string{`{"errors":["one`}},
		"a page": {
			"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title><style>h1 { color: red }</style>\n" +
				"<script>if (a < b) alert('x')</script></head><body>" +
				"<!-- a comment -->\n<h1>Bad&nbsp;Gateway</h1><p>nginx &amp; more</p></body></html>",
			[]string{"502 Bad Gateway Bad Gateway nginx & more"},
		},
		"words beside each other": {"<b>one</b>two<p>three", []string{"one two three"}},
		"plain text":              {"upstream connect error\n", []string{"upstream connect error"}},
		"a < b":                   {"a < b and b > a", []string{"a < b and b > a"}},
		"tags alone":              {"<html><body></body></html>", nil},
		"an open script":          {"<p>one</p><script>alert(1)", []string{"one"}},
		"empty":                   {"", nil},
		"white space":             {" \n\t", nil},
		"long":                    {`{"errors":["` + long + `"]}`, []string{string([]rune(long)[:299]) + "…"}},
		"empty space in a page":   {"<p>" + strings.Repeat(" ", 5000) + "<p>one", []string{"one"}},
		"not UTF-8":               {"caf\xe9", []string{"caf�"}},
		"right to left":           {"a\u202eb", []string{"a b"}},
		"ESC of a page":           {"<p>a&#27;[2Jb\u009b31m</p>", []string{"a [2Jb 31m"}},
		"deep":                    {strings.Repeat("[", 1<<16), []string{strings.Repeat("[", 300) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newRedactor().messages([]byte(test.body)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Clean cuts after 300 runes, and only where there are more.
func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		strings.Repeat("é", 300):               strings.Repeat("é", 300),
		strings.Repeat("é", 300) + " \n":       strings.Repeat("é", 300),
		strings.Repeat("é", 301):               strings.Repeat("é", 300) + "…",
		strings.Repeat("é", 298) + "  x":       strings.Repeat("é", 298) + " x",
		strings.Repeat("é", 298) + "  xy":      strings.Repeat("é", 298) + " x…",
		strings.Repeat("é ", 150):              strings.TrimSpace(strings.Repeat("é ", 150)),
		strings.Repeat("é", 299) + " x":        strings.Repeat("é", 299) + "…",
		" \t a\x00\x1b\u200b\u202e b\u00a0 c ": "a b c",
		"":                                     "",
		"\n":                                   "",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// A secret that a body quotes is in no message, whatever the body's form, also where it is cut.
func TestMessagesShowNoSecrets(t *testing.T) {
	t.Parallel()
	const secret = `hush"hush&hush\hush`
	for name, test := range map[string]struct{ body, want string }{
		"API message": {`{"errors":["bad: hush\"hush\u0026hush\\hush!"]}`, "bad: (sensitive value)!"},
		"JSON:API": {
			`{"errors":[{"detail":"hush\u0022hush&hush\u005chush","source":{"pointer":"x"}}]}`, "(sensitive value) (x)",
		},
		"JSON in JSON":     {`{"errors":["{\"a\":\"hush\\\"hush&hush\\\\hush\"}"]}`, `{"a":"(sensitive value)"}`},
		"unknown JSON":     {`{"was":"hush\"hush\u0026hush\\hush"}`, `{"was":"(sensitive value)"}`},
		"cut JSON":         {`{"errors":["hush\"hush\u0026hu`, `{"errors":["(sensitive value)`},
		"page":             {"<p>Rejected: hush&quot;hush&amp;hush\\hush</p>", "Rejected: (sensitive value)"},
		"attribute in URL": {"see https://x/?a=hush%22hush%26hush%5Chush", "see https://x/?a=(sensitive value)"},
		"text":             {"hush\"hush&hush\\hush", "(sensitive value)"},
		"cut text":         {"hush\"hush&hu", "(sensitive value)"},
		"cut message":      {strings.Repeat("x", 295) + " hush\"hush&hush\\hush", strings.Repeat("x", 295) + " (sen…"},
		"cut page":         {"<p>" + strings.Repeat("x", 299) + "hush\"hush&hush\\hush", strings.Repeat("x", 299) + "(…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newRedactor(secret).messages([]byte(test.body)); !slices.Equal(got, []string{test.want}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Messages are short lines without control characters or secrets, whatever the body.
func FuzzMessages(f *testing.F) {
	for _, body := range []string{
		`{"errors":["one","two"]}`, `{"errors":[{"title":"Bad","detail":"worse"},1,null]}`,
		`{"errors":"one"}`, `{"errors":{}}`, "null", "", "{",
		"<html><head><style>x</style></head><body>502 Bad&nbsp;Gateway</body></html>", "<script>", "<!--", "a < b",
		"\x00\xff", strings.Repeat("[", 100),
		`{"errors":["hush\u002dhush\u002dhush"]}`, "hush%2Dhush%2dhush", "hush&#45;hush&#x2D;hush", "hush-hush-hus",
		"hushhush-hush-hush",
		`{"message":"x","error":{"detail":"hush-hush-hush","source":{"pointer":"y"}}}`, strings.Repeat("é", maxText) + " x",
		"hush<!---hush-->-hush-hush", "hush\x00-hush-hush",
	} {
		f.Add(body)
	}
	const secret = "hush-hush-hush"
	f.Fuzz(func(t *testing.T, body string) {
		messages := newRedactor(secret).messages([]byte(body))
		if len(messages) > 5 {
			t.Errorf("%d messages", len(messages))
		}
		for _, message := range messages {
			if message == "" || !utf8.ValidString(message) || utf8.RuneCountInString(message) > 301 {
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
