// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// textsOf returns all that an error could print.
func textsOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return ""
	}
	failed := asError(t, err)
	return err.Error() + "\n" + strings.Join(failed.Messages, "\n") + fmt.Sprint(failed.Err)
}

// All secrets of a request are cut out of its errors: those of the account, those that the caller
// knows of, and the keys of the provider.
func TestErrorsShowNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Vary(stub.EchoSecrets)
		s.config.BearerToken = stub.BearerToken
		a := s.put("a")
		c := s.client(t)
		secrets := Secrets{ClientSecret: secretSamples[1], APIKey: secretSamples[3]}
		former := secretSamples[0]
		bad := prod.Account
		bad.Domain = "ftp://prod"
		errs := map[string]error{"create": second(c.Create(t.Context(), bad, secrets))}
		a.Domain = bad.Domain
		errs["update"] = second(s.client(t).Update(t.Context(), a, secrets))
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			rw.WriteHeader(http.StatusTeapot)
			_, _ = fmt.Fprintf(rw, "<html>%v %s %s", r.Header, body, former) // some proxies show everything
		}
		errs["page"] = second(c.Update(t.Context(), a, secrets, former))
		errs["page for a read"] = second(s.client(t).Find(t.Context(), Query{ID: a.ID, Name: "a"}, former))
		errs["page for a delete"] = c.Delete(t.Context(), a, LastWrite{}, former)
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "https://"+url.PathEscape(stub.BearerToken)+"/", http.StatusFound)
		}
		errs["redirect"] = second(s.client(t).List(t.Context()))
		s.answerWith(`{"data":{"type":%q}}`, stub.BearerToken)
		errs["decode"] = second(s.client(t).Update(t.Context(), a, secrets))
		s.answerWith(`{"data":[],"links":{"next":"https://%s/"}}`, stub.BearerToken)
		errs["page of a list"] = second(s.client(t).List(t.Context()))
		for _, part := range []string{`"prod"`, `"https://prod.okta.com"`, `"oauth"`, `"c"`} {
			s.answerWith(`{"data":%s}`, accountJSON(part, `"x `+former+` y"`, `"prod"`, `"another"`))
			errs["another account instead of "+part] = second(s.client(t).Update(t.Context(), a, secrets, former))
		}
		s.handle = func(rw http.ResponseWriter, r *http.Request) {
			if isList(r) {
				_, _ = io.WriteString(rw, `{"data":[]}`)
				return
			}
			_, _ = io.WriteString(rw, `{"data":`+accountJSON("id-1", former)+`}`)
		}
		errs["another id"] = second(s.client(t).Find(t.Context(), Query{ID: "id-1", Name: "a"}, former))
		s.handle = func(rw http.ResponseWriter, _ *http.Request) {
			sendRaw(t, rw, "HTTP/1.1 "+stub.BearerToken+" "+former+"\r\n\r\n")
		}
		errs["status line"] = c.Delete(t.Context(), a, LastWrite{}, former)
		for name, err := range errs {
			text := textsOf(t, err) + fmt.Sprintf("%+v", *asError(t, err))
			for _, secret := range []string{secrets.ClientSecret, secrets.APIKey, former, stub.BearerToken, stub.APIKey, stub.AppKey} {
				if part := leaks(text, secret); part != "" && !strings.Contains("made-up-datadog-", part) {
					t.Errorf("%s: %q in %q", name, part, text)
				}
			}
			if !strings.Contains(text, redacted) {
				t.Errorf("%s: nothing was redacted in %q", name, text)
			}
		}
	})
}

// Control characters never reach a text, wherever they come from.
func TestTextsHaveNoControlCharacters(t *testing.T) {
	t.Parallel()
	const esc = "a\x1b]0;title\x07\x1b[31m\u009b2J\u202e\u200bz"
	inJSON := strings.NewReplacer("\x1b", `\u001b`, "\x07", `\u0007`).Replace(esc)
	for name, answer := range map[string]string{
		"reason of a 200":       "HTTP/1.1 200 " + esc + "\r\nContent-Length: 0\r\n\r\n",
		"reason of a 403":       "HTTP/1.1 403 " + esc + "\r\nContent-Length: 0\r\n\r\n",
		"reason of a 407":       "HTTP/1.1 407 " + esc + "\r\nContent-Length: 0\r\n\r\n",
		"status that is none":   "HTTP/1.1 " + esc + "\r\n\r\n",
		"header that is none":   "HTTP/1.1 200 OK\r\n" + esc + "\r\n\r\n",
		"header":                "HTTP/1.1 429 x\r\nX-RateLimit-Name: " + esc + "\r\nRetry-After: 1000\r\nContent-Length: 0\r\n\r\n",
		"redirect":              "HTTP/1.1 302 x\r\nLocation: https://" + strings.ReplaceAll(esc, "\x1b", "%1b") + "/\r\nContent-Length: 0\r\n\r\n",
		"page":                  "HTTP/1.1 403 x\r\n\r\n<p>&#27;" + esc,
		"message":               "HTTP/1.1 418 x\r\n\r\n" + `{"errors":["` + inJSON + `"]}`,
		"not JSON":              "HTTP/1.1 200 x\r\n\r\n" + esc,
		"type":                  "HTTP/1.1 200 x\r\n\r\n" + `{"data":{"type":"` + inJSON + `"}}`,
		"id":                    "HTTP/1.1 200 x\r\n\r\n" + `{"data":` + accountJSON("id-1", inJSON) + `}`,
		"name":                  "HTTP/1.1 200 x\r\n\r\n" + `{"data":` + accountJSON(`"prod"`, `"`+inJSON+`"`) + `}`,
		"link to the next page": "HTTP/1.1 200 x\r\n\r\n" + `{"data":[],"links":{"next":"https://` + inJSON + `/"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.handle = func(rw http.ResponseWriter, _ *http.Request) { sendRaw(t, rw, answer) }
				s.config.MaxRetries = 0
				a := Account{ID: "id-1", Name: "a"}
				for op, err := range map[string]error{
					"list":   second(s.client(t).List(t.Context())),
					"read":   second(find(t, s.client(t), "id-1", "a")),
					"create": second(s.client(t).Create(t.Context(), a, Secrets{})),
					"update": second(s.client(t).Update(t.Context(), a, Secrets{})),
					"delete": s.client(t).Delete(t.Context(), a, LastWrite{}),
				} {
					text := strings.ReplaceAll(textsOf(t, err), "\n", "")
					if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 || len(text) > 5000 {
						t.Errorf("%s: %q", op, text)
					}
				}
			})
		})
	}
}

// Control characters in an existing account get into no text of ours.
func TestNamesHaveNoControlCharacters(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		const name = "pr\u001b[31mod"
		a := s.put(name)
		c := s.client(t)
		gone := prod.Account
		gone.Name = name
		errs := []error{
			second(c.Create(t.Context(), gone, prod.Secrets)),
			second(find(t, c, a.ID, "another")),
			second(find(t, c, "x", "\x1b[31m")),
			second(c.Update(t.Context(), Account{ID: a.ID, Name: "another", Domain: a.Domain}, prod.Secrets)),
		}
		for i, err := range errs {
			if text := textsOf(t, err); strings.ContainsRune(text, '\x1b') {
				t.Errorf("%d: %q", i, text)
			}
		}
		if !errors.Is(errs[0], ErrExists) || asError(t, errs[0]).Found[0] != a {
			t.Errorf("got %v", errs[0])
		}
	})
}

// A secret of 160,000 characters is a secret like any other.
func TestHugeSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{strings.Repeat("0123456789abcdef", 10_000), strings.Repeat("a", 160_000)} {
		inFakeTime(t, func(t *testing.T, s *service) {
			bad := prod.Account
			bad.Domain = "ftp://prod"
			s.Vary(stub.EchoSecrets)
			_, err := s.client(t).Create(t.Context(), bad, Secrets{ClientSecret: secret})
			for _, part := range []string{secret[:8], secret[len(secret)-8:]} {
				if text := textsOf(t, err); strings.Contains(text, part) || len(text) > 5000 {
					t.Errorf("%q in %.5000q", part, text)
				}
			}
			if asError(t, err).Status != 400 {
				t.Errorf("got %v", err)
			}
			s.Fail(stub.Fault{Method: http.MethodPost, Status: 504, Body: "<html>" + secret, When: stub.After, Times: 1})
			if _, err := s.client(t).Create(t.Context(), prod.Account, Secrets{ClientSecret: secret}); err != nil || len(s.Accounts()) != 1 {
				t.Errorf("%.500v, %d accounts", err, len(s.Accounts()))
			}
		})
	}
}
