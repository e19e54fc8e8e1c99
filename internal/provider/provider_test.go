// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestProvider_badConfiguration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attribute string
		value     any
		advice    string
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
		{"site", "https://us5.datadoghq.com/dashboards", `write "us5.datadoghq.com"`},
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
		{"api_url", "https://api.datadoghq.com/api/", `write "https://api.datadoghq.com"`},
		{"api_url", "https://proxy.example.com/datadog/api/v1/", `write "https://proxy.example.com/datadog"`},
		{"api_url", "https://api.datadoghq.com/api/v2/integrations/okta/accounts", `write "https://api.datadoghq.com"`},
		{"api_url", "api.datadoghq.com/api", `write "https://api.datadoghq.com"`},
		{"api_url", "https://user:hunter2@api.datadoghq.com", "a user name or password does not belong"},
		{"api_url", "https://api.datadoghq.com?api_key=hunter2", "a query or fragment does not belong"},
		{"api_url", "https://api.datadoghq.com#top", "a query or fragment does not belong"},
		{"api_url", "https://api.datadoghq.com\n", "white space"},
		{"api_url", "https://", "valid host name"},
		{"api_url", "https://api.datadoghq.com:http", "valid host name"},
		{"api_url", "https://api.datadoghq.com:", "valid host name"},
		{"api_url", "https://api_datadoghq", "valid host name"},

		{"http_client_retry_max_retries", big.NewFloat(-1), "between 0 and 100"},
		{"http_client_retry_max_retries", big.NewFloat(101), "between 0 and 100"},
		{"http_client_retry_timeout", big.NewFloat(0), "between 1 and 86400"},
		{"http_client_retry_timeout", big.NewFloat(-5), "between 1 and 86400"},
		{"http_client_retry_timeout", big.NewFloat(86401), "between 1 and 86400"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s=%v", tt.attribute, tt.value), func(t *testing.T) {
			t.Parallel()
			block := map[string]any{"api_key": stub.APIKey, "app_key": stub.AppKey}
			block[tt.attribute] = tt.value
			_, diagnostics := configure(t, block, nil)
			if len(diagnostics) != 1 {
				t.Fatalf("%d diagnostics, want one error: %v", len(diagnostics), diagnostics)
			}
			d := diagnostics[0]
			if d.Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(d.Detail, tt.advice) {
				t.Errorf("%s, want an error with %q in it", d.Detail, tt.advice)
			}
			_, number := tt.value.(*big.Float) // the schema's own validators check these
			variable := strings.Replace("DD_"+strings.ToUpper(tt.attribute), "DD_API_URL", "DD_HOST", 1)
			if !number && !strings.Contains(d.Detail, variable) {
				t.Errorf("%s does not name %s", d.Detail, variable)
			}

			// What may be a secret must not be printed, nor the line that it is written on.
			text, _ := tt.value.(string)
			if secret := strings.Contains(text, "hunter2"); !secret {
				if want := tftypes.NewAttributePath().WithAttributeName(tt.attribute); !d.Attribute.Equal(want) {
					t.Errorf("points at %v, want %v", d.Attribute, want)
				}
				return
			}
			if d.Attribute != nil || strings.Contains(d.Summary+d.Detail, "hunter2") ||
				!strings.HasPrefix(d.Detail, tt.attribute+":") {
				t.Errorf("points at %v with %q, want no path, the name of the argument, and no secret", d.Attribute, d.Detail)
			}
		})
	}
}

// TestProvider_fractions has numbers that the framework itself refuses, in its own words.
func TestProvider_fractions(t *testing.T) {
	t.Parallel()
	for _, argument := range []string{"http_client_retry_max_retries", "http_client_retry_timeout"} {
		for _, number := range []float64{0.5, 1e300} {
			_, diagnostics := configure(t, map[string]any{argument: big.NewFloat(number)}, nil)
			at := tftypes.NewAttributePath().WithAttributeName(argument)
			if len(diagnostics) == 0 || !diagnostics[0].Attribute.Equal(at) ||
				!strings.Contains(diagnostics[0].Detail, "integer") {
				t.Errorf("%s = %v: got %v, want an error on it", argument, number, diagnostics)
			}
		}
	}
}

func TestProvider_goodConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]any{
		"loopback name":    {"api_url": "http://localhost:8126"},
		"loopback v4":      {"api_url": "http://127.1.2.3"},
		"loopback v6":      {"api_url": "http://[::1]:8126/"},
		"proxy with path":  {"api_url": "https://proxy.example.com:8443/data%20dog/"},
		"a path like ours": {"api_url": "https://proxy.example.com/api/datadog"},
		"unusual site":     {"site": "Datadog.internal.example.com"},
		"least numbers": {
			"http_client_retry_max_retries": big.NewFloat(0), "http_client_retry_timeout": big.NewFloat(1),
		},
		"greatest numbers": {
			"http_client_retry_max_retries": big.NewFloat(100), "http_client_retry_timeout": big.NewFloat(86400),
		},
		"token and no keys":  {"api_key": nil, "app_key": nil, "bearer_token": stub.BearerToken},
		"token and the keys": {"bearer_token": stub.BearerToken},
		"no retry":           {"http_client_retry_enabled": false},
	}
	for name, arguments := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := map[string]any{"api_key": stub.APIKey, "app_key": stub.AppKey}
			for argument, value := range arguments {
				block[argument] = value
			}
			if _, diagnostics := configure(t, block, nil); len(diagnostics) > 0 {
				t.Errorf("refused: %v", diagnostics[0])
			}
		})
	}
}

func TestProvider_conflict(t *testing.T) {
	t.Parallel()
	_, diagnostics := configure(t, map[string]any{
		"api_key": stub.APIKey, "app_key": stub.AppKey, "site": "datadoghq.eu", "api_url": "https://api.datadoghq.eu",
	}, nil)
	if len(diagnostics) != 1 || !diagnostics[0].Attribute.Equal(tftypes.NewAttributePath().WithAttributeName("site")) ||
		!strings.Contains(diagnostics[0].Detail, "api_url") {
		t.Errorf("got %v, want one error on site that mentions api_url", diagnostics)
	}
}

// TestProvider_deferral asks for the read of a data source while a key is unknown: a client that
// knows deferral gets that, another one an error that names the argument.
func TestProvider_deferral(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		t.Run(fmt.Sprintf("allowed=%t", allowed), func(t *testing.T) {
			t.Parallel()
			server, diagnostics := configure(t, map[string]any{"api_key": tftypes.UnknownValue, "app_key": stub.AppKey},
				&tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: allowed})
			if len(diagnostics) > 0 {
				t.Fatal(diagnostics[0])
			}
			schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			if err != nil {
				t.Fatal(err)
			}
			read, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
				TypeName: "okta_accounts", Config: dynamicValue(t, schemas.DataSourceSchemas["okta_accounts"], nil),
				ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: allowed},
			})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case allowed && (read.Deferred == nil || read.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown):
				t.Errorf("not deferred: %+v", read)
			case !allowed && (len(read.Diagnostics) != 1 || !strings.Contains(read.Diagnostics[0].Detail, "api_key")):
				t.Errorf("got %v, want one error that names api_key", read.Diagnostics)
			}
		})
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	platform := fmt.Sprintf("%s; %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	tests := map[string]struct{ appended, want string }{
		"": {"", "terraform-provider-okta/1.2.3 (Terraform or OpenTofu 1.12.6; " + platform + ")"},
		"appended": {
			" team/7 run/8 ", "terraform-provider-okta/1.2.3 (Terraform or OpenTofu 1.12.6; " + platform + ") team/7 run/8",
		},
		"line break": {
			"team\r\nX-Other: 7",
			"terraform-provider-okta/1.2.3 (Terraform or OpenTofu 1.12.6; " + platform + ") team X-Other: 7",
		},
	}
	for name, tt := range tests {
		if got := userAgent("1.2.3", "1.12.6", tt.appended); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// Each row of the table of clients, and what no row knows.
func TestClientOf(t *testing.T) {
	t.Parallel()
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
	}
}

func TestProvider_schema(t *testing.T) {
	t.Parallel()
	server, err := protoV6ProviderFactories["okta"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(schemas.Diagnostics) > 0 {
		t.Fatal(schemas.Diagnostics[0])
	}
	secrets := []string{
		"api_key", "app_key", "bearer_token", "aws_access_key_id", "aws_secret_access_key",
		"aws_session_token",
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
		text := fmt.Sprint(schema.ValueType())
		for _, secret := range []string{"client_secret", "api_key"} {
			if strings.Contains(text, secret) {
				t.Errorf("data source %s has %s", name, secret)
			}
		}
	}
}
