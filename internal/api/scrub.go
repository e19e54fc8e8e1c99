// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const scrubbed = "(sensitive value)"

// scrubber knows every secret that this process was given and cuts them out of texts that come from elsewhere.
type scrubber struct {
	mu    sync.RWMutex
	forms []string // each secret in each form that it can come back in, longest first
}

func (s *scrubber) add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted, _ := json.Marshal(secret) // a string always marshals
		unescaped := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted))
		for _, form := range []string{
			secret, strings.Trim(string(quoted), `"`), strings.Trim(unescaped, `"`),
			html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret),
		} {
			if !slices.Contains(s.forms, form) {
				s.forms = append(s.forms, form)
			}
		}
	}
	slices.SortFunc(s.forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// secrets returns what is to be masked. The slice is the caller's.
func (s *scrubber) secrets() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.forms)
}

func (s *scrubber) scrub(text string) string {
	for _, form := range s.secrets() {
		text = strings.ReplaceAll(text, form, scrubbed)
	}
	return text
}

// scrubbedError shows the scrubbed text of an error and still is that error to errors.Is and errors.As.
type scrubbedError struct {
	text string
	err  error
}

func (e *scrubbedError) Error() string { return e.text }
func (e *scrubbedError) Unwrap() error { return e.err }
