// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// secretSamples are secrets whose every encoding differs.
var secretSamples = []string{
	"plainhush0value0123",
	`q"uo\te</d>&'hush-hush`,
	"sp ace+pl/us=%41;hush-77",
	"übergeheim-ñ-秘密-😀-hush",
	"tab\tand\nnewline-hush",
	`\\\"back"\slashes\hush`,
}

// forms are the ways in which services quote what they were sent.
var forms = map[string]func(string) string{
	"plain":    func(s string) string { return s },
	"JSON":     func(s string) string { text, _ := json.Marshal(s); return string(text) },
	"JSON raw": func(s string) string { return rawJSON(s) },
	"JSON \\u": escapeAll,
	"in JSON": func(s string) string {
		text, _ := json.Marshal(map[string]string{"client_secret": s})
		return string(text)
	},
	"HTML": html.EscapeString,
	"HTML &quot;": func(s string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s)
	},
	"query": url.QueryEscape,
	"path":  url.PathEscape,
}

func rawJSON(s string) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)
	return text.String()
}

// escapeAll writes what is not a letter, a digit or a blank as \uXXXX, as some services do.
func escapeAll(s string) string {
	var text strings.Builder
	text.WriteByte('"')
	for _, r := range s {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == ' ') {
			text.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&text, `\u%04X`, unit)
		}
	}
	return text.String() + `"`
}

// leaks returns a part of the secret, of 8 bytes or more, that the text shows in any form.
func leaks(text, secret string) string {
	for name, form := range forms {
		quoted := strings.Trim(strings.TrimSpace(form(secret)), `"`)
		if name == "in JSON" {
			continue
		}
		for i := 0; i+8 <= len(quoted); i++ {
			if part := quoted[i : i+8]; strings.Contains(text, part) {
				return part
			}
		}
	}
	return ""
}

// Whatever a service quotes, in whatever form, alone or in a long text, no part of a secret gets into an error.
func TestErrorsShowNoSecrets(t *testing.T) {
	t.Parallel()
	for i, secret := range secretSamples {
		for form, quote := range forms {
			for container, contain := range map[string]func(string) string{
				"API message": func(s string) string {
					text, _ := json.Marshal(map[string][]string{"errors": {"Rejected: " + s}})
					return string(text)
				},
				"JSON:API": func(s string) string {
					text, _ := json.Marshal(map[string]any{"errors": []any{map[string]string{"detail": s}}})
					return string(text)
				},
				"page":       func(s string) string { return "<html><p>Rejected: " + s + "</p></html>" },
				"text":       func(s string) string { return "Rejected: " + s },
				"cut at 300": func(s string) string { return strings.Repeat("x", 295-len(s)/2) + s },
				"cut page":   func(s string) string { return "<html>" + strings.Repeat("x", 295-len(s)/2) + s },
				"cut message": func(s string) string {
					text, _ := json.Marshal(map[string][]string{"errors": {strings.Repeat("x", 295-len(s)/2) + s}})
					return string(text)
				},
				"cut, escaped twice": func(s string) string {
					return "<html>" + strings.Repeat("x", 295-len(s)/2) + html.EscapeString(s)
				},
				"cut off":      func(s string) string { return "Rejected: " + s[:len(s)*3/4] },
				"cut off JSON": func(s string) string { return `{"errors":["Rejected: ` + s[:len(s)*3/4] },
				"twice":        func(s string) string { return s + s },
				"after a part": func(s string) string { return s[:5] + s },
			} {
				t.Run(fmt.Sprintf("%d/%s/%s", i, form, container), func(t *testing.T) {
					t.Parallel()
					c := new(Client)
					c.scrubber.add(secret)
					body := contain(quote(secret))
					for _, message := range c.messages([]byte(body)) {
						if part := leaks(message, secret); part != "" {
							t.Errorf("%q in %q of %q", part, message, body)
						}
					}
				})
			}
		}
	}
}

// All secrets of a request are cut out of its errors: those of the account and the keys of the provider.
func TestErrorsOfOperationsShowNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		w.EchoSecrets()
		w.cfg.BearerToken = stub.BearerToken
		a := w.put("a")
		c := w.client(t)
		secrets := Secrets{ClientSecret: secretSamples[1], APIKey: secretSamples[3]}
		bad := prod.Account
		bad.Domain = "ftp://prod"
		_, createErr := c.Create(t.Context(), bad, secrets)
		a.Domain = bad.Domain
		_, updateErr := w.client(t).Update(t.Context(), a, secrets)
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			rw.WriteHeader(http.StatusTeapot)
			fmt.Fprintf(rw, "<html>%v %s", r.Header, body) // some proxies show everything
		}
		_, pageErr := c.Update(t.Context(), a, secrets)
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "https://"+url.PathEscape(stub.BearerToken)+"/", http.StatusFound)
		}
		_, redirectErr := w.client(t).List(t.Context())
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(rw, `{"data":[{"type":%q}]}`, stub.BearerToken)
		}
		_, decodeErr := w.client(t).List(t.Context())
		for name, err := range map[string]error{
			"create": createErr, "update": updateErr, "page": pageErr, "redirect": redirectErr, "decode": decodeErr,
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
				continue
			}
			text := err.Error() + strings.Join(asError(t, err).Messages, " ")
			for _, secret := range []string{secrets.ClientSecret, secrets.APIKey, stub.BearerToken, stub.APIKey, stub.AppKey} {
				if part := leaks(text, secret); part != "" && !strings.Contains("made-up-datadog-", part) {
					t.Errorf("%s: %q in %q", name, part, text)
				}
			}
			if !strings.Contains(text, scrubbed) {
				t.Errorf("%s: nothing was scrubbed in %q", name, text)
			}
		}
	})
}

// A scrubbed error is what it was to errors.Is and errors.As.
func TestScrubbedError(t *testing.T) {
	t.Parallel()
	err := &scrubbedError{text: "text", err: &limitError{name: "n"}}
	var limited *limitError
	if !errors.As(err, &limited) || err.Error() != "text" {
		t.Error(err)
	}
}
