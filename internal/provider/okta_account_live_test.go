// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// liveEnvironment is the caller's, before TestMain keeps it out of the tests. `make testacc-live`
// sets LIVE_NAME, and deletes what has a name that begins with it.
var (
	liveName        = os.Getenv("LIVE_NAME")
	liveEnvironment = os.Environ()

	// liveVariables are those that the conformance check reads. A bearer token, which comes before
	// keys, could be of another organization than the one it sweeps.
	liveVariables = strings.Fields("DD_API_KEY DATADOG_API_KEY DD_APP_KEY DATADOG_APP_KEY DD_SITE DD_HOST DATADOG_HOST")
)

// The blocks of the life: %[1]s is the name of the account.
const (
	liveResource = `
resource "okta_account" "test" {
  name                     = "%[1]s"
  domain                   = "https://%[2]s.okta.com"
  client_id                = "made-up-client"
  client_secret_wo         = "made-up-secret"
  client_secret_wo_version = "1"
}
`
	liveDataSources = `
data "okta_account" "test" {
  name = okta_account.test.name
}

data "okta_accounts" "test" {
  name_regex = "^${okta_account.test.name}$"
}
`
	liveRest = `
data "okta_accounts" "test" {
  name_regex = "^%[1]s$"
}
`
)

// TestAccOktaAccount_live is the life of an account: on the stub, and by `make testacc-live` on
// Datadog.
func TestAccOktaAccount_live(t *testing.T) {
	name, provider := "Okta_Prod", `provider "okta" {}`
	if liveName == "" {
		t.Parallel()
		provider = providerConfig(stub.New().Start(t))
	} else {
		name = liveName + "_life"
		for _, variable := range liveEnvironment {
			if name, value, _ := strings.Cut(variable, "="); slices.Contains(liveVariables, name) {
				t.Setenv(name, value)
			}
		}
	}
	before := provider + fmt.Sprintf(liveResource, name, "example")
	after := provider + fmt.Sprintf(liveResource, name, "changed")
	has := func(at, attribute, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(at, tfjsonpath.New(attribute), knownvalue.StringExact(value))
	}
	found := func(n int) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.okta_accounts.test", tfjsonpath.New("accounts"), knownvalue.ListSizeExact(n))
	}
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{
			{Config: before, ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionCreate))},
			{Config: before, ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop))},
			{
				Config: after, ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
				ConfigStateChecks: []statecheck.StateCheck{has(address, "domain", "https://changed.okta.com")},
			},
			{
				Config: after, ResourceName: address, ImportState: true, ImportStateId: name,
				ImportStateVerify: true, ImportStateVerifyIgnore: []string{"client_secret_wo_version"},
			},
			{
				Config: after + liveDataSources, ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop)),
				ConfigStateChecks: []statecheck.StateCheck{
					has("data.okta_account.test", "domain", "https://changed.okta.com"),
					has("data.okta_account.test", "client_id", "made-up-client"),
					found(1),
				},
			},
			{Config: after, Destroy: true},
			{Config: provider + fmt.Sprintf(liveRest, name), ConfigStateChecks: []statecheck.StateCheck{found(0)}},
		},
	})
}
