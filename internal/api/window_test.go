// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Headers that cannot be true never make a wait, and every true form makes the right one.
func TestWindowEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 5, 17, 12, 0, 3, 400_000_000, time.UTC)
	for _, test := range []struct {
		reset, after string
		want         time.Duration // 0: not known
	}{
		{reset: "7", want: 7 * time.Second},
		{reset: "-1"},
		{reset: "3600", want: time.Hour},
		{reset: "3601"},
		{reset: "9223372036854775807"},
		{reset: "-9223372036854775808"},
		{reset: "99999999999999999999"},
		{reset: "7.5"},
		{reset: "soon"},
		{reset: ""},
		{reset: "7", after: "2", want: 2 * time.Second},
		{after: "2", want: 2 * time.Second},
		{after: "3600", want: time.Hour},
		{after: "3601"},
		{after: "9223372036854775807"},
		{reset: "7", after: "0", want: 7 * time.Second},
		{reset: "7", after: "-3", want: 7 * time.Second},
		{reset: "7", after: "soon", want: 7 * time.Second},
		{after: "Fri, 17 May 2030 12:00:05 GMT", want: 1600 * time.Millisecond},
		{after: "Fri, 17 May 2030 11:00:00 GMT"},
		{after: "Fri, 17 May 2099 12:00:05 GMT"},
		{after: "Friday, 17-May-30 12:00:05 GMT", want: 1600 * time.Millisecond}, // as RFC 850 has it
	} {
		header := http.Header{limitReset: {test.reset}, "Retry-After": {test.after}}
		ends, ok := windowEnd(header, now)
		if ok != (test.want > 0) || ok && ends.Sub(now) != test.want {
			t.Errorf("%+v: got %s %t", test, ends.Sub(now), ok)
		}
	}
}

// A step of the wall clock moves no window: its end is kept by the monotonic clock, whichever
// header says it.
func TestWindowEndIsMonotonic(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, header := range map[string]http.Header{
		"seconds":               {limitReset: {"7"}},
		"Retry-After":           {"Retry-After": {"7"}},
		"Retry-After, a moment": {"Retry-After": {now.UTC().Add(time.Minute).Format(http.TimeFormat)}},
	} {
		ends, ok := windowEnd(header, now)
		if !ok || !strings.Contains(ends.String(), " m=") { // the monotonic reading
			t.Errorf("%s: it ends at %s, %t", name, ends, ok)
		}
	}
}
