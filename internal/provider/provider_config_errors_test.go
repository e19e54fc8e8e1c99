// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
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
		{"DD_HOST", "127.0.0.1:8080", "api_url", `write "http://127.0.0.1:8080"`},
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

// What is missing is one error, on the first missing argument.
func TestResolve_missingCredentials(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		block     providerBlock
		env       map[string]string
		attribute string
		want      string
	}{
		"both": {
			providerBlock{},
			nil, "api_key",
			"Set DD_API_KEY and DD_APP_KEY. Also possible: DATADOG_API_KEY and DATADOG_APP_KEY, " +
				"or api_key and app_key in the provider block. A bearer token (bearer_token, DD_BEARER_TOKEN) or keyless access",
		},
		"the API key": {
			providerBlock{"app_key": "app"},
			nil, "api_key",
			"Set DD_API_KEY. Also possible: DATADOG_API_KEY, or api_key in the provider block. A bearer token",
		},
		"the app key":        {providerBlock{}, map[string]string{"DD_API_KEY": "api"}, "app_key", "Set DD_APP_KEY. "},
		"while other is not": {providerBlock{"api_key": tftypes.UnknownValue}, nil, "app_key", "Set DD_APP_KEY. "},
		"a token in the environment does not complete a key in the block": {
			providerBlock{"api_key": "api"}, map[string]string{"DD_BEARER_TOKEN": "token"}, "app_key", "Set DD_APP_KEY. ",
		},
		"keyless, all": {
			providerBlock{"cloud_provider_type": "aws"},
			nil, "org_uuid",
			"Set DD_ORG_UUID, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. " +
				"Also possible: DATADOG_ORG_UUID, or org_uuid,",
		},
		"keyless, one": {
			keylessBlockWith(providerBlock{"aws_session_token": nil}), nil, "aws_session_token",
			"Set AWS_SESSION_TOKEN. Also possible: aws_session_token in the provider block. cloud_provider_type",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, diags := resolve(t, tt.block, tt.env)
			if len(diags) != 1 || diags[0].Summary() != summaryMissingCredentials ||
				!strings.HasPrefix(diags[0].Detail(), tt.want) {
				t.Fatalf("got %v, want one error %q", diags, tt.want)
			}
			if at, ok := diags[0].(diag.DiagnosticWithPath); !ok || !at.Path().Equal(path.Root(tt.attribute)) {
				t.Errorf("not an error on %s: %v", tt.attribute, diags[0])
			}
		})
	}
}
