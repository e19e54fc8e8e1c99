// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// sites are Datadog's, by the names that its documentation uses. They only improve error messages:
// other sites are accepted too, since Datadog adds new ones.
var sites = []struct{ name, host string }{
	{"US1", "datadoghq.com"},
	{"US3", "us3.datadoghq.com"},
	{"US5", "us5.datadoghq.com"},
	{"EU1", "datadoghq.eu"},
	{"EU", "datadoghq.eu"},
	{"AP1", "ap1.datadoghq.com"},
	{"AP2", "ap2.datadoghq.com"},
	{"UK1", "uk1.datadoghq.com"},
	{"US1-FED", "ddog-gov.com"},
	{"US2-FED", "us2.ddog-gov.com"},
}

// siteHosts are the host names of the sites.
func siteHosts() []string {
	var hosts []string
	for _, site := range sites {
		hosts = append(hosts, site.host)
	}
	return slices.Compact(hosts)
}

// checkSite returns an error that says what to write instead if site is not a host name that can
// follow "https://api.".
func checkSite(site string) error {
	if isSite(site) {
		return nil
	}
	host := strings.ToLower(strings.TrimSpace(site))
	if _, rest, found := strings.Cut(host, "://"); found {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	host = strings.TrimPrefix(strings.TrimPrefix(host, "api."), "app.")
	for _, known := range sites {
		if strings.EqualFold(known.name, host) {
			host = known.host
		}
	}
	if isSite(host) {
		return fmt.Errorf("it is not the bare host name of a site: write %q", host)
	}
	return errors.New(`it is not the host name of a Datadog site: write one such as "datadoghq.com", ` +
		`"us5.datadoghq.com" or "datadoghq.eu", or use api_url for another address`)
}

func isSite(text string) bool {
	lower := strings.ToLower(text)
	return isHostname(text) && strings.Contains(text, ".") &&
		!strings.HasPrefix(lower, "api.") && !strings.HasPrefix(lower, "app.")
}

// apiPath is the path that the provider appends to the base URL, or its beginning.
var apiPath = regexp.MustCompile(`/api(/v[0-9]+(/.*)?)?$`)

// checkAPIURL returns an error that says what to write instead if text is not the base URL of an API:
// https (or http to a loopback address), a host, perhaps a port and a path.
func checkAPIURL(text string) error {
	const example = `write the base URL of the API, such as "https://api.datadoghq.eu"`
	switch {
	case strings.Contains(text, "@"):
		return errors.New("a user name or password does not belong in it: " + example)
	case strings.ContainsFunc(text, isSpaceOrControl):
		return errors.New("it contains white space or a control character: " + example)
	case strings.ContainsAny(text, "?#"):
		return errors.New("a query or fragment does not belong in it: " + example)
	case !strings.Contains(text, "://"):
		scheme := "https://"
		if u, err := url.Parse("http://" + text); err == nil && isLoopback(u.Hostname()) {
			scheme = "http://"
		}
		if err := checkAPIURL(scheme + text); err != nil {
			return err
		}
		return fmt.Errorf("it has no scheme: write %q", scheme+text)
	}
	u, err := url.Parse(text)
	if err != nil || !hasValidHost(u) {
		return errors.New("it is not a URL with a valid host name: " + example)
	}
	whole := strings.TrimRight(u.String(), "/")
	base := apiPath.ReplaceAllString(whole, "")
	switch {
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("plain http would send the keys unencrypted, so it is only for loopback addresses: write %q",
			strings.Replace(base, "http", "https", 1))
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("its scheme is %q, not https: %s", u.Scheme, example)
	case base != whole:
		return fmt.Errorf("the provider adds /api/… itself: write %q", base)
	}
	site := strings.TrimPrefix(strings.ToLower(u.Hostname()), "app.")
	if slices.Contains(siteHosts(), site) {
		return fmt.Errorf("%s serves Datadog's web pages, not its API: write %q", u.Host, "https://api."+site)
	}
	return nil
}

// lowerHost returns the base URL with its host in lower case. Go never sends requests for localhost to
// HTTP_PROXY, but it knows no other spelling of that name.
func lowerHost(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return baseURL // an error has said so
	}
	u.Host = strings.ToLower(u.Host)
	return u.String()
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// urlMayHoldSecret reports whether text could be a URL that contains a password or a key.
func urlMayHoldSecret(text string) bool { return strings.ContainsAny(text, "@?") }

// hasValidHost reports whether the URL has a host name or an IP address, and a number as its port, if
// any.
func hasValidHost(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	_, err := netip.ParseAddr(u.Hostname())
	return !strings.HasSuffix(u.Host, ":") && (err == nil || isHostname(u.Hostname()))
}

// hostname is labels of letters, digits and inner hyphens, the last of which is not a number.
var hostname = regexp.MustCompile(
	`^(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$`)

func isHostname(text string) bool {
	if len(text) > 253 || !hostname.MatchString(text) {
		return false
	}
	last := text[strings.LastIndexByte(text, '.')+1:]
	return strings.ContainsFunc(last, unicode.IsLetter)
}

func isSpaceOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
