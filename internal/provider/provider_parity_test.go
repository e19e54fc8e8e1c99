// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// officialArguments are those of the provider block of DataDog/datadog 4.19 that a user may want here.
// It has three more for its own retries and checks.
var officialArguments = []string{
	"api_key", "api_url", "app_key", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "bearer_token",
	"cloud_provider_region", "cloud_provider_type", "default_tags", "http_client_retry_enabled",
	"http_client_retry_max_retries", "http_client_retry_timeout", "ignore_tag_keys", "org_uuid",
}

// parityTable reads the table in the docs: for each argument of DataDog/datadog its environment
// variables, and what becomes of it here.
func parityTable(t *testing.T) (variables map[string][]string, here map[string]string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "templates/guides/authentication.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n## A provider block of `DataDog/datadog`\n")
	if !found {
		t.Fatal("the docs have no such section")
	}
	table, _, _ = strings.Cut(table, "\n#")
	variables, here = map[string][]string{}, map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.*?) \\| (.*) \\|$").FindAllStringSubmatch(table, -1) {
		for _, variable := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[2], -1) {
			variables[row[1]] = append(variables[row[1]], variable[1])
		}
		here[row[1]] = row[3]
	}
	return variables, here
}

// blockOf is a provider block with the arguments, in the types that this provider gives them.
func blockOf(t *testing.T, texts map[string]string) providerBlock {
	t.Helper()
	block := providerBlock{}
	for _, a := range arguments {
		text, set := texts[a.name]
		if !set {
			continue
		}
		switch a.kind {
		case kindString:
			block[a.name] = text
		case kindBool:
			block[a.name] = text == "true"
		case kindNumber:
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			block[a.name] = n
		}
	}
	return block
}

// Every argument of DataDog/datadog is in the docs' table, with what this provider makes of it.
func TestParity_table(t *testing.T) {
	t.Parallel()
	variables, here := parityTable(t)
	server, err := protoV6ProviderFactories["okta"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, attribute := range schemas.Provider.Block.Attributes {
		own = append(own, attribute.Name)
	}
	for _, argument := range officialArguments {
		if known := slices.Contains(own, argument); known == strings.HasPrefix(here[argument], "unknown") ||
			here[argument] == "" {
			t.Errorf("%s: the table says %q; in the schema of this provider: %t", argument, here[argument], known)
		}
	}
	if len(here) != len(officialArguments) {
		t.Errorf("the table has %d arguments, want %d", len(here), len(officialArguments))
	}

	for _, a := range arguments {
		if a.name == "site" {
			continue // DataDog/datadog has none
		}
		if want := variables[a.name]; !strings.HasPrefix(here[a.name], "the same") || !slices.Equal(a.variables, want) {
			t.Errorf("%s: the table says %q and the variables %q, the provider reads %q", a.name, here[a.name], want,
				a.variables)
		}
	}
}

// What is valid for DataDog/datadog means the same here, as a block, and in the environment, with
// either form of the variables in the docs' table.
func TestParity_forms(t *testing.T) {
	t.Parallel()
	variables, _ := parityTable(t)
	defaults := datadog.Config{
		BaseURL: "https://api.datadoghq.com", Retry: true, MaxRetries: 3, Timeout: 120 * time.Second,
	}
	keyless := map[string]string{
		"cloud_provider_type": "aws", "cloud_provider_region": "us-east-1", "org_uuid": stub.OrgUUID,
		"aws_access_key_id":     "made-up-id",
		"aws_secret_access_key": "made-up-secret", "aws_session_token": "made-up-session",
	}
	everything := map[string]string{
		"api_key": "an-api-key", "app_key": "an-app-key", "bearer_token": "a-token",
		"api_url":                   "https://api.us3.datadoghq.com/",
		"http_client_retry_enabled": "false", "http_client_retry_timeout": "60", "http_client_retry_max_retries": "5",
	}
	for argument, value := range keyless {
		everything[argument] = value
	}
	for name, tt := range map[string]struct {
		arguments map[string]string
		want      func(*datadog.Config)
	}{
		"keys": {
			map[string]string{"api_key": "an-api-key", "app_key": "an-app-key"},
			func(cfg *datadog.Config) { cfg.APIKey, cfg.AppKey = "an-api-key", "an-app-key" },
		},
		"token": {
			map[string]string{"bearer_token": "ddpat_a-token"}, func(cfg *datadog.Config) { cfg.BearerToken = "ddpat_a-token" },
		},
		"token and keys": {
			map[string]string{"bearer_token": "ddpat_a-token", "api_key": "an-api-key", "app_key": "an-app-key"},
			func(cfg *datadog.Config) { cfg.BearerToken = "ddpat_a-token" },
		},
		"site": {
			map[string]string{"bearer_token": "a-token", "api_url": "https://api.datadoghq.eu/"},
			func(cfg *datadog.Config) { cfg.BearerToken, cfg.BaseURL = "a-token", "https://api.datadoghq.eu/" },
		},
		"retries": {
			map[string]string{
				"bearer_token": "a-token", "http_client_retry_enabled": "true", "http_client_retry_timeout": "60",
				"http_client_retry_max_retries": "5",
			},
			func(cfg *datadog.Config) { cfg.BearerToken, cfg.MaxRetries, cfg.Timeout = "a-token", 5, 60*time.Second },
		},
		"no retries": {
			map[string]string{"bearer_token": "a-token", "http_client_retry_enabled": "false"},
			func(cfg *datadog.Config) { cfg.BearerToken, cfg.Retry = "a-token", false },
		},
		"keyless": {keyless, func(cfg *datadog.Config) {
			i := identity
			i.Region = "us-east-1"
			cfg.AWS = &i
		}},
		"everything": {everything, func(cfg *datadog.Config) {
			i := identity
			i.Region = "us-east-1"
			*cfg = datadog.Config{AWS: &i, BaseURL: "https://api.us3.datadoghq.com/", MaxRetries: 5, Timeout: 60 * time.Second}
		}},
	} {
		want := defaults
		tt.want(&want)
		for form := range 3 { // the block, and the first or the second variable of each argument
			t.Run(fmt.Sprintf("%s, form %d", name, form), func(t *testing.T) {
				t.Parallel()
				block, env := map[string]string{}, map[string]string{}
				for argument, value := range tt.arguments {
					if names := variables[argument]; form > 0 && len(names) > 0 {
						env[names[min(form, len(names))-1]] = value
					} else {
						block[argument] = value
					}
				}
				cfg, unknown, diags := resolve(t, blockOf(t, block), env)
				if len(diags) > 0 || len(unknown) > 0 || !reflect.DeepEqual(cfg, want) {
					t.Errorf("block %v, environment %v:\ngot  %+v %+v\nwant %+v %+v\ndiagnostics %v, unknown %v", block, env, cfg,
						cfg.AWS, want, want.AWS, diags, unknown)
				}
			})
		}
	}
}

// A block as the official provider's users write it, in the types of its schema, where
// http_client_retry_enabled is a string. The environment has what its other settings need.
func TestAccProvider_officialBlock(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, "")
	c.env = append(c.env, "DD_HTTP_CLIENT_RETRY_BACKOFF_BASE=3", "DD_HTTP_CLIENT_RETRY_BACKOFF_MULTIPLIER=2",
		"AWS_ACCESS_KEY_ID=made-up-id", "AWS_SECRET_ACCESS_KEY=made-up-secret", "DD_ORG_UUID="+stub.OrgUUID)
	for _, enabled := range []string{`"true"`, `"false"`, "true"} {
		c.write("main.tf", fmt.Sprintf(`
provider "okta" {
  api_key = %q
  app_key = %q
  api_url = "%s/"

  http_client_retry_enabled     = %s
  http_client_retry_timeout     = 60
  http_client_retry_max_retries = 5
}

data "okta_accounts" "all" {}
`, stub.APIKey, stub.AppKey, url, enabled))
		c.run(0, "plan")
		wantRequests(t, s, "GET list")
	}
}
