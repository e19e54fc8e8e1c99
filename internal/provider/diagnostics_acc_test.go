// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestAccDiagnostics shows what a person sees where the API refuses or fails: the operation, the
// status, the API's own words and what to do.
func TestAccDiagnostics(t *testing.T) {
	t.Parallel()
	const once = "http_client_retry_enabled = false"
	tests := map[string]struct {
		prepare func(s *stub.Server)
		config  func(url string) string
		want    string
	}{
		"a permission is missing": {
			func(s *stub.Server) { s.Fail(stub.Fault{Path: "list", Status: http.StatusForbidden}) },
			func(url string) string { return providerConfig(url) },
			`Unable to list Okta accounts.*403.*permission integrations_read`,
		},
		"the API key is wrong": {
			func(*stub.Server) {},
			func(url string) string {
				return strings.Replace(providerConfig(url), stub.APIKey, "another-key", 1)
			},
			`Unable to list Okta accounts.*403.*API key is not valid for this site`,
		},
		"the address is wrong": {
			func(*stub.Server) {},
			func(url string) string { return providerConfig(url + "/elsewhere") },
			`Unable to list Okta accounts.*404.*no such API at this address.*DD_HOST`,
		},
		"the service is down": {
			func(s *stub.Server) {
				s.Fail(stub.Fault{Status: http.StatusServiceUnavailable, Body: "<html><h1>Back soon</h1></html>"})
			},
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*503.*Back soon.*status.datadoghq.com`,
		},
		"the limit is used up": {
			func(s *stub.Server) { s.Fail(stub.Fault{Status: http.StatusTooManyRequests}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*429.*http_client_retry_timeout`,
		},
		"the answer is cut": {
			func(s *stub.Server) { s.Fail(stub.Fault{CutBody: true}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*Neither Datadog nor the state was changed`,
		},
		"the answer is something else": {
			func(s *stub.Server) { s.Fail(stub.Fault{Body: "<html>Log in</html>"}) },
			func(url string) string { return providerConfig(url, once) },
			`Unable to list Okta accounts.*cannot be understood`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := organization()
			tt.prepare(s)
			acceptanceTest(t, resource.TestCase{
				Steps: []resource.TestStep{{
					Config:      tt.config(s.Start(t)) + listAccounts,
					ExpectError: regexp.MustCompile(spaced(tt.want)),
				}},
			})
		})
	}
}
