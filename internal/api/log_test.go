// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// logBuffer keeps what is logged.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// entries returns what was logged with the message.
func (b *logBuffer) entries(t *testing.T, message string) []map[string]any {
	t.Helper()
	all, err := tflogtest.MultilineJSONDecode(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(entry map[string]any) bool { return entry["@message"] != message })
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func logging(t *testing.T) (context.Context, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	return tflogtest.RootLogger(t.Context(), log), log
}

// Every request is logged with what somebody on call wants to know, each attempt of it.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, log := logging(t)
		s.LimitRate(100, time.Minute)
		s.SetLatency(70 * time.Millisecond)
		s.Fail(stub.Fault{Method: http.MethodGet, Status: 503, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: http.Header{"Retry-After": {"3"}}, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodPatch, Drop: true, Times: 1})
		c := s.client(t)
		created, err := c.Create(ctx, prod.Account, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		updated, err := c.Update(ctx, created, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Delete(ctx, updated, LastWrite{}); err != nil {
			t.Fatal(err)
		}

		var got []string
		for _, entry := range log.entries(t, "Sent a request") {
			line := fmt.Sprintf("%s %s attempt %v", entry["method"], entry["path"], entry["attempt"])
			if id, ok := entry["account_id"]; ok {
				line += fmt.Sprintf(" of %s", id)
			}
			if status, ok := entry["status"]; ok {
				line += fmt.Sprintf(": %v", status)
			}
			got = append(got, line)
			if entry["duration_ms"] != 70.0 || entry["@level"] != "debug" || entry["@module"] != "provider.http" {
				t.Errorf("logged %v", entry)
			}
			text, failed := entry["error"].(string)
			if failed != (entry["status"] == nil) || failed && text == "" {
				t.Errorf("logged %v", entry)
			}
			for _, header := range rateLimitHeaders {
				if value, ok := entry[header].(string); ok != (!failed && (header != "Retry-After" || entry["status"] == 429.0)) || ok && value == "" {
					t.Errorf("%s is missing in %v", header, entry)
				}
			}
		}
		want := []string{
			"GET " + accountsPath + " attempt 1: 503",
			"GET " + accountsPath + " attempt 2: 200",
			"POST " + accountsPath + " attempt 1: 429",
			"POST " + accountsPath + " attempt 2: 201",
			"PATCH " + accountsPath + " attempt 1 of " + created.ID,
			"GET " + accountsPath + " attempt 1: 200",
			"PATCH " + accountsPath + " attempt 1 of " + created.ID + ": 200",
			"DELETE " + accountsPath + " attempt 1 of " + updated.ID + ": 204",
		}
		if !slices.Equal(got, want) {
			t.Errorf("logged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		waits := log.entries(t, "Waiting for the rate limit")
		if len(waits) != 1 || waits[0]["request"] != "POST "+accountsPath || waits[0]["limit"] != "okta_accounts" || waits[0]["@level"] != "info" {
			t.Fatalf("logged %v", waits)
		}
		if wait, ok := waits[0]["wait_ms"].(float64); !ok || wait < 3000 || wait > 3200 {
			t.Errorf("logged %v", waits)
		}
	})
}

// No log holds a secret, a body or a control character, whatever the service answers.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, log := logging(t)
		s.Vary(stub.EchoSecrets)
		secrets := Secrets{ClientSecret: secretSamples[1], APIKey: secretSamples[4]}
		quoting := http.Header{
			"X-RateLimit-Name": {stub.APIKey + "\u009b31m"}, "X-RateLimit-Limit": {stub.AppKey}, "X-RateLimit-Remaining": {"0"},
			"Retry-After": {"1"}, "X-RateLimit-Reset": {"1"},
		}
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: quoting, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 500, Body: "<html>" + stub.APIKey, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodPatch, Status: 302, Header: http.Header{"Location": {"http://elsewhere/" + stub.APIKey}}, Times: 1})
		c := s.client(t)
		created, err := c.Create(ctx, prod.Account, secrets)
		if err != nil {
			t.Fatal(err)
		}
		updated, err := c.Update(ctx, created, secrets)
		if err != nil {
			t.Fatal(err)
		}
		bad := updated
		bad.Domain = "ftp://prod"
		if _, err := c.Update(ctx, bad, secrets); err == nil {
			t.Error("no error")
		}
		for _, status := range []string{"200 OK", secrets.ClientSecret + " " + stub.AppKey, "200 OK\r\n\x1b[31m" + stub.APIKey} {
			s.handle = func(rw http.ResponseWriter, r *http.Request) {
				if isList(r) { // which has not been sent the account's secrets
					s.ServeHTTP(rw, r)
					return
				}
				body, _ := io.ReadAll(r.Body)
				sendRaw(t, rw, fmt.Sprintf("HTTP/1.1 %s\r\n\r\n%v %s", status, r.Header, body))
			}
			if _, err := c.Update(ctx, updated, secrets); err == nil {
				t.Error("no error")
			}
		}

		text := log.String()
		for _, secret := range []string{secrets.ClientSecret, secrets.APIKey} {
			if part := leaks(text, secret); part != "" {
				t.Errorf("%q is in the log", part)
			}
		}
		for _, part := range []string{
			stub.APIKey, stub.AppKey, `okta-accounts\"`, "attributes", prod.ClientID, "Dd-Api-Key", "DD-API-KEY", "DD-APPLICATION-KEY", "<html>", "elsewhere",
			"\x1b", `\u001b`, "\u009b",
		} {
			if strings.Contains(text, part) {
				t.Errorf("%q is in the log", part)
			}
		}
		if waits := log.entries(t, "Waiting for the rate limit"); len(waits) != 1 || waits[0]["limit"] != redacted+" 31m" {
			t.Errorf("logged %v", waits)
		}
	})
}
