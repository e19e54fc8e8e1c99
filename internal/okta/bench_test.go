// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// benchClient returns a client whose requests are answered in memory.
func benchClient(tb testing.TB, status int, body string) *Client {
	tb.Helper()
	api, err := datadog.New(datadog.Config{
		BaseURL: "http://stub", APIKey: "an-api-key", AppKey: "an-app-key", Timeout: time.Minute,
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			return &http.Response{
				StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)),
				Request: r,
			}, nil
		}),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return New(api, 0)
}

// BenchmarkUpdates compares accepted updates with those that a page of a gateway refuses.
func BenchmarkUpdates(b *testing.B) {
	page := "<html><body><h1>Unprocessable</h1>" + strings.Repeat("<p>Please contact your administrator.</p>\n", 100) +
		"</body></html>"
	for status, body := range map[int]string{
		http.StatusOK:                  `{"data":` + accountJSON() + `}`,
		http.StatusUnprocessableEntity: page,
	} {
		b.Run(fmt.Sprint(status), func(b *testing.B) {
			c, account := benchClient(b, status, body), prod.Account
			account.ID = "id-1"
			for b.Loop() {
				if err := updateError(b.Context(), c, account); (err == nil) != (status == http.StatusOK) {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPlan reads a thousand accounts, also where all have the same id.
func BenchmarkPlan(b *testing.B) {
	for kind, format := range map[string]string{"ids": "id-%d", "one id": "id-1%.0d"} {
		b.Run(kind, func(b *testing.B) {
			var accounts []string
			for i := range 1000 {
				accounts = append(accounts, accountJSON("id-1", fmt.Sprintf(format, i), `"prod"`, fmt.Sprintf(`"account_%d"`, i)))
			}
			body := `{"data":[` + strings.Join(accounts, ",") + "]}"
			for b.Loop() {
				c := benchClient(b, http.StatusOK, body)
				var group sync.WaitGroup
				for i := range 1000 {
					group.Go(func() {
						if _, err := c.Find(b.Context(), Query{ID: "id-1", Name: fmt.Sprint("account_", i)}); err != nil {
							b.Error(err)
						}
					})
				}
				group.Wait()
			}
		})
	}
}
