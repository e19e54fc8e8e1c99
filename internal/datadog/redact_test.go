// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"strings"
	"testing"
)

func newRedactor(secrets ...string) *redactor {
	r := &redactor{}
	r.Hide(secrets...)
	return r
}

// quoted are secrets, each with the forms in which a service may quote it.
var quoted = map[string]map[string]string{
	"plainhush0value0123": {"as it is": "plainhush0value0123"},
	`q"uo\te</d>&'hush-hush`: {
		"as it is":              `q"uo\te</d>&'hush-hush`,
		"JSON":                  `q\"uo\\te</d>&'hush-hush`,
		"JSON, safe in HTML":    `q\"uo\\te\u003c/d\u003e\u0026'hush-hush`,
		"HTML":                  `q&#34;uo\te&lt;/d&gt;&amp;&#39;hush-hush`,
		"HTML, all with a name": `q&quot;uo\te&lt;/d&gt;&amp;&apos;hush-hush`,
		"query":                 `q%22uo%5Cte%3C%2Fd%3E%26%27hush-hush`,
		"path":                  `q%22uo%5Cte%3C%2Fd%3E&%27hush-hush`,
	},
	`sp ace+pl/us=%41;hush-77`: {
		"as it is": `sp ace+pl/us=%41;hush-77`,
		"query":    `sp+ace%2Bpl%2Fus%3D%2541%3Bhush-77`,
		"path":     `sp%20ace+pl%2Fus=%2541%3Bhush-77`,
	},
	"übergeheim-ñ-秘密-😀-hush": {
		"as it is": "übergeheim-ñ-秘密-😀-hush",
		"URL":      "%C3%BCbergeheim-%C3%B1-%E7%A7%98%E5%AF%86-%F0%9F%98%80-hush",
	},
	"tab\tand\nnewline-hush": {
		"as it is": "tab\tand\nnewline-hush",
		"JSON":     `tab\tand\nnewline-hush`,
		"URL":      "tab%09and%0Anewline-hush",
	},
}

// A secret is cut out of a text wherever it stands, in every form, and so is a beginning of one that
// is long enough.
func TestRedact(t *testing.T) {
	t.Parallel()
	for secret, forms := range quoted {
		for name, form := range forms {
			t.Run(name+" of "+secret, func(t *testing.T) {
				t.Parallel()
				r := newRedactor("another secret", secret, "zzzzzzzz-hush")
				for text, want := range map[string]string{
					form:                        redacted,
					"x " + form + " y":          "x " + redacted + " y",
					form + form:                 redacted + redacted,
					form[:5] + form + "z":       form[:5] + redacted + "z",
					"cut: " + form[:10]:         "cut: " + redacted,
					"cut: " + form[:11] + "é":   "cut: " + redacted + "é",
					"short: " + form[:9] + "\n": "short: " + form[:9] + "\n",
					form[1:]:                    form[1:],
				} {
					if got := r.redact(text); got != want {
						t.Errorf("%q: got %q, want %q", text, got, want)
					}
				}
			})
		}
	}
}

// The beginning of a secret is cut out from 10 bytes on, a whole one from 8 bytes on. What is
// shorter is a part of too many words.
func TestLengths(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	for n := range len(secret) + 1 {
		want := "x" + secret[:n] + "y"
		if n >= 10 {
			want = "x(sensitive value)y"
		}
		if got := newRedactor(secret).redact("x" + secret[:n] + "y"); got != want {
			t.Errorf("a beginning: got %q, want %q", got, want)
		}
		want = "x" + secret[:n] + "y"
		if n >= 8 {
			want = "x(sensitive value)y"
		}
		if got := newRedactor(secret[:n]).redact("x" + secret[:n] + "y"); got != want {
			t.Errorf("a whole one: got %q, want %q", got, want)
		}
		if got, hidden := newRedactor(secret[:n]).Show(secret[:n]), n >= 8; (got == "(sensitive value)") != hidden {
			t.Errorf("shown: %q", got)
		}
	}
}

// A secret that is the beginning of another, or shares one with it, leaves nothing of either.
func TestSecretsWithinSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{"hush-hush", "hush-hush-and-more", "hush-hush-and-other", "hush-hush-zzz", "hush-huss"}
	for i := range secrets {
		rotated := append(append([]string{}, secrets[i:]...), secrets[:i]...)
		r := newRedactor(rotated...)
		for text, want := range map[string]string{
			"x hush-hush-and-more y hush-hush z": "x (sensitive value) y (sensitive value) z",
			"hush-hush-and-other":                "(sensitive value)",
			"hush-hush-and-others":               "(sensitive value)s",
			"hush-hush-and-mole":                 "(sensitive value)le", // a beginning of "…more"
			"hush-hush!":                         "(sensitive value)!",
			"hush-husz":                          "hush-husz",
			"hush-huss":                          "(sensitive value)",
			"hush-husszz":                        "(sensitive value)zz",
		} {
			if got := r.redact(text); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
	// Of two that overlap, the end of the second is left.
	got := newRedactor("hush-and-more", "more-and-hush").redact("hush-and-more-and-hush")
	if got != "(sensitive value)-and-hush" {
		t.Errorf("got %q", got)
	}
}

// What is hidden later is cut out from then on, and what is hidden again changes nothing.
func TestHideMore(t *testing.T) {
	t.Parallel()
	r := &redactor{}
	const text = "first-hush second-hush"
	if got, shown := r.redact(text), r.Show("second-hush"); got != text || shown != "second-hush" {
		t.Errorf("got %q, %q", got, shown)
	}
	r.Hide()
	r.Hide("second-hush", "second-hush")
	if got := r.redact(text); got != "first-hush (sensitive value)" {
		t.Errorf("got %q", got)
	}
	r.Hide("first-hush")
	if got := r.redact(text); got != "(sensitive value) (sensitive value)" {
		t.Errorf("got %q", got)
	}
}

// An attribute is shown, unless it is a secret as a whole.
func TestShow(t *testing.T) {
	t.Parallel()
	r := newRedactor("hush-hush/hush")
	for value, want := range map[string]string{
		"hush-hush/hush":       "(sensitive value)",
		"hush-hush%2Fhush":     "(sensitive value)",
		"hush-hush/hus":        "hush-hush/hus",
		"x hush-hush/hush":     "x hush-hush/hush",
		"hush-hush/hush-hush/": "hush-hush/hush-hush/",
		"":                     "",
	} {
		if got := r.Show(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

// A secret of 160,000 characters is a secret like any other.
func TestHugeSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{strings.Repeat("0123456789abcdef", 10_000), strings.Repeat("a", 160_000)} {
		want := "<html>" + redacted + redacted + " " + redacted + "-"
		if got := newRedactor(secret).redact("<html>" + secret + secret + " " + secret[:len(secret)/2] + "-"); got != want {
			t.Errorf("got %.5000q", got)
		}
	}
}
