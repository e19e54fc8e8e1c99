// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
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

const (
	liveInputs = `
variable "name" {
  type = string
}

variable "domain" {
  type = string
}
`
	liveResource = liveInputs + `
resource "okta_account" "test" {
  name                     = var.name
  domain                   = var.domain
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
	liveRest = liveInputs + `
data "okta_accounts" "test" {
  name_regex = "^${var.name}$"
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
	before := config.Variables{
		"name": config.StringVariable(name), "domain": config.StringVariable("https://example.okta.com"),
	}
	after := config.Variables{
		"name": config.StringVariable(name), "domain": config.StringVariable("https://changed.okta.com"),
	}
	has := func(at, attribute, value string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(at, tfjsonpath.New(attribute), knownvalue.StringExact(value))
	}
	found := func(n int) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.okta_accounts.test", tfjsonpath.New("accounts"), knownvalue.ListSizeExact(n))
	}
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{
			{
				Config: provider + liveResource, ConfigVariables: before,
				ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionCreate)),
			},
			{
				Config: provider + liveResource, ConfigVariables: before,
				ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop)),
			},
			{
				Config: provider + liveResource, ConfigVariables: after,
				ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
				ConfigStateChecks: []statecheck.StateCheck{has(address, "domain", "https://changed.okta.com")},
			},
			{
				Config: provider + liveResource, ConfigVariables: after,
				ResourceName: address, ImportState: true, ImportStateId: name,
				ImportStateVerify: true, ImportStateVerifyIgnore: []string{"client_secret_wo_version"},
			},
			{
				Config: provider + liveResource + liveDataSources, ConfigVariables: after,
				ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop)),
				ConfigStateChecks: []statecheck.StateCheck{
					has("data.okta_account.test", "domain", "https://changed.okta.com"),
					has("data.okta_account.test", "client_id", "made-up-client"),
					found(1),
				},
			},
			{Config: provider + liveResource, ConfigVariables: after, Destroy: true},
			{Config: provider + liveRest, ConfigVariables: after, ConfigStateChecks: []statecheck.StateCheck{found(0)}},
		},
	})
}
