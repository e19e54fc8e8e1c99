// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestResolve_badEnvironment holds the environment to the same rules as the block: the error is on
// the argument and names the variable.
func TestResolve_badEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		variable, value    string
		attribute, message string
	}{
		{"DD_API_KEY", "hunter2 hunter2", "api_key", "a space, a line break"},
		{"DATADOG_API_KEY", "hunter2\n", "api_key", "trimspace"},
		{"DD_APP_KEY", "hunter2\t", "app_key", "a space, a line break"},
		{"DATADOG_APP_KEY", "“hunter2”", "app_key", "a space, a line break"},
		{"DD_BEARER_TOKEN", "Bearer hunter2", "bearer_token", "a space, a line break"},
		{"DATADOG_BEARER_TOKEN", "hunter2\x7f", "bearer_token", "a space, a line break"},
		{"DD_SITE", "US5", "site", `write "us5.datadoghq.com"`},
		{"DD_HOST", "api.datadoghq.eu", "api_url", `write "https://api.datadoghq.eu"`},
		{"DATADOG_HOST", "https://app.datadoghq.eu", "api_url", `write "https://api.datadoghq.eu"`},
		{"DD_HOST", "http://example.com/proxy/api/v2/", "api_url", `write "https://example.com/proxy"`},
		{"DD_HOST", "https://user:hunter2@api.datadoghq.eu", "api_url", "a user name or password"},
		{"DD_HTTP_CLIENT_RETRY_ENABLED", "yes", "http_client_retry_enabled", "write true or false"},
		{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "-1", "http_client_retry_max_retries", "from 0 to 100"},
		{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "many", "http_client_retry_max_retries", "from 0 to 100"},
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "0", "http_client_retry_timeout", "from 1 to 86400"},
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "2m", "http_client_retry_timeout", "from 1 to 86400"},
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "99999999999999999999", "http_client_retry_timeout", "from 1 to 86400"},
	}
	for _, tt := range tests {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			env := with(tt.variable, tt.value)
			if stronger, weaker := strings.CutPrefix(tt.variable, "DATADOG_"); weaker {
				delete(env, "DD_"+stronger)
			}
			_, _, diags := resolve(t, providerBlock{}, env)
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
			}
			detail := diags[0].Detail()
			at, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || !at.Path().Equal(path.Root(tt.attribute)) {
				t.Errorf("not an error on %s: %v", tt.attribute, diags[0])
			}
			if !strings.Contains(detail, tt.variable) || !strings.Contains(detail, tt.message) {
				t.Errorf("detail %q, want %s and %q in it", detail, tt.variable, tt.message)
			}
			if strings.Contains(detail, "hunter2") {
				t.Errorf("detail %q shows a secret", detail)
			}
		})
	}
}

func TestResolve_missingCredentials(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		block providerBlock
		env   map[string]string
		want  []string
	}{
		"both":               {providerBlock{}, nil, []string{"api_key", "app_key"}},
		"the API key":        {providerBlock{"app_key": "app"}, nil, []string{"api_key"}},
		"the app key":        {providerBlock{}, map[string]string{"DD_API_KEY": "api"}, []string{"app_key"}},
		"while other is not": {providerBlock{"api_key": tftypes.UnknownValue}, nil, []string{"app_key"}},
		"a token in the environment does not complete a key in the block": {
			providerBlock{"api_key": "api"}, map[string]string{"DD_BEARER_TOKEN": "token"}, []string{"app_key"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, diags := resolve(t, tt.block, tt.env)
			var got []string
			for _, d := range diags {
				at, ok := d.(diag.DiagnosticWithPath)
				if !ok {
					t.Fatalf("no attribute: %v", d)
				}
				got = append(got, at.Path().String())
				variable := "DD_" + strings.ToUpper(at.Path().String())
				for _, fragment := range []string{variable, "DATADOG_" + variable[len("DD_"):], "bearer_token", "DD_BEARER_TOKEN"} {
					if !strings.Contains(d.Detail(), fragment) {
						t.Errorf("%q does not mention %s", d.Detail(), fragment)
					}
				}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("missing %v, want %v", got, tt.want)
			}
		})
	}
}
