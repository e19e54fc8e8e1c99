// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// idKey and nameKey are what ids and names are compared by.
func idKey(id string) string     { return strings.ToLower(id) }
func nameKey(name string) string { return norm.NFC.String(name) }

// SameName reports whether two names are the same one. Terraform keeps texts in the Unicode form
// NFC; the service need not.
func SameName(a, b string) bool { return nameKey(a) == nameKey(b) }

// sameAttributes reports whether two accounts of a name are alike in everything else that can be
// read.
func sameAttributes(a, b Account) bool {
	sameDomain := SameDomain(a.Domain, b.Domain)
	a.ID, a.Name, a.Domain = b.ID, b.Name, b.Domain
	return sameDomain && a == b
}

// SameDomain reports whether two domains name the same Okta org: the case of scheme and host, the
// default port and a trailing slash do not count.
func SameDomain(a, b string) bool {
	return a == b || plainDomain(a) == plainDomain(b)
}

func plainDomain(domain string) string {
	u, err := url.Parse(domain)
	if err != nil || u.Host == "" {
		return domain
	}
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	u.Path = cmp.Or(strings.TrimSuffix(u.Path, "/"), "/")
	u.RawPath = ""
	return u.String()
}
