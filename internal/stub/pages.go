// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Page makes lists show size accounts each, with links.next to the rest, which is null on the last
// page, and the total in meta.page.total_count. Zero ends that.
func (s *Server) Page(size int) { set(s, &s.pageSize, size) }

// page answers with the part of a list that the request asks for.
func (s *Server) page(data []string, req *Request) answer {
	const parameter = "page[offset]"
	query, _ := url.ParseQuery(req.Query) // what is malformed is left out
	offset, _ := strconv.Atoi(query.Get(parameter))
	offset = min(max(offset, 0), len(data))
	end := min(offset+s.pageSize, len(data))

	next := "null"
	if end < len(data) {
		query.Set(parameter, strconv.Itoa(end))
		link := req.sent + "?" + query.Encode()
		if !s.is(RelativeLinks) {
			link = "http://" + req.host + link
		}
		next = strconv.Quote(link)
	}
	links := `"links":{"next":` + next + "},"
	if s.is(NoLinks) {
		links = ""
	}
	body := fmt.Sprintf(`{"data":[%s],%s"meta":{"page":{"total_count":%d}}}`+"\n",
		strings.Join(data[offset:end], ","), links, len(data))
	return answer{status: http.StatusOK, body: body}
}
