// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// refusalPage has the size of a page that proxies and gateways answer with.
var refusalPage = "<html><body><h1>Unprocessable</h1>" + strings.Repeat("<p>Please contact your administrator.</p>\n", 100) + "</body></html>"

// benchClient returns a client whose requests are answered in memory, and an account.
func benchClient(tb testing.TB, status int, body string) (*Client, Account) {
	tb.Helper()
	c, err := New(Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, Timeout: time.Minute,
		transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}),
	})
	if err != nil {
		tb.Fatal(err)
	}
	account := prod.Account
	account.ID = "id-1"
	return c, account
}

func benchUpdates(b *testing.B, status int, body string) {
	c, account := benchClient(b, status, body)
	former := []string{"the former client secret", "the former token of Okta"}
	for b.Loop() {
		if _, err := c.Update(b.Context(), account, prod.Secrets, former...); (err == nil) != (status == http.StatusOK) {
			b.Fatal(err)
		}
	}
}

func BenchmarkAcceptedUpdates(b *testing.B) {
	benchUpdates(b, http.StatusOK, `{"data":`+accountJSON()+`}`)
}

func BenchmarkRefusedUpdates(b *testing.B) {
	benchUpdates(b, http.StatusUnprocessableEntity, refusalPage)
}

// BenchmarkRefusedReads is a plan of a thousand accounts with a service that is down.
func BenchmarkRefusedReads(b *testing.B) {
	for b.Loop() {
		c, account := benchClient(b, http.StatusServiceUnavailable, refusalPage)
		var group sync.WaitGroup
		for range 1000 {
			group.Go(func() {
				if _, err := c.Find(b.Context(), Query{ID: account.ID, Name: account.Name}, prod.ClientSecret); err == nil {
					b.Error("no error")
				}
			})
		}
		group.Wait()
	}
}

// fastest returns the shortest time of many, for each of them. A machine that does other things too
// slows all of them down, but not in every round.
func fastest(rounds int, do ...func()) []time.Duration {
	least := slices.Repeat([]time.Duration{time.Hour}, len(do))
	for range rounds {
		for i, do := range do {
			started := time.Now()
			do()
			least[i] = min(least[i], time.Since(started))
		}
	}
	return least
}

// A refused update costs at most twice an accepted one, where a page of 4 KiB is to be read and
// cleaned. In the fastest of many rounds it is 1.6 times as much, also on a busy machine: the rest
// is a margin, so that the test fails for the code alone.
func TestRefusedUpdatesCost(t *testing.T) { // not parallel: it measures time
	updates := func(fault stub.Fault) func() {
		server := stub.New()
		server.Vary(stub.KeepID)
		c, err := New(Config{BaseURL: server.Start(t), APIKey: stub.APIKey, AppKey: stub.AppKey, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		account := visible(server.Put(stub.Account{Name: "a", Domain: "https://a.okta.com", AuthMethod: "oauth", ClientID: "c"}))
		fault.Method = http.MethodPatch
		server.Fail(fault)
		return func() {
			for range 10 {
				_, err := c.Update(t.Context(), account, prod.Secrets, "the former client secret", "the former token of Okta")
				if (err == nil) != (fault.Status == 0) {
					t.Error(err)
				}
			}
		}
	}
	times := fastest(30, updates(stub.Fault{}), updates(stub.Fault{Status: http.StatusUnprocessableEntity, Body: refusalPage}))
	if accepted, refused := times[0], times[1]; refused > 2*accepted {
		t.Errorf("refused ones took %s, accepted ones %s", refused, accepted)
	}
}

// The time to take secrets out of a text is linear in the text and in the secrets.
func TestRedactionIsLinear(t *testing.T) { // not parallel: it measures time
	const factor = 16
	for name, sizes := range map[string]struct{ text, secret int }{
		"text": {factor, 1}, "secret": {1, factor}, "both": {factor, factor},
	} {
		for kind, alike := range map[string]bool{"alike": true, "unlike": false} {
			redact := func(text, secret int) func() {
				longText, longSecret := strings.Repeat("0123456789abcdef", 256*text), strings.Repeat("fedcba9876543210", 64*secret)
				if alike { // the text has the beginning of the secret everywhere
					longSecret = strings.Repeat("0123456789abcdef", 64*secret) + "-"
				}
				return func() { newRedactor(longSecret).redact(longText) }
			}
			// What is quadratic in one of them would be hundreds of times as much.
			if times := fastest(10, redact(1, 1), redact(sizes.text, sizes.secret)); times[1] > 8*factor*times[0] {
				t.Errorf("%s, %s: %s", name, kind, times)
			}
		}
	}
}
