// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An error says in one line what was answered, or why nothing was.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	for want, failed := range map[string]Error{
		"":                                   {},
		"418 I'm a teapot":                   {Status: 418},
		"418 I'm a teapot: no coffee: today": {Status: 418, Messages: []string{"no coffee", "today"}},
		"404 Not Found":                      {Status: 404, Messages: []string{"Not Found"}}, // which says no more
		"499: it left":                       {Status: 499, Messages: []string{"it left"}},
		"connection refused":                 {Err: errRefused},
		"authenticate: 403 Forbidden: why":   {Status: 403, Messages: []string{"why"}, Exchange: true},
		"authenticate: connection refused":   {Err: errRefused, Exchange: true},
		"200 OK: connection refused":         {Status: 200, Err: errRefused},
	} {
		if failed.Error() != want || failed.Err != nil && !errors.Is(&failed, failed.Err) {
			t.Errorf("got %q, want %q", failed.Error(), want)
		}
	}
	inFakeTime(t, func(t *testing.T, s *service) { // the cause is cut
		list := Request{Method: http.MethodGet, Path: accountsPath}
		err := s.client(t).Do(t.Context(), list, func([]byte) error { return errors.New(strings.Repeat("x", 2000)) })
		want := "the answer cannot be understood: " + strings.Repeat("x", 2000)
		if failed := asError(t, err); failed.Error() != "200 OK: "+want[:1000]+"…" {
			t.Errorf("got %v", failed)
		}
	})
}

// textsOf returns all that an error could print.
func textsOf(t *testing.T, err error) string {
	t.Helper()
	failed := asError(t, err)
	return fmt.Sprintf("%v %+v %v", err, *failed, failed.Err)
}

// hostile are answers, as they are on the wire, that show what they are given.
var hostile = map[string]string{
	"reason of a 200":     "HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n",
	"reason of a 403":     "HTTP/1.1 403 %s\r\nContent-Length: 0\r\n\r\n",
	"status that is none": "HTTP/1.1 %s\r\n\r\n",
	"header that is none": "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
	"header":              "HTTP/1.1 429 x\r\nX-RateLimit-Name: %s\r\nRetry-After: 1000\r\nContent-Length: 0\r\n\r\n",
	"redirect":            "HTTP/1.1 302 x\r\nLocation: https://%s/\r\nContent-Length: 0\r\n\r\n",
	"page":                "HTTP/1.1 418 x\r\n\r\n<p>&#27;%s",
	"page of a success":   "HTTP/1.1 200 x\r\n\r\n<p>&#27;%s",
	"message":             "HTTP/1.1 418 x\r\n\r\n" + `{"errors":["%s"]}`,
	"text":                "HTTP/1.1 418 x\r\n\r\n%s",
	"not JSON":            "HTTP/1.1 200 x\r\n\r\n%s",
}

// No error shows a secret or a control character, whatever answers. What a caller says of a malformed
// answer is cleaned, too.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	const esc = "a\x1b]0;title\x07\x1b[31m\u009b2J\u202e\u200bz"
	for name, answer := range hostile {
		subtest(t, name, func(t *testing.T, s *service) {
			s.config.MaxRetries = 0
			s.config.BearerToken = stub.BearerToken
			c := s.client(t)
			c.Hide("client-secret/hush")
			for _, given := range []string{
				esc, esc + " made-up-datadog-bearer-token", "client-secret/hush", "client-secret%2Fhush",
				stub.APIKey, "made-up-datadog-ap",
			} {
				s.answerRaw(t, strings.ReplaceAll(answer, "%s", given))
				ctx, cancel := WithTimeout(t.Context(), s.config.Timeout, "success")
				defer cancel()
				err := c.Do(ctx, Request{Method: http.MethodGet, Path: "/"}, func(body []byte) error {
					return errors.New("it has " + string(body))
				})
				text := textsOf(t, err)
				for _, secret := range []string{"made-up", "client", "secret", "hush"} {
					if strings.Contains(text, secret) {
						t.Errorf("%q in %q", secret, text)
					}
				}
				if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 || len(text) > 5000 {
					t.Errorf("%q", text)
				}
			}
		})
	}
}

// A proxy that shows all that it was sent shows no credentials of any kind.
func TestCredentialsAreNotShown(t *testing.T) {
	t.Parallel()
	show := func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusTeapot)
		for _, name := range []string{"DD-API-KEY", "DD-APPLICATION-KEY", "Authorization"} {
			_, _ = fmt.Fprintln(rw, r.Header.Get(name))
		}
	}
	wantMessage := func(t *testing.T, s *service, want string) {
		t.Helper()
		if failed := asError(t, s.get(t)); !slices.Equal(failed.Messages, []string{want}) {
			t.Errorf("got %+v, want %s", failed, want)
		}
	}
	inFakeTime(t, func(t *testing.T, s *service) {
		s.handle = show
		wantMessage(t, s, "(sensitive value) (sensitive value)")
		s.config.BearerToken = stub.BearerToken
		wantMessage(t, s, "Bearer (sensitive value)")
	})
	inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
		s.handle = show
		wantMessage(t, s, "Delegated (sensitive value)|(sensitive value)|POST|(sensitive value)")
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == delegatedTokenPath {
				s.ServeHTTP(rw, r)
				return
			}
			show(rw, r)
		}
		wantMessage(t, s, "Bearer (sensitive value)")
		s.handle = s.ServeHTTP
		const identity = "AKIAHUSHHUSHHUSH secret-access-key-hush session/token+hush== session%2Ftoken%2Bhush"
		s.Fail(stub.Fault{Status: http.StatusTeapot, Body: identity})
		wantMessage(t, s, "(sensitive value) (sensitive value) (sensitive value) (sensitive value)")
	}))
}
