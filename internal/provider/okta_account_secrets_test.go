// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
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

func wantPatched(t *testing.T, s *stub.Server, updates int, clientSecret, apiKey string) {
	t.Helper()
	if err := patched(s, updates, clientSecret, apiKey)(); err != nil {
		t.Error(err)
	}
}

// Secrets in the state are sent with every update. Removing them sends nothing.
func TestAccOktaAccount_secretsInState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	const secrets = "\n  client_secret = \"new-secret\"\n  api_key = \"new-token\""
	update := preApply(
		expectAction(plancheck.ResourceActionUpdate), plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
	)
	testAccounts(t, s,
		resource.TestStep{
			Config:            prodConfig(url, "client_id = \"a\"\n  client_secret = \"made-up-secret\""),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 0, "made-up-secret", "")},
		},
		resource.TestStep{
			Config:            prodConfig(url, `client_id = "a"`+secrets),
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 1, "new-secret", "new-token"), stateIsStub(s, "Okta_Prod")},
		},
		resource.TestStep{ // another update sends them again
			Config:            prodConfig(url, `client_id = "b"`+secrets),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 2, "new-secret", "new-token")},
		},
		resource.TestStep{ // removing them sends nothing, and the API keeps them
			Config:           prodConfig(url, `client_id = "b"`),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				patched(s, 2, "new-secret", "new-token"), stateIsStub(s, "Okta_Prod"),
				noAttribute("client_secret"), noAttribute("api_key"),
			},
		},
		resource.TestStep{ // an update without them leaves them alone
			Config: prodConfig(url, `client_id = "c"`),
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
		resource.TestStep{
			Config:            prodConfig(url, `client_id = "c"`+secrets),
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 4, "new-secret", "new-token")},
		},
		resource.TestStep{ // to a write-only one, and back
			Config:            prodConfig(url, "client_id = \"c\"\n  client_secret_wo = \"wo-secret\""),
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 5, "wo-secret", "new-token"), noAttribute("client_secret")},
		},
		resource.TestStep{
			Config:            prodConfig(url, `client_id = "c"`+secrets),
			ConfigPlanChecks:  update,
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 6, "new-secret", "new-token"), stateIsStub(s, "Okta_Prod")},
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
		resource.TestStep{ // without a version, the value decides
			Config:            config(`"wo-secret-2"`, "null", `"wo-token-3"`, `"2"`),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 3, "wo-secret-2", "wo-token-3")},
		},
		resource.TestStep{
			Config:            config(`"wo-secret-4"`, "null", `"wo-token-3"`, `"2"`),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 4, "wo-secret-4", "wo-token-3")},
		},
		resource.TestStep{ // removing secrets and versions sends nothing, and leaves the id known
			Config: config("null", "null", "null", "null"),
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.NotNull()),
			),
			ConfigStateChecks: []statecheck.StateCheck{patched(s, 4, "wo-secret-4", "wo-token-3"), stateIsStub(s, "Okta_Prod")},
		},
		resource.TestStep{ // nor does coming back with the same value
			Config:           config(`"wo-secret-4"`, "null", "null", "null"),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		},
		resource.TestStep{ // a first version sends it
			Config:            config(`"wo-secret-4"`, `"1"`, "null", "null"),
			ConfigStateChecks: []statecheck.StateCheck{wantCount(s, "PATCH", "", 5)},
		},
	)
}
