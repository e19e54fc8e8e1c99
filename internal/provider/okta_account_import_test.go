// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestAccOktaAccount_importBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by       string
		versions []tfversion.TerraformVersionCheck
	}{
		"id":   {`id = "id-1"`, nil},
		"name": {`id = "Okta_Prod"`, nil},
		"identity": {
			`identity = { name = "Okta_Prod" }`, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			account := existing()
			account.ID, account.Domain = "id-1", "https://example.okta.com"
			s.Put(account)
			acceptanceTest(t, resource.TestCase{
				TerraformVersionChecks: test.versions,
				Steps: []resource.TestStep{{
					// It agrees with the account, in another spelling of its domain.
					Config: providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "test" {
  name      = "Okta_Prod"
  domain    = "https://EXAMPLE.okta.com/"
  client_id = "made-up-client"
}

import {
  to = okta_account.test
  %s
}
`, test.by),
					ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop)),
					ConfigStateChecks: []statecheck.StateCheck{
						stateIsStub(s, "Okta_Prod"),
						noAttribute("client_secret"),
						wantCount(s, "POST", "", 0),
						wantCount(s, "PATCH", "", 0),
						wantCount(s, "DELETE", "", 0),
					},
				}},
			})
		})
	}
}

// importAccount imports over the protocol, as the CLI does, and returns the state's id and name.
func importAccount(t *testing.T, url, id string) (gotID, gotName, problem string) {
	t.Helper()
	p := newProtocol(t, url)
	resp := answered(p, p.server.ImportResourceState, &tfprotov6.ImportResourceStateRequest{
		TypeName: "okta_account", ID: id,
	})
	if len(resp.Diagnostics) > 0 {
		return "", "", resp.Diagnostics[0].Summary + ": " + resp.Diagnostics[0].Detail
	}
	accountType, identityType := accountTypes(t, p.server)
	state := texts(t, resp.ImportedResources[0].State, accountType)
	identity := texts(t, resp.ImportedResources[0].Identity.IdentityData, identityType)["name"]
	if identity != state["name"] {
		t.Errorf("the name is %q in the identity, %q in the state", identity, state["name"])
	}
	return state["id"], state["name"], ""
}

func TestAccountImportState(t *testing.T) {
	t.Parallel()
	s := stub.New()
	url := s.Start(t)
	s.Put(stub.Account{Name: "Okta_Prod", ID: "id-1", Domain: "https://example.okta.com"})
	s.Put(stub.Account{Name: "Okta Test", ID: "id-2", Domain: "https://test.okta.com"})
	s.Put(stub.Account{Name: "Okta_Dev", ID: "id-3", Domain: "https://dev.okta.com"})
	s.Put(stub.Account{Name: " Okta ", ID: "id-4", Domain: "https://example.okta.com"})
	s.Put(stub.Account{Name: "Okta_Zu\u0308rich", ID: "id-5", Domain: "https://example.okta.com"}) // NFD; the CLI has NFC
	for wanted, id := range map[string]string{
		"id-1": "id-1", "Okta_Prod": "id-1", "Okta Test": "id-2", "id-2": "id-2", "id-3": "id-3",
		"ID-1": "id-1", " Okta ": "id-4", "Okta_Z\u00fcrich": "id-5",
	} {
		if got, _, problem := importAccount(t, url, wanted); got != id {
			t.Errorf("import of %q: id %q (%s), want %q", wanted, got, problem, id)
		}
	}
	for wanted, problem := range map[string]string{
		"Okta_Other": `no Okta account with the name or the ID "Okta_Other".*"Okta Test".*"Okta_Dev".*"Okta_Prod"`,
		"okta_prod":  `no Okta account.*"Okta_Prod"`, // names are case-sensitive
		"../../x":    `no Okta account`,
	} {
		if _, _, got := importAccount(t, url, wanted); !matches(problem, got) {
			t.Errorf("import of %q: %q, want %q", wanted, got, problem)
		}
	}

	account := func(id string) string {
		return `{"type":"okta-accounts","id":"` + id + `","attributes":` +
			`{"name":"Twice","domain":"https://example.okta.com","auth_method":"oauth"}}`
	}
	s.PutRaw(account("id-6"))
	s.PutRaw(account("id-7"))
	if _, _, got := importAccount(t, url, "Twice"); !matches(`several Okta accounts .*"id-6".*"id-7".*use the id`, got) {
		t.Errorf("import of a name that two accounts have: %q", got)
	}
	if got, _, problem := importAccount(t, url, "id-7"); got != "id-7" {
		t.Errorf("import by id of one of two accounts of a name: id %q (%s)", got, problem)
	}
	s.PutRaw(`{"type":"users","id":"id-8","attributes":{"name":"Odd"}}`)
	_, _, got := importAccount(t, url, "Odd")
	if !matches(`"Odd".* cannot be understood: its type is not okta-accounts`, got) {
		t.Errorf("import of an account of another type: %q", got)
	}
	s.Fail(stub.Fault{Method: "GET", Status: 400})
	if _, _, got := importAccount(t, url, "Okta_Prod"); !matches("Unable to import Okta account: .*400", got) {
		t.Errorf("import from a failing API: %q", got)
	}
}

// Whatever is imported, it is an account that has the id or the name, or an error; and no other
// path than the collection's is asked for.
func FuzzImportID(f *testing.F) {
	for _, seed := range []string{
		"", "id-1", "Okta_Prod", "../validate", "id-1/../id-2", "a%2fb", "\x00", "\xff", "Ökta", "id-1?x=y", "${a}",
	} {
		f.Add(seed)
	}
	s := stub.New()
	url := s.Start(f)
	s.Put(stub.Account{Name: "Okta_Prod", ID: "id-1", Domain: "https://example.okta.com"})
	f.Fuzz(func(t *testing.T, wanted string) {
		id, name, problem := importAccount(t, url, wanted)
		if problem == "" && !strings.EqualFold(id, wanted) && name != wanted {
			t.Errorf("import of %q: id %q, name %q", wanted, id, name)
		}
		if all, known := s.Count("", ""), s.Count("GET", "list")+s.Count("GET", "account"); all != known {
			t.Errorf("%d requests, %d of them for the list or an account", all, known)
		}
		s.ResetRequests()
	})
}
