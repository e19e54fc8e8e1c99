// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
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

func resolve(block providerModel, env map[string]string) (api.Config, []string, diag.Diagnostics) {
	var diags diag.Diagnostics
	cfg, unknown := block.resolve(func(name string) string { return env[name] }, &diags)
	return cfg, unknown, diags
}

func TestResolve(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	tests := map[string]struct {
		block providerModel
		env   map[string]string
		want  func(cfg *api.Config) // what differs from the keys of the environment and the defaults
	}{
		"defaults": {providerModel{}, keys, func(*api.Config) {}},

		"every argument": {
			providerModel{
				APIKey: text("block-api"), AppKey: text("block-app"), APIURL: text("https://proxy.example.com/datadog/"),
				RetryEnabled: types.BoolValue(false), MaxRetries: types.Int64Value(0), Timeout: types.Int64Value(1),
			},
			nil,
			func(cfg *api.Config) {
				*cfg = api.Config{BaseURL: "https://proxy.example.com/datadog/", APIKey: "block-api", AppKey: "block-app", Timeout: time.Second}
			},
		},
		"every variable": {
			providerModel{},
			with("DD_HOST", "https://api.datadoghq.eu/", "DD_HTTP_CLIENT_RETRY_ENABLED", "false",
				"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "7", "DD_HTTP_CLIENT_RETRY_TIMEOUT", "30"),
			func(cfg *api.Config) {
				cfg.BaseURL, cfg.Retry, cfg.MaxRetries, cfg.Timeout = "https://api.datadoghq.eu/", false, 7, 30*time.Second
			},
		},
		"arguments beat variables": {
			providerModel{
				APIKey: text("block-api"), AppKey: text("block-app"), Site: text("us5.datadoghq.com"),
				RetryEnabled: types.BoolValue(true), MaxRetries: types.Int64Value(1), Timeout: types.Int64Value(2),
			},
			with("DD_SITE", "datadoghq.eu", "DD_HTTP_CLIENT_RETRY_ENABLED", "false",
				"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "7", "DD_HTTP_CLIENT_RETRY_TIMEOUT", "30"),
			func(cfg *api.Config) {
				*cfg = api.Config{
					BaseURL: "https://api.us5.datadoghq.com", APIKey: "block-api", AppKey: "block-app",
					Retry: true, MaxRetries: 1, Timeout: 2 * time.Second,
				}
			},
		},

		"DATADOG_… where there is no DD_…": {
			providerModel{},
			map[string]string{"DATADOG_API_KEY": "env-api", "DATADOG_APP_KEY": "env-app", "DATADOG_HOST": "https://api.datadoghq.eu"},
			func(cfg *api.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_… beats DATADOG_…": {
			providerModel{},
			with("DATADOG_API_KEY", "weaker", "DATADOG_APP_KEY", "weaker",
				"DD_HOST", "https://api.datadoghq.eu", "DATADOG_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *api.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_BEARER_TOKEN beats DATADOG_BEARER_TOKEN": {
			providerModel{},
			map[string]string{"DD_BEARER_TOKEN": "token", "DATADOG_BEARER_TOKEN": "weaker"},
			func(cfg *api.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"empty variables count as unset": {
			providerModel{},
			map[string]string{
				"DD_API_KEY": "", "DATADOG_API_KEY": "env-api", "DD_APP_KEY": "", "DATADOG_APP_KEY": "env-app", "DD_BEARER_TOKEN": "",
				"DD_HOST": "", "DD_SITE": "", "DD_HTTP_CLIENT_RETRY_ENABLED": "", "DD_HTTP_CLIENT_RETRY_TIMEOUT": "",
			},
			func(*api.Config) {},
		},

		"site": {
			providerModel{Site: text("ap1.datadoghq.com")},
			keys,
			func(cfg *api.Config) { cfg.BaseURL = "https://api.ap1.datadoghq.com" },
		},
		"a site that is not known yet": {
			providerModel{Site: text("mars1.datadoghq.space")},
			keys,
			func(cfg *api.Config) { cfg.BaseURL = "https://api.mars1.datadoghq.space" },
		},
		"DD_SITE": {
			providerModel{},
			with("DD_SITE", "ddog-gov.com"),
			func(cfg *api.Config) { cfg.BaseURL = "https://api.ddog-gov.com" },
		},
		"site beats DD_HOST": {
			providerModel{Site: text("datadoghq.eu")},
			with("DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *api.Config) { cfg.BaseURL = "https://api.datadoghq.eu" },
		},
		"DD_HOST beats DD_SITE": {
			providerModel{},
			with("DD_SITE", "datadoghq.eu", "DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *api.Config) { cfg.BaseURL = "https://api.us3.datadoghq.com" },
		},
		"api_url beats DD_HOST and DD_SITE": {
			providerModel{APIURL: text("http://127.0.0.1:8126")},
			with("DD_SITE", "datadoghq.eu", "DD_HOST", "https://api.us3.datadoghq.com"),
			func(cfg *api.Config) { cfg.BaseURL = "http://127.0.0.1:8126" },
		},

		"a bearer token beats keys in the block": {
			providerModel{APIKey: text("block-api"), AppKey: text("block-app"), BearerToken: text("token")},
			nil,
			func(cfg *api.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"a bearer token beats keys in the environment": {
			providerModel{},
			with("DATADOG_BEARER_TOKEN", "token"),
			func(cfg *api.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"keys in the block beat a bearer token in the environment": {
			providerModel{APIKey: text("block-api"), AppKey: text("block-app")},
			with("DD_BEARER_TOKEN", "token"),
			func(cfg *api.Config) { cfg.APIKey, cfg.AppKey = "block-api", "block-app" },
		},
		"one key in the block, the other in the environment": {
			providerModel{APIKey: text("block-api")},
			with("DD_BEARER_TOKEN", "token"),
			func(cfg *api.Config) { cfg.APIKey = "block-api" },
		},
		"a bearer token in the block beats keys in the environment": {
			providerModel{BearerToken: text("token")},
			keys,
			func(cfg *api.Config) { cfg.APIKey, cfg.AppKey, cfg.BearerToken = "", "", "token" },
		},
		"variables that a stronger argument replaces are not looked at": {
			providerModel{
				APIKey: text("block-api"), AppKey: text("block-app"), Site: text("datadoghq.eu"),
				RetryEnabled: types.BoolValue(true), MaxRetries: types.Int64Value(3), Timeout: types.Int64Value(120),
			},
			map[string]string{
				"DD_API_KEY": "two words", "DD_APP_KEY": "two words", "DD_BEARER_TOKEN": "two words", "DD_SITE": "?", "DD_HOST": "?",
				"DD_HTTP_CLIENT_RETRY_ENABLED": "?", "DD_HTTP_CLIENT_RETRY_MAX_RETRIES": "?", "DD_HTTP_CLIENT_RETRY_TIMEOUT": "?",
			},
			func(cfg *api.Config) {
				cfg.APIKey, cfg.AppKey, cfg.BaseURL = "block-api", "block-app", "https://api.datadoghq.eu"
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := api.Config{
				BaseURL: "https://api.datadoghq.com", APIKey: "env-api", AppKey: "env-app",
				Retry: true, MaxRetries: 3, Timeout: 120 * time.Second,
			}
			tt.want(&want)
			cfg, unknown, diags := resolve(tt.block, tt.env)
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
	unknown := types.StringUnknown()
	text := types.StringValue
	tests := map[string]struct {
		block providerModel
		env   map[string]string
		want  []string
	}{
		"a key, although the environment has one": {providerModel{APIKey: unknown}, keys, []string{"api_key"}},
		"both keys":                  {providerModel{APIKey: unknown, AppKey: unknown}, nil, []string{"api_key", "app_key"}},
		"a token":                    {providerModel{BearerToken: unknown}, keys, []string{"bearer_token"}},
		"a token that may be null":   {providerModel{BearerToken: unknown, APIKey: text("a"), AppKey: text("b")}, nil, []string{"bearer_token"}},
		"keys that a token replaces": {providerModel{BearerToken: text("token"), APIKey: unknown, AppKey: unknown}, nil, nil},
		"the site":                   {providerModel{Site: unknown}, with("DD_HOST", "https://api.datadoghq.eu"), []string{"site"}},
		"the URL":                    {providerModel{APIURL: unknown}, with("DD_SITE", "datadoghq.eu"), []string{"api_url"}},
		"a site beside a URL":        {providerModel{Site: unknown, APIURL: text("https://api.datadoghq.eu")}, keys, nil},
		"the settings of retries": {
			providerModel{RetryEnabled: types.BoolUnknown(), MaxRetries: types.Int64Unknown(), Timeout: types.Int64Unknown()},
			keys,
			[]string{"http_client_retry_enabled", "http_client_retry_max_retries", "http_client_retry_timeout"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, diags := resolve(tt.block, tt.env)
			if len(diags) > 0 || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("unknown %v, want %v; diagnostics %v", got, tt.want, diags)
			}
		})
	}
}
