// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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

// Every argument of DataDog/datadog is in the docs' table, with what this provider makes of it.
func TestParity_table(t *testing.T) {
	t.Parallel()
	variables, here := parityTable(t)
	for _, name := range officialArguments {
		known := slices.ContainsFunc(arguments, func(a argument) bool { return a.name == name })
		if known == strings.HasPrefix(here[name], "unknown") || here[name] == "" {
			t.Errorf("%s: the table says %q; this provider has it: %t", name, here[name], known)
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

// What is valid for DataDog/datadog means the same here, as a block, and in the environment, with either form of
// the variables.
func TestParity_forms(t *testing.T) {
	t.Parallel()
	twoKeys := block{"api_key": "a", "app_key": "b"}
	region := block{"cloud_provider_region": "us-east-1"}
	const awsIdentity = "AWS {OrgUUID:" + stub.OrgUUID +
		" Region:us-east-1 AccessKeyID:made-up-id SecretAccessKey:made-up-secret SessionToken:made-up-session}"
	for want, arguments := range map[string]block{
		"keys a b":                           twoKeys,
		"token c":                            twoKeys.with(block{"bearer_token": "c"}),
		"keys a b https://api.datadoghq.eu/": twoKeys.with(block{"api_url": "https://api.datadoghq.eu/"}),
		"token c true 5 1m0s": {
			"bearer_token": "c", "http_client_retry_enabled": true, "http_client_retry_timeout": 60,
			"http_client_retry_max_retries": 5,
		},
		"token c false 3 2m0s": {"bearer_token": "c", "http_client_retry_enabled": false},
		awsIdentity:            keylessBlock.with(region).with(twoKeys).with(block{"bearer_token": "c"}),
	} {
		for form := range 3 { // the block, and the first or the last variable of each argument
			t.Run(fmt.Sprintf("%s, form %d", want, form), func(t *testing.T) {
				t.Parallel()
				b, e := block{}, env{}
				for argument, value := range arguments {
					if names := variablesOf(argument); form > 0 && len(names) > 0 {
						e[names[min(form, len(names))-1]] = fmt.Sprint(value)
					} else {
						b[argument] = value
					}
				}
				if got, diags := resolve(t, b, e); got != want || len(diags) > 0 {
					t.Errorf("block %v, environment %v:\ngot  %s\nwant %s\ndiagnostics %v", b, e, got, want, diags)
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
