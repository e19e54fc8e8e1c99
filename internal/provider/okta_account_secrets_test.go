// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// patched checks the secrets that the stub keeps after so many updates.
func patched(s *stub.Server, updates int, clientSecret, apiKey string) stubCheck {
	return func() error {
		account, _ := s.Account("Okta_Prod")
		if account.ClientSecret != clientSecret || account.APIKey != apiKey {
			return fmt.Errorf("the stub has %q and %q, want %q and %q",
				account.ClientSecret, account.APIKey, clientSecret, apiKey)
		}
		return wantCount(s, "PATCH", "account", updates)()
	}
}

// The API may quote the secret that it has, not only the one that it was sent.
func TestAccOktaAccount_formerSecretRedacted(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = %q
}
`, secret)
	}
	c := newCLI(t, config("made-up-former"))
	c.run(0, "apply", "-auto-approve")
	s.Fail(stub.Fault{Method: "PATCH", Status: 400, Body: `{"errors":["stored: made-up-former, sent: made-up-latter"]}`})
	c.write("main.tf", config("made-up-latter"))
	out := c.run(1, "apply", "-auto-approve", "-refresh=false")
	if !matches("stored: .*, sent: ", out) ||
		strings.Contains(out, "made-up-former") || strings.Contains(out, "made-up-latter") {
		t.Errorf("the error should have the message without the secrets:\n%s", out)
	}
}

func TestAccOktaAccount_secretsInState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(clientID, secret, token string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name          = "Okta_Prod"
  domain        = "https://example.okta.com"
  client_id     = %q
  client_secret = %s
  api_key       = %s
}
`, clientID, secret, token)
	}
	testAccounts(t, s,
		resource.TestStep{
			Config:            config("a", `"made-up-secret"`, "null"),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 0, "made-up-secret", "")},
		},
		resource.TestStep{
			Config:            config("a", `"new-secret"`, `"new-token"`),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 1, "new-secret", "new-token"), stateIsStub(s, "Okta_Prod")},
		},
		resource.TestStep{ // another update sends them again
			Config:            config("b", `"new-secret"`, `"new-token"`),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 2, "new-secret", "new-token")},
		},
		resource.TestStep{ // removing them sends nothing, and the API keeps them
			Config:           config("b", "null", "null"),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				patched(s, 2, "new-secret", "new-token"), stateIsStub(s, "Okta_Prod"),
				noAttribute("client_secret"), noAttribute("api_key"),
			},
		},
		resource.TestStep{ // an update without them leaves them alone
			Config: config("c", "null", "null"),
			ConfigStateChecks: []statecheck.StateCheck{
				patched(s, 3, "new-secret", "new-token"),
				wantBodies(s, "PATCH",
					body(`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"a",`+
						`"client_secret":"new-secret","api_key":"new-token"`),
					body(`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"b",`+
						`"client_secret":"new-secret","api_key":"new-token"`),
					body(`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"c"`)),
			},
		},
	)
}

func TestAccOktaAccount_writeOnlySecrets(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret, secretVersion, key, keyVersion string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name                     = "Okta_Prod"
  domain                   = "https://example.okta.com"
  client_id                = "made-up-client"
  client_secret_wo         = %s
  client_secret_wo_version = %s
  api_key_wo               = %s
  api_key_wo_version       = %s
}
`, secret, secretVersion, key, keyVersion)
	}
	testAccounts(t, s,
		resource.TestStep{
			Config: config(`"wo-secret-1"`, `"1"`, `"wo-token-1"`, `"1"`),
			ConfigStateChecks: []statecheck.StateCheck{
				patched(s, 0, "wo-secret-1", "wo-token-1"), noAttribute("client_secret_wo"), noAttribute("api_key_wo"),
			},
		},
		resource.TestStep{ // the same version sends nothing, whatever the value
			Config:            config(`"wo-secret-2"`, `"1"`, `"wo-token-2"`, `"1"`),
			ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 0, "wo-secret-1", "wo-token-1")},
		},
		resource.TestStep{ // one new version sends both, since the values that are there are the present ones
			Config: config(`"wo-secret-2"`, `"2"`, `"wo-token-2"`, `"1"`),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id"))),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 1, "wo-secret-2", "wo-token-2"), stateIsStub(s, "Okta_Prod")},
		},
		resource.TestStep{
			Config:            config(`"wo-secret-2"`, `"2"`, `"wo-token-3"`, `"2"`),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 2, "wo-secret-2", "wo-token-3")},
		},
		resource.TestStep{ // removing secrets and versions sends nothing
			Config:            config("null", "null", "null", "null"),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 2, "wo-secret-2", "wo-token-3"), stateIsStub(s, "Okta_Prod")},
		},
	)
}

func TestAccOktaAccount_movedToWriteOnly(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: providerConfig(url) + prodAccount},
		resource.TestStep{
			Config: providerConfig(url) + `
resource "okta_account" "test" {
  name             = "Okta_Prod"
  domain           = "https://example.okta.com"
  client_id        = "made-up-client"
  client_secret_wo = "wo-secret"
}
`,
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				patched(s, 1, "wo-secret", ""), stateIsStub(s, "Okta_Prod"), noAttribute("client_secret"),
			},
		},
		resource.TestStep{ // and back
			Config:            providerConfig(url) + prodAccount,
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 2, "made-up-secret", ""), stateIsStub(s, "Okta_Prod")},
		},
	)
}

// A new write-only secret whose update failed is sent by the next apply.
func TestAccOktaAccount_writeOnlyUpdateFails(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	config := func(secret, version string) string {
		return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name                     = "Okta_Prod"
  domain                   = "https://example.okta.com"
  client_id                = "made-up-client"
  client_secret_wo         = %q
  client_secret_wo_version = %q
}
`, secret, version)
	}
	c := newCLI(t, config("wo-secret-1", "1"))
	c.run(0, "apply", "-auto-approve")
	c.write("main.tf", config("wo-secret-2", "2"))
	s.Fail(stub.Fault{Method: "PATCH", Status: 400})
	c.run(1, "apply", "-auto-approve")
	s.Heal()
	c.run(0, "apply", "-auto-approve")
	if err := patched(s, 2, "wo-secret-2", "")(); err != nil {
		t.Error(err)
	}
	c.wantEmptyPlan()
}

// No plan and no state file holds a write-only secret from an ephemeral value, whatever happens to
// it. (A literal in the configuration would be in the plan file, which contains the configuration.)
func TestAccOktaAccount_writeOnlyNotInFiles(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	c := newCLI(t, "")
	c.env = append(c.env, "TF_VAR_secret=wo-secret", "TF_VAR_token=wo-token")
	for _, version := range []string{"1", "2"} {
		c.write("main.tf", providerConfig(url)+fmt.Sprintf(`
variable "secret" {
  type      = string
  ephemeral = true
}

variable "token" {
  type      = string
  ephemeral = true
}

resource "okta_account" "test" {
  name                     = "Okta_Prod"
  domain                   = "https://example.okta.com"
  client_id                = "made-up-client"
  client_secret_wo         = var.secret
  client_secret_wo_version = %[1]q
  api_key_wo               = var.token
  api_key_wo_version       = %[1]q
}
`, version))
		c.run(0, "plan", "-out=plan")
		c.run(0, "apply", "plan")
		files := c.run(0, "show", "-json", "plan") + c.run(0, "show", "plan") + c.read("terraform.tfstate")
		if strings.Contains(files, "wo-secret") || strings.Contains(files, "wo-token") {
			t.Errorf("version %s: a secret is in plan or state:\n%s", version, files)
		}
	}
	if err := patched(s, 1, "wo-secret", "wo-token")(); err != nil {
		t.Fatal(err)
	}
	c.run(0, "destroy", "-auto-approve")
	backup := c.read("terraform.tfstate.backup")
	if strings.Contains(backup, "wo-secret") || strings.Contains(backup, "wo-token") {
		t.Errorf("a secret is in the backup:\n%s", backup)
	}
}
