// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
)

const (
	scrubbed = "(sensitive value)"

	// A text that was cut off can end in the middle of a secret: with so many characters of it or more, it is cut out too.
	fewestOfSecret = 8

	// Regular expressions nest a thousand levels deep at most. Of a longer secret, a part that was cut off is not known.
	mostOfSecret = 900
)

// scrubber knows every secret that this process was given and cuts them out of texts that come from elsewhere.
type scrubber struct {
	mu       sync.Mutex
	secrets  []string         // longest first, so that none is taken for a part of another
	patterns []*regexp.Regexp // of the secrets; nil until there is a text to scrub
}

func (s *scrubber) add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		at, found := slices.BinarySearchFunc(s.secrets, secret, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
		})
		if secret != "" && !found {
			s.secrets = slices.Insert(s.secrets, at, secret)
			s.patterns = slices.Insert(s.patterns, at, nil)
		}
	}
}

// masks returns what the logger is to mask. The slice is the caller's.
func (s *scrubber) masks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.secrets)
}

// scrub cuts every secret out of a text, in each form that a service may quote it in.
func (s *scrubber) scrub(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, pattern := range s.patterns {
		if pattern == nil {
			pattern = regexp.MustCompile(secretPattern(s.secrets[i]))
			s.patterns[i] = pattern
		}
		text = pattern.ReplaceAllLiteralString(text, scrubbed)
	}
	return text
}

// secretPattern is the regular expression of a secret with any of its characters escaped as in JSON, HTML or URLs.
func secretPattern(secret string) string {
	characters := []rune(secret)
	if len(characters) > mostOfSecret {
		var all strings.Builder
		for _, character := range characters {
			all.WriteString(characterPattern(character))
		}
		return all.String()
	}
	// Each character is followed by the rest or, from some number of them on, by the end of the text, perhaps within an escape
	// or within the bytes of a character.
	const cutOff = `(?:\\+(?:u[0-9a-fA-F]{0,3})?|&[#0-9a-zA-Z]*|%[0-9a-fA-F]?|\x{FFFD}{1,3})?\z`
	pattern := ""
	for i, character := range slices.Backward(characters) {
		if i+1 >= fewestOfSecret && i+1 < len(characters) {
			pattern = "(?:" + pattern + "|" + cutOff + ")"
		}
		pattern = characterPattern(character) + pattern
	}
	return pattern
}

func characterPattern(character rune) string {
	plain := string(character)
	// JSON that is quoted in JSON has more backslashes.
	forms := []string{`\\*` + regexp.QuoteMeta(plain), fmt.Sprintf(`&#0*%d;`, character), fmt.Sprintf(`(?i:&#x0*%x;)`, character)}
	var units, bytes string
	for _, unit := range utf16.Encode([]rune{character}) {
		units += fmt.Sprintf(`\\+u%04x`, unit)
	}
	for _, b := range []byte(plain) {
		bytes += fmt.Sprintf(`%%%02x`, b)
	}
	forms = append(forms, `(?i:`+units+`)`, `(?i:`+bytes+`)`)
	if escaped := html.EscapeString(plain); escaped != plain {
		forms = append(forms, regexp.QuoteMeta(escaped))
	}
	switch character {
	case '"':
		forms = append(forms, `&quot;`)
	case '\'':
		forms = append(forms, `&apos;`)
	case ' ':
		forms = append(forms, `\+`)
	case '\n', '\t', '\r', '\b', '\f':
		forms = append(forms, `\\+`+map[rune]string{'\n': "n", '\t': "t", '\r': "r", '\b': "b", '\f': "f"}[character])
	}
	return "(?:" + strings.Join(forms, "|") + ")"
}

// scrubbedError shows the scrubbed text of an error and still is that error to errors.Is and errors.As.
type scrubbedError struct {
	text string
	err  error
}

func (e *scrubbedError) Error() string { return e.text }
func (e *scrubbedError) Unwrap() error { return e.err }
