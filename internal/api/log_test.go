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
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := tflogtest.MultilineJSONDecode(bytes.NewReader(b.text.Bytes()))
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
	inFakeTime(t, func(t *testing.T, w *world) {
		ctx, log := logging(t)
		w.LimitRate(100, time.Minute)
		w.SetLatency(70 * time.Millisecond)
		w.Fail(stub.Fault{Method: http.MethodGet, Status: 503, Times: 1})
		w.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: http.Header{"Retry-After": {"3"}}, Times: 1})
		w.Fail(stub.Fault{Method: http.MethodPatch, Drop: true, Times: 1})
		c := w.client(t)
		created, err := c.Create(ctx, prod.Account, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		updated, err := c.Update(ctx, created, prod.Secrets)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Delete(ctx, updated); err != nil {
			t.Fatal(err)
		}

		var got []string
		for _, entry := range log.entries(t, "Request answered") {
			got = append(got, fmt.Sprintf("%s %s %v, attempt %v", entry["method"], entry["path"], entry["status"], entry["attempt"]))
			if entry["duration_ms"] != 70.0 || entry["@level"] != "debug" || entry["@module"] != "provider.http" {
				t.Errorf("logged %v", entry)
			}
			for _, header := range rateLimitHeaders {
				if value, ok := entry[header].(string); ok != (header != "Retry-After" || entry["status"] == 429.0) || ok && value == "" {
					t.Errorf("%s is missing in %v", header, entry)
				}
			}
		}
		want := []string{
			"GET " + accountsPath + " 503, attempt 1",
			"GET " + accountsPath + " 200, attempt 2",
			"POST " + accountsPath + " 429, attempt 1",
			"POST " + accountsPath + " 201, attempt 2",
			"GET " + accountsPath + " 200, attempt 1",
			"PATCH " + accountsPath + "/" + created.ID + " 200, attempt 1",
			"DELETE " + accountsPath + "/" + updated.ID + " 204, attempt 1",
		}
		if !slices.Equal(got, want) {
			t.Errorf("logged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		failed := log.entries(t, "Request failed")
		if len(failed) != 1 || failed[0]["method"] != http.MethodPatch || failed[0]["path"] != accountsPath+"/"+created.ID ||
			failed[0]["attempt"] != 1.0 || failed[0]["duration_ms"] != 70.0 || failed[0]["error"] == "" || failed[0]["status"] != nil {
			t.Errorf("logged %v", failed)
		}
		waits := log.entries(t, "Waiting for the rate limit")
		if len(waits) != 1 || waits[0]["attempt"] != 2.0 || waits[0]["limit"] != "okta_accounts" || waits[0]["@level"] != "info" {
			t.Fatalf("logged %v", waits)
		}
		if wait, ok := waits[0]["wait_ms"].(float64); !ok || wait < 3000 || wait > 3200 {
			t.Errorf("logged %v", waits)
		}
	})
}

// No log holds a secret or a body, whatever the service answers.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, w *world) {
		ctx, log := logging(t)
		w.EchoSecrets()
		secrets := Secrets{ClientSecret: secretSamples[1], APIKey: secretSamples[4]}
		quoting := http.Header{
			"X-RateLimit-Name": {stub.APIKey}, "X-RateLimit-Limit": {stub.AppKey}, "X-RateLimit-Remaining": {"0"},
			"Retry-After": {"1"}, "X-RateLimit-Reset": {"1"},
		}
		w.Fail(stub.Fault{Method: http.MethodPost, Status: 429, Header: quoting, Times: 1})
		w.Fail(stub.Fault{Method: http.MethodPost, Status: 500, Body: "<html>" + stub.APIKey, Times: 1})
		w.Fail(stub.Fault{Method: http.MethodPatch, Status: 302, Header: http.Header{"Location": {"http://elsewhere/" + stub.APIKey}}, Times: 1})
		c := w.client(t)
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
		w.handle = func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(rw, "%v %s", r.Header, body)
		}
		if _, err := c.Update(ctx, updated, secrets); err == nil {
			t.Error("no error")
		}

		text := log.String()
		for _, secret := range []string{secrets.ClientSecret, secrets.APIKey} {
			if part := leaks(text, secret); part != "" {
				t.Errorf("%q is in the log", part)
			}
		}
		for _, part := range []string{
			stub.APIKey, stub.AppKey, `okta-accounts\"`, "attributes", prod.ClientID, "Dd-Api-Key", "DD-API-KEY", "DD-APPLICATION-KEY", "<html>", "elsewhere",
		} {
			if strings.Contains(text, part) {
				t.Errorf("%q is in the log", part)
			}
		}
		if waits := log.entries(t, "Waiting for the rate limit"); len(waits) != 1 || waits[0]["limit"] != "***" {
			t.Errorf("logged %v", waits)
		}
	})
}
