// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestEndlessPages(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.Put(stub.Account{Name: "a", Domain: "https://a.okta.com"})
	s.Page(1)
	s.Vary(stub.EndlessPages)
	path := accounts
	for page, data := range []int{1, 0, 0} {
		var body struct {
			Data  []any
			Links struct{ Next string }
			Meta  struct{ Pagination map[string]any }
		}
		got := c.do("GET", path, "")
		if err := json.Unmarshal([]byte(got.body), &body); err != nil || len(body.Data) != data {
			t.Fatalf("page %d: %v in %+v", page, err, got)
		}
		want := map[string]any{
			"type": "offset_limit", "offset": float64(page), "next_offset": float64(page + 1), "limit": 1.0, "total": 1.0,
		}
		if !maps.Equal(body.Meta.Pagination, want) {
			t.Errorf("page %d: %v, want %v", page, body.Meta.Pagination, want)
		}
		path = strings.TrimPrefix(body.Links.Next, c.url)
		if want := fmt.Sprintf("%s?page%%5Boffset%%5D=%d", accounts, page+1); path != want {
			t.Errorf("page %d: next is %q, want %q", page, body.Links.Next, want)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	const prefix = "/proxy/datadog"
	for name, test := range map[string]struct {
		variant stub.Variant
		next    string // what the link begins with; URL stands for the server's
		pages   int
	}{
		"absolute": {"", "URL" + prefix + accounts + "?", 3},
		"relative": {stub.RelativeLinks, prefix + accounts + "?", 3},
		"none":     {stub.NoLinks, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			for i := range 5 {
				s.Put(stub.Account{Name: fmt.Sprint("a", i), Domain: "https://a.okta.com"})
			}
			s.Page(2)
			s.Vary(test.variant)
			proxy := httptest.NewServer(http.StripPrefix(prefix, s))
			t.Cleanup(proxy.Close)
			c := start(t, stub.New())
			c.url = proxy.URL

			var names []string
			path, pages := prefix+accounts+"?filter=x", 0
			for path != "" {
				var body struct {
					Data  []struct{ Attributes struct{ Name string } }
					Links map[string]any
					Meta  struct {
						Page struct {
							TotalCount int `json:"total_count"`
						}
					}
				}
				got := c.do("GET", path, "")
				if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 || body.Meta.Page.TotalCount != 5 {
					t.Fatalf("%v in %+v", err, got)
				}
				if (test.variant == stub.NoLinks) != (body.Links == nil) {
					t.Errorf("links %v", body.Links)
				}
				for _, a := range body.Data {
					names = append(names, a.Attributes.Name)
				}
				pages++
				next, _ := body.Links["next"].(string)
				if want := strings.Replace(test.next, "URL", proxy.URL, 1); next != "" &&
					(!strings.HasPrefix(next, want) || !strings.Contains(next, "filter=x")) {
					t.Errorf("next is %q, want %s…", next, want)
				}
				path = strings.TrimPrefix(next, proxy.URL)
			}
			if want := []string{"a0", "a1", "a2", "a3", "a4"}[:min(5, 2*test.pages)]; !slices.Equal(names, want) || pages != test.pages {
				t.Errorf("%d pages with %v, want %d with %v", pages, names, test.pages, want)
			}
			for query, want := range map[string]int{"4": 1, "5": 0, "99": 0, "-1": 2, "x": 2} {
				c.url = proxy.URL + prefix
				if got := c.listed(accounts + "?page%5Boffset%5D=" + query); len(got) != want {
					t.Errorf("from %s: %q", query, got)
				}
			}
			s.Page(0)
			if got := c.listed(accounts); len(got) != 5 {
				t.Errorf("without pages: %q", got)
			}
		})
	}
}
