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

// BenchmarkPlan reads a thousand accounts, also where all have the same id.
func BenchmarkPlan(b *testing.B) {
	for kind, format := range map[string]string{"ids": "id-%d", "one id": "id-1%.0d"} {
		b.Run(kind, func(b *testing.B) {
			var accounts []string
			for i := range 1000 {
				accounts = append(accounts, accountJSON("id-1", fmt.Sprintf(format, i), `"prod"`, fmt.Sprintf(`"account_%d"`, i)))
			}
			list := inMemory(`{"data":[` + strings.Join(accounts, ",") + "]}")
			for b.Loop() {
				api, err := datadog.New(datadog.Config{BaseURL: "http://stub", Timeout: time.Minute, Transport: list})
				if err != nil {
					b.Fatal(err)
				}
				c := New(api, 0)
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

// inMemory answers every request with a body.
type inMemory string

func (body inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r,
	}, nil
}
