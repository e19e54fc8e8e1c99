// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// wantOneError fails the test where there is not one error, on the argument, with the text in its detail, and
// without the made-up secret.
func wantOneError(t *testing.T, diags diag.Diagnostics, argument, text string) {
	t.Helper()
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
	}
	if at, ok := diags[0].(diag.DiagnosticWithPath); !ok || at.Path().String() != argument {
		t.Errorf("not an error on %s: %v", argument, diags[0])
	}
	if detail := diags[0].Detail(); !strings.Contains(detail, text) || strings.Contains(detail, "hunter2") {
		t.Errorf("detail %q, want %q in it and no secret", detail, text)
	}
}

// The environment is held to the same rules as the block: the error is on the argument and names the variable.
func TestResolve_badEnvironment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ variable, value, argument, message string }{
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
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "99999999999999999999", "http_client_retry_timeout", "from 1 to 86400"},
		{"DD_CLOUD_PROVIDER_TYPE", "gcp", "cloud_provider_type", `write "aws"`},
		{"DD_CLOUD_PROVIDER_TYPE", "AWS", "cloud_provider_type", `write "aws"`},
		{"DD_ORG_UUID", "1234567", "org_uuid", "not a UUID"},
		{"DD_ORG_UUID", stub.OrgUUID + "\n", "org_uuid", "not a UUID"},
		{"DD_ORG_UUID", "x" + stub.OrgUUID, "org_uuid", "not a UUID"},
		{"AWS_ACCESS_KEY_ID", "hunter2 ", "aws_access_key_id", "trimspace"},
		{"AWS_SECRET_ACCESS_KEY", "hunter2\n", "aws_secret_access_key", "trimspace"},
		{"AWS_SESSION_TOKEN", "hunter2 hunter2", "aws_session_token", "trimspace"},
	} {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			e := keys
			if strings.Contains(tt.variable, "AWS") || strings.Contains(tt.variable, "ORG") {
				e = keylessEnvironment
			}
			e = e.with(env{tt.variable: tt.value})
			if stronger, weaker := strings.CutPrefix(tt.variable, "DATADOG_"); weaker {
				delete(e, "DD_"+stronger)
			}
			_, diags := resolve(t, nil, e)
			wantOneError(t, diags, tt.argument, tt.message)
			wantOneError(t, diags, tt.argument, "environment variable "+tt.variable)
		})
	}
}

// What is missing is one error, on the first missing argument.
func TestResolve_missingCredentials(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		b        block
		e        env
		argument string
		want     string
	}{
		"both": {nil, nil, "api_key", "Set DD_API_KEY and DD_APP_KEY. Also possible: DATADOG_API_KEY and DATADOG_APP_KEY, " +
			"or api_key and app_key in the provider block. A bearer token (bearer_token, DD_BEARER_TOKEN) or keyless access"},
		"the API key": {
			block{"app_key": "app"},
			nil, "api_key",
			"Set DD_API_KEY. Also possible: DATADOG_API_KEY, or api_key in the provider block. A bearer token",
		},
		"the app key":        {nil, env{"DD_API_KEY": "api"}, "app_key", "Set DD_APP_KEY. "},
		"while other is not": {block{"api_key": unknown}, nil, "app_key", "Set DD_APP_KEY. "},
		"a key, alone":       {block{"api_key": "api"}, env{"DD_BEARER_TOKEN": "token"}, "app_key", "Set DD_APP_KEY. "},
		"keyless, all": {block{"cloud_provider_type": "aws"}, nil, "org_uuid", "Set DD_ORG_UUID, AWS_ACCESS_KEY_ID, " +
			"AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Also possible: DATADOG_ORG_UUID, or org_uuid,"},
		"keyless, one": {
			keylessBlock.with(block{"aws_session_token": nil}), nil, "aws_session_token",
			"Set AWS_SESSION_TOKEN. Also possible: aws_session_token in the provider block. cloud_provider_type",
		},
		"no ID":     {nil, keylessEnvironment.with(env{"AWS_ACCESS_KEY_ID": ""}), "aws_access_key_id", "Set "},
		"no secret": {nil, keylessEnvironment.with(env{"AWS_SECRET_ACCESS_KEY": ""}), "aws_secret_access_key", "Set "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := resolve(t, tt.b, tt.e)
			wantOneError(t, diags, tt.argument, tt.want)
		})
	}
}
