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

// Five accounts, two a page, of a service below a path.
func TestPages(t *testing.T) {
	t.Parallel()
	const prefix = "/proxy/datadog"
	const meta = `{"pagination":{"type":"offset_limit","offset":%d,"next_offset":%d,"limit":2,"total":5}}`
	for name, test := range map[string]struct {
		variant stub.Variant
		next    string // what the link begins with; URL stands for the server's
		pages   int
	}{
		"absolute": {"", "URL", 3},
		"relative": {stub.RelativeLinks, "", 3},
		"endless":  {stub.EndlessPages, "URL", 5},
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
			path := prefix + accounts + "?filter=x"
			for page := range test.pages {
				var body struct {
					Data  []struct{ Attributes struct{ Name string } }
					Links struct{ Next *string }
					Meta  json.RawMessage
				}
				got := c.do("GET", path, "")
				err := json.Unmarshal([]byte(got.body), &body)
				if want := fmt.Sprintf(meta, 2*page, 2*page+2); err != nil || got.status != 200 || string(body.Meta) != want {
					t.Fatalf("%v in %+v, want meta %s", err, got, want)
				}
				for _, a := range body.Data {
					names = append(names, a.Attributes.Name)
				}
				next := strings.Replace(test.next, "URL", proxy.URL, 1) + prefix + accounts +
					fmt.Sprintf("?filter=x&page%%5Boffset%%5D=%d", 2*page+2)
				switch {
				case test.pages == 3 && page == 2:
					if body.Links.Next != nil {
						t.Errorf("the last page has a next one: %s", *body.Links.Next)
					}
				case body.Links.Next == nil || *body.Links.Next != next:
					t.Fatalf("%+v, want next %s", got, next)
				}
				path = strings.TrimPrefix(next, proxy.URL)
			}
			if want := []string{"a0", "a1", "a2", "a3", "a4"}; !slices.Equal(names, want) {
				t.Errorf("the pages have %v, want %v", names, want)
			}
			c.url += prefix
			for query, want := range map[string]int{"4": 1, "5": 0, "99": 0, "-1": 2, "x": 2} {
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
