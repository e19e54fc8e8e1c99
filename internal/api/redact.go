// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	redacted = "(sensitive value)"

	// minSecret is the length in bytes from which on a value is cut out of texts. A shorter one is
	// part of too many words.
	minSecret = 6

	// minPrefix is how much of a secret, at the end of a text that was cut off there, is cut out too.
	minPrefix = 8
)

// redactor takes secrets out of texts, in each form in which a service may quote them. It searches
// for them as they are: nothing is compiled from a secret, and the time is linear.
type redactor struct {
	secrets []string
	forms   []string // the longest first, so that none is taken for a part of another
}

// with returns a redactor that takes out more secrets.
func (r redactor) with(secrets ...string) redactor {
	known := len(r.secrets)
	forms := slices.Clip(r.forms)
	for _, secret := range secrets {
		if len(secret) >= minSecret && !slices.Contains(r.secrets, secret) {
			r.secrets = append(slices.Clip(r.secrets), secret)
			forms = append(forms, quotedForms(secret)...)
		}
	}
	if len(r.secrets) > known {
		slices.SortFunc(forms, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
		})
		r.forms = slices.Compact(forms)
	}
	return r
}

// quotedForms are the secret as it is, in JSON, in HTML, in a URL, and in base64.
func quotedForms(secret string) []string {
	forms := []string{secret}
	if url.QueryEscape(secret) != secret { // what is the same in a URL is the same everywhere
		inJSON := escapeJSON(secret)
		forms = append(forms, inJSON, escapeJSON(inJSON), escapeASCII(inJSON), goJSON(secret),
			html.EscapeString(secret), htmlNames.Replace(secret), url.QueryEscape(secret), url.PathEscape(secret),
			lowerEscapes(url.QueryEscape(secret)), lowerEscapes(url.PathEscape(secret)))
	}
	// What base64 makes of a text depends on how many bytes stand before it. The characters at either
	// end, which its neighbours have a part in, are left out.
	for before := range 3 {
		bytes := append(make([]byte, before), secret...)
		bytes = bytes[:len(bytes)-len(bytes)%3]
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			forms = append(forms, encoding.EncodeToString(bytes)[(before*8+5)/6:])
		}
	}
	return forms
}

var htmlNames = strings.NewReplacer(`&`, "&amp;", `<`, "&lt;", `>`, "&gt;", `"`, "&quot;", `'`, "&apos;")

// escapeJSON returns text as a JSON string has it, as most encoders write it.
func escapeJSON(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always can
	quoted := strings.TrimSpace(out.String())
	return quoted[1 : len(quoted)-1]
}

// goJSON is escapeJSON with <, > and & escaped too.
func goJSON(text string) string {
	quoted, _ := json.Marshal(text) // a string always can
	return string(quoted[1 : len(quoted)-1])
}

// escapeASCII escapes what is beyond ASCII, as some JSON encoders do.
func escapeASCII(text string) string {
	var out strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit < utf8.RuneSelf {
			out.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}

// lowerEscapes writes the escapes of a URL in lower case: %2F as %2f.
func lowerEscapes(text string) string {
	out := []byte(text)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], strings.ToLower(string(out[i+1:i+3])))
		}
	}
	return string(out)
}

// replace takes the secrets out of a text.
func (r redactor) replace(text string) string {
	for _, form := range r.forms {
		text = strings.ReplaceAll(text, form, redacted)
	}
	return text
}

// accounts returns the accounts without secrets that the service may show in their attributes.
func (r redactor) accounts(all []Account) []Account {
	all = slices.Clone(all)
	for i := range all {
		for _, text := range all[i].texts() {
			*text = r.replace(*text)
		}
	}
	return all
}

// redact takes the secrets out of a text, and the beginning of one where the text was cut off
// there.
func (r redactor) redact(text string) string {
	text = r.replace(text)
	for _, form := range r.forms {
		for n := min(len(form)-1, len(text)); n >= minPrefix; n-- {
			if strings.HasSuffix(text, form[:n]) {
				return text[:len(text)-n] + redacted
			}
		}
	}
	return text
}
