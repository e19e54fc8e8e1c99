// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Links says how a page of the list leads to the next one.
type Links int

const (
	// AbsoluteLinks are whole URLs.
	AbsoluteLinks Links = iota
	// RelativeLinks begin with the path.
	RelativeLinks
	// NoLinks leave only meta to say that there is more.
	NoLinks
)

const offsetParameter = "page[offset]"

// Page makes lists show size accounts each, with links.next to the rest, which is null on the last
// page, and the total in meta.page.total_count. Zero ends that.
func (s *Server) Page(size int) { s.locked(func() { s.pageSize = size }) }

// PageLinks says which links the pages have; without it, they are absolute.
func (s *Server) PageLinks(l Links) { s.locked(func() { s.pageLinks = l }) }

// page answers with the part of a list that the request asks for. The caller holds s.mu.
func (s *Server) page(data []string, req *Request) answer {
	query, _ := url.ParseQuery(req.Query) // what is malformed is left out
	offset, _ := strconv.Atoi(query.Get(offsetParameter))
	offset = min(max(offset, 0), len(data))
	end := min(offset+s.pageSize, len(data))
	links := ""
	if s.pageLinks != NoLinks {
		next := []byte("null")
		if end < len(data) {
			query.Set(offsetParameter, strconv.Itoa(end))
			link := *req.url
			link.RawQuery = query.Encode()
			if s.pageLinks == RelativeLinks {
				link.Scheme, link.Host = "", ""
			}
			next, _ = json.Marshal(link.String()) // a string always can
		}
		links = fmt.Sprintf(`"links":{"next":%s},`, next)
	}
	return newAnswer(http.StatusOK, jsonType, fmt.Sprintf(`{"data":[%s],%s"meta":{"page":{"total_count":%d}}}`+"\n",
		strings.Join(data[offset:end], ","), links, len(data)))
}
