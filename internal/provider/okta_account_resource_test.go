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
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAccOktaAccount_lifecycle(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{
			Config:           accountConfig(url, attributes{"api_key": `"made-up-token"`}),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("auth_method", "oauth"),
				attribute("client_id", "made-up-client"),
				attribute("client_secret", "made-up-secret"),
				attribute("api_key", "made-up-token"),
				wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"oauth",
					"client_id":"made-up-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
		resource.TestStep{
			Config: accountConfig(url, attributes{
				"domain": `"https://other.okta.com"`, "client_id": `"other-client"`, "api_key": `"made-up-token"`,
			}),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("client_id", "other-client"),
				wantBodies(s, "PATCH", body(`"domain":"https://other.okta.com","auth_method":"oauth",
					"client_id":"other-client","client_secret":"made-up-secret","api_key":"made-up-token"`)),
			},
		},
	)
	if err := wantCount(s, "DELETE", "account", 1)(); err != nil {
		t.Error(err)
	}
}

func TestAccOktaAccount_withoutOptionalAttributes(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s, resource.TestStep{
		Config: accountConfig(url, attributes{"auth_method": `"other"`, "client_id": "", "client_secret": ""}),
		ConfigStateChecks: []statecheck.StateCheck{
			stateIsStub(s, "Okta_Prod"),
			noAttribute("client_id"),
			wantBodies(s, "POST", body(`"name":"Okta_Prod","domain":"https://example.okta.com","auth_method":"other"`)),
		},
	})
}

func TestAccOktaAccount_rekeyedOnUpdate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	var old string
	testAccounts(t, s,
		resource.TestStep{
			Config: accountConfig(url),
			ConfigStateChecks: []statecheck.StateCheck{stubCheck(func() error {
				account, _ := s.Account("Okta_Prod")
				old = account.ID
				return nil
			})},
		},
		resource.TestStep{
			Config: accountConfig(url, attributes{"domain": `"https://second.okta.com"`}),
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				stubCheck(func() error {
					if account, _ := s.Account("Okta_Prod"); account.ID == old {
						return fmt.Errorf("the id is still %s", old)
					}
					s.ResetRequests() // from here on, nothing goes to the old id
					return nil
				}),
			},
		},
		resource.TestStep{
			Config: accountConfig(url, attributes{"domain": `"https://third.okta.com"`}),
			ConfigPlanChecks: preApply(
				expectAction(plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod")},
		},
	)
	if err := wantCount(s, "", old, 0)(); err != nil {
		t.Error(err)
	}
	if err := wantCount(s, "PATCH", "", 1)(); err != nil {
		t.Error(err)
	}
}

func TestAccOktaAccount_keptIDOnUpdate(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Vary(stub.KeepID)
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			Config:            accountConfig(url, attributes{"client_id": `"other-client"`}),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod")},
		},
	)
}

func TestAccOktaAccount_nameChangeReplaces(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			Config:           accountConfig(url, attributes{"name": `"Okta_Next"`}),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Next"),
				wantCount(s, "DELETE", "account", 1),
				wantCount(s, "PATCH", "", 0),
				stubCheck(func() error {
					if _, ok := s.Account("Okta_Prod"); ok {
						return fmt.Errorf("the account of the old name is still there")
					}
					return nil
				}),
			},
		},
	)
}

func TestAccOktaAccount_authMethodChangesInPlace(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url)},
		resource.TestStep{
			Config:           accountConfig(url, attributes{"auth_method": `"other"`}),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				attribute("auth_method", "other"),
				wantBodies(s, "PATCH", body(`"domain":"https://example.okta.com","auth_method":"other",
					"client_id":"made-up-client","client_secret":"made-up-secret"`)),
			},
		},
		resource.TestStep{ // the default again
			Config:            accountConfig(url),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{stateIsStub(s, "Okta_Prod"), attribute("auth_method", "oauth")},
		},
	)
}

func TestAccOktaAccount_clientIDToNullReplaces(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	testAccounts(t, s,
		resource.TestStep{Config: accountConfig(url, attributes{"auth_method": `"other"`, "client_id": ""})},
		resource.TestStep{
			Config:            accountConfig(url, attributes{"auth_method": `"other"`}),
			ConfigPlanChecks:  preApply(expectAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{attribute("client_id", "made-up-client")},
		},
		resource.TestStep{ // not known yet is not null: it may turn out to be set
			Config: accountConfig(url, attributes{"auth_method": `"other"`, "client_id": "terraform_data.client.id"}) +
				`resource "terraform_data" "client" {}`,
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionUpdate)),
		},
		resource.TestStep{
			Config:           accountConfig(url, attributes{"auth_method": `"other"`, "client_id": ""}),
			ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: []statecheck.StateCheck{
				stateIsStub(s, "Okta_Prod"),
				noAttribute("client_id"),
				wantCount(s, "DELETE", "account", 1),
				wantCount(s, "POST", "list", 2),
			},
		},
	)
}

func TestAccOktaAccount_identity(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	wantIdentity := func(name string) statecheck.StateCheck {
		return statecheck.ExpectIdentity(address, map[string]knownvalue.Check{"name": knownvalue.StringExact(name)})
	}
	acceptanceTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config:            accountConfig(url),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Prod")},
			},
			{
				Config:            accountConfig(url, attributes{"client_id": `"other-client"`}),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Prod")},
			},
			{
				Config:            accountConfig(url, attributes{"name": `"Okta_Next"`}),
				ConfigStateChecks: []statecheck.StateCheck{wantIdentity("Okta_Next")},
			},
		},
	})
}
