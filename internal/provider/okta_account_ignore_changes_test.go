// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// planned returns what a plan, made with the arguments, says of the account's attributes that an
// update sends. The plan is in the file "plan".
func (c *cli) planned(arguments ...string) map[string]any {
	c.t.Helper()
	c.run(0, append([]string{"plan", "-out=plan"}, arguments...)...)
	var plan struct {
		ResourceChanges []struct {
			Address string
			Change  struct {
				Actions []string
				After   map[string]any
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(c.run(0, "show", "-json", "plan")), &plan); err != nil {
		c.t.Fatal(err)
	}
	attributes := map[string]any{}
	for _, change := range plan.ResourceChanges {
		for _, name := range []string{"domain", "auth_method", "client_id", "client_secret", "api_key"} {
			if value := change.Change.After[name]; change.Address == address && value != nil {
				attributes[name] = value
			}
		}
	}
	return attributes
}

// sent returns the attributes in the last PATCH.
func sent(t *testing.T, s *stub.Server) map[string]any {
	t.Helper()
	var body struct {
		Data struct{ Attributes map[string]any }
	}
	for _, request := range s.Requests() {
		if request.Method == "PATCH" {
			if err := json.Unmarshal([]byte(request.Body), &body); err != nil {
				t.Fatal(err)
			}
		}
	}
	return body.Data.Attributes
}

const ignoringConfig = `
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://%[1]s.okta.com"
  auth_method   = "method_%[1]s"
  client_id     = "client_%[1]s"
  client_secret = "made-up-secret-%[1]s"
  api_key       = "made-up-token-%[1]s"

  lifecycle {
    ignore_changes = %[2]s
  }
}
`

// Everything in the configuration changes, and some of it is ignored: what goes to Datadog is what
// the plan showed.
func TestAccOktaAccount_ignoreChanges(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ignored   string
		rekeyed   bool
		arguments []string
	}{
		"nothing":                   {},
		"domain":                    {ignored: "domain"},
		"auth_method":               {ignored: "auth_method"},
		"client_id":                 {ignored: "client_id"},
		"client_secret":             {ignored: "client_secret"},
		"api_key":                   {ignored: "api_key"},
		"re-keyed":                  {ignored: "domain, client_secret", rekeyed: true},
		"target":                    {ignored: "domain, api_key", arguments: []string{"-target=" + address}},
		"without refresh":           {ignored: "domain, client_id", arguments: []string{"-refresh=false"}},
		"re-keyed, without refresh": {"domain, client_secret", true, []string{"-refresh=false"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			config := func(number, ignored string) string {
				return providerConfig(url) + fmt.Sprintf(ignoringConfig, number, ignored)
			}
			c := newCLI(t, config("1", "[]"))
			c.run(0, "apply", "-auto-approve")
			if test.rekeyed {
				s.Rekey("Okta_Prod")
			}

			c.write("main.tf", config("2", "["+test.ignored+"]"))
			plan := c.planned(test.arguments...)
			want := map[string]any{}
			for attribute, value := range map[string]string{
				"domain": "https://%d.okta.com", "auth_method": "method_%d", "client_id": "client_%d",
				"client_secret": "made-up-secret-%d", "api_key": "made-up-token-%d",
			} {
				want[attribute] = fmt.Sprintf(value, 2)
				if strings.Contains(test.ignored, attribute) {
					want[attribute] = fmt.Sprintf(value, 1)
				}
			}
			if !maps.Equal(plan, want) {
				t.Errorf("planned: %v, want %v", plan, want)
			}
			c.run(0, "apply", "plan")
			if got := sent(t, s); !maps.Equal(got, want) {
				t.Errorf("sent: %v, want %v", got, want)
			}
			c.wantEmptyPlan()
		})
	}
}

func TestAccOktaAccount_ignoreAllChanges(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(number, ignored string) string {
		return providerConfig(url) + fmt.Sprintf(ignoringConfig, number, ignored)
	}
	c := newCLI(t, config("1", "all"))
	c.run(0, "apply", "-auto-approve")
	s.ResetRequests()
	c.write("main.tf", config("2", "all"))
	c.wantEmptyPlan()
	wantRequests(t, s, "GET list")

	account, _ := s.Account("Okta_Prod")
	account.Domain = "https://changed.okta.com"
	s.Put(account)
	c.run(0, "apply", "-auto-approve")
	wantRequests(t, s, "GET list")
}

// A write-only secret is not in the plan, so that ignore_changes holds back its version and its
// fingerprint alone. It comes from the configuration whenever an update is sent.
func TestAccOktaAccount_ignoreWriteOnlyChanges(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret, version, client string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name                     = "Okta_Prod"
  domain                   = "https://example.okta.com"
  client_id                = %q
  client_secret_wo         = %q
  client_secret_wo_version = %s
  api_key_wo               = %q

  lifecycle {
    ignore_changes = [client_secret_wo_version, api_key_wo]
  }
}
`, client, secret, version, secret)
	}
	c := newCLI(t, config("made-up-first", `"1"`, "made-up-client"))
	c.run(0, "apply", "-auto-approve")
	c.write("main.tf", config("made-up-second", `"2"`, "made-up-client"))
	c.wantEmptyPlan()

	c.write("main.tf", config("made-up-third", `"3"`, "other-client"))
	c.run(0, "apply", "-auto-approve")
	if err := patched(s, 1, "made-up-third", "made-up-third")(); err != nil {
		t.Error(err)
	}
	c.wantEmptyPlan()
}
