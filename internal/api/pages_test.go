// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A list of several pages is read to its end, whatever its links look like.
func TestPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		links stub.Variant
		base  string
	}{
		"absolute":        {},
		"relative":        {links: stub.RelativeLinks},
		"below a prefix":  {base: "/proxy"},
		"relative, below": {links: stub.RelativeLinks, base: "/proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				s.config.BaseURL += test.base
				s.handle = http.StripPrefix(test.base, s.Server).ServeHTTP
				s.Page(3)
				s.Vary(test.links)
				accounts := s.putMany(10)
				last := accounts[9]
				c := s.client(t)
				if listed, err := c.List(t.Context()); err != nil || !slices.Equal(listed, accounts) {
					t.Errorf("listed %+v %v", listed, err)
				}
				if requests := len(s.Requests()); requests != 4 {
					t.Errorf("%d requests", requests)
				}

				// What is on a later page is there for each operation.
				accounts[9].ID = s.Rekey(last.Name)
				findAll(t, s.client(t), accounts)
				if found, err := find(t, s.client(t), last.ID, last.Name); err != nil || found != accounts[9] {
					t.Errorf("found %+v %v", found, err)
				}
				if _, err := s.client(t).Create(t.Context(), last, Secrets{}); !errors.Is(err, ErrExists) {
					t.Errorf("created: %v", err)
				}
				last.Domain = "https://changed.okta.com"
				updated, err := s.client(t).Update(t.Context(), last, Secrets{ClientSecret: "new"})
				if is, _ := s.Account(last.Name); err != nil || updated != visible(is) {
					t.Errorf("updated %+v %v", updated, err)
				}
				if err := s.client(t).Delete(t.Context(), Account{ID: "gone", Name: last.Name, Domain: last.Domain, AuthMethod: last.AuthMethod, ClientID: last.ClientID}, LastWrite{}); err != nil {
					t.Errorf("delete: %v", err)
				}
				if n := len(s.Accounts()); n != 9 {
					t.Errorf("%d accounts", n)
				}
			})
		})
	}
}

// onePage is the start of the answer to a list that goes on.
const onePage = `{"data":[` + `{"type":"okta-accounts","id":"id-1","attributes":{"name":"a"}}` + `],`

// Each form of a link to the next page is followed on the list's own address, or is an error: no
// list is ever a silent part.
func TestNextPage(t *testing.T) {
	t.Parallel()
	for rest, query := range map[string]string{ // of the second request; "": there is none; "error"
		`"links":null}`:                                   "",
		`"links":{}}`:                                     "",
		`"links":{"next":null}}`:                          "",
		`"links":{"next":""}}`:                            "",
		`"links":{"self":"x","prev":"?page=0"}}`:          "",
		`"links":{"next":"?page=2"}}`:                     "page=2",
		`"links":{"next":"?page%5Bn%5D=2&x=%2F"}}`:        "page%5Bn%5D=2&x=%2F",
		`"links":{"next":"` + accountsPath + `?page=2"}}`: "page=2",
		`"links":{"next":{"href":"` + accountsPath + `?page=2","meta":{}}}}`: "page=2",
		`"links":{"next":"http://stub` + accountsPath + `?page=2"}}`:         "page=2",
		`"links":{"next":"http://STUB` + accountsPath + `?page=2"}}`:         "page=2",
		`"links":{"next":"https://elsewhere` + accountsPath + `?page=2"}}`:   "error",
		`"links":{"next":"//elsewhere` + accountsPath + `?page=2"}}`:         "error",
		`"links":{"next":"http://stub:8080` + accountsPath + `?page=2"}}`:    "error",
		`"links":{"next":"http://stub.evil` + accountsPath + `?page=2"}}`:    "error",
		`"links":{"next":"http://stub@evil` + accountsPath + `?page=2"}}`:    "error",
		`"links":{"next":"/api/v2/other?page=2"}}`:                           "error",
		`"links":{"next":"` + accountsPath + `/2"}}`:                         "error",
		`"links":{"next":"` + accountsPath + `"}}`:                           "error",
		`"links":{"next":"http://[::1"}}`:                                    "error",
		`"links":{"next":{"href":""}}}`:                                      "error",
		`"links":{"next":{}}}`:                                               "error",
		`"links":{"next":7}}`:                                                "error",
		`"links":{"next":["?page=2"]}}`:                                      "error",
		`"links":"?page=2"}`:                                                 "error",
	} {
		t.Run(rest, func(t *testing.T) {
			t.Parallel()
			inFakeTime(t, func(t *testing.T, s *service) {
				var queries []string
				s.handle = func(rw http.ResponseWriter, r *http.Request) {
					if queries = append(queries, r.URL.RawQuery); len(queries) > 1 {
						rest = `"links":{}}`
					}
					_, _ = io.WriteString(rw, strings.Replace(onePage, "id-1", fmt.Sprintf("id-%d", len(queries)), 1)+rest)
				}
				listed, err := s.client(t).List(t.Context())
				want := []string{""}
				switch {
				case query == "error" && (!errors.Is(err, ErrMalformed) || asError(t, err).Op != "list"), query != "error" && err != nil:
					t.Errorf("listed %+v %v", listed, err)
				case query != "error" && query != "":
					want = append(want, query)
				}
				if !slices.Equal(queries, want) || err == nil && len(listed) != len(want) {
					t.Errorf("asked with %q, want %q; listed %+v", queries, want, listed)
				}
				if n := s.otherHosts.Load(); n > 0 {
					t.Errorf("%d requests went elsewhere", n)
				}
			})
		})
	}
}

// A list that never ends is an error, after a bounded number of requests.
func TestEndlessPages(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.answerWith(`{"data":[],"links":{"next":"?page=again"}}`)
		_, err := s.client(t).List(t.Context())
		if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "1000 pages") {
			t.Errorf("got %v", err)
		}
		wantRequests(t, s, times(maxPages, "GET list"))
	})
}

// A page that fails is repeated; where it stays away, the whole list fails. All pages together have
// the operation's time.
func TestPageThatFails(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		accounts := s.putMany(9)
		s.Page(3)
		s.Fail(stub.Fault{Skip: 1, Times: 1, Status: 502})
		if listed, err := s.client(t).List(t.Context()); err != nil || len(listed) != 9 {
			t.Errorf("listed %+v %v", listed, err)
		}
		wantRequests(t, s, "4 GET list")
		s.Fail(stub.Fault{Skip: 2, Status: 502})
		if listed, err := s.client(t).List(t.Context()); err == nil {
			t.Errorf("listed %+v", listed)
		}
		if found, err := find(t, s.client(t), accounts[0].ID, accounts[0].Name); err == nil {
			t.Errorf("found %+v", found)
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
