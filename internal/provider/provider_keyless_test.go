// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// keylessBlock and keylessEnvironment ask for the same.
var (
	keylessBlock = providerModel{
		CloudType: types.StringValue("aws"), OrgUUID: types.StringValue(stub.OrgUUID), AWSAccessKeyID: types.StringValue("made-up-id"),
		AWSSecretAccessKey: types.StringValue("made-up-secret"), AWSSessionToken: types.StringValue("made-up-session"),
	}
	keylessEnvironment = map[string]string{
		"DD_CLOUD_PROVIDER_TYPE": "aws", "DD_ORG_UUID": stub.OrgUUID, "AWS_ACCESS_KEY_ID": "made-up-id",
		"AWS_SECRET_ACCESS_KEY": "made-up-secret", "AWS_SESSION_TOKEN": "made-up-session",
	}
	identity = api.AWS{
		OrgUUID: stub.OrgUUID, AccessKeyID: "made-up-id", SecretAccessKey: "made-up-secret", SessionToken: "made-up-session",
	}
)

// keylessBut returns a copy of the environment with one variable changed.
func keylessBut(variable, value string) map[string]string {
	env := map[string]string{}
	for name, v := range keylessEnvironment {
		env[name] = v
	}
	env[variable] = value
	return env
}

// What the provider authenticates with, of what it finds in the block and in the environment.
func TestResolve_keyless(t *testing.T) {
	t.Parallel()
	block := func(change func(*providerModel)) providerModel {
		b := keylessBlock
		change(&b)
		return b
	}
	for name, tt := range map[string]struct {
		block providerModel
		env   map[string]string
		want  api.Config
	}{
		"in the block":       {keylessBlock, nil, api.Config{AWS: &identity}},
		"in the environment": {providerModel{}, keylessEnvironment, api.Config{AWS: &identity}},
		"the type alone in the block": {
			providerModel{CloudType: types.StringValue("aws")}, keylessBut("DD_CLOUD_PROVIDER_TYPE", ""), api.Config{AWS: &identity},
		},
		"the block beats the environment": {
			keylessBlock, map[string]string{
				"DD_CLOUD_PROVIDER_TYPE": "?", "DD_ORG_UUID": "?", "AWS_ACCESS_KEY_ID": "two words", "AWS_SECRET_ACCESS_KEY": "two words",
				"AWS_SESSION_TOKEN": "two words",
			}, api.Config{AWS: &identity},
		},
		"it beats the keys and the token of the block": {
			block(func(b *providerModel) {
				b.APIKey, b.AppKey, b.BearerToken = types.StringValue("a"), types.StringValue("b"), types.StringValue("c")
			}), nil, api.Config{AWS: &identity},
		},
		"from the environment, it beats keys and token from there": {
			providerModel{}, func() map[string]string {
				env := keylessBut("DD_BEARER_TOKEN", "token")
				env["DD_API_KEY"], env["DD_APP_KEY"] = "env-api", "env-app"
				return env
			}(), api.Config{AWS: &identity},
		},
		"keys in the block beat it in the environment": {
			providerModel{APIKey: types.StringValue("a"), AppKey: types.StringValue("b")}, keylessEnvironment, api.Config{APIKey: "a", AppKey: "b"},
		},
		"a token in the block beats it in the environment": {
			providerModel{BearerToken: types.StringValue("c")}, keylessEnvironment, api.Config{BearerToken: "c"},
		},
		"AWS credentials alone ask for nothing": {
			providerModel{},
			with("DD_ORG_UUID", "?", "AWS_ACCESS_KEY_ID", "made-up-id", "AWS_SECRET_ACCESS_KEY", "made-up-secret"),
			api.Config{APIKey: "env-api", AppKey: "env-app"},
		},
		"a region": {
			block(func(b *providerModel) { b.CloudRegion = types.StringValue("us-gov-west-1") }), nil,
			api.Config{AWS: func() *api.AWS { i := identity; i.Region = "us-gov-west-1"; return &i }()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, unknown, diags := resolve(tt.block, tt.env)
			if len(diags) > 0 || len(unknown) > 0 {
				t.Errorf("diagnostics %v, unknown %v", diags, unknown)
			}
			got := api.Config{APIKey: cfg.APIKey, AppKey: cfg.AppKey, BearerToken: cfg.BearerToken, AWS: cfg.AWS}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v %+v\nwant %+v %+v", got, got.AWS, tt.want, tt.want.AWS)
			}
		})
	}
}

func TestResolve_keylessUnknown(t *testing.T) {
	t.Parallel()
	unknown := types.StringUnknown()
	aws := types.StringValue("aws")
	for name, tt := range map[string]struct {
		block providerModel
		env   map[string]string
		want  []string
	}{
		"whether it is wanted at all": {providerModel{CloudType: unknown, APIKey: types.StringValue("a")}, nil, []string{"cloud_provider_type"}},
		"all of it": {
			providerModel{
				CloudType: aws, CloudRegion: unknown, OrgUUID: unknown, AWSAccessKeyID: unknown, AWSSecretAccessKey: unknown, AWSSessionToken: unknown,
			},
			keylessEnvironment,
			[]string{"org_uuid", "cloud_provider_region", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"},
		},
		"what it replaces":    {func() providerModel { b := keylessBlock; b.APIKey, b.BearerToken = unknown, unknown; return b }(), nil, nil},
		"what is not used":    {providerModel{AWSSessionToken: unknown, OrgUUID: unknown}, keys, nil},
		"a part of it, alone": {providerModel{AWSSessionToken: unknown}, keylessEnvironment, []string{"aws_session_token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, diags := resolve(tt.block, tt.env)
			if len(diags) > 0 || !slices.Equal(got, tt.want) {
				t.Errorf("unknown %v, want %v; diagnostics %v", got, tt.want, diags)
			}
		})
	}
}

// What is missing or malformed is an error on its argument before any request. It names the variables,
// and shows no secret.
func TestResolve_keylessErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		variable, value string
		argument        string
		want            []string
	}{
		{"DD_ORG_UUID", "", "org_uuid", []string{"DD_ORG_UUID or DATADOG_ORG_UUID", "in the provider block"}},
		{"AWS_ACCESS_KEY_ID", "", "aws_access_key_id", []string{"AWS_ACCESS_KEY_ID", "session token"}},
		{"AWS_SECRET_ACCESS_KEY", "", "aws_secret_access_key", []string{"AWS_SECRET_ACCESS_KEY", "session token"}},
		{"AWS_SESSION_TOKEN", "", "aws_session_token", []string{"AWS_SESSION_TOKEN", "temporary AWS credentials"}},

		{"DD_CLOUD_PROVIDER_TYPE", "gcp", "cloud_provider_type", []string{"environment variable DD_CLOUD_PROVIDER_TYPE", `"gcp"`, `write "aws"`}},
		{"DD_CLOUD_PROVIDER_TYPE", "AWS", "cloud_provider_type", []string{`write "aws"`}},
		{"DD_ORG_UUID", "1234567", "org_uuid", []string{"environment variable DD_ORG_UUID", "not a UUID"}},
		{"DD_ORG_UUID", stub.OrgUUID + "\n", "org_uuid", []string{"not a UUID"}},
		{"DD_ORG_UUID", "x" + stub.OrgUUID, "org_uuid", []string{"not a UUID"}},
		{"AWS_ACCESS_KEY_ID", "hunter2 ", "aws_access_key_id", []string{"environment variable AWS_ACCESS_KEY_ID", "trimspace"}},
		{"AWS_SECRET_ACCESS_KEY", "hunter2\n", "aws_secret_access_key", []string{"environment variable AWS_SECRET_ACCESS_KEY", "trimspace"}},
		{"AWS_SESSION_TOKEN", "hunter2 hunter2", "aws_session_token", []string{"environment variable AWS_SESSION_TOKEN", "trimspace"}},
	} {
		t.Run(tt.variable+"="+tt.value, func(t *testing.T) {
			t.Parallel()
			_, _, diags := resolve(providerModel{}, keylessBut(tt.variable, tt.value))
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
	t.Run("all are missing", func(t *testing.T) {
		t.Parallel()
		_, _, diags := resolve(providerModel{CloudType: types.StringValue("aws")}, nil)
		if len(diags) != 4 {
			t.Errorf("%d diagnostics, want one for each argument: %v", len(diags), diags)
		}
	})
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
			if strings.Contains(diagnostics[0].Detail, "hunter2") || strings.HasPrefix(tt.value, "hunter2") && diagnostics[0].Attribute != nil {
				t.Errorf("it shows a secret, or points at one: %v", diagnostics[0])
			}
		})
	}
}

const keylessProvider = `
provider "okta" {
  api_url               = %q
  cloud_provider_type   = "aws"
  cloud_provider_region = "eu-central-1"
  org_uuid              = %q
}
`

// newKeyless is a CLI that has AWS credentials in its environment.
func newKeyless(t *testing.T, config string) *cli {
	t.Helper()
	c := newCLI(t, config)
	c.env = append(c.env, "AWS_ACCESS_KEY_ID=made-up-id", "AWS_SECRET_ACCESS_KEY=made-up-secret", "AWS_SESSION_TOKEN=made-up-session")
	return c
}

// wantAnswers holds the requests, in their order and with their answers, against those wanted, and each
// one's credentials against what they should be: the proof for a token, and the token for the rest.
func wantAnswers(t *testing.T, s *stub.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range s.Requests() {
		got = append(got, fmt.Sprintf("%s %s %d", r.Method, path.Base(r.Path), r.Status))
		scheme := "Bearer made-up-delegated-token-"
		if path.Base(r.Path) == "delegated-token" {
			scheme = "Delegated "
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), scheme) || r.Header.Get("DD-API-KEY")+r.Header.Get("DD-APPLICATION-KEY") != "" {
			t.Errorf("%s %s with the headers %v", r.Method, r.Path, r.Header)
		}
	}
	if s.ResetRequests(); !slices.Equal(got, want) {
		t.Errorf("requests\n%q, want\n%q", got, want)
	}
}

// A life with keyless access. The token of the plan has expired when the plan is applied, as one of the
// apply has when it creates the account; keys in the environment are not sent.
func TestAccProvider_keyless(t *testing.T) {
	t.Parallel()
	s := stub.New()
	posts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && path.Base(r.URL.Path) == "accounts" {
			if posts++; posts == 1 {
				s.ExpireTokens()
			}
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c := newKeyless(t, fmt.Sprintf(keylessProvider, server.URL, stub.OrgUUID)+newAccountConfig("example", "Okta_Prod", "okta"))
	c.env = append(c.env, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey, "DD_BEARER_TOKEN="+stub.BearerToken)

	c.run(0, "plan", "-out=tfplan")
	wantAnswers(t, s, "POST delegated-token 200", "GET accounts 200")
	s.ExpireTokens()
	c.run(0, "apply", "tfplan")
	wantAnswers(t, s, "POST delegated-token 200", "GET accounts 200",
		"POST accounts 401", "POST delegated-token 200", "POST accounts 201")
	if got := len(s.Accounts()); got != 1 {
		t.Errorf("%d accounts, want 1", got)
	}
	c.wantEmptyPlan()
	wantAnswers(t, s, "POST delegated-token 200", "GET accounts 200")
	c.run(0, "destroy", "-auto-approve")
	if left := s.Accounts(); len(left) > 0 {
		t.Errorf("not destroyed: %v", left)
	}
}

// A refused exchange says what to check, once for a plan of several accounts, and nothing else is sent.
func TestAccProvider_keylessRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		org    string
		status int // of a fault
		want   string
	}{
		"other organization": {"0dd0aaaa-0000-4000-8000-00000000000b", 0, "403 Forbidden"},
		"expired session":    {stub.OrgUUID, 401, "401 Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			if tt.status > 0 {
				s.Fail(stub.Fault{Path: "delegated-token", Status: tt.status})
			}
			c := newKeyless(t, fmt.Sprintf(keylessProvider, s.Start(t), tt.org)+listAccounts)
			out := c.run(1, "plan")
			for _, want := range []string{
				"authenticate: " + tt.want, "org_uuid (DD_ORG_UUID)", "aws_access_key_id (AWS_ACCESS_KEY_ID)",
				"aws_secret_access_key (AWS_SECRET_ACCESS_KEY)", "aws_session_token (AWS_SESSION_TOKEN)", "may have expired",
			} {
				if !matches(regexp.QuoteMeta(want), out) {
					t.Errorf("no %q in:\n%s", want, out)
				}
			}
			wantRequests(t, s, "POST")
		})
	}
}

// An exchange that is refused for its form says nothing of the account that was to be written.
func TestAddErrors_authenticate(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	addCreateError(&diags, failed("authenticate", 400, nil), true)
	wantDetail(t, diags, "Unable to create Okta account", []string{"the next apply tries again", "not: an import takes one over"})
	diags = nil
	addUpdateError(&diags, failed("authenticate", 400, nil), api.Account{Name: "Okta_Prod"})
	wantDetail(t, diags, "Unable to update Okta account", []string{"the next apply sends the change again", "not: auth_method"})
}

// The AWS credentials may come from a resource of the same apply, like keys.
func TestAccProvider_keylessUnknown(t *testing.T) {
	t.Parallel()
	s := stub.New()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config: fmt.Sprintf(`
resource "terraform_data" "session" {
  input = "made-up-session"
}

provider "okta" {
  api_url               = %q
  cloud_provider_type   = "aws"
  org_uuid              = %q
  aws_access_key_id     = "made-up-id"
  aws_secret_access_key = "made-up-secret"
  aws_session_token     = terraform_data.session.output
}
`, s.Start(t), stub.OrgUUID) + newAccountConfig("example", "Okta_Prod", "okta"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("okta_account.example", plancheck.ResourceActionCreate),
				expectNoRequest{s},
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("okta_account.example", tfjsonpath.New("id"), knownvalue.NotNull()),
			},
		}},
	})
}

// TestLeaks_keyless goes through a life with keyless access and through refusals that quote all that
// was sent, with all logging on: no part of the identity, no proof and no token is in anything printed,
// logged or left behind.
func TestLeaks_keyless(t *testing.T) {
	t.Parallel()
	credentials := []string{"ASIA" + markAWSKeyID, "/+" + markAWSSecret + "/+", "/+" + markAWSSession + "/+=="} // of AWS's alphabet
	w := newLeakTest(t, credentials, nil, []string{
		"DD_CLOUD_PROVIDER_TYPE=aws", "DD_ORG_UUID=" + stub.OrgUUID,
		"AWS_ACCESS_KEY_ID=" + credentials[0], "AWS_SECRET_ACCESS_KEY=" + credentials[1], "AWS_SESSION_TOKEN=" + credentials[2],
	})
	refuse := ""
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) != refuse {
			w.s.ServeHTTP(rw, r)
			return
		}
		messages := []string{w.quote(jsonString, "")}
		for part := range strings.SplitSeq(r.Header.Get("Authorization"), "|") {
			decoded, _ := base64.StdEncoding.DecodeString(part) // some are not encoded
			messages = append(messages, part, string(decoded))
		}
		rw.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(rw).Encode(map[string]any{"errors": messages})
	}))
	t.Cleanup(server.Close)
	w.env = append(w.env, "DD_HOST="+server.URL)
	w.write("main.tf", newAccountConfig("example", "Okta_Prod", "okta"))

	w.do(0, "plan", "-out=tfplan")
	w.do(0, "show", "-json", "tfplan")
	w.do(0, "apply", "tfplan")
	for _, refuse = range []string{"delegated-token", "accounts"} {
		if out := w.do(1, "plan"); !matches("403 Forbidden", out) {
			t.Errorf("%s is not refused:\n%s", refuse, out)
		}
	}
	refuse = ""
	w.do(0, "destroy", "-auto-approve")
	if log := w.read("trace.log"); !logged(log, "method=POST", "path=/api/v2/delegated-token", "status=200") {
		t.Error("the exchange is not in the log")
	}
}
