// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// keylessBlock and keylessEnvironment ask for the same.
var (
	keylessBlock = providerBlock{
		"cloud_provider_type": "aws", "org_uuid": stub.OrgUUID, "aws_access_key_id": "made-up-id",
		"aws_secret_access_key": "made-up-secret", "aws_session_token": "made-up-session",
	}
	keylessEnvironment = map[string]string{
		"DD_CLOUD_PROVIDER_TYPE": "aws", "DD_ORG_UUID": stub.OrgUUID, "AWS_ACCESS_KEY_ID": "made-up-id",
		"AWS_SECRET_ACCESS_KEY": "made-up-secret", "AWS_SESSION_TOKEN": "made-up-session",
	}
	identity = datadog.AWS{
		OrgUUID: stub.OrgUUID, AccessKeyID: "made-up-id", SecretAccessKey: "made-up-secret", SessionToken: "made-up-session",
	}
)

// keylessBut returns a copy of the environment with one variable changed.
func keylessBut(variable, value string) map[string]string {
	env := maps.Clone(keylessEnvironment)
	env[variable] = value
	return env
}

// keylessBlockWith returns a copy of the block with the changes made to it.
func keylessBlockWith(changes providerBlock) providerBlock {
	block := maps.Clone(keylessBlock)
	maps.Copy(block, changes)
	return block
}

// What the provider authenticates with, of what it finds in the block and in the environment.
func TestResolve_keyless(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		block providerBlock
		env   map[string]string
		want  datadog.Config
	}{
		"in the block":       {keylessBlock, nil, datadog.Config{AWS: &identity}},
		"in the environment": {providerBlock{}, keylessEnvironment, datadog.Config{AWS: &identity}},
		"the type alone in the block": {
			providerBlock{"cloud_provider_type": "aws"},
			keylessBut("DD_CLOUD_PROVIDER_TYPE", ""),
			datadog.Config{AWS: &identity},
		},
		"the block beats the environment": {
			keylessBlock, map[string]string{
				"DD_CLOUD_PROVIDER_TYPE": "?", "DD_ORG_UUID": "?", "AWS_ACCESS_KEY_ID": "two words",
				"AWS_SECRET_ACCESS_KEY": "two words",
				"AWS_SESSION_TOKEN":     "two words",
			}, datadog.Config{AWS: &identity},
		},
		"it beats the keys and the token of the block": {
			keylessBlockWith(providerBlock{"api_key": "a", "app_key": "b", "bearer_token": "c"}), nil,
			datadog.Config{AWS: &identity},
		},
		"from the environment, it beats keys and token from there": {
			providerBlock{}, func() map[string]string {
				env := keylessBut("DD_BEARER_TOKEN", "token")
				env["DD_API_KEY"], env["DD_APP_KEY"] = "env-api", "env-app"
				return env
			}(), datadog.Config{AWS: &identity},
		},
		"keys in the block beat it in the environment": {
			providerBlock{"api_key": "a", "app_key": "b"}, keylessEnvironment, datadog.Config{APIKey: "a", AppKey: "b"},
		},
		"a token in the block beats it in the environment": {
			providerBlock{"bearer_token": "c"}, keylessEnvironment, datadog.Config{BearerToken: "c"},
		},
		"AWS credentials alone ask for nothing": {
			providerBlock{},
			with("DD_ORG_UUID", "?", "AWS_ACCESS_KEY_ID", "made-up-id", "AWS_SECRET_ACCESS_KEY", "made-up-secret"),
			datadog.Config{APIKey: "env-api", AppKey: "env-app"},
		},
		"a region": {
			keylessBlockWith(providerBlock{"cloud_provider_region": "us-gov-west-1"}), nil,
			datadog.Config{AWS: func() *datadog.AWS { i := identity; i.Region = "us-gov-west-1"; return &i }()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, unknown, diags := resolve(t, tt.block, tt.env)
			if len(diags) > 0 || len(unknown) > 0 {
				t.Errorf("diagnostics %v, unknown %v", diags, unknown)
			}
			got := datadog.Config{APIKey: cfg.APIKey, AppKey: cfg.AppKey, BearerToken: cfg.BearerToken, AWS: cfg.AWS}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v %+v\nwant %+v %+v", got, got.AWS, tt.want, tt.want.AWS)
			}
		})
	}
}

func TestResolve_keylessUnknown(t *testing.T) {
	t.Parallel()
	unknown := tftypes.UnknownValue
	for name, tt := range map[string]struct {
		block providerBlock
		env   map[string]string
		want  []string
	}{
		"whether it is wanted at all": {
			providerBlock{"cloud_provider_type": unknown, "api_key": "a"}, nil, []string{"cloud_provider_type"},
		},
		"all of it": {
			providerBlock{
				"cloud_provider_type": "aws", "cloud_provider_region": unknown, "org_uuid": unknown,
				"aws_access_key_id": unknown, "aws_secret_access_key": unknown, "aws_session_token": unknown,
			},
			keylessEnvironment,
			[]string{"org_uuid", "cloud_provider_region", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"},
		},
		"what it replaces": {keylessBlockWith(providerBlock{"api_key": unknown, "bearer_token": unknown}), nil, nil},
		"what is not used": {providerBlock{"aws_session_token": unknown, "org_uuid": unknown}, keys, nil},
		"a part of it, alone": {
			providerBlock{"aws_session_token": unknown}, keylessEnvironment, []string{"aws_session_token"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, diags := resolve(t, tt.block, tt.env)
			if len(diags) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("unknown %v, want %v; diagnostics %v", got, tt.want, diags)
			}
		})
	}
}

// What is missing or malformed is an error on its argument before any request. It names the
// variables, and shows no secret.
func TestResolve_keylessErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variable, value string
		argument        string
		want            []string
	}{
		{"DD_ORG_UUID", "", "org_uuid", []string{"Set DD_ORG_UUID.", "DATADOG_ORG_UUID, or org_uuid in the provider block"}},
		{"AWS_ACCESS_KEY_ID", "", "aws_access_key_id", []string{"AWS_ACCESS_KEY_ID", "session token"}},
		{"AWS_SECRET_ACCESS_KEY", "", "aws_secret_access_key", []string{"AWS_SECRET_ACCESS_KEY", "session token"}},
		{"AWS_SESSION_TOKEN", "", "aws_session_token", []string{"AWS_SESSION_TOKEN", "temporary AWS credentials"}},

		{
			"DD_CLOUD_PROVIDER_TYPE", "gcp", "cloud_provider_type",
			[]string{"environment variable DD_CLOUD_PROVIDER_TYPE", `"gcp"`, `write "aws"`},
		},
		{"DD_CLOUD_PROVIDER_TYPE", "AWS", "cloud_provider_type", []string{`write "aws"`}},
		{"DD_ORG_UUID", "1234567", "org_uuid", []string{"environment variable DD_ORG_UUID", "not a UUID"}},
		{"DD_ORG_UUID", stub.OrgUUID + "\n", "org_uuid", []string{"not a UUID"}},
		{"DD_ORG_UUID", "x" + stub.OrgUUID, "org_uuid", []string{"not a UUID"}},
		{
			"AWS_ACCESS_KEY_ID", "hunter2 ", "aws_access_key_id",
			[]string{"environment variable AWS_ACCESS_KEY_ID", "trimspace"},
		},
		{
			"AWS_SECRET_ACCESS_KEY", "hunter2\n", "aws_secret_access_key",
			[]string{"environment variable AWS_SECRET_ACCESS_KEY", "trimspace"},
		},
		{
			"AWS_SESSION_TOKEN", "hunter2 hunter2", "aws_session_token",
			[]string{"environment variable AWS_SESSION_TOKEN", "trimspace"},
		},
	} {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			_, _, diags := resolve(t, providerBlock{}, keylessBut(tt.variable, tt.value))
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
			}
			at, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || at.Path().String() != tt.argument {
				t.Errorf("not an error on %s: %v", tt.argument, diags[0])
			}
			for _, want := range tt.want {
				if !strings.Contains(diags[0].Detail(), want) {
					t.Errorf("detail %q, want %q in it", diags[0].Detail(), want)
				}
			}
			if strings.Contains(diags[0].Detail(), "hunter2") {
				t.Errorf("detail %q shows a secret", diags[0].Detail())
			}
		})
	}
}

// The same for the block, where no diagnostic points at a secret.
func TestProvider_keylessBadConfiguration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ argument, value, want string }{
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
	} {
		t.Run(tt.argument+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			_, diagnostics := configure(t, map[string]any{tt.argument: tt.value}, nil)
			if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Detail, tt.want) {
				t.Fatalf("got %v, want one error with %q", diagnostics, tt.want)
			}
			if strings.Contains(diagnostics[0].Detail, "hunter2") ||
				strings.HasPrefix(tt.value, "hunter2") && diagnostics[0].Attribute != nil {
				t.Errorf("it shows a secret, or points at one: %v", diagnostics[0])
			}
		})
	}
}

// An exchange that is refused for its form says nothing of the account that was to be written.
func TestAddErrors_authenticate(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	exchange := failed("create", 400, nil)
	request(exchange).Exchange = true
	testData().addCreateError(&diags, exchange)
	wantDetail(t, diags, "Unable to create Okta account", []string{"the next apply tries again", "not: underscores"})
	diags = nil
	testData().addUpdateError(&diags, exchange, okta.Account{Name: "Okta_Prod"})
	wantDetail(t, diags, "Unable to update Okta account",
		[]string{"the next apply sends the change again", "not: auth_method"})
}
