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
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const listAccounts = `data "okta_accounts" "all" {}`

// The User-Agent header names the build, the CLI, the platform and what TF_APPEND_USER_AGENT says.
// The client's tests have the other headers.
func TestAccProvider_userAgent(t *testing.T) {
	t.Parallel()
	base := `^terraform-provider-okta/test \(Terraform or OpenTofu [0-9]+\.[0-9]+\.[0-9]+\S*; ` +
		regexp.QuoteMeta(runtime.Version()+"; "+runtime.GOOS+"/"+runtime.GOARCH) + `\)`
	s := stub.New()
	c := newCLI(t, providerConfig(s.Start(t))+listAccounts)
	for appended, want := range map[string]string{
		"": "$", " team/7 run/8 ": " team/7 run/8$", "team\r\nX-Other: 7": " team X-Other: 7$",
	} {
		c.env = append(c.env, "TF_APPEND_USER_AGENT="+appended)
		c.run(0, "plan")
		if got := s.Requests()[0].Header.Get("User-Agent"); !regexp.MustCompile(base + want).MatchString(got) {
			t.Errorf("User-Agent %q, want %s", got, base+want)
		}
		wantRequests(t, s, "GET list")
	}
}

// The plan of a new account needs no request while the key is unknown, and the apply sends the key
// that has become known. A data source needs one.
func TestAccProvider_unknownConfiguration(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := fmt.Sprintf(`
resource "terraform_data" "key" {
  input = %q
}

provider "okta" {
  api_url = %q
  api_key = terraform_data.key.output
  app_key = %q
}
`, stub.APIKey, s.Start(t), stub.AppKey)
	c := newCLI(t, config+listAccounts)
	if out := c.run(1, "plan"); !matches(`not known yet: api_key.*-target`, out) {
		t.Errorf("the error does not name api_key:\n%s", out)
	}
	c.write("main.tf", config+prodAccount)
	c.run(0, "plan", "-out=plan")
	wantRequests(t, s)
	c.run(0, "apply", "plan")
	wantRequests(t, s, "GET list", "POST")
}

// TestAccProvider_aliases manages the accounts of two organizations in one module. Each provider
// block has a process of its own, as in real life; terraform-plugin-testing would give both the
// same one.
func TestAccProvider_aliases(t *testing.T) {
	t.Parallel()
	first, second := stub.New(), stub.New()
	c := newCLI(t, providerConfig(first.Start(t))+namedAccount("here", "Okta_Here")+
		providerConfig(second.Start(t), `alias = "other"`)+`
resource "okta_account" "there" {
  provider      = okta.other
  name          = "Okta_There"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`)
	c.run(0, "apply", "-auto-approve")
	for s, want := range map[*stub.Server]string{first: "Okta_Here", second: "Okta_There"} {
		if accounts := s.Accounts(); len(accounts) != 1 || accounts[0].Name != want {
			t.Errorf("accounts %v, want %s alone", accounts, want)
		}
	}
	c.wantEmptyPlan()
	c.run(0, "destroy", "-auto-approve")
	if left := append(first.Accounts(), second.Accounts()...); len(left) > 0 {
		t.Errorf("not destroyed: %v", left)
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
	c.env = append(c.env,
		"AWS_ACCESS_KEY_ID=made-up-id", "AWS_SECRET_ACCESS_KEY=made-up-secret", "AWS_SESSION_TOKEN=made-up-session")
	return c
}

// wantAnswers holds the requests, in their order and with their answers, against those wanted, and
// each one's credentials against what they should be: the proof for a token, and the token for the
// rest.
func wantAnswers(t *testing.T, s *stub.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range s.Requests() {
		got = append(got, fmt.Sprintf("%s %s %d", r.Method, path.Base(r.Path), r.Status))
		scheme := "Bearer made-up-delegated-token-"
		if path.Base(r.Path) == "delegated-token" {
			scheme = "Delegated "
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), scheme) ||
			r.Header.Get("DD-API-KEY")+r.Header.Get("DD-APPLICATION-KEY") != "" {
			t.Errorf("%s %s with the headers %v", r.Method, r.Path, r.Header)
		}
	}
	if s.ResetRequests(); !slices.Equal(got, want) {
		t.Errorf("requests\n%q, want\n%q", got, want)
	}
}

// A life with keyless access. The token of the plan has expired when the plan is applied, as one of
// the apply has when it creates the account; keys in the environment are not sent.
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
	c := newKeyless(t,
		fmt.Sprintf(keylessProvider, server.URL, stub.OrgUUID)+namedAccount("example", "Okta_Prod"))
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
	c.destroy(s)
}

// A refused exchange says what to check, once for a plan of several accounts, and nothing else is
// sent.
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

// TestLeaks_keyless goes through a life with keyless access and through refusals that quote all
// that was sent, with all logging on: no part of the identity, no proof and no token is in anything
// printed, logged or left behind.
func TestLeaks_keyless(t *testing.T) {
	t.Parallel()
	// Of AWS's alphabet.
	credentials := []string{"ASIA" + markAWSKeyID, "/+" + markAWSSecret + "/+", "/+" + markAWSSession + "/+=="}
	w := newLeakTest(t, credentials, nil, []string{
		"DD_CLOUD_PROVIDER_TYPE=aws", "DD_ORG_UUID=" + stub.OrgUUID,
		"AWS_ACCESS_KEY_ID=" + credentials[0], "AWS_SECRET_ACCESS_KEY=" + credentials[1],
		"AWS_SESSION_TOKEN=" + credentials[2],
	})
	var refuse atomic.Value // the last part of the path that is refused
	refuse.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) != refuse.Load() {
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
	w.write("main.tf", namedAccount("example", "Okta_Prod"))

	w.do(0, "plan", "-out=tfplan")
	w.do(0, "show", "-json", "tfplan")
	w.do(0, "apply", "tfplan")
	for _, part := range []string{"delegated-token", "accounts"} {
		refuse.Store(part)
		if out := w.do(1, "plan"); !matches("403 Forbidden", out) {
			t.Errorf("%s is not refused:\n%s", part, out)
		}
	}
	refuse.Store("")
	w.do(0, "destroy", "-auto-approve")
	if log := w.read("trace.log"); !logged(log, "method=POST", "path=/api/v2/delegated-token", "status=200") {
		t.Error("the exchange is not in the log")
	}
}
