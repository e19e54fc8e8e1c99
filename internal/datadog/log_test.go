// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// logged is what was logged.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

// entries returns what was logged with the message.
func (l *logged) entries(t *testing.T, message string) []map[string]any {
	t.Helper()
	all, err := tflogtest.MultilineJSONDecode(strings.NewReader(l.String()))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(entry map[string]any) bool { return entry["@message"] != message })
}

func logging(t *testing.T) (context.Context, *logged) {
	t.Helper()
	log := &logged{}
	return tflogtest.RootLogger(t.Context(), log), log
}

// Every attempt is logged with what somebody on call wants to know.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, log := logging(t)
		s.config.jitter = noJitter
		s.LimitRate(100, time.Minute)
		s.SetLatency(70 * time.Millisecond)
		s.Fail(stub.Fault{Method: http.MethodGet, Status: 503, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: http.Header{"Retry-After": {"3"}}, Times: 1})
		s.Fail(stub.Fault{Method: http.MethodDelete, Drop: true, Times: 1})
		c := s.client(t)
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			id := map[string]string{http.MethodPost: "new", http.MethodDelete: s.id}[method]
			wantSuccess(t, call(ctx, c, method, id))
		}
		page := Request{Method: http.MethodGet, Path: accountsPath + "?page=2"}
		wantSuccess(t, c.Do(ctx, page, func([]byte) error { return nil }))
		s.Fail(stub.Fault{Path: "list", Status: 403, Times: 1})
		if err := call(ctx, c, http.MethodGet, ""); err == nil {
			t.Error("no error")
		}

		var got []string
		for _, entry := range log.entries(t, "Sent a request") {
			line := fmt.Sprintln(entry["method"], entry["path"], entry["id"], "attempt", entry["attempt"], entry["status"])
			got = append(got, strings.ReplaceAll(strings.TrimSpace(line), " <nil>", ""))
			if entry["duration_ms"] != 70.0 || entry["@level"] != "debug" || entry["@module"] != "provider.http" ||
				entry["new_logger_warning"] != nil { // of a logger whose level nothing sets
				t.Errorf("logged %v", entry)
			}
			text, failed := entry["error"].(string)
			if failed != (entry["status"] == nil) || failed && text == "" {
				t.Errorf("logged %v", entry)
			}
			for _, header := range rateLimitHeaders {
				value, ok := entry[header].(string)
				if ok != (!failed && (header != "Retry-After" || entry["status"] == 429.0)) || ok && value == "" {
					t.Errorf("%s is missing in %v", header, entry)
				}
			}
		}
		want := []string{
			"GET " + accountsPath + " attempt 1 503",
			"GET " + accountsPath + " attempt 2 200",
			"POST " + accountsPath + " attempt 1 429",
			"POST " + accountsPath + " attempt 2 201",
			"DELETE " + accountsPath + " " + s.id + " attempt 1",
			"DELETE " + accountsPath + " " + s.id + " attempt 2 204",
			"GET " + accountsPath + " attempt 1 200",
			"GET " + accountsPath + " attempt 1 403",
			"GET " + validatePath + " attempt 1 200",
		}
		if !slices.Equal(got, want) {
			t.Errorf("logged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		waits := log.entries(t, "Waiting for the rate limit")
		if len(waits) != 1 || waits[0]["request"] != "POST "+accountsPath || waits[0]["limit"] != "okta_accounts" ||
			waits[0]["@level"] != "info" || waits[0]["wait_ms"] != 3100.0 {
			t.Errorf("logged %v", waits)
		}
	})
}

// A wait is logged once, however often it is interrupted by other answers.
func TestWaitsAreLoggedOnce(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, _ *service) {
		ctx, log := logging(t)
		k := startClock(t, limited{remaining: "0", reset: "10"}, limited{remaining: "0", reset: "10"}, limited{})
		k.get(ctx, 1)
		k.get(ctx, 2)
		if waits := log.entries(t, "Waiting for the rate limit"); len(waits) != 2 {
			t.Errorf("logged %v", waits)
		}
	})
}

// No log holds a secret, a body or a control character, whatever answers.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		ctx, log := logging(t)
		for _, answer := range hostile {
			c := s.client(t)
			c.Hide("client-secret-hush")
			for _, given := range []string{"client-secret-hush", stub.APIKey, stub.AppKey, "\u009b31m", "body-of-it"} {
				s.answerRaw(t, strings.ReplaceAll(answer, "%s", given))
				ctx, cancel := WithTimeout(ctx, time.Minute, "success")
				defer cancel()
				r := Request{Method: http.MethodPatch, Path: accountsPath, ID: "client-secret-hush", Body: []byte("body-of-it")}
				_ = c.Do(ctx, r, func([]byte) error { return errRefused })
			}
		}
		text := log.String()
		for _, part := range []string{
			"client-secret", "made-up", "hush", "Api-Key", "API-KEY", "<p>", "\x1b", `\u001b`, "\u009b", "Location",
		} {
			if strings.Contains(text, part) {
				t.Errorf("%q is in the log", part)
			}
		}
		if n := len(log.entries(t, "Sent a request")); n < len(hostile) {
			t.Errorf("%d requests were logged", n)
		}
	})
}
