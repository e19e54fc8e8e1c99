// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
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
	identities := []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}
	for by, versions := range map[string][]tfversion.TerraformVersionCheck{
		`id = "id-1"`: nil, `id = "Okta_Prod"`: nil, `identity = { name = "Okta_Prod" }`: identities,
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			account := existing()
			account.ID = "id-1"
			s.Put(account)
			acceptanceTest(t, resource.TestCase{
				TerraformVersionChecks: versions,
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
`, by),
					ConfigPlanChecks: preApply(expectAction(plancheck.ResourceActionNoop)),
					ConfigStateChecks: []statecheck.StateCheck{
						stateIsStub(s, "Okta_Prod"), noAttribute("client_secret"),
						stubCheck(func() error { wantNoWrites(t, s); return nil }),
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
	state := texts(t, resp.ImportedResources[0].State, p.accountType())
	identity := texts(t, resp.ImportedResources[0].Identity.IdentityData, p.identityType())["name"]
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

type listed struct{ displayName, identity, id, problem string }

// queryAccounts asks the list resource over the protocol, as terraform query does.
func queryAccounts(t *testing.T, url string, filter block, limit int64, includeResource bool) []listed {
	t.Helper()
	p := newProtocol(t, url)
	found, invalid := p.list(filter, limit, includeResource)
	if len(invalid) > 0 {
		t.Fatal(invalid[0])
	}
	var results []listed
	for _, result := range found {
		one := listed{displayName: result.DisplayName}
		for _, d := range result.Diagnostics {
			one.problem += d.Summary + ": " + d.Detail
		}
		if result.Identity != nil {
			one.identity = texts(t, result.Identity.IdentityData, p.identityType())["name"]
		}
		if result.Resource != nil {
			one.id = texts(t, result.Resource, p.accountType())["id"]
		}
		results = append(results, one)
	}
	return results
}

func listStub(t *testing.T) (s *stub.Server, url string) {
	t.Helper()
	s = stub.New()
	for name, domain := range map[string]string{
		"Prod_B": "https://b.okta.com", "Prod_A": "https://a.okta.com", "Test_A": "https://a.okta.com/",
	} {
		s.Put(stub.Account{
			Name: name, ID: "id-" + name, Domain: domain, ClientID: "made-up-client", ClientSecret: "made-up-secret",
		})
	}
	return s, s.Start(t)
}

func TestAccountList(t *testing.T) {
	t.Parallel()
	_, url := listStub(t)
	for name, test := range map[string]struct {
		filter block
		limit  int64
		want   []string
		cut    string // what the last of them says of the rest
	}{
		"all":             {nil, 100, []string{"Prod_A", "Prod_B", "Test_A"}, ""},
		"no limit":        {nil, 0, []string{"Prod_A", "Prod_B", "Test_A"}, ""},
		"limit":           {nil, 2, []string{"Prod_A", "Prod_B"}, "shows 2 of 3 accounts.*Write limit = 3"},
		"limit as many":   {nil, 3, []string{"Prod_A", "Prod_B", "Test_A"}, ""},
		"name":            {block{"name_regex": "^Prod_"}, 100, []string{"Prod_A", "Prod_B"}, ""},
		"domain":          {block{"domain": "https://A.okta.com"}, 100, []string{"Prod_A", "Test_A"}, ""},
		"both":            {block{"name_regex": "Test", "domain": "https://a.okta.com"}, 100, []string{"Test_A"}, ""},
		"both, limited":   {block{"domain": "https://a.okta.com"}, 1, []string{"Prod_A"}, "1 of 2 accounts.*Write limit = 2"},
		"nothing matches": {block{"name_regex": "never"}, 100, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, includeResource := range []bool{false, true} {
				var want []listed
				for _, name := range test.want {
					one := listed{displayName: name, identity: name}
					if includeResource {
						one.id = "id-" + name
					}
					want = append(want, one)
				}
				got := queryAccounts(t, url, test.filter, test.limit, includeResource)
				if last := len(want) - 1; test.cut != "" && len(got) == len(want) && matches(test.cut, got[last].problem) {
					want[last].problem = got[last].problem
				}
				if !slices.Equal(got, want) {
					t.Errorf("with resource %t: got %v, want %v", includeResource, got, want)
				}
			}
		})
	}
}

// Accounts that lack something are listed. Those that cannot be imported are named in one warning.
func TestAccountList_oddAccounts(t *testing.T) {
	t.Parallel()
	s, url := listStub(t)
	s.History()
	s.PutRaw(`{"type":"okta-accounts","id":"id-old","attributes":` +
		`{"name":"Old","domain":"https://a.okta.com","client_id":null}}`)
	var found []string
	var problems string
	for _, one := range queryAccounts(t, url, nil, 100, true) {
		problems += one.problem
		if one.displayName != "" {
			found = append(found, one.displayName)
		}
		if one.displayName != one.identity || one.displayName != "" && one.id == "" {
			t.Errorf("listed: %+v", one)
		}
	}
	for _, want := range []string{"Prod_A", "Prod_B", "Test_A", "Old", "odd_no_domain"} {
		if !slices.Contains(found, want) {
			t.Errorf("%q is not among %q", want, found)
		}
	}
	for _, want := range []string{
		`^Okta accounts left out: `, `"" with the id "0dd00000-0000-4000-8000-000000000006" \(it has no name`,
		`"odd_twice" with the id "0dd00000-0000-4000-8000-000000000009" \(another account`,
		`"odd_type" .*its type is not okta-accounts`,
	} {
		if !matches(want, problems) {
			t.Errorf("the warning has no %q: %s", want, problems)
		}
	}
	if strings.Count(problems, "left out") != 1 || strings.Contains(problems, "id-old") {
		t.Errorf("not one warning of the odd accounts alone: %s", problems)
	}

	got := queryAccounts(t, url, block{"name_regex": "^Prod_A$"}, 100, true)
	if want := []listed{{"Prod_A", "Prod_A", "id-Prod_A", ""}}; !slices.Equal(got, want) {
		t.Errorf("filtered: %v, want %v", got, want)
	}
}

// TestBadInput has the filters that are refused before any request.
func TestAccountList_errors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault stub.Fault
		block block  // arguments of the provider block, over the usual ones
		path  string // after the stub's URL
		want  string
	}{
		"its own words":           {fault: stub.Fault{Status: 400, Body: `{"errors":["made-up"]}`}, want: `made-up`},
		"a permission is missing": {fault: stub.Fault{Path: "list", Status: 403}, want: `403.*permission integrations_read`},
		"the API key is wrong":    {block: block{"api_key": "another-key"}, want: `403.*API key is not valid for this site`},
		"the address is wrong":    {path: "/elsewhere", want: `404.*no such API at this address.*DD_HOST`},
		"the limit is used up":    {fault: stub.Fault{Status: 429}, want: `429.*http_client_retry_timeout`},
	} {
		for where, in := range map[string]input{"list": inList, "data source": inDataSource("okta_accounts")} {
			t.Run(name+"/"+where, func(t *testing.T) {
				t.Parallel()
				s := stub.New()
				s.Fail(test.fault)
				found := errorsAmong(in(newProtocolWith(t, s.Start(t)+test.path, test.block), nil))
				want := "^Unable to list Okta accounts: .*" + test.want
				if len(found) != 1 || !matches(want, found[0].Summary+": "+found[0].Detail) {
					t.Errorf("got %v, want one error with %q", found, want)
				}
			})
		}
	}
}
