// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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
			_, _, diags := resolve(providerModel{}, env)
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
		block providerModel
		env   map[string]string
		want  []string
	}{
		"both":               {providerModel{}, nil, []string{"api_key", "app_key"}},
		"the API key":        {providerModel{AppKey: types.StringValue("app")}, nil, []string{"api_key"}},
		"the app key":        {providerModel{}, map[string]string{"DD_API_KEY": "api"}, []string{"app_key"}},
		"while other is not": {providerModel{APIKey: types.StringUnknown()}, nil, []string{"app_key"}},
		"a token in the environment does not complete a key in the block": {
			providerModel{APIKey: types.StringValue("api")}, map[string]string{"DD_BEARER_TOKEN": "token"}, []string{"app_key"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, diags := resolve(tt.block, tt.env)
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
