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

	"github.com/hashicorp/terraform-plugin-framework/diag"

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
		{"DD_BEARER_TOKEN", "Bearer hunter2", "bearer_token", "a space, a line break"},
		{"DD_SITE", "US5", "site", `write "us5.datadoghq.com"`},
		{"DD_HOST", "api.datadoghq.eu", "api_url", `write "https://api.datadoghq.eu"`},
		{"DATADOG_HOST", "https://app.datadoghq.eu", "api_url", `write "https://api.datadoghq.eu"`},
		{"DD_HOST", "http://example.com/proxy/api/v2/", "api_url", `write "https://example.com/proxy"`},
		{"DD_HOST", "https://user:hunter2@api.datadoghq.eu", "api_url", "a user name or password"},
		{"DD_HTTP_CLIENT_RETRY_ENABLED", "yes", "http_client_retry_enabled", "write true or false"},
		{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "-1", "http_client_retry_max_retries", "from 0 to 100"},
		{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES", "many", "http_client_retry_max_retries", "from 0 to 100"},
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "0", "http_client_retry_timeout", "from 1 to 86400"},
		{"DD_HTTP_CLIENT_RETRY_TIMEOUT", "99999999999999999999", "http_client_retry_timeout", "from 1 to 86400"},
		{"DD_CLOUD_PROVIDER_TYPE", "AWS", "cloud_provider_type", `write "aws"`},
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
