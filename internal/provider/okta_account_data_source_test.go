// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
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
	account, _ := s.Account("Okta_Prod")
	config := providerConfig(s.Start(t)) + fmt.Sprintf(`
data "okta_account" "by_id" {
  id = %q
}

data "okta_account" "by_name" {
  name = "Okta_Dev"
}
`, account.ID)
	var checks []statecheck.StateCheck
	for address, name := range map[string]string{"data.okta_account.by_id": "Okta_Prod", "data.okta_account.by_name": "Okta_Dev"} {
		for attribute, value := range shown(t, s, name) {
			checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value))
		}
	}
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// TestAccOktaAccountDataSource_rekeyed follows an account by its name, the one thing about it that
// stays.
func TestAccOktaAccountDataSource_rekeyed(t *testing.T) {
	t.Parallel()
	s := organization()
	config := providerConfig(s.Start(t)) + `
data "okta_account" "example" {
  name = "Okta_Prod"
}
`
	id := func() statecheck.StateCheck {
		account, _ := s.Account("Okta_Prod")
		return statecheck.ExpectKnownValue("data.okta_account.example", tfjsonpath.New("id"), knownvalue.StringExact(account.ID))
	}
	before := id()
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{Config: config, ConfigStateChecks: []statecheck.StateCheck{before}}},
	})
	s.Rekey("Okta_Prod")
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{Config: config, ConfigStateChecks: []statecheck.StateCheck{id()}}},
	})
}

// TestAccOktaAccountDataSource_spelling asks for an id in upper case, and for a name in another
// Unicode form than the API's.
func TestAccOktaAccountDataSource_spelling(t *testing.T) {
	t.Parallel()
	s := organization()
	s.Put(stub.Account{Name: "Zu\u0308rich", Domain: "https://zh.okta.com"})
	account, _ := s.Account("Okta_Prod")
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{
			Config: providerConfig(s.Start(t)) + fmt.Sprintf(`
data "okta_account" "by_id" {
  id = %q
}

data "okta_account" "by_name" {
  name = "Z\u00fcrich"
}
`, strings.ToUpper(account.ID)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.okta_account.by_id", tfjsonpath.New("name"), knownvalue.StringExact("Okta_Prod")),
				statecheck.ExpectKnownValue("data.okta_account.by_name", tfjsonpath.New("domain"), knownvalue.StringExact("https://zh.okta.com")),
			},
		}},
	})
}

// TestAccOktaAccountDataSource_odd asks for accounts that lack something, or cannot be read in
// full.
func TestAccOktaAccountDataSource_odd(t *testing.T) {
	t.Parallel()
	s := organization()
	s.History()
	null := knownvalue.Null()
	expect := func(label string, id, name, domain, authMethod, clientID knownvalue.Check) []statecheck.StateCheck {
		var checks []statecheck.StateCheck
		for attribute, check := range map[string]knownvalue.Check{
			"id": id, "name": name, "domain": domain, "auth_method": authMethod, "client_id": clientID,
		} {
			checks = append(checks, statecheck.ExpectKnownValue("data.okta_account."+label, tfjsonpath.New(attribute), check))
		}
		return checks
	}
	text := knownvalue.StringExact
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{
			Config: providerConfig(s.Start(t)) + `
data "okta_account" "legacy" {
  name = "odd_legacy"
}

data "okta_account" "number" {
  id = "0dd00000-0000-4000-8000-000000000017"
}

data "okta_account" "nameless" {
  id = "0dd00000-0000-4000-8000-000000000006"
}

data "okta_account" "without_id" {
  name = "odd_no_id"
}
`,
			ConfigStateChecks: slices.Concat(
				expect("legacy", text("0dd00000-0000-4000-8000-000000000004"), text("odd_legacy"), text("https://odd.okta.com"), null, null),
				expect("number", text("0dd00000-0000-4000-8000-000000000017"), text("odd_number"), text("https://odd.okta.com"), text("oauth"), null),
				expect("nameless", text("0dd00000-0000-4000-8000-000000000006"), null, text("https://odd.okta.com"), text("oauth"), text("odd")),
				expect("without_id", null, text("odd_no_id"), text("https://odd.okta.com"), text("oauth"), text("odd")),
			),
		}},
	})
	if gets := s.Count("GET", "account"); gets > 0 {
		t.Errorf("%d requests for what the list has", gets)
	}
}

// TestOktaAccountDataSource_oddWarning has what is said about the accounts of the test above.
func TestOktaAccountDataSource_oddWarning(t *testing.T) {
	t.Parallel()
	s := organization()
	s.History()
	p := newProtocol(t, s.Start(t))
	tests := map[string]struct {
		config map[string]any
		want   string // "" where nothing is said
	}{
		"ordinary": {map[string]any{"name": "Okta_Dev"}, ""},
		"legacy":   {map[string]any{"name": "odd_legacy"}, ""},
		"number":   {map[string]any{"name": "odd_number"}, `WARNING: Okta account cannot be read in full: .*its attributes.client_id has the JSON type number`},
		"nameless": {map[string]any{"id": "0dd00000-0000-4000-8000-000000000007"}, `WARNING: .*0dd00000-0000-4000-8000-000000000007.*it has no name`},
		"type":     {map[string]any{"name": "odd_type"}, `WARNING: .*its type is not okta-accounts`},
		"twice":    {map[string]any{"name": "odd_twice"}, `ERROR: Unable to read Okta account: .*several.*00000000000[89].*00000000000[89].*by its id`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p.t = t
			got := ""
			for _, d := range inDataSource("okta_account")(p, tt.config) {
				got += fmt.Sprintf("%s: %s: %s", d.Severity, d.Summary, d.Detail)
			}
			if (got == "") != (tt.want == "") || !regexp.MustCompile(spaced(tt.want)).MatchString(got) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAccOktaAccountDataSource_notFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stub      *stub.Server
		arguments string
		want      string
	}{
		"name": {
			organization(), `name = "Okta_Staging"`,
			`name = "Okta_Staging".*no Okta account with the name "Okta_Staging".*"Okta_Dev", "Okta_Prod", "okta_prod_2"`,
		},
		"id": {
			organization(), `id = "00000000-0000-4000-8000-000000000000"`,
			`id = "00000000.*no Okta account with the id "00000000-0000-4000-8000-000000000000".*"Okta_Dev", "Okta_Prod", "okta_prod_2"`,
		},
		"an id that is a path": {
			organization(), `id = "../../validate"`,
			`no Okta account with the id "../../validate".*"Okta_Dev"`,
		},
		"in an empty organization": {
			stub.New(), `name = "Okta_Prod"`,
			`no Okta account with the name "Okta_Prod".*none at all`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acceptanceTest(t, resource.TestCase{
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
