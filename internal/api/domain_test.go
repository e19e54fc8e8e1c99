// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import "testing"

func TestSameDomain(t *testing.T) {
	t.Parallel()
	const domain = "https://example.okta.com"
	for _, same := range []string{
		domain, domain + "/", "https://Example.okta.com", "HTTPS://example.okta.com", domain + ":443", domain + ":443/", "https://EXAMPLE.OKTA.COM/",
	} {
		if !SameDomain(domain, same) || !SameDomain(same, domain) {
			t.Errorf("%s is another than %s", same, domain)
		}
	}
	for _, other := range []string{
		"", "/", "example.okta.com", "http://example.okta.com", domain + ":8443", domain + "/x", "https://example.okta.com.evil", "https://x.okta.com",
		domain + "?x", domain + "#x", "https://user@example.okta.com", "https://", "%",
	} {
		if SameDomain(domain, other) || SameDomain(other, domain) {
			t.Errorf("%s is the same as %s", other, domain)
		}
	}
}
