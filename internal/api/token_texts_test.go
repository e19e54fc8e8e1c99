// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Neither a proof nor a token nor a key of AWS is in any text or log, whatever answers.
func TestTokensAreNotShown(t *testing.T) {
	t.Parallel()
	for name, tokens := range map[string]bool{"the exchange fails": false, "the exchange succeeds": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, withIdentity(func(t *testing.T, s *service) {
				ctx, log := logging(t)
				a := s.put("a")
				var sent []string
				answers := []string{
					"HTTP/1.1 418 x\r\n\r\n<html>%s", "HTTP/1.1 418 x\r\n\r\n" + `{"errors":[%q]}`, "HTTP/1.1 200 x\r\n\r\n" + `{"data":%q}`,
					"HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 429 x\r\nRetry-After: 1000\r\nX-RateLimit-Name: %s\r\nContent-Length: 0\r\n\r\n",
				}
				for _, answer := range answers {
					s.handle = func(rw http.ResponseWriter, r *http.Request) {
						if tokens && r.URL.Path == delegatedTokenPath {
							s.ServeHTTP(rw, r)
							return
						}
						authorization := r.Header.Get("Authorization")
						if !tokens {
							sent = append(sent, strings.Split(authorization[strings.Index(authorization, " ")+1:], "|")...)
						}
						_, _ = io.Copy(io.Discard, r.Body)
						sendRaw(t, rw, fmt.Sprintf(answer, authorization))
					}
					c := s.client(t)
					for _, err := range []error{second(c.List(ctx)), second(c.Update(ctx, a, prod.Secrets)), c.Delete(ctx, a, LastWrite{})} {
						sent = append(sent, strings.TrimPrefix(c.tokens.value(), "made-up-delegated-token-"))
						text := textsOf(t, err) + log.String()
						for _, secret := range append(sent, s.config.AWS.AccessKeyID, s.config.AWS.SecretAccessKey, s.config.AWS.SessionToken) {
							if len(secret) < minSecret || strings.HasPrefix(secret, "aHR0cHM6") || strings.HasPrefix(secret, "QWN0aW9u") {
								continue // the parts of a proof that are known to all
							}
							if part := leaks(text, secret); part != "" {
								t.Fatalf("%q of %q is in %s", part, secret, text)
							}
						}
					}
				}
			}))
		})
	}
}

func TestDecodeToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		token string
		life  time.Duration
	}{
		`{"data":{"type":"delegated_token","attributes":{"access_token":"t","expires":"%d"}}}`: {"t", 10 * time.Minute},
		`{"data":{"attributes":{"access_token":"t"}}}`:                                         {"t", defaultTokenLife},
		`{"data":{"attributes":{"access_token":"t","expires":null}}}`:                          {"t", defaultTokenLife},
		`{"data":{"attributes":{"access_token":"t","expires":"soon"}}}`:                        {"t", defaultTokenLife},
		`{"data":{"attributes":{"access_token":"","expires":"%d"}}}`:                           {},
		`{"data":{"attributes":{"access_token":7}}}`:                                           {},
		`{"data":{"attributes":null}}`:                                                         {},
		`{"data":[]}`:                                                                          {},
		`null`:                                                                                 {},
		``:                                                                                     {},
		`{`:                                                                                    {},
	} {
		expires := time.Now().Add(10 * time.Minute)
		if strings.Contains(body, "%d") {
			body = fmt.Sprintf(body, expires.Unix())
		}
		token, life, err := decodeToken([]byte(body))
		if token != want.token || (err == nil) != (want.token != "") || (life-want.life).Abs() > time.Minute {
			t.Errorf("%s: got %q for %s, %v", body, token, life, err)
		}
	}
}
