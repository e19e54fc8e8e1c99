// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// What a failed operation can mean to its caller, beside the failed request itself. Test for them with errors.Is.
var (
	ErrNotFound       = errors.New("the organization has no such Okta account")
	ErrAmbiguous      = errors.New("the organization has several Okta accounts of this name")
	ErrOutcomeUnknown = errors.New("it is not known whether the request was carried out")
	ErrUnconfigured   = errors.New("the provider configuration is not known yet")
)

// errAnswer is an answer that says success, but not in a form that can be understood.
var errAnswer = errors.New("the answer cannot be understood")

// Error is a request that failed. Its texts are free of secrets.
type Error struct {
	Operation  string   // "create", "read", "list", "update", "delete"
	Account    string   // name or id; that of the account that a list was for, empty for a list of all
	Status     int      // HTTP status; 0 where no answer came
	Messages   []string // the API's own, or the first readable words of another body
	Permission string   // what the request needs: "integrations_read" or "manage_integrations"
	KeyInvalid bool     // for a 401 or 403: Datadog's key check says that the API key is not valid for this site
	Err        error    // the cause, where there is one: transport, decoding, ErrNotFound, ErrOutcomeUnknown …
}

// Error says which request failed and how, in one line.
func (e *Error) Error() string {
	text := e.Operation
	if e.Account != "" && e.Operation == "list" {
		text += fmt.Sprintf(" to find %q", e.Account)
	} else if e.Account != "" {
		text += fmt.Sprintf(" %q", e.Account)
	}
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	}
	parts = append(parts, e.Messages...)
	if e.Err != nil {
		parts = append(parts, strings.ReplaceAll(e.Err.Error(), "\n", ": "))
	}
	return text + ": " + strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ExistsError says that the organization has an account of the name already. Nothing that could touch it was sent.
type ExistsError struct {
	Account Account // as it was found
}

// Error names the account.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("an Okta account named %q exists already, with the id %s", e.Account.Name, e.Account.ID)
}

// ChangedError says that an account was not deleted because it is no longer provably the one meant: since it was last
// read it got another id, and its domain, auth_method or client_id changed.
type ChangedError struct {
	Account Account // as it was found
}

// Error names the account and its present id.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("the Okta account %q has the id %s now and was changed since it was last read", e.Account.Name, e.Account.ID)
}

// ForeignError is an answer about another account than the one asked for: it has the id, but another name.
type ForeignError struct{ Asked, Got string }

// Error names both accounts.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("asked about the account %q, the API answered with the account %q", e.Asked, e.Got)
}

func failure(operation, account string, err error) error {
	return &Error{Operation: operation, Account: account, Err: err}
}

// concerning names the account for the sake of which a list failed. The error itself belongs to all who wait for the list.
func concerning(account string, err error) error {
	var failed *Error
	if !errors.As(err, &failed) || failed.Account != "" {
		return err
	}
	named := *failed
	named.Account = account
	return &named
}

// isGone reports whether the service answered a request for an id as it does when the id is gone. That alone proves
// nothing: 400 has other meanings too, and the account may live on under another id.
func isGone(err error) bool {
	var failed *Error
	return errors.Is(err, ErrNotFound) ||
		errors.As(err, &failed) && (failed.Status == http.StatusNotFound || failed.Status == http.StatusBadRequest)
}

// unanswered completes the error of a request to which no whole answer came.
func (c *Client) unanswered(failed *Error, r request, call *call, err error) error {
	var cause *transportError
	var limited *limitError
	switch {
	case errors.As(err, &limited):
		failed.Status, failed.Messages = http.StatusTooManyRequests, c.messages(call.body)
		err = limited
	case errors.Is(err, context.Canceled):
		err = context.Canceled
	case errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &cause):
		err = fmt.Errorf("no success within %s: %w", c.config.Timeout.Round(time.Millisecond), context.DeadlineExceeded)
		failed.Status, failed.Messages = call.status, c.messages(call.body)
	case errors.As(err, &cause):
		err = cause
	}
	failed.Err = &scrubbedError{text: c.scrubber.scrub(err.Error()), err: err}
	if r.body != nil && call.sent.Load() {
		failed.Err = errors.Join(ErrOutcomeUnknown, failed.Err)
	}
	return failed
}

// refused completes the error of a request that was answered with another status than success.
func (c *Client) refused(ctx context.Context, failed *Error, r request, response *http.Response, body []byte) error {
	failed.Status = response.StatusCode
	failed.Messages = c.messages(body)
	switch status := response.StatusCode; {
	case status == http.StatusNotFound && r.id != "":
		failed.Err = ErrNotFound
	case r.path == validatePath: // the key check itself
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		failed.KeyInvalid = c.keyIsInvalid(ctx)
	case status >= 300 && status < 400:
		failed.Err = fmt.Errorf("redirects are not followed, this one leads to %q", c.scrubber.scrub(host(response)))
	}
	// A redirect or a server's error says nothing of what was done before it.
	if r.body != nil && (response.StatusCode < 400 || isPassing(response.StatusCode)) {
		failed.Err = errors.Join(ErrOutcomeUnknown, failed.Err)
	}
	return failed
}

func host(response *http.Response) string {
	location, err := response.Location()
	if err != nil {
		return "nowhere"
	}
	return location.Host
}

// keyIsInvalid asks Datadog once whether the API key is valid for this site, so that an error can tell a wrong key or
// site from a missing permission. It answers false where it cannot tell.
// Source: https://docs.datadoghq.com/api/latest/authentication/#validate-api-key
func (c *Client) keyIsInvalid(ctx context.Context) bool {
	if c.config.BearerToken != "" {
		return false
	}
	c.keyCheck.Do(func() {
		ctx, cancel := context.WithTimeout(withoutRepeats(ctx), adviceTimeout)
		defer cancel()
		err := c.do(ctx, request{operation: "validate", method: http.MethodGet, path: validatePath}, nil)
		var failed *Error
		c.keyInvalid = errors.As(err, &failed) && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden)
	})
	return c.keyInvalid
}

const (
	maxMessages      = 5
	maxMessageLength = 300
	maxErrorBody     = 64 << 10 // what is looked at of a body
)

// messages returns what a body that is not an account has to say: the API's own messages, or the first readable words
// of an HTML page or plain text.
func (c *Client) messages(body []byte) []string {
	body = body[:min(len(body), maxErrorBody)]
	var messages []string
	for _, message := range parseMessages(c.scrubber.scrub(string(body))) {
		// Parsing has taken escapes away. A secret is cut out while it stands there whole.
		message = shorten(c.scrubber.scrub(message))
		if message != "" && len(messages) < maxMessages {
			messages = append(messages, message)
		}
	}
	return messages
}

func parseMessages(body string) []string {
	var answer struct {
		Errors []any `json:"errors"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		return []string{readable(body)}
	}
	var messages []string
	for _, item := range answer.Errors {
		switch item := item.(type) {
		case string:
			messages = append(messages, item)
		case map[string]any: // as JSON:API has it
			title, _ := item["title"].(string)
			detail, _ := item["detail"].(string)
			messages = append(messages, cmp.Or(detail, title))
		}
	}
	return messages
}

var (
	// Two expressions: as one they would take time that is quadratic in what a hostile page holds.
	htmlComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	htmlScript  = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)\s*>`)
	htmlTag     = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)
)

func readable(page string) string {
	for _, invisible := range []*regexp.Regexp{htmlComment, htmlScript, htmlTag} {
		page = invisible.ReplaceAllString(page, " ")
	}
	return html.UnescapeString(page)
}

// shorten brings a message into one line of bearable length without invisible characters.
func shorten(message string) string {
	message = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(message, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsGraphic(r)
	}), " ")
	if runes := []rune(message); len(runes) > maxMessageLength {
		message = string(runes[:maxMessageLength]) + "…"
	}
	return message
}
