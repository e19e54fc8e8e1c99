// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

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
