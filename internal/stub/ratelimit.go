// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"net/http"
	"strconv"
	"strings"
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
	s.locked(func() { s.limit = rateLimit{limit: limit, period: period} })
}

// take counts a request at the time now. It returns the headers of its answer, and whether it is
// allowed.
func (l *rateLimit) take(now time.Time) (http.Header, bool) {
	header := http.Header{}
	if l.period == 0 {
		return header, true
	}
	if window := now.Truncate(l.period); !window.Equal(l.window) {
		l.window, l.used = window, 0
	}
	l.used++
	header.Set("X-RateLimit-Name", "okta_accounts")
	header.Set("X-RateLimit-Limit", strconv.Itoa(l.limit))
	header.Set("X-RateLimit-Period", seconds(l.period))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, l.limit-l.used)))
	header.Set("X-RateLimit-Reset", seconds(l.window.Add(l.period).Sub(now)))
	return header, l.used <= l.limit
}

// withoutX returns the headers with "X-" cut from their names.
func withoutX(header http.Header) http.Header {
	others := http.Header{}
	for name, values := range header {
		others[strings.TrimPrefix(name, "X-")] = values
	}
	return others
}

// seconds is d in whole seconds, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
