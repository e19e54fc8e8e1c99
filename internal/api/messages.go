// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

const (
	maxMessages  = 5
	maxErrorBody = 64 << 10    // what is looked at of a body
	maxPageText  = 4 * maxText // bytes of text that are looked at of a page; they have maxText runes

	maxText  = 300  // runes of one message that comes from elsewhere
	maxCause = 1000 // runes of a cause, which may be made of several
)

// messages returns what a body that is not an account has to say: the API's own messages, or the
// first readable words of an HTML page or plain text.
func (r redactor) messages(body []byte) []string {
	body = body[:min(len(body), maxErrorBody)]
	if !json.Valid(body) {
		_, read := readable(string(body))
		body = body[:read] // the rest is not shown, so that nobody need search it
	}
	var all []string
	for _, message := range parseMessages(r.redact(string(body))) {
		// Parsing has taken escapes away: a secret may stand there plainly now.
		message = r.clean(message)
		if message != "" && len(all) < maxMessages {
			all = append(all, message)
		}
	}
	return all
}

func parseMessages(body string) []string {
	var answer struct {
		Errors []any `json:"errors"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		text, _ := readable(body)
		return []string{text}
	}
	var all []string
	for _, item := range answer.Errors {
		switch item := item.(type) {
		case string:
			all = append(all, item)
		case map[string]any: // as JSON:API has it
			title, _ := item["title"].(string)
			detail, _ := item["detail"].(string)
			all = append(all, cmp.Or(detail, title))
		}
	}
	return all
}

// readable returns the text of a page, without what a browser does not show either. It stops where
// there is enough to show, and says how much of the page it has read.
func readable(page string) (text string, read int) {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	hidden := false
	for length := 0; length < maxPageText; {
		kind := tokens.Next()
		read += len(tokens.Raw())
		switch kind {
		case html.ErrorToken:
			return out.String(), len(page)
		case html.TextToken:
			if !hidden {
				part := tokens.Text()
				out.Write(part)
				length += len(bytes.TrimSpace(part))
			}
		case html.StartTagToken, html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == "script" || string(name) == "style" {
				hidden = kind == html.StartTagToken
			}
			out.WriteByte(' ')
		}
	}
	return out.String(), read
}

// clean is Clean without secrets.
func (r redactor) clean(text string) string { return Clean(r.redact(text)) }

// Clean brings a text that comes from elsewhere into one line of bearable length, without control
// characters that a terminal would obey, and without invisible ones.
func Clean(text string) string { return printable(text, maxText) }

// printable returns at most so many runes of a text, in one line. It reads no further.
func printable(text string, most int) string {
	var out strings.Builder
	runes, gap := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			gap = runes > 0
			continue
		}
		if runes >= most || gap && runes+1 >= most {
			return out.String() + "…"
		}
		if gap {
			out.WriteByte(' ')
			runes, gap = runes+1, false
		}
		out.WriteRune(r)
		runes++
	}
	return out.String()
}

// quote is Clean in quotation marks.
func quote(text string) string { return fmt.Sprintf("%q", Clean(text)) }
