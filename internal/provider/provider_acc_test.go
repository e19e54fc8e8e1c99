// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"runtime"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const listAccounts = `
data "okta_accounts" "all" {}
`

// The User-Agent header names the build, the CLI, the platform and what TF_APPEND_USER_AGENT says.
// The client's tests have the other headers.
func TestAccProvider_userAgent(t *testing.T) {
	t.Parallel()
	want := regexp.MustCompile(`^terraform-provider-okta/test \(Terraform or OpenTofu [0-9]+\.[0-9]+\.[0-9]+\S*; ` +
		regexp.QuoteMeta(runtime.Version()) + `; \S+\) team/7$`)
	s := stub.New()
	c := newCLI(t, providerConfig(s.Start(t))+listAccounts)
	c.env = append(c.env, "TF_APPEND_USER_AGENT=team/7")
	c.run(0, "plan")
	for _, r := range s.Requests() {
		if got := r.Header.Get("User-Agent"); !want.MatchString(got) {
			t.Errorf("User-Agent %q, want %s", got, want)
		}
	}
	wantRequests(t, s, "GET list")
}

// unknownKey is a provider block whose key comes from a resource of the same apply.
const unknownKey = `
resource "terraform_data" "key" {
  input = "` + stub.APIKey + `"
}

provider "okta" {
  api_url = %q
  api_key = terraform_data.key.output
  app_key = "` + stub.AppKey + `"
}
`

// The plan of a new account needs no request while the key is unknown, and the apply sends the key
// that has become known. A data source needs one.
func TestAccProvider_unknownConfiguration(t *testing.T) {
	t.Parallel()
	s := stub.New()
	config := fmt.Sprintf(unknownKey, s.Start(t))
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
	c := newCLI(t, providerConfig(first.Start(t))+providerConfig(second.Start(t), `alias = "other"`)+
		newAccountConfig("here", "Okta_Here", "okta")+
		newAccountConfig("there", "Okta_There", "okta.other"))
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

// newAccountConfig is a complete new account under the given provider configuration.
func newAccountConfig(label, name, provider string) string {
	return fmt.Sprintf(`
resource "okta_account" %q {
  provider      = %s
  name          = %q
  domain        = "https://example.okta.com"
  client_id     = "made-up-client-id"
  client_secret = "made-up-client-secret"
}
`, label, provider, name)
}
