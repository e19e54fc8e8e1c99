// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

const (
	maxMessages = 5
	maxText     = 300  // runes of one message that comes from elsewhere
	maxCause    = 1000 // runes of a cause, which may be made of several
)

// messages returns what a body that is no success has to say: the API's own messages, or the first
// readable words of an HTML page or another text.
func (r *redactor) messages(body []byte) []string {
	var all []string
	for _, message := range parseMessages(body) {
		if message = r.clean(message); message != "" && len(all) < maxMessages {
			all = append(all, message)
		}
	}
	return all
}

// parseMessages knows the API's form, JSON:API's, and those of gateways. It shows any other body as
// it is.
func parseMessages(body []byte) []string {
	var answer struct {
		Errors  []any `json:"errors"`
		Message any   `json:"message"`
		Err     any   `json:"error"`
	}
	if !json.Valid(body) {
		return []string{readable(string(body))}
	}
	_ = json.Unmarshal(body, &answer) // what has another form is left out
	var all []string
	for _, item := range append(answer.Errors, answer.Message, answer.Err) {
		switch item := item.(type) {
		case string:
			all = append(all, item)
		case map[string]any: // as JSON:API has it
			all = append(all, objectMessage(item))
		}
	}
	if strings.Join(all, "") == "" && string(body) != "{}" {
		return []string{string(body)}
	}
	return all
}

// objectMessage is the text of an error that is an object, with the place in the request that it is
// about.
func objectMessage(item map[string]any) string {
	text := func(of map[string]any, key string) string {
		value, _ := of[key].(string)
		return value
	}
	source, _ := item["source"].(map[string]any)
	message := cmp.Or(text(item, "detail"), text(item, "message"), text(item, "title"))
	if pointer := cmp.Or(text(source, "pointer"), text(source, "parameter")); pointer != "" {
		message = strings.TrimSpace(fmt.Sprintf("%s (%s)", message, pointer))
	}
	return message
}

// readable returns the text of a page, without what a browser does not show either.
func readable(page string) string {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	hidden := false
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if !hidden {
				out.Write(tokens.Text())
			}
		case html.StartTagToken, html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == "script" || string(name) == "style" {
				hidden = kind == html.StartTagToken
			}
			out.WriteByte(' ')
		}
	}
}

// clean is Clean without secrets.
func (r *redactor) clean(text string) string { return Clean(r.redact(text)) }

// Clean brings a text that comes from elsewhere into one line of bearable length, without control
// characters that a terminal would obey, and without invisible ones.
func Clean(text string) string { return printable(text, maxText) }

// printable returns at most so many runes of a text, in one line. It reads no further.
func printable(text string, limit int) string {
	var out strings.Builder
	runes, gap := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			gap = runes > 0
			continue
		}
		if runes >= limit || gap && runes+1 >= limit {
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
