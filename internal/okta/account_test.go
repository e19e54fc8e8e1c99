// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"net/url"
	"testing"
)

func TestSameName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"Z\u00fcrich", "Zu\u0308rich", true},
		{"Zu\u0308rich", "Z\u00fcrich", true},
		{"a", "a", true},
		{"Z\u00fcrich", "Zurich", false},
		{"a", "A", false},
		{"a", "a ", false},
	} {
		if SameName(test.a, test.b) != test.same {
			t.Errorf("%q and %q: want %t", test.a, test.b, test.same)
		}
	}
}

func TestSameDomain(t *testing.T) {
	t.Parallel()
	const domain = "https://example.okta.com"
	for _, same := range []string{
		domain, domain + "/", "https://Example.okta.com", "HTTPS://example.okta.com", domain + ":443", domain + ":443/",
		"https://EXAMPLE.OKTA.COM/",
	} {
		if !SameDomain(domain, same) || !SameDomain(same, domain) {
			t.Errorf("%s is another than %s", same, domain)
		}
	}
	for _, other := range []string{
		"", "/", "example.okta.com", "http://example.okta.com", domain + ":8443", domain + "/x",
		"https://example.okta.com.evil", "https://x.okta.com",
		domain + "?x", domain + "#x", "https://user@example.okta.com", "https://", "%", "http://example.okta.com:443",
	} {
		if SameDomain(domain, other) || SameDomain(other, domain) {
			t.Errorf("%s is the same as %s", other, domain)
		}
	}
	for _, pair := range [][2]string{
		{"https://a.okta.com/x/", "https://a.okta.com/x"},
		{"HTTP://a", "http://A/"},
		{"http://a:443", "http://a:443/"},
	} {
		if !SameDomain(pair[0], pair[1]) {
			t.Errorf("%s is another than %s", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"http://a:443", "http://a"}, {"A", "a"}, {"/", ""}, {"//a", "//b"}, {
		"a:80",
		"A:80",
	}} {
		if SameDomain(pair[0], pair[1]) {
			t.Errorf("%s is the same as %s", pair[0], pair[1])
		}
	}
}

// That two domains are the same is reflexive and symmetric, and a trailing slash makes no
// difference.
func FuzzSameDomain(f *testing.F) {
	for _, pair := range [][2]string{
		{"https://a.okta.com", "https://A.okta.com/"},
		{"", "/"},
		{"%", "%zz"},
		{"https://[::1]:443", "https://[::1]"},
		{"https://a/%2F", "https://a/%2f/"},
		{"https://a?", "https://a"},
		{"//a", "//A/"},
		{
			"https://\u212a.com",
			"https://k.com",
		},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !SameDomain(a, a) {
			t.Errorf("%q is not itself", a)
		}
		if SameDomain(a, b) != SameDomain(b, a) {
			t.Errorf("%q and %q: not symmetric", a, b)
		}
		if u, err := url.Parse(a); err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+u.Host == a &&
			!SameDomain(a, a+"/") {
			t.Errorf("%q is not the same with a slash", a)
		}
	})
}
