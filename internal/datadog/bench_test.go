// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// refusalPage has the size of a page that proxies and gateways answer with.
var refusalPage = "<html><body><h1>Unprocessable</h1>" +
	strings.Repeat("<p>Please contact your administrator.</p>\n", 100) + "</body></html>"

// BenchmarkUpdates is an apply that updates many accounts, each with secrets of its own. A refused
// update must cost the same however many there are.
func BenchmarkUpdates(b *testing.B) {
	for name, status := range map[string]int{"accepted": http.StatusOK, "refused": http.StatusUnprocessableEntity} {
		for _, updates := range []int{300, 2400} {
			b.Run(fmt.Sprint(name, "/", updates), func(b *testing.B) {
				for b.Loop() {
					c := clientOver(b, func(r *http.Request) (*http.Response, error) {
						_, _ = io.Copy(io.Discard, r.Body)
						body := io.NopCloser(strings.NewReader(refusalPage))
						return &http.Response{StatusCode: status, Header: http.Header{}, Body: body, Request: r}, nil
					})
					for i := range updates {
						c.Hide(fmt.Sprint("client secret ", i), fmt.Sprint("former secret ", i), fmt.Sprint(i, " token of Okta"))
						r := Request{Method: http.MethodPatch, Path: "/", ID: "a", Body: []byte("{}")}
						err := c.Do(b.Context(), r, func([]byte) error { return nil })
						if (err == nil) != (status == http.StatusOK) {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*updates), "µs/update")
			})
		}
	}
}

// BenchmarkRedact takes 2,000 secrets out of a page of 4 KiB, which should take less than a
// millisecond on a machine that does nothing else.
func BenchmarkRedact(b *testing.B) {
	const page = 4 << 10
	for name, test := range map[string]struct{ secret, text string }{
		"unlike":             {"%d-secret-of-an-account", refusalPage},
		"alike":              {"secret-of-%d", refusalPage},
		"alike, in the text": {"secret-of-%d", strings.Repeat("secret-o", page/8)},
		"quoted":             {"secret-of-%d", strings.Repeat("secret-of-1999 ", page/15)},
		"one long":           {strings.Repeat("0123456789abcdef", 1000) + "%d", strings.Repeat("0123456789abcdef", page/16)},
	} {
		b.Run(name, func(b *testing.B) {
			r := &redactor{}
			for i := range 2000 {
				if r.Hide(fmt.Sprintf(test.secret, i)); name == "one long" {
					break
				}
			}
			for b.Loop() {
				_ = r.redact(test.text)
			}
		})
	}
}

// BenchmarkHostilePages reads pages that are as much work as 64 KiB can be.
func BenchmarkHostilePages(b *testing.B) {
	for _, part := range []string{
		"<p> </p>", "<script><!-- -->", "<", "<!--", "<a ", "<style>", "</script>", "&amp", "<script", "\x00",
		`{"errors":[`, "[",
	} {
		b.Run(part, func(b *testing.B) {
			page := []byte(strings.Repeat(part, maxErrorBody/len(part)))
			for b.Loop() {
				_ = newRedactor().messages(page)
			}
		})
	}
}
