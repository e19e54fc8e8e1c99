// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const (
	examplesDir     = "../../examples"
	exampleProvider = "provider/provider.tf"
)

// The accounts that exist before an example runs.
var (
	existingProd = stub.Account{
		Name: "Okta_Prod", Domain: "https://example.okta.com/",
		ClientID: "0oa1example2client3id", ClientSecret: exampleClientSecret,
	}
	existingLegacy = stub.Account{
		Name: "Okta_Legacy", Domain: "https://legacy.okta.com", AuthMethod: stub.Absent, APIKey: exampleAPIToken,
	}
	existingStaging = stub.Account{
		ID: "f749daaf-682e-4208-a38d-c9b43162c609", Name: "Okta_Staging", Domain: "https://staging.okta.com",
		ClientID: "0oa9made8by7hand6", ClientSecret: "made-up-staging-secret",
	}
)

// exampleRun is an example and what becomes of it: it is applied, plans nothing more, and is
// destroyed.
type exampleRun struct {
	files    []string          // below examples/
	given    []stub.Account    // exist before, and are left as they are by the apply
	left     string            // which of moveSources has the account in its state before
	changes  map[string]any    // to what that provider leaves
	generate string            // the command that writes the configuration of what is imported
	least    int               // 12 where the example needs version 1.12 of the CLI
	want     map[string]string // client secret or API token of each account that the apply creates
	shows    string            // a part of what the apply prints
	leaves   []string          // accounts after the destroy
}

var exampleRuns = map[string]exampleRun{
	"resource": {
		files: []string{exampleProvider, "resources/okta_account/resource.tf"},
		want:  map[string]string{"Okta_Prod": exampleClientSecret},
	},
	"resource with for_each": {
		files: []string{exampleProvider, "resources/okta_account/for-each.tf"},
		want:  map[string]string{"Okta_Prod": "made-up-secret-1", "Okta_Preview": "made-up-secret-2"},
	},
	"resource with an Okta API token": {
		files: []string{exampleProvider, "resources/okta_account/api-token.tf"},
		want:  map[string]string{"Okta_Legacy": exampleAPIToken},
	},
	"resource with its secret in the state": {
		files: []string{exampleProvider, "resources/okta_account/secret-in-state.tf"},
		want:  map[string]string{"Okta_Prod": exampleClientSecret},
	},
	"import by id": {
		files:    []string{exampleProvider, "resources/okta_account/import-by-string-id.tf"},
		given:    []stub.Account{existingStaging},
		generate: "plan",
		shows:    "1 imported, 0 added, 0 changed, 0 destroyed",
	},
	"import by identity": {
		files:    []string{exampleProvider, "resources/okta_account/import-by-identity.tf"},
		given:    []stub.Account{existingStaging},
		generate: "plan",
		least:    12,
		shows:    "1 imported, 0 added, 0 changed, 0 destroyed",
	},
	"query": {
		files:    []string{exampleProvider, "list-resources/okta_account/list-resource.tfquery.hcl"},
		given:    []stub.Account{existingProd, existingStaging},
		generate: "query",
		shows:    "2 imported, 0 added, 0 changed, 0 destroyed",
	},
	"query with filters": {
		files:    []string{exampleProvider, "list-resources/okta_account/filters.tfquery.hcl"},
		given:    []stub.Account{existingProd, existingStaging},
		generate: "query",
		shows:    "1 imported, 0 added, 0 changed, 0 destroyed",
		leaves:   []string{"Okta_Staging"},
	},
	"data source of one": {
		files:  []string{exampleProvider, "data-sources/okta_account/data-source.tf"},
		given:  []stub.Account{existingProd},
		shows:  `okta_prod_domain = "https://example.okta.com/"`,
		leaves: []string{"Okta_Prod"},
	},
	"data source of all": {
		files:  []string{exampleProvider, "data-sources/okta_accounts/data-source.tf"},
		given:  []stub.Account{existingProd},
		shows:  `"domain" = "https://example.okta.com/"`,
		leaves: []string{"Okta_Prod"},
	},
	"data source with filters": {
		files:  []string{exampleProvider, "data-sources/okta_accounts/filters.tf"},
		given:  []stub.Account{existingProd, existingStaging},
		shows:  "okta_account_names = tolist([\n  \"Okta_Prod\",\n])",
		leaves: []string{"Okta_Prod", "Okta_Staging"},
	},
	"data source beside nulls": {
		files:  []string{exampleProvider, "data-sources/okta_accounts/nulls.tf"},
		given:  []stub.Account{existingLegacy, existingProd},
		shows:  "okta_client_ids = tolist([\n  \"0oa1example2client3id\",\n])",
		leaves: []string{"Okta_Legacy", "Okta_Prod"},
	},
	"guide: adopting": {
		files: []string{"guides/adopting-an-existing-organization/main.tf"},
		given: []stub.Account{
			existingLegacy, existingProd, existingStaging, {Name: "By_Hand", Domain: "https://other.okta.com", ClientID: "0oa0"},
		},
		shows:  "3 imported, 0 added, 0 changed, 0 destroyed",
		leaves: []string{"By_Hand"},
	},
	"guide: rotating, from a variable": {
		files: []string{"guides/rotating-secrets/variable/main.tf"},
		want:  map[string]string{"Okta_Prod": exampleClientSecret},
	},
	"guide: rotating, from Vault": {
		files: []string{"guides/rotating-secrets/vault/main.tf"},
		want:  map[string]string{"Okta_Prod": standInVaultSecret},
	},
	"guide: drift": {
		files:  []string{"guides/drift-detection-in-ci/main.tf"},
		given:  []stub.Account{existingStaging},
		want:   map[string]string{"Okta_Prod": "made-up-secret-1"},
		shows:  "configuration does not manage:",
		leaves: []string{"Okta_Staging"},
	},
	"guide: from restapi": {
		files: []string{"guides/coming-from-a-generic-rest-provider/restapi-after/main.tf"},
		given: []stub.Account{existingProd},
		left:  "restapi",
		shows: "0 added, 0 changed, 0 destroyed",
	},
	"guide: from restful": {
		files: []string{"guides/coming-from-a-generic-rest-provider/restful-after/main.tf"},
		given: []stub.Account{existingProd},
		left:  "restful", changes: map[string]any{"body": nil}, // its body is ephemeral
		shows: "0 added, 0 changed, 0 destroyed",
	},
	"beside other providers": {
		files: []string{"guides/beside-other-providers/main.tf"},
		want:  map[string]string{"Okta_Prod": exampleClientSecret},
	},
	"two organizations": {
		files: []string{"guides/two-organizations/main.tf"},
		want:  map[string]string{"Okta_EU": "made-up-secret-4", "Okta_US": "made-up-secret-3"},
	},
	"module": {
		files: []string{"module/versions.tf", "module/variables.tf", "module/main.tf", "module/outputs.tf"},
		want:  map[string]string{"Okta_Prod": "made-up-secret-1", "Okta_Preview": "made-up-secret-2"},
		shows: `"Okta_Preview" = "https://example.oktapreview.com"`,
	},
}

// runElsewhere are the files of examples/ that tests of their own run.
var runElsewhere = []string{
	"resources/okta_account/import.sh",                                  // TestExamples_importCommands
	"resources/okta_account/removed.tf",                                 // TestExamples_removed
	"module/tests/accounts.tftest.hcl",                                  // TestExamples_moduleTests
	"guides/drift-detection-in-ci/drift.yml",                            // TestExamples_driftWorkflow
	"guides/coming-from-a-generic-rest-provider/restapi-before/main.tf", // TestExamples_formatted
	"guides/coming-from-a-generic-rest-provider/restful-before/main.tf", // TestExamples_formatted
	"guides/pulumi/Pulumi.yaml",                                         // internal/clients
	"guides/terragrunt/account/terragrunt.hcl",                          // internal/clients
	"guides/terragrunt/modules/account/main.tf",                         // internal/clients
	"guides/terragrunt/modules/report/main.tf",                          // internal/clients
	"guides/terragrunt/report/terragrunt.hcl",                           // internal/clients
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for name, run := range exampleRuns {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newExampleCLI(t, s, run.files...)
			if major, minor := c.version(); major == 1 && minor < run.least {
				t.Skipf("needs version 1.%d of the CLI, this is 1.%d", run.least, minor)
			}
			if run.left != "" {
				leave(c, s, run.left, run.changes, leftResource{"prod", []any{nil}})
			}
			for _, account := range run.given {
				s.Put(account)
			}
			given := s.Accounts()
			if run.generate != "" {
				c.skipWithout(run.generate)
				if run.generate == "plan" {
					c.skipImportsWithoutProvider()
				}
				c.run(0, run.generate, "-generate-config-out=generated.tf")
			}

			out := c.run(0, "apply", "-auto-approve")
			if !strings.Contains(out, run.shows) {
				t.Errorf("the apply should print %q:\n%s", run.shows, out)
			}
			accounts, secrets := s.Accounts(), map[string]string{}
			for _, account := range accounts {
				if !slices.Contains(given, account) {
					secrets[account.Name] = cmp.Or(account.ClientSecret, account.APIKey)
				}
			}
			if !maps.Equal(secrets, run.want) || len(accounts) != len(given)+len(run.want) {
				t.Errorf("of %+v, the apply made %+v: its secrets are %v, want %v", given, accounts, secrets, run.want)
			}
			c.wantEmptyPlan()

			c.run(0, "destroy", "-auto-approve")
			var left []string
			for _, account := range s.Accounts() {
				left = append(left, account.Name)
			}
			if !slices.Equal(left, run.leaves) {
				t.Errorf("accounts after the destroy: %q, want %q", left, run.leaves)
			}
		})
	}
}

// Every file of examples/ has a test that runs it.
func TestExamples_complete(t *testing.T) {
	t.Parallel()
	tested := slices.Clone(runElsewhere)
	for _, run := range exampleRuns {
		tested = append(tested, run.files...)
	}
	var found []string
	err := filepath.WalkDir(examplesDir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(examplesDir, file)
		found = append(found, filepath.ToSlash(relative))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		if !slices.Contains(tested, file) {
			t.Errorf("no test runs examples/%s: add it to exampleRuns", file)
		}
	}
	for _, file := range tested {
		if !slices.Contains(found, file) {
			t.Errorf("there is no examples/%s", file)
		}
	}
}

func TestExamples_formatted(t *testing.T) {
	t.Parallel()
	c := newExampleCLI(t, stub.New())
	c.dir = examplesDir
	c.run(0, "fmt", "-check", "-diff", "-recursive")
}

// README shows the first configuration, which has to be that of the examples.
func TestExamples_readme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{exampleProvider, "resources/okta_account/resource.tf"} {
		if !strings.Contains(string(readme), "```terraform\n"+readExample(t, file)+"```\n") {
			t.Errorf("README.md does not show examples/%s as it is", file)
		}
	}
}
