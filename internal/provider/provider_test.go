// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// What a provider block has wrong is one error, which says what to write. No diagnostic points at a secret.
func TestProvider_badConfiguration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		argument string
		value    any
		advice   string
	}{
		{"api_key", "", "leave the argument out, or set DD_API_KEY or DATADOG_API_KEY"},
		{"app_key", "", "leave the argument out, or set DD_APP_KEY or DATADOG_APP_KEY"},
		{"bearer_token", "", "leave the argument out, or set DD_BEARER_TOKEN or DATADOG_BEARER_TOKEN"},
		{"api_key", "hunter2\n", "trimspace"},
		{"app_key", " hunter2", "trimspace"},
		{"bearer_token", "Bearer hunter2", "a space"},
		{"api_key", "hunter2\x00", "another character"},
		{"api_key", "hunter2\r\nX-Other: hunter2", "a line break"},
		{"site", "", "leave the argument out, or set DD_SITE"},
		{"site", "https://us5.datadoghq.com", `write "us5.datadoghq.com"`},
		{"site", "app.datadoghq.com", `write "datadoghq.com"`},
		{"site", "App.datadoghq.com", `write "datadoghq.com"`},
		{"site", "https://app.datadoghq.eu/", `write "datadoghq.eu"`},
		{"site", "api.datadoghq.com", `write "datadoghq.com"`},
		{"site", "datadoghq.com/", `write "datadoghq.com"`},
		{"site", " datadoghq.com", `write "datadoghq.com"`},
		{"site", "US5", `write "us5.datadoghq.com"`},
		{"site", "us5", `write "us5.datadoghq.com"`},
		{"site", "eu", `write "datadoghq.eu"`},
		{"site", "us1-fed", `write "ddog-gov.com"`},
		{"site", "moon", `such as "datadoghq.com"`},
		{"site", "datadoghq.com:443", `use api_url`},
		{"site", "10.0.0.1", `use api_url`},
		{"site", "datadoghq..com", `such as "datadoghq.com"`},
		{"site", "hunter2@datadoghq.com", `such as "datadoghq.com"`},
		{"site", "dätadoghq.com", `such as "datadoghq.com"`},
		{"api_url", "", "leave the argument out, or set DD_HOST or DATADOG_HOST"},
		{"api_url", "api.datadoghq.eu", `write "https://api.datadoghq.eu"`},
		{"api_url", "datadoghq.eu", `write "https://api.datadoghq.eu"`},
		{"api_url", "127.0.0.1:8080", `write "http://127.0.0.1:8080"`},
		{"api_url", "LocalHost:8126/datadog", `write "http://LocalHost:8126/datadog"`},
		{"api_url", "[::1]:8126", `write "http://[::1]:8126"`},
		{"api_url", "192.0.2.1:8080", `write "https://192.0.2.1:8080"`},
		{"api_url", "http://api.datadoghq.eu", `write "https://api.datadoghq.eu"`},
		{"api_url", "http://192.168.0.1:8126", `write "https://192.168.0.1:8126"`},
		{"api_url", "http://localhost.example.com", `write "https://localhost.example.com"`},
		{"api_url", "ftp://api.datadoghq.eu", `write the base URL`},
		{"api_url", "https://app.datadoghq.com", `write "https://api.datadoghq.com"`},
		{"api_url", "https://us5.datadoghq.com/", `write "https://api.us5.datadoghq.com"`},
		{"api_url", "https://api.datadoghq.com/api/v2", `write "https://api.datadoghq.com"`},
		{"api_url", "https://api.datadoghq.com/api", `write "https://api.datadoghq.com"`},
		{"api_url", "https://proxy.example.com/datadog/api/v1/", `write "https://proxy.example.com/datadog"`},
		{"api_url", "https://api.datadoghq.com/api/v2/integrations/okta/accounts", `write "https://api.datadoghq.com"`},
		{"api_url", "https://user:hunter2@api.datadoghq.com", "a user name or password does not belong"},
		{"api_url", "https://api.datadoghq.com?api_key=hunter2", "a query or fragment does not belong"},
		{"api_url", "https://api.datadoghq.com#top", "a query or fragment does not belong"},
		{"api_url", "https://api.datadoghq.com\n", "white space"},
		{"api_url", "https://", "valid host name"},
		{"api_url", "https://api.datadoghq.com:http", "valid host name"},
		{"api_url", "https://api.datadoghq.com:", "valid host name"},
		{"api_url", "https://api_datadoghq", "valid host name"},
		{"cloud_provider_type", "gcp", `write "aws", the only cloud`},
		{"cloud_provider_type", "", "leave the argument out, or set DD_CLOUD_PROVIDER_TYPE or DATADOG_CLOUD_PROVIDER_TYPE"},
		{"cloud_provider_region", "", "it is empty: leave the argument out."},
		{"cloud_provider_region", "us-east-1.example.com/", `such as "us-east-1"`},
		{"cloud_provider_region", "US East", `such as "us-east-1"`},
		{"org_uuid", "", "leave the argument out, or set DD_ORG_UUID or DATADOG_ORG_UUID"},
		{"org_uuid", "my organization", "its value comes from DD_ORG_UUID"},
		{"aws_access_key_id", "hunter2 ", "its value comes from AWS_ACCESS_KEY_ID"},
		{"aws_secret_access_key", "hunter2 ", "its value comes from AWS_SECRET_ACCESS_KEY"},
		{"aws_session_token", "hunter2 ", "its value comes from AWS_SESSION_TOKEN"},
		{"aws_session_token", "", "leave the argument out, or set AWS_SESSION_TOKEN"},

		{"http_client_retry_max_retries", -1, "write a whole number from 0 to 100"},
		{"http_client_retry_max_retries", 101, "write a whole number from 0 to 100"},
		{"http_client_retry_timeout", 0, "write a whole number from 1 to 86400"},
		{"http_client_retry_timeout", 86401, "write a whole number from 1 to 86400"},
		{"http_client_retry_max_retries", 0.5, "integer"}, // refused by the framework, in its own words
		{"http_client_retry_timeout", 1e300, "integer"},

		// These are valid.
		{"api_url", "http://localhost:8126", ""},
		{"api_url", "http://127.1.2.3", ""},
		{"api_url", "http://[::1]:8126/", ""},
		{"api_url", "https://proxy.example.com:8443/data%20dog/", ""},
		{"api_url", "https://proxy.example.com/api/datadog", ""},
		{"site", "Datadog.internal.example.com", ""},
		{"http_client_retry_max_retries", 0, ""},
		{"http_client_retry_max_retries", 100, ""},
		{"http_client_retry_timeout", 1, ""},
		{"http_client_retry_timeout", 86400, ""},
	} {
		t.Run(fmt.Sprintf("%s=%v", tt.argument, tt.value), func(t *testing.T) {
			t.Parallel()
			_, found := configure(t, map[string]any{"api_key": stub.APIKey, "app_key": stub.AppKey, tt.argument: tt.value}, nil)
			if tt.advice == "" && len(found) == 0 {
				return
			}
			if tt.advice == "" || len(found) == 0 || len(found) > 1 && tt.advice != "integer" {
				t.Fatalf("got %v, want one error with %q", found, tt.advice)
			}
			d := found[0]
			if d.Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(d.Detail, tt.advice) {
				t.Errorf("%s, want an error with %q in it", d.Detail, tt.advice)
			}
			text, isText := tt.value.(string)
			if names := variablesOf(tt.argument); isText && len(names) > 0 && !strings.Contains(d.Detail, names[0]) {
				t.Errorf("%s does not name %s", d.Detail, names[0])
			}
			at := tftypes.NewAttributePath().WithAttributeName(tt.argument)
			if secret := strings.Contains(text, "hunter2"); secret {
				at = nil
			}
			if !d.Attribute.Equal(at) || strings.Contains(d.Summary+d.Detail, "hunter2") ||
				at == nil && !strings.HasPrefix(d.Detail, tt.argument+":") {
				t.Errorf("points at %v with %q, want %v or the name of the argument, and no secret", d.Attribute, d.Detail, at)
			}
		})
	}
}

// variablesOf are the environment variables of an argument.
func variablesOf(name string) []string {
	return arguments[slices.IndexFunc(arguments, func(a argument) bool { return a.name == name })].variables
}

func TestProvider_conflict(t *testing.T) {
	t.Parallel()
	_, found := configure(t, block{"site": "datadoghq.eu", "api_url": "https://api.datadoghq.eu"}, nil)
	if len(found) != 1 || !found[0].Attribute.Equal(tftypes.NewAttributePath().WithAttributeName("site")) ||
		!strings.Contains(found[0].Detail, "api_url") {
		t.Errorf("got %v, want one error on site that mentions api_url", found)
	}
}

// A client that knows deferral gets one for the read of a data source while a key is unknown.
// TestAccProvider_unknownConfiguration has the others.
func TestProvider_deferral(t *testing.T) {
	t.Parallel()
	server, diagnostics := configure(t, block{"api_key": unknown, "app_key": stub.AppKey},
		&tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true})
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics[0])
	}
	p := protocol{t: t, server: server}
	schemas := answered(p, server.GetProviderSchema, &tfprotov6.GetProviderSchemaRequest{})
	read := answered(p, server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
		TypeName: "okta_accounts", Config: dynamicValue(t, schemas.DataSourceSchemas["okta_accounts"], nil),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("not deferred: %+v", read)
	}
}

// Each row of the table of clients, and what no row knows. A client that has no write-only attributes
// gets no hint at them.
func TestClientOf(t *testing.T) {
	t.Parallel()
	url := stub.New().Start(t)
	p := newProtocol(t, url)
	config := dynamicValue(t, p.schemas.Provider, block{"api_url": url, "api_key": stub.APIKey, "app_key": stub.AppKey})
	for version, want := range map[string]struct{ keepsState, writeOnly bool }{
		"0.15.5":                         {true, false},
		"1.9.8":                          {true, false},
		"1.10.5":                         {true, false},
		"1.11.4":                         {true, true},
		"1.13.0":                         {true, true}, // OpenTofu 1.12
		"1.15.9":                         {true, true},
		"1.16.0-beta1":                   {false, true},
		"1.16.4":                         {false, true},
		"1.17.0-dev":                     {false, true},
		"1.18.0":                         {false, true},
		"1.110.0":                        {false, true},
		"2.0.0":                          {false, true},
		"1.0.0+pulumi-terraform-bridge":  {false, false},
		"1.14.0+pulumi-terraform-bridge": {false, false},
		"":                               {false, true},
	} {
		if got := clientOf(version); got.keepsState != want.keepsState || got.writeOnly != want.writeOnly {
			t.Errorf("%q: taken for %s, %+v, want %+v", version, got.name, got, want)
		}
		req := &tfprotov6.ConfigureProviderRequest{TerraformVersion: version, Config: config}
		answered(p, p.server.ConfigureProvider, req)
		found := inResource(p, nil)
		if hinted := len(found) == 1 && found[0].Summary == summarySecretInState; hinted != want.writeOnly {
			t.Errorf("%q: %v, want a hint: %t", version, found, want.writeOnly)
		}
	}
}

func TestProvider_schema(t *testing.T) {
	t.Parallel()
	schemas := newProtocol(t, "http://localhost").schemas
	secrets := []string{
		"api_key", "app_key", "bearer_token", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
	}
	for _, attribute := range schemas.Provider.Block.Attributes {
		if attribute.Sensitive != slices.Contains(secrets, attribute.Name) || !attribute.Optional {
			t.Errorf("%s: sensitive %t, optional %t", attribute.Name, attribute.Sensitive, attribute.Optional)
		}
		if !strings.Contains(attribute.Description, "nvironment") {
			t.Errorf("the description of %s does not name its environment variables", attribute.Name)
		}
	}
	for name, schema := range schemas.DataSourceSchemas {
		if text := fmt.Sprint(schema.ValueType()); strings.Contains(text, "secret") || strings.Contains(text, "api_key") {
			t.Errorf("data source %s has a secret", name)
		}
	}
}
