// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// organization is a stub with three accounts, of two Okta orgs and two kinds.
func organization() *stub.Server {
	s := stub.New()
	s.Put(stub.Account{
		Name: "Okta_Prod", Domain: "https://Example.okta.com", AuthMethod: "oauth",
		ClientID: "made-up-client-id", ClientSecret: "made-up-client-secret",
	})
	s.Put(stub.Account{
		Name: "Okta_Dev", Domain: "https://dev.okta.com/", AuthMethod: "token", APIKey: "made-up-okta-token",
	})
	s.Put(stub.Account{
		Name: "okta_prod_2", Domain: "https://example.okta.com/", AuthMethod: "oauth",
		ClientID: "made-up-client-id-2", ClientSecret: "made-up-client-secret",
	})
	return s
}

// shown is an account as a data source has to show it.
func shown(t *testing.T, s *stub.Server, name string) map[string]knownvalue.Check {
	t.Helper()
	account, ok := s.Account(name)
	if !ok {
		t.Fatalf("the stub has no account %s", name)
	}
	checks := map[string]knownvalue.Check{"client_id": knownvalue.Null()}
	for attribute, value := range map[string]string{
		"id": account.ID, "name": account.Name, "domain": account.Domain, "auth_method": account.AuthMethod,
		"client_id": account.ClientID,
	} {
		if value != "" {
			checks[attribute] = knownvalue.StringExact(value)
		}
	}
	return checks
}

func TestAccDataSources(t *testing.T) {
	t.Parallel()
	s := organization()
	filters := []struct {
		arguments string
		want      []string // in this order
	}{
		{``, []string{"Okta_Dev", "Okta_Prod", "okta_prod_2"}},
		{`name_regex = "^Okta_"`, []string{"Okta_Dev", "Okta_Prod"}},
		{`name_regex = "(?i)PROD"`, []string{"Okta_Prod", "okta_prod_2"}},
		{`name_regex = ""`, []string{"Okta_Dev", "Okta_Prod", "okta_prod_2"}},
		{`name_regex = "staging"`, nil},
		{`domain = "https://example.okta.com"`, []string{"Okta_Prod", "okta_prod_2"}},
		{`domain = "https://DEV.okta.com"`, []string{"Okta_Dev"}},
		{`domain = "https://other.okta.com"`, nil},
		{"name_regex = \"2$\"\ndomain = \"https://example.okta.com/\"", []string{"okta_prod_2"}},
		{"name_regex = \"Dev\"\ndomain = \"https://example.okta.com/\"", nil},
	}
	config := providerConfig(s.Start(t))
	var checks []statecheck.StateCheck
	for i, filter := range filters {
		config += fmt.Sprintf("data \"okta_accounts\" \"filter_%d\" {\n%s\n}\n", i, filter.arguments)
		accounts := []knownvalue.Check{}
		for _, name := range filter.want {
			accounts = append(accounts, knownvalue.ObjectExact(shown(t, s, name)))
		}
		checks = append(checks, statecheck.ExpectKnownValue(
			fmt.Sprintf("data.okta_accounts.filter_%d", i), tfjsonpath.New("accounts"), knownvalue.ListExact(accounts)))
	}
	account, _ := s.Account("Okta_Prod")
	config += fmt.Sprintf(`
data "okta_account" "by_id" {
  id = %q
}

data "okta_account" "by_name" {
  name = "Okta_Dev"
}
`, account.ID)
	for address, name := range map[string]string{
		"data.okta_account.by_id": "Okta_Prod", "data.okta_account.by_name": "Okta_Dev",
	} {
		for attribute, value := range shown(t, s, name) {
			checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value))
		}
	}
	acceptanceTest(t, resource.TestCase{Steps: []resource.TestStep{{Config: config, ConfigStateChecks: checks}}})
	wantNoWrites(t, s)
}

// Accounts that lack something, or cannot be read in full, are shown as far as they can be read.
func TestAccountDataSource_odd(t *testing.T) {
	t.Parallel()
	const odd, id = "https://odd.okta.com", "0dd00000-0000-4000-8000-0000000000"
	s := organization()
	s.History()
	s.Put(stub.Account{Name: "Zu\u0308rich", ID: "id-zh", Domain: odd, AuthMethod: "oauth"})
	url := s.Start(t)
	with := func(more texted) texted {
		account := texted{"domain": odd, "auth_method": "oauth"}
		maps.Copy(account, more)
		return account
	}
	zurich := with(texted{"id": "id-zh", "name": "Zu\u0308rich"})
	for name, test := range map[string]struct {
		config block
		shown  texted // nil with an error
		want   string // "" where nothing is said
	}{
		"an id in upper case":  {block{"id": "ID-ZH"}, zurich, ""},
		"another Unicode form": {block{"name": "Z\u00fcrich"}, zurich, ""},
		"legacy": {
			block{"name": "odd_legacy"}, texted{"id": id + "04", "name": "odd_legacy", "domain": odd}, "",
		},
		"number": {
			block{"id": id + "17"},
			with(texted{"id": id + "17", "name": "odd_number"}),
			`WARNING: Okta account cannot be read in full: .*its attributes.client_id is of type number`,
		},
		"nameless": {
			block{"id": id + "06"}, with(texted{"id": id + "06", "client_id": "odd"}), `WARNING: .*` + id + `06.*it has no name`,
		},
		"without an id": {
			block{"name": "odd_no_id"}, with(texted{"name": "odd_no_id", "client_id": "odd"}), `WARNING: .*it has no id`,
		},
		"of another type": {
			block{"name": "odd_type"},
			with(texted{"id": id + "16", "name": "odd_type", "client_id": "odd"}),
			`WARNING: .*its type is not okta-accounts`,
		},
		"twice": {
			block{"name": "odd_twice"},
			nil,
			`ERROR: Unable to read Okta account: .*several.*00000000000[89].*00000000000[89].*use the id`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProtocol(t, url)
			schema := p.schemas.DataSourceSchemas["okta_account"]
			resp := answered(p, p.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
				TypeName: "okta_account", Config: dynamicValue(t, schema, test.config),
			})
			said := ""
			for _, d := range resp.Diagnostics {
				said += fmt.Sprintf("%s: %s: %s", d.Severity, d.Summary, d.Detail)
			}
			if (said == "") != (test.want == "") || !matches(test.want, said) {
				t.Errorf("said %q, want %q", said, test.want)
			}
			if test.shown == nil {
				return
			}
			if shown := texts(t, resp.State, schema.ValueType()); !maps.Equal(shown, test.shown) {
				t.Errorf("shown %v, want %v", shown, test.shown)
			}
		})
	}
}

func TestAccountDataSource_notFound(t *testing.T) {
	t.Parallel()
	const names, id = `.*"Okta_Dev", "Okta_Prod", "okta_prod_2"`, "00000000-0000-4000-8000-000000000000"
	for name, test := range map[string]struct {
		stub                  *stub.Server
		argument, value, want string
	}{
		"name": {organization(), "name", "Okta_Staging", `no Okta account with the name "Okta_Staging"` + names},
		"id":   {organization(), "id", id, `no Okta account with the id "` + id + `"` + names},
		"in an empty organization": {
			stub.New(), "name", "Okta_Prod", `no Okta account with the name "Okta_Prod".*none at all`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProtocol(t, test.stub.Start(t))
			found := errorsAmong(inDataSource("okta_account")(p, map[string]any{test.argument: test.value}))
			at := tftypes.NewAttributePath().WithAttributeName(test.argument)
			if len(found) != 1 || !matches(test.want, found[0].Detail) || !found[0].Attribute.Equal(at) {
				t.Errorf("got %v, want one error at %s with %q", found, test.argument, test.want)
			}
		})
	}
}
