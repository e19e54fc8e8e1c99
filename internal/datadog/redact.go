// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const (
	redacted = "(sensitive value)"

	// minSecret is the length in bytes from which on a value is cut out of texts. A shorter one is
	// part of too many words.
	minSecret = 8

	// minPrefix is how much of the beginning of a secret is cut out too: APIs quote values cut short.
	minPrefix = 10
)

// redactor takes secrets out of texts, in the forms in which a service may quote them. It reads a
// text once, however many secrets it knows.
type redactor struct {
	mu     sync.RWMutex
	forms  []string            // sorted
	starts map[string]struct{} // the first minSecret bytes of each form
	whole  map[string]struct{} // each secret as it is, and each form
}

// Hide takes the secrets out of every text that the client makes from now on.
func (r *redactor) Hide(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.whole == nil {
		r.starts, r.whole = map[string]struct{}{}, map[string]struct{}{}
	}
	for _, secret := range secrets {
		if _, known := r.whole[secret]; known || len(secret) < minSecret {
			continue
		}
		for _, form := range quotedForms(secret) {
			at, found := slices.BinarySearch(r.forms, form)
			if !found {
				r.forms = slices.Insert(r.forms, at, form)
				r.starts[form[:minSecret]] = struct{}{}
				r.whole[form] = struct{}{}
			}
		}
	}
}

// Show returns an attribute as it may be shown: itself, unless it is a secret as a whole.
func (r *redactor) Show(value string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if _, secret := r.whole[value]; secret {
		return redacted
	}
	return value
}

// redact takes the secrets out of a text, and beginnings of them.
func (r *redactor) redact(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out strings.Builder
	kept := 0 // what is before it has been written
	for i := 0; i+minSecret <= len(text); {
		if _, ok := r.starts[text[i:i+minSecret]]; ok {
			if n := r.secretAt(text[i:]); n > 0 {
				out.WriteString(text[kept:i] + redacted)
				i += n
				kept = i
				continue
			}
		}
		i++
	}
	return out.String() + text[kept:]
}

// secretAt returns the length of the secret, or of the beginning of one, that the text begins with.
func (r *redactor) secretAt(text string) int {
	// In their order, the forms that have most in common with the text are those next to it.
	at, _ := slices.BinarySearch(r.forms, text)
	var longest int
	for _, form := range r.forms[max(at-1, 0):min(at+1, len(r.forms))] {
		longest = max(longest, commonPrefix(form, text))
	}
	for n := longest; n >= minSecret; n-- {
		if _, secret := r.whole[text[:n]]; secret || n >= minPrefix {
			return n
		}
	}
	return 0
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// quotedForms are the secret as it is, in JSON, in HTML, and in a URL.
func quotedForms(secret string) []string {
	return []string{
		secret, jsonText(secret, false), jsonText(secret, true), html.EscapeString(secret), htmlNames.Replace(secret),
		url.QueryEscape(secret), url.PathEscape(secret),
	}
}

var htmlNames = strings.NewReplacer(`&`, "&amp;", `<`, "&lt;", `>`, "&gt;", `"`, "&quot;", `'`, "&apos;")

// jsonText returns text as a JSON string has it, with <, > and & escaped or not.
func jsonText(text string, escapeHTML bool) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text) // a string always can
	quoted := strings.TrimSpace(out.String())
	return quoted[1 : len(quoted)-1]
}
