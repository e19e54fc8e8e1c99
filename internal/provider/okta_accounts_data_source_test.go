// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

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
	clientID := knownvalue.Check(knownvalue.Null())
	if account.ClientID != "" {
		clientID = knownvalue.StringExact(account.ClientID)
	}
	return map[string]knownvalue.Check{
		"id":          knownvalue.StringExact(account.ID),
		"name":        knownvalue.StringExact(account.Name),
		"domain":      knownvalue.StringExact(account.Domain),
		"auth_method": knownvalue.StringExact(account.AuthMethod),
		"client_id":   clientID,
	}
}

func TestAccOktaAccountsDataSource(t *testing.T) {
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
	acceptanceTest(t, resource.TestCase{
		Steps: []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
	for _, r := range s.Requests() {
		if r.Method != "GET" {
			t.Errorf("a data source sent %s %s", r.Method, r.Path)
		}
	}
}
