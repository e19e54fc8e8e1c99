// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

type (
	block map[string]any // Go values of a block's arguments, or tftypes.UnknownValue
	env   map[string]string
)

func (b block) with(changes block) block {
	changed := maps.Clone(b)
	maps.Copy(changed, changes)
	return changed
}

func (e env) with(changes env) env {
	changed := maps.Clone(e)
	maps.Copy(changed, changes)
	return changed
}

const unknown = tftypes.UnknownValue

// What most rows begin with. The last two ask for the same.
var (
	keys         = env{"DD_API_KEY": "env-api", "DD_APP_KEY": "env-app"}
	keylessBlock = block{
		"cloud_provider_type": "aws", "org_uuid": stub.OrgUUID, "aws_access_key_id": "made-up-id",
		"aws_secret_access_key": "made-up-secret", "aws_session_token": "made-up-session",
	}
	keylessEnvironment = env{
		"DD_CLOUD_PROVIDER_TYPE": "aws", "DD_ORG_UUID": stub.OrgUUID, "AWS_ACCESS_KEY_ID": "made-up-id",
		"AWS_SECRET_ACCESS_KEY": "made-up-secret", "AWS_SESSION_TOKEN": "made-up-session",
	}
)

const identity = "AWS {OrgUUID:" + stub.OrgUUID +
	" Region: AccessKeyID:made-up-id SecretAccessKey:made-up-secret SessionToken:made-up-session}"

// resolve returns what the provider makes of block and environment: its credentials, and, where they are not
// the defaults, its base URL and its retries; then the arguments that are not known yet.
func resolve(t *testing.T, b block, e env) (string, diag.Diagnostics) {
	t.Helper()
	var resp provider.SchemaResponse
	newTestProvider().Schema(t.Context(), provider.SchemaRequest{}, &resp)
	types := map[string]tftypes.Type{}
	values := map[string]tftypes.Value{}
	for name, attribute := range resp.Schema.Attributes {
		types[name] = attribute.GetType().TerraformType(t.Context())
		values[name] = tftypes.NewValue(types[name], b[name])
	}
	config := tfsdk.Config{Schema: resp.Schema, Raw: tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)}
	getenv := func(name string) string { return e[name] }
	var diags diag.Diagnostics
	cfg, unknown := readSettings(t.Context(), config, getenv, &diags).resolve(&diags)
	return strings.Join(append(strings.Fields(described(cfg)), unknown...), " "), diags
}

func described(cfg datadog.Config) (text string) {
	if cfg.APIKey+cfg.AppKey != "" {
		text += fmt.Sprintf("keys %s %s ", cfg.APIKey, cfg.AppKey)
	}
	if cfg.BearerToken != "" {
		text += "token " + cfg.BearerToken + " "
	}
	if cfg.AWS != nil {
		text += fmt.Sprintf("AWS %+v ", *cfg.AWS)
	}
	if cfg.BaseURL != "https://api.datadoghq.com" {
		text += cfg.BaseURL + " "
	}
	if retries := fmt.Sprint(cfg.Retry, cfg.MaxRetries, cfg.Timeout); retries != "true 3 2m0s" {
		text += retries + " "
	}
	return text
}

// What wins, of the provider block, the environment and the defaults.
func TestResolve(t *testing.T) {
	t.Parallel()
	const us3, eu = "https://api.us3.datadoghq.com", "https://api.datadoghq.eu"
	twoKeys := block{"api_key": "a", "app_key": "b"}
	retries := env{
		"DD_HTTP_CLIENT_RETRY_ENABLED": "false", "DD_HTTP_CLIENT_RETRY_MAX_RETRIES": "7",
		"DD_HTTP_CLIENT_RETRY_TIMEOUT": "30",
	}
	invalid := env{
		"DD_API_KEY": "two words", "DD_APP_KEY": "two words", "DD_BEARER_TOKEN": "two words", "DD_SITE": "?", "DD_HOST": "?",
		"DD_HTTP_CLIENT_RETRY_ENABLED": "?", "DD_HTTP_CLIENT_RETRY_MAX_RETRIES": "?", "DD_HTTP_CLIENT_RETRY_TIMEOUT": "?",
		"DD_CLOUD_PROVIDER_TYPE": "?", "DD_ORG_UUID": "?", "AWS_ACCESS_KEY_ID": "two words",
		"AWS_SECRET_ACCESS_KEY": "two words", "AWS_SESSION_TOKEN": "two words",
	}
	empty := env{}
	for variable := range invalid {
		empty[variable] = ""
	}
	retryBlock := block{
		"http_client_retry_enabled": true, "http_client_retry_max_retries": 1, "http_client_retry_timeout": 2,
	}
	for _, tt := range []struct {
		name string
		b    block
		e    env
		want string
	}{
		{"defaults", nil, keys, "keys env-api env-app"},
		{"every variable", nil, keys.with(retries).with(env{"DD_HOST": eu}), "keys env-api env-app " + eu + " false 7 30s"},
		{"arguments beat variables", twoKeys.with(retryBlock), keys.with(retries), "keys a b true 1 2s"},
		{"zero and false", twoKeys.with(block{
			"http_client_retry_enabled": false, "http_client_retry_max_retries": 0, "http_client_retry_timeout": 1,
		}), nil, "keys a b false 0 1s"},
		{
			"ignored variables may be invalid", twoKeys.with(retryBlock).with(block{"site": "datadoghq.eu"}), invalid,
			"keys a b " + eu + " true 1 2s",
		},
		{
			"empty variables are unset", nil, empty.with(env{"DATADOG_API_KEY": "env-api", "DATADOG_APP_KEY": "env-app"}),
			"keys env-api env-app",
		},
		{"DD_… beats DATADOG_…", nil, keys.with(env{
			"DATADOG_API_KEY": "weaker", "DATADOG_APP_KEY": "weaker", "DD_HOST": eu, "DATADOG_HOST": us3,
		}), "keys env-api env-app " + eu},
		{
			"DD_BEARER_TOKEN beats DATADOG_BEARER_TOKEN", nil,
			env{"DD_BEARER_TOKEN": "token", "DATADOG_BEARER_TOKEN": "weaker"},
			"token token",
		},

		{
			"a site nobody knows", twoKeys.with(block{"site": "mars1.datadoghq.space"}), nil,
			"keys a b https://api.mars1.datadoghq.space",
		},
		{"DD_SITE", twoKeys, env{"DD_SITE": "ddog-gov.com"}, "keys a b https://api.ddog-gov.com"},
		{"site beats DD_HOST", twoKeys.with(block{"site": "datadoghq.eu"}), env{"DD_HOST": us3}, "keys a b " + eu},
		{"DD_HOST beats DD_SITE", twoKeys, env{"DD_SITE": "datadoghq.eu", "DD_HOST": us3}, "keys a b " + us3},
		{
			"api_url beats both", twoKeys.with(block{"api_url": "http://127.0.0.1:8126"}),
			env{"DD_SITE": "datadoghq.eu", "DD_HOST": us3},
			"keys a b http://127.0.0.1:8126",
		},
		{
			"a path is kept", twoKeys.with(block{"api_url": "https://proxy.example.com/datadog/"}), nil,
			"keys a b https://proxy.example.com/datadog/",
		},
		// Go's proxy rules know localhost in lower case alone.
		{
			"a host in capitals", twoKeys.with(block{"api_url": "HTTP://LOCALHOST:8126/Data%20Dog/"}), nil,
			"keys a b http://localhost:8126/Data%20Dog/",
		},

		{"a token beats keys in the block", twoKeys.with(block{"bearer_token": "c"}), nil, "token c"},
		{"a token beats keys in the environment", nil, keys.with(env{"DATADOG_BEARER_TOKEN": "token"}), "token token"},
		{"keys in the block beat a token in the environment", twoKeys, env{"DD_BEARER_TOKEN": "token"}, "keys a b"},
		{"so does one key", block{"api_key": "a"}, keys.with(env{"DD_BEARER_TOKEN": "token"}), "keys a env-app"},
		{"a token in the block beats keys in the environment", block{"bearer_token": "c"}, keys, "token c"},

		{"keyless", keylessBlock, nil, identity},
		{"keyless in the environment", nil, keylessEnvironment, identity},
		{
			"keyless by the type",
			block{"cloud_provider_type": "aws"},
			keylessEnvironment.with(env{"DD_CLOUD_PROVIDER_TYPE": ""}), identity,
		},
		{
			"keyless in the block beats the environment", keylessBlock,
			invalid.with(env{"DD_HOST": "", "DD_SITE": ""}).with(retries), identity + " false 7 30s",
		},
		{
			"keyless beats keys and token of the block", keylessBlock.with(twoKeys).with(block{"bearer_token": "c"}), nil,
			identity,
		},
		{
			"keyless beats keys and token of the environment", nil,
			keylessEnvironment.with(keys).with(env{"DD_BEARER_TOKEN": "token"}), identity,
		},
		{"keys in the block beat keyless in the environment", twoKeys, keylessEnvironment, "keys a b"},
		{"a token in the block beats keyless in the environment", block{"bearer_token": "c"}, keylessEnvironment, "token c"},
		{
			"AWS credentials alone ask for nothing", nil, keys.with(env{"DD_ORG_UUID": "?", "AWS_ACCESS_KEY_ID": "made-up-id"}),
			"keys env-api env-app",
		},
		{
			"a region", keylessBlock.with(block{"cloud_provider_region": "us-gov-west-1"}), nil,
			strings.Replace(identity, "Region:", "Region:us-gov-west-1", 1),
		},

		{"unknown key", block{"api_key": unknown}, keys, "keys env-app api_key"},
		{"unknown keys", block{"api_key": unknown, "app_key": unknown}, nil, "api_key app_key"},
		{"unknown token, which may be null", twoKeys.with(block{"bearer_token": unknown}), keys, "bearer_token"},
		{"unknown keys that a token replaces", block{"bearer_token": "c", "api_key": unknown}, nil, "token c"},
		{"unknown site", twoKeys.with(block{"site": unknown}), env{"DD_HOST": eu}, "keys a b site"},
		{"unknown URL", twoKeys.with(block{"api_url": unknown}), env{"DD_SITE": "datadoghq.eu"}, "keys a b api_url"},
		{"unknown site beside a URL", twoKeys.with(block{"site": unknown, "api_url": eu}), nil, "keys a b " + eu},
		{"unknown retries", twoKeys.with(block{
			"http_client_retry_enabled": unknown, "http_client_retry_max_retries": unknown, "http_client_retry_timeout": unknown,
		}), nil, "keys a b http_client_retry_enabled http_client_retry_max_retries http_client_retry_timeout"},
		{"unknown type of cloud", block{"cloud_provider_type": unknown, "api_key": "a"}, nil, "cloud_provider_type"},
		{"unknown parts of an identity", keylessBlock.with(block{
			"cloud_provider_region": unknown, "org_uuid": unknown, "aws_session_token": unknown,
		}), nil, "AWS {OrgUUID: Region: AccessKeyID:made-up-id SecretAccessKey:made-up-secret SessionToken:} " +
			"org_uuid cloud_provider_region aws_session_token"},
		{
			"unknown keys that keyless access replaces", keylessBlock.with(block{"api_key": unknown, "bearer_token": unknown}),
			nil, identity,
		},
		{
			"unknown identity that is not used",
			block{"aws_session_token": unknown, "org_uuid": unknown},
			keys,
			"keys env-api env-app",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, diags := resolve(t, tt.b, tt.e); got != tt.want || len(diags) > 0 {
				t.Errorf("got  %s\nwant %s\ndiagnostics %v", got, tt.want, diags)
			}
		})
	}
}
