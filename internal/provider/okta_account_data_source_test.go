// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAccOktaAccountDataSource(t *testing.T) {
	t.Parallel()
	s := organization()
	account, _ := s.Account("Okta-Prod")
	config := providerConfig(s.Start(t)) + fmt.Sprintf(`
data "okta_account" "by_id" {
  id = %q
}

data "okta_account" "by_name" {
  name = "Okta-Dev"
}
`, account.ID)
	var checks []statecheck.StateCheck
	for address, name := range map[string]string{"data.okta_account.by_id": "Okta-Prod", "data.okta_account.by_name": "Okta-Dev"} {
		for attribute, value := range shown(t, s, name) {
			checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value))
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// TestAccOktaAccountDataSource_rekeyed follows an account by its name, the one thing about it that stays.
func TestAccOktaAccountDataSource_rekeyed(t *testing.T) {
	t.Parallel()
	s := organization()
	config := providerConfig(s.Start(t)) + `
data "okta_account" "example" {
  name = "Okta-Prod"
}
`
	id := func() statecheck.StateCheck {
		account, _ := s.Account("Okta-Prod")
		return statecheck.ExpectKnownValue("data.okta_account.example", tfjsonpath.New("id"), knownvalue.StringExact(account.ID))
	}
	before := id()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: []statecheck.StateCheck{before}}},
	})
	s.Rekey("Okta-Prod")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: []statecheck.StateCheck{id()}}},
	})
}

func TestAccOktaAccountDataSource_notFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stub      *stub.Server
		arguments string
		want      string
	}{
		"name": {
			organization(), `name = "Okta-Staging"`,
			`name = "Okta-Staging".*no Okta account with the name "Okta-Staging".*"Okta-Dev", "Okta-Prod", "okta-prod-2"`,
		},
		"id": {
			organization(), `id = "00000000-0000-4000-8000-000000000000"`,
			`id = "00000000.*no Okta account with the id "00000000-0000-4000-8000-000000000000".*"Okta-Dev", "Okta-Prod", "okta-prod-2"`,
		},
		"an id that is a path": {
			organization(), `id = "../../validate"`,
			`no Okta account with the id "../../validate".*"Okta-Dev"`,
		},
		"in an empty organization": {
			stub.New(), `name = "Okta-Prod"`,
			`no Okta account with the name "Okta-Prod".*none at all`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: protoV6ProviderFactories,
				Steps: []resource.TestStep{{
					Config:      providerConfig(tt.stub.Start(t)) + fmt.Sprintf("data \"okta_account\" \"example\" {\n  %s\n}\n", tt.arguments),
					ExpectError: regexp.MustCompile(spaced(tt.want)),
				}},
			})
			if n := tt.stub.Count("", "validate"); n > 0 {
				t.Errorf("the id led to another path %d times", n)
			}
		})
	}
}
