// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// secretSamples are secrets that every encoding changes, but for the first.
var secretSamples = []string{
	"plainhush0value0123",
	`q"uo\te</d>&'hush-hush`,
	"sp ace+pl/us=%41;hush-77",
	"übergeheim-秘密-hush",
	"tab\tand\nnewline-hush",
}

// quotedSamples are the samples as services quote them: in JSON, with and without escapes for HTML,
// in JSON within JSON, in HTML, in a query and in a path.
var quotedSamples = map[string][]string{
	secretSamples[1]: {
		`q\"uo\\te</d>&'hush-hush`, `q\"uo\\te\u003c/d\u003e\u0026'hush-hush`, `q\\\"uo\\\\te</d>&'hush-hush`,
		`q&#34;uo\te&lt;/d&gt;&amp;&#39;hush-hush`, `q&quot;uo\te&lt;/d&gt;&amp;&apos;hush-hush`,
		`q%22uo%5Cte%3C%2Fd%3E%26%27hush-hush`, `q%22uo%5Cte%3C%2Fd%3E&%27hush-hush`,
	},
	secretSamples[2]: {`sp+ace%2Bpl%2Fus%3D%2541%3Bhush-77`, `sp%20ace+pl%2Fus=%2541%3Bhush-77`},
	secretSamples[3]: {`%C3%BCbergeheim-%E7%A7%98%E5%AF%86-hush`},
	secretSamples[4]: {`tab\tand\nnewline-hush`, `tab\\tand\\nnewline-hush`, `tab%09and%0Anewline-hush`},
}

// leaks returns a part of the secret, of 8 bytes or more, that the text shows in any form.
func leaks(text, secret string) string {
	for _, form := range append(quotedSamples[secret], secret) {
		for i := 0; i+8 <= len(form); i++ {
			if part := form[i : i+8]; strings.Contains(text, part) {
				return part
			}
		}
	}
	return ""
}

// Whatever a service quotes, in each form, alone or in a long text, no part of a secret gets into a
// message.
func TestMessagesShowNoSecrets(t *testing.T) {
	t.Parallel()
	inJSON := func(errors ...any) string {
		text, _ := json.Marshal(map[string][]any{"errors": errors})
		return string(text)
	}
	containers := map[string]func(string) string{
		"API message":  func(s string) string { return inJSON("Rejected: " + s) },
		"JSON:API":     func(s string) string { return inJSON(map[string]string{"detail": s}) },
		"page":         func(s string) string { return "<html><p>Rejected: " + s + "</p></html>" },
		"text":         func(s string) string { return "Rejected: " + s },
		"cut at 300":   func(s string) string { return strings.Repeat("x", 295-len(s)/2) + s },
		"cut page":     func(s string) string { return "<html>" + strings.Repeat("x", 295-len(s)/2) + s },
		"cut message":  func(s string) string { return inJSON(strings.Repeat("x", 295-len(s)/2) + s) },
		"cut off":      func(s string) string { return "Rejected: " + s[:len(s)*3/4] },
		"cut off JSON": func(s string) string { return `{"errors":["Rejected: ` + s[:len(s)*3/4] },
		"cut at 64 K":  func(s string) string { return strings.Repeat(" ", maxErrorBody-len(s)*3/4) + s },
		"twice":        func(s string) string { return s + s },
		"after a part": func(s string) string { return s[:5] + s },
		"after \\":     func(s string) string { return `{"errors":["\` + s + `"]}` }, // what takes its beginning for an escape
		"after &":      func(s string) string { return "<html>&" + s },
	}
	for i, secret := range secretSamples {
		for _, form := range append(quotedSamples[secret], secret) {
			for container, contain := range containers {
				t.Run(fmt.Sprintf("%d/%s/%s", i, form, container), func(t *testing.T) {
					t.Parallel()
					body := contain(form)
					for _, message := range newRedactor("another secret", secret).messages([]byte(body)) {
						if part := leaks(message, secret); part != "" {
							t.Errorf("%q in %q of %q", part, message, body)
						}
					}
				})
			}
		}
	}
}

// What is shorter than 6 bytes is a part of too many words, and stays.
func TestShortSecretsStay(t *testing.T) {
	t.Parallel()
	const text = "a database that abhors abide by abcde"
	if got := newRedactor("a", "", " ", "ab", "abcde").redact(text); got != text {
		t.Errorf("got %q", got)
	}
	if got := newRedactor("abhors").redact(text); got != "a database that "+redacted+" abide by abcde" {
		t.Errorf("got %q", got)
	}
	nine := newRedactor("a", "b", "c", "d", "e", "f", "g", "h", "i")
	if got := nine.redact("it blows nothing up"); got != "it blows nothing up" {
		t.Errorf("got %q", got)
	}
}

// A secret that is a part of another leaves nothing of the longer one.
func TestSecretsWithinSecrets(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{{"hush-hush", "hush-hush-and-more"}, {"hush-hush-and-more", "hush-hush"}} {
		if got := newRedactor(secrets...).redact("x hush-hush-and-more y hush-hush z"); got != "x "+redacted+" y "+redacted+" z" {
			t.Errorf("%q: got %q", secrets, got)
		}
	}
}

// The beginning of a secret, where a text was cut off there, is cut out from 8 bytes on.
func TestBeginningOfASecret(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	for n := range len(secret) + 1 {
		want := "x" + secret[:n]
		if n >= minPrefix {
			want = "x" + redacted
		}
		if got := newRedactor(secret).redact("x" + secret[:n]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A cleaned error is what it was to errors.Is and errors.As.
func TestCleanedError(t *testing.T) {
	t.Parallel()
	cause := errors.Join(&limitError{limit: "hush-hush"}, errors.New("a\x1b[31mb"), ErrExists)
	err := newRedactor("hush-hush").cleaned(cause)
	var limited *limitError
	if !errors.As(err, &limited) || !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	want := "Datadog's rate limit " + redacted + " is used up for another 0s, which is longer than the operation may take: a [31mb: " + ErrExists.Error()
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func newRedactor(secrets ...string) redactor { return redactor{}.with(secrets...) }
