// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A list of several pages is read to its end, whatever its links look like and wherever it ends.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		variants []stub.Variant
		base     string
		size     int
		requests int
	}{
		"absolute":                 {size: 3, requests: 4},
		"relative, below a prefix": {size: 3, requests: 4, base: "/proxy", variants: []stub.Variant{stub.RelativeLinks}},
		"the last names a next":    {size: 3, requests: 5, variants: []stub.Variant{stub.EndlessPages}},
		"one page names a next":    {size: 10, requests: 2, variants: []stub.Variant{stub.EndlessPages}},
		"without pages":            {requests: 1},
	} {
		subtest(t, name, func(t *testing.T, s *service) {
			s.config.BaseURL += test.base
			s.handle = http.StripPrefix(test.base, s.Server).ServeHTTP
			s.Page(test.size)
			s.Vary(test.variants...)
			accounts := s.putMany(10)
			if listed, err := s.client(t).List(t.Context()); err != nil || !slices.Equal(listed, accounts) {
				t.Errorf("listed %+v %v", listed, err)
			}
			if requests := len(s.Requests()); requests != test.requests {
				t.Errorf("%d requests", requests)
			}
		})
	}
}

// nextPages are links of a first page, and the query of the second request that they lead to: none
// where it is empty.
var nextPages = map[string]string{
	`{"next":null}`:                                               "",
	`{"next":""}`:                                                 "",
	`{"self":"x","prev":"?a"}`:                                    "",
	`{"next":"` + accountsPath + `"}`:                             "",
	`{"next":"?page%5Bn%5D=2&x=%2F"}`:                             "page%5Bn%5D=2&x=%2F",
	`{"next":"http://stub` + accountsPath + `?page=2"}`:           "page=2",
	`{"next":"https://elsewhere/api?page=2"}`:                     "page=2",
	`{"next":"http://stub@evil` + accountsPath + `?page=2#frag"}`: "page=2",
	`{"next":"http://[::1"}`:                                      "error",
	`{"next":7}`:                                                  "error",
	`"?page=2"`:                                                   "error",
}

// Each form of a link to the next page is followed on the list's own address. A list ends with a page
// that brings nothing new.
func TestNextPage(t *testing.T) {
	t.Parallel()
	for links, query := range nextPages {
		for _, second := range []string{"id-1", "id-2"} {
			subtest(t, links+"/"+second, func(t *testing.T, s *service) {
				page := func(id, links string) string {
					return `{"data":[` + accountJSON("id-1", id) + `],"links":` + links + "}"
				}
				s.Fail(stub.Fault{Times: 1, Body: page("id-1", links)})
				s.Fail(stub.Fault{Times: 1, Body: page(second, map[string]string{"id-1": links, "id-2": "{}"}[second])})
				listed, err := s.client(t).List(t.Context())
				var got []string
				for _, r := range s.Requests() {
					got = append(got, r.Path+"?"+r.Query)
				}
				want, count := []string{accountsPath + "?"}, 1
				switch query {
				case "":
				case "error":
					if count = 0; !errors.Is(err, datadog.ErrMalformed) || asError(t, err).Op != "list" {
						t.Errorf("got %v", err)
					}
				default:
					if want = append(want, want[0]+query); second == "id-2" {
						count = 2
					}
				}
				if (err == nil) == (query == "error") || !slices.Equal(got, want) || len(listed) != count {
					t.Errorf("asked for %q, want %q; listed %+v %v", got, want, listed, err)
				}
			})
		}
	}
}

// A list that never ends is an error after a bounded number of accounts, on pages or in one.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		requests := 0
		s.handle = func(rw http.ResponseWriter, _ *http.Request) {
			requests++
			var page strings.Builder
			for i := range maxAccounts / 4 {
				fmt.Fprintf(&page, `{"id":"%d-%d"},`, requests, i)
			}
			fmt.Fprintf(rw, `{"data":[%s{}],"links":{"next":"?page=again"}}`, &page)
		}
		_, err := s.client(t).List(t.Context())
		if !errors.Is(err, datadog.ErrMalformed) || !strings.Contains(err.Error(), "more than 100000 accounts") ||
			requests != 4 {
			t.Errorf("got %v after %d requests", err, requests)
		}
	})
	for items, ok := range map[int]bool{maxAccounts: true, maxAccounts + 1: false} {
		if ok && testing.Short() {
			continue
		}
		inFakeTime(t, func(t *testing.T, s *service) {
			s.answerLists("0" + strings.Repeat(",0", items-1))
			_, err := s.client(t).List(t.Context())
			if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "more than 100000 accounts") {
				t.Errorf("%d: %v", items, err)
			}
		})
	}
}

// Where a page stays away, the whole list fails. All pages together have the operation's time.
func TestPageThatFails(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(9)
		s.Page(3)
		s.Fail(stub.Fault{Skip: 2, Status: 502})
		if found, err := find(t, s.client(t), accounts[0].ID, accounts[0].Name); !hasStatus(err, 502) {
			t.Errorf("found %+v %v", found, err)
		}
	})
	inFakeTime(t, func(t *testing.T, s *service) {
		s.putMany(100)
		s.Page(1)
		s.SetLatency(2 * time.Second)
		started := time.Now()
		_, err := s.client(t).List(t.Context())
		if elapsed := time.Since(started); err == nil || elapsed > s.config.Timeout {
			t.Errorf("%v after %s", err, elapsed)
		}
	})
}

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
