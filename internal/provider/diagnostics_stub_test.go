// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestDiagnostics has what a person reads where the API refuses or fails: the operation, the status,
// the API's own words and what to do.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault stub.Fault
		block map[string]any // arguments of the provider block, over the usual ones
		path  string         // after the stub's URL
		want  string
	}{
		"a permission is missing": {
			fault: stub.Fault{Path: "list", Status: http.StatusForbidden},
			want:  `403.*permission integrations_read`,
		},
		"the API key is wrong": {
			block: map[string]any{"api_key": "another-key"},
			want:  `403.*API key is not valid for this site`,
		},
		"the address is wrong": {path: "/elsewhere", want: `404.*no such API at this address.*DD_HOST`},
		"the service is down": {
			fault: stub.Fault{Status: http.StatusServiceUnavailable, Body: "<html><h1>Back soon</h1></html>"},
			want:  `503.*Back soon.*status.datadoghq.com`,
		},
		"the limit is used up": {
			fault: stub.Fault{Status: http.StatusTooManyRequests},
			want:  `429.*http_client_retry_timeout`,
		},
		"the answer is cut":            {fault: stub.Fault{CutBody: true}, want: `Neither Datadog nor the state was changed`},
		"the answer is something else": {fault: stub.Fault{Body: "<html>Log in</html>"}, want: `cannot be understood`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := organization()
			s.Fail(test.fault)
			p := newProtocolWith(t, s.Start(t)+test.path, test.block)
			found := errorsAmong(inDataSource("okta_accounts")(p, nil))
			want := "^Unable to list Okta accounts: .*" + test.want
			if len(found) != 1 || !matches(want, found[0].Summary+": "+found[0].Detail) {
				t.Errorf("got %v, want one error with %q", found, want)
			}
		})
	}
}
