// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"net/url"
	"testing"
)

const domain = "https://example.okta.com"

// domains are pairs, and whether they name the same Okta org.
var domains = map[[2]string]bool{
	{domain, domain}:                          true,
	{domain, domain + "/"}:                    true,
	{domain, "https://EXAMPLE.okta.COM/"}:     true,
	{domain, "HTTPS://example.okta.com"}:      true,
	{domain, domain + ":443"}:                 true,
	{domain + "/x/", domain + ":443/x"}:       true,
	{"HTTP://a", "http://A/"}:                 true,
	{"http://a:443", "http://a:443/"}:         true,
	{"https://[::1]:443", "https://[::1]"}:    true,
	{domain, ""}:                              false,
	{domain, "example.okta.com"}:              false,
	{domain, "http://example.okta.com"}:       false,
	{domain, domain + ":8443"}:                false,
	{domain, domain + "/x"}:                   false,
	{domain, domain + ".evil"}:                false,
	{domain, domain + "?x"}:                   false,
	{domain, domain + "#x"}:                   false,
	{domain, "https://user@example.okta.com"}: false,
	{"http://a:443", "http://a"}:              false,
	{"A", "a"}:                                false,
	{"/", ""}:                                 false,
	{"//a", "//b"}:                            false,
	{"a:80", "A:80"}:                          false,
	{"https://a/%2F", "https://a/%2f/"}:       false,
	{"%", "%zz"}:                              false,
}

func TestSameDomain(t *testing.T) {
	t.Parallel()
	for pair, same := range domains {
		if SameDomain(pair[0], pair[1]) != same {
			t.Errorf("%q and %q: want %t", pair[0], pair[1], same)
		}
	}
}

// That two domains are the same is reflexive and symmetric, and a trailing slash makes no
// difference.
func FuzzSameDomain(f *testing.F) {
	for pair := range domains {
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
