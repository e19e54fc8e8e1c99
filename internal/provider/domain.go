// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// adminConsole matches the address of an admin console: "-admin" ends the first label of its host,
// whatever the domain.
var adminConsole = regexp.MustCompile(`(?i)^(https://[a-z0-9-]*[a-z0-9])-admin(\.[^/]+)/?$`)

// checkDomain returns an error that says what to write instead if domain is not the URL of an Okta
// org: https, a host, perhaps a port, perhaps one slash at the end.
func checkDomain(domain string) error {
	const example = `write the URL of the Okta org, such as "https://example.okta.com"`
	switch {
	case domain == "":
		return errors.New("it is empty: " + example)
	case strings.Contains(domain, "@"):
		return errors.New("a user name or password does not belong in it: " + example)
	case strings.ContainsFunc(domain, isSpaceOrControl):
		return errors.New("it contains white space or a control character: " + example)
	}
	u, err := url.Parse(domain)
	switch {
	case !strings.Contains(domain, "://") && strings.Contains(domain, ".") && isHostname(strings.TrimSuffix(domain, "/")):
		return fmt.Errorf("it has no scheme: write %q", "https://"+domain)
	case err != nil || !hasValidHost(u):
		return errors.New("it is not a URL with a valid host name: " + example)
	case u.Scheme != "https":
		return fmt.Errorf("it is not an https URL: write %q", "https://"+u.Host)
	case (u.Path != "" && u.Path != "/") || strings.ContainsAny(domain, "?#"):
		return fmt.Errorf("something follows the host name: write %q", "https://"+u.Host)
	}
	return nil
}
