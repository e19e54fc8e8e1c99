// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"io"
	"net/http"
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

// BenchmarkHostilePages reads pages that would take quadratic time if the reader were naive; the
// first is an ordinary one.
func BenchmarkHostilePages(b *testing.B) {
	for _, part := range []string{
		"<p> </p>", "<script><!-- -->", "<", "<!--", "<a ", "<style>", "</script>", "&amp", "<script", "\x00",
		`{"errors":[`,
	} {
		page := []byte(strings.Repeat(part, 2*maxErrorBody/len(part)))
		b.Run(part, func(b *testing.B) {
			for b.Loop() {
				redactor{}.messages(page)
			}
		})
	}
}

// BenchmarkRedaction takes a secret out of a text, half a megabyte long, that has its beginning
// everywhere.
func BenchmarkRedaction(b *testing.B) {
	text, secret := strings.Repeat("0123456789abcdef", 1<<15), strings.Repeat("0123456789abcdef", 1<<10)+"-"
	for b.Loop() {
		newRedactor(secret).redact(text)
	}
}
