// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// keys are what most of these tests need beside what they test.
var keys = map[string]string{"DD_API_KEY": "env-api", "DD_APP_KEY": "env-app"}

// with returns the keys and the variables in pairs of name and value.
func with(variables ...string) map[string]string {
	env := map[string]string{"DD_API_KEY": keys["DD_API_KEY"], "DD_APP_KEY": keys["DD_APP_KEY"]}
	for i := 0; i < len(variables); i += 2 {
		env[variables[i]] = variables[i+1]
	}
	return env
}

// providerBlock has Go values of the arguments, or tftypes.UnknownValue.
type providerBlock map[string]any

func resolve(t *testing.T, block providerBlock, env map[string]string) (datadog.Config, []string, diag.Diagnostics) {
	t.Helper()
	var resp provider.SchemaResponse
	newTestProvider().Schema(t.Context(), provider.SchemaRequest{}, &resp)
	types := map[string]tftypes.Type{}
	values := map[string]tftypes.Value{}
	for name, attribute := range resp.Schema.Attributes {
		types[name] = attribute.GetType().TerraformType(t.Context())
		values[name] = tftypes.NewValue(types[name], block[name])
	}
	for name := range block {
		if types[name] == nil {
			t.Fatalf("no argument %s in the schema", name)
		}
	}
	config := tfsdk.Config{Schema: resp.Schema, Raw: tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)}
	getenv := func(name string) string { return env[name] }

	var diags diag.Diagnostics
	cfg, unknown := readSettings(t.Context(), config, getenv, &diags).resolve(&diags)
	return cfg, unknown, diags
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		block providerBlock
		env   map[string]string
		want  func(cfg *datadog.Config) // what differs from the keys of the environment and the defaults
	}{
		"defaults": {providerBlock{}, keys, func(*datadog.Config) {}},

		"every argument": {
			providerBlock{
				"api_key": "block-api", "app_key": "block-app", "api_url": "https://proxy.example.com/datadog/",
				"http_client_retry_enabled": false, "http_client_retry_max_retries": 0, "http_client_retry_timeout": 1,
			},
			nil,
			func(cfg *datadog.Config) {
				*cfg = datadog.Config{
					BaseURL: "https://proxy.example.com/datadog/", APIKey: "block-api", AppKey: "block-app",
					Timeout: time.Second,
				}
			},
		},
		"every variable": {
			providerBlock{},
			with("DD_HOST", "https://api.datadoghq.eu/", "DD_HTTP_CLIENT_RETRY_ENABLED", "false",
				"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "7", "DD_HTTP_CLIENT_RETRY_TIMEOUT", "30"),
			func(cfg *datadog.Config) {
				cfg.BaseURL, cfg.Retry, cfg.MaxRetries, cfg.Timeout = "https://api.datadoghq.eu/", false, 7, 30*time.Second
			},
		},
		"arguments beat variables": {
			providerBlock{
				"api_key": "block-api", "app_key": "block-app", "site": "us5.datadoghq.com",
				"http_client_retry_enabled": true, "http_client_retry_max_retries": 1, "http_client_retry_timeout": 2,
			},
			with("DD_SITE", "datadoghq.eu", "DD_HTTP_CLIENT_RETRY_ENABLED", "false",
				"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "7", "DD_HTTP_CLIENT_RETRY_TIMEOUT", "30"),
			func(cfg *datadog.Config) {
				*cfg = datadog.Config{
					BaseURL: "https://api.us5.datadoghq.com", APIKey: "block-api", AppKey: "block-app",
					Retry: true, MaxRetries: 1, Timeout: 2 * time.Second,
				}
			},
		},

		"DATADOG_… where there is no DD_…": {
			providerBlock{},
			map[string]string{
				"DATADOG_API_KEY": "env-api", "DATADOG_APP_KEY": "env-app",
				"DATADOG_HOST": "https://api.datadoghq.eu",
			},
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_… beats DATADOG_…": {
			providerBlock{},
			with("DATADOG_API_KEY", "weaker", "DATADOG_APP_KEY", "weaker",
				"DD_HOST", "https://api.datadoghq.eu", "DATADOG_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_BEARER_TOKEN beats DATADOG_BEARER_TOKEN": {
			providerBlock{},
			map[string]string{"DD_BEARER_TOKEN": "token", "DATADOG_BEARER_TOKEN": "weaker"},
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"empty variables count as unset": {
			providerBlock{},
			map[string]string{
				"DD_API_KEY": "", "DATADOG_API_KEY": "env-api", "DD_APP_KEY": "", "DATADOG_APP_KEY": "env-app",
				"DD_BEARER_TOKEN": "",
				"DD_HOST":         "", "DD_SITE": "", "DD_HTTP_CLIENT_RETRY_ENABLED": "", "DD_HTTP_CLIENT_RETRY_TIMEOUT": "",
			},
			func(*datadog.Config) {},
		},

		"site": {
			providerBlock{"site": "ap1.datadoghq.com"},
			keys,
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.ap1.datadoghq.com" },
		},
		"a site that is not known yet": {
			providerBlock{"site": "mars1.datadoghq.space"},
			keys,
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.mars1.datadoghq.space" },
		},
		"DD_SITE": {
			providerBlock{},
			with("DD_SITE", "ddog-gov.com"),
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.ddog-gov.com" },
		},
		"site beats DD_HOST": {
			providerBlock{"site": "datadoghq.eu"},
			with("DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_HOST beats DD_SITE": {
			providerBlock{},
			with("DD_SITE", "datadoghq.eu", "DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *datadog.Config) { cfg.BaseURL = "https://api.us3.datadoghq.com" },
		},
		"api_url beats DD_HOST and DD_SITE": {
			providerBlock{"api_url": "http://127.0.0.1:8126"},
			with("DD_SITE", "datadoghq.eu", "DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *datadog.Config) { cfg.BaseURL = "http://127.0.0.1:8126" },
		},

		// Go's proxy rules know localhost in lower case alone.
		"a host in capitals": {
			providerBlock{"api_url": "HTTP://LOCALHOST:8126/Data%20Dog/"},
			keys,
			func(cfg *datadog.Config) { cfg.BaseURL = "http://localhost:8126/Data%20Dog/" },
		},

		"a bearer token beats keys in the block": {
			providerBlock{"api_key": "block-api", "app_key": "block-app", "bearer_token": "token"},
			nil,
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"a bearer token beats keys in the environment": {
			providerBlock{},
			with("DATADOG_BEARER_TOKEN", "token"),
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"keys in the block beat a bearer token in the environment": {
			providerBlock{"api_key": "block-api", "app_key": "block-app"},
			with("DD_BEARER_TOKEN", "token"),
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey = "block-api", "block-app" },
		},
		"one key in the block, the other in the environment": {
			providerBlock{"api_key": "block-api"},
			with("DD_BEARER_TOKEN", "token"),
			func(cfg *datadog.Config) { cfg.APIKey = "block-api" },
		},
		"a bearer token in the block beats keys in the environment": {
			providerBlock{"bearer_token": "token"},
			keys,
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"variables that a stronger argument replaces are not looked at": {
			providerBlock{
				"api_key": "block-api", "app_key": "block-app", "site": "datadoghq.eu",
				"http_client_retry_enabled": true, "http_client_retry_max_retries": 3, "http_client_retry_timeout": 120,
			},
			map[string]string{
				"DD_API_KEY": "two words", "DD_APP_KEY": "two words", "DD_BEARER_TOKEN": "two words", "DD_SITE": "?",
				"DD_HOST":                      "?",
				"DD_HTTP_CLIENT_RETRY_ENABLED": "?", "DD_HTTP_CLIENT_RETRY_MAX_RETRIES": "?", "DD_HTTP_CLIENT_RETRY_TIMEOUT": "?",
			},
			func(cfg *datadog.Config) {
				cfg.APIKey, cfg.AppKey, cfg.BaseURL = "block-api", "block-app", "https://api.datadoghq.eu"
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := datadog.Config{
				BaseURL: "https://api.datadoghq.com", APIKey: "env-api", AppKey: "env-app",
				Retry: true, MaxRetries: 3, Timeout: 120 * time.Second,
			}
			tt.want(&want)
			cfg, unknown, diags := resolve(t, tt.block, tt.env)
			if len(diags) > 0 || len(unknown) > 0 {
				t.Errorf("diagnostics %v, unknown %v", diags, unknown)
			}
			if !reflect.DeepEqual(cfg, want) {
				t.Errorf("got  %+v\nwant %+v", cfg, want)
			}
		})
	}
}

func TestResolve_unknown(t *testing.T) {
	t.Parallel()
	unknown := tftypes.UnknownValue
	tests := map[string]struct {
		block providerBlock
		env   map[string]string
		want  []string
	}{
		"a key, although the environment has one": {providerBlock{"api_key": unknown}, keys, []string{"api_key"}},
		"both keys": {
			providerBlock{"api_key": unknown, "app_key": unknown}, nil, []string{"api_key", "app_key"},
		},
		"a token": {providerBlock{"bearer_token": unknown}, keys, []string{"bearer_token"}},
		"a token that may be null": {
			providerBlock{"bearer_token": unknown, "api_key": "a", "app_key": "b"}, nil, []string{"bearer_token"},
		},
		"keys that a token replaces": {
			providerBlock{"bearer_token": "token", "api_key": unknown, "app_key": unknown}, nil, nil,
		},
		"the site": {
			providerBlock{"site": unknown}, with("DD_HOST", "https://api.datadoghq.eu"), []string{"site"},
		},
		"the URL": {
			providerBlock{"api_url": unknown}, with("DD_SITE", "datadoghq.eu"), []string{"api_url"},
		},
		"a site beside a URL": {providerBlock{"site": unknown, "api_url": "https://api.datadoghq.eu"}, keys, nil},
		"the settings of retries": {
			providerBlock{
				"http_client_retry_enabled":     tftypes.UnknownValue,
				"http_client_retry_max_retries": tftypes.UnknownValue, "http_client_retry_timeout": tftypes.UnknownValue,
			},
			keys,
			[]string{"http_client_retry_enabled", "http_client_retry_max_retries", "http_client_retry_timeout"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, diags := resolve(t, tt.block, tt.env)
			if len(diags) > 0 || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("unknown %v, want %v; diagnostics %v", got, tt.want, diags)
			}
		})
	}
}
