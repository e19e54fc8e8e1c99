// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

type rateLimit struct {
	limit  int
	period time.Duration // 0 = no limit
	window time.Time     // start of the running window
	used   int
}

// LimitRate allows limit requests in a period. Periods are aligned to the calendar: those of ten
// seconds begin at :00, :10, :20. Every answer says in X-RateLimit headers what is left; past the
// limit it is a 429 with an HTML page.
func (s *Server) LimitRate(limit int, period time.Duration) {
	set(s, &s.limit, rateLimit{limit: limit, period: period})
}

// countRequest counts a request at the time now. It returns the headers of its answer, and whether
// it is allowed.
func (s *Server) countRequest(now time.Time) (header http.Header, allowed bool) {
	header = http.Header{}
	l := &s.limit
	if l.period == 0 {
		return header, true
	}
	if window := now.Truncate(l.period); !window.Equal(l.window) {
		l.window, l.used = window, 0
	}
	l.used++
	if s.is(NoRateHeaders) {
		return header, l.used <= l.limit
	}
	const prefix = "X-RateLimit-"
	header.Set(prefix+"Name", "okta_accounts")
	header.Set(prefix+"Limit", strconv.Itoa(l.limit))
	header.Set(prefix+"Period", seconds(l.period))
	header.Set(prefix+"Remaining", strconv.Itoa(max(0, l.limit-l.used)))
	header.Set(prefix+"Reset", seconds(l.window.Add(l.period).Sub(now)))
	return header, l.used <= l.limit
}

// seconds is d in whole seconds, rounded up.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
