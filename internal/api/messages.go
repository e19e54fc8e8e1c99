// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxMessages  = 5
	maxErrorBody = 64 << 10 // what is looked at of a body
)

// failed completes the error of an operation: it names the request and the account where err does
// not, takes the API's messages out of the answer, and makes every text fit to print, without the
// secrets given, those of the request and the provider's keys. The error itself may belong to all
// who waited for a list, so that it is copied.
func (c *Client) failed(err error, op, account string, secrets ...string) error {
	failed := *errorOf(err)
	failed.Op, failed.Account = cmp.Or(failed.Op, op), cmp.Or(failed.Account, account)
	redactor := c.redactor(slices.Concat(secrets, failed.secrets)...)
	failed.Messages = messages(failed.body, redactor)
	failed.Found = redactor.accounts(failed.Found)
	if failed.Err != nil {
		failed.Err = redactor.cleaned(failed.Err)
	}
	return &failed
}

// errorOf returns the *Error that err is, or one of which it is the cause.
func errorOf(err error) *Error {
	var failed *Error
	if errors.As(err, &failed) {
		return failed
	}
	return &Error{Err: err}
}

// redactor returns what takes the provider's keys, and the secrets of an operation, out of its
// texts.
func (c *Client) redactor(secrets ...string) redactor {
	secrets = slices.Concat(secrets, []string{c.config.APIKey, c.config.AppKey, c.config.BearerToken})
	if identity := c.config.AWS; identity != nil {
		secrets = append(secrets, identity.AccessKeyID, identity.SecretAccessKey, identity.SessionToken, c.tokens.value())
	}
	return newRedactor(secrets...)
}

// messages returns what a body that is not an account has to say: the API's own messages, or the
// first readable words of an HTML page or plain text.
func messages(body []byte, redactor redactor) []string {
	if len(body) == 0 {
		return nil
	}
	body = body[:min(len(body), maxErrorBody)]
	var all []string
	for _, message := range parseMessages(redactor.redact(string(body))) {
		// Parsing has taken escapes away: a secret may stand there plainly now.
		message = redactor.clean(message)
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
		return []string{readable(body)}
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

// readable returns the text of a page, without what a browser does not show either.
func readable(page string) string {
	var text strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	for hidden := false; ; {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return text.String()
		case html.TextToken:
			if !hidden {
				text.Write(tokens.Text())
			}
		case html.StartTagToken, html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == "script" || string(name) == "style" {
				hidden = kind == html.StartTagToken
			}
			text.WriteByte(' ')
		}
	}
}
