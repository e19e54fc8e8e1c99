// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestExamples_importCommands(t *testing.T) {
	t.Parallel()
	commands := regexp.MustCompile(`(?m)^terraform (import \S+ \S+)$`).FindAllStringSubmatch(
		readExample(t, "resources/okta_account/import.sh"), -1,
	)
	if len(commands) != 2 {
		t.Fatalf("%d commands, want 2", len(commands))
	}
	for _, command := range commands {
		t.Run(command[1], func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.Put(existingStaging)
			c := newExampleCLI(t, s, exampleProvider)
			c.write("staging.tf", fmt.Sprintf(
				"resource \"okta_account\" \"staging\" {\n  name = %q\n  domain = %q\n  client_id = %q\n}\n",
				existingStaging.Name, existingStaging.Domain, existingStaging.ClientID))
			c.run(0, strings.Fields(command[1])...)
			c.wantEmptyPlan()
		})
	}
}

// What reads all accounts of an organization works beside odd ones, too.
func TestExamples_oddAccounts(t *testing.T) {
	t.Parallel()
	for shows, files := range map[string][]string{
		"3 to import, 0 to add, 0 to change, 0 to destroy": {"guides/adopting-an-existing-organization/main.tf"},
		"Check block assertion failed":                     {"guides/drift-detection-in-ci/main.tf"},
		"odd_null_method":                                  {exampleProvider, "data-sources/okta_accounts/data-source.tf"},
		"odd_no_domain: no domain":                         {exampleProvider, "data-sources/okta_accounts/nulls.tf"},
	} {
		t.Run(shows, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.History()
			for _, account := range []stub.Account{existingLegacy, existingProd, existingStaging} {
				s.Put(account)
			}
			if out := newExampleCLI(t, s, files...).run(0, "plan"); !strings.Contains(out, shows) {
				t.Errorf("the plan should print %q:\n%s", shows, out)
			}
		})
	}
}

// A removed block leaves the account alone and forgets it.
func TestExamples_removed(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newExampleCLI(t, s, exampleProvider, "resources/okta_account/resource.tf")
	c.run(0, "apply", "-auto-approve")
	before := s.Accounts()
	c.write("resource.tf", readExample(t, "resources/okta_account/removed.tf"))
	c.run(0, "apply", "-auto-approve")
	if after := s.Accounts(); len(before) != 1 || !slices.Equal(after, before) {
		t.Errorf("accounts %+v became %+v", before, after)
	}
	if left := strings.TrimSpace(c.run(0, "state", "list")); left != "" {
		t.Errorf("left in the state: %s", left)
	}
}

// The list blocks are what the schema allows, which a CLI without the command query cannot say.
func TestExamples_query(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"query", "query with filters"} {
		file := exampleRuns[name].files[1]
		parsed, diags := hclsyntax.ParseConfig([]byte(readExample(t, file)), path.Base(file), hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		body, ok := parsed.Body.(*hclsyntax.Body)
		if !ok || len(body.Blocks) != 1 {
			t.Fatalf("%s should have one block: what two lists show would be generated twice", file)
		}
		block := body.Blocks[0]
		if block.Type != "list" || block.Labels[0] != "okta_account" {
			t.Errorf("%s %q is no list of accounts", block.Type, block.Labels)
		}
		for name := range block.Body.Attributes {
			if !slices.Contains([]string{"provider", "include_resource", "limit"}, name) {
				t.Errorf("a list block has no argument %s", name)
			}
		}
		for _, config := range block.Body.Blocks {
			for name := range config.Body.Attributes {
				if !slices.Contains([]string{"name_regex", "domain"}, name) {
					t.Errorf("there is no filter %s", name)
				}
			}
		}
	}
}

func TestExamples_moduleTests(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newExampleCLI(t, s, exampleRuns["module"].files...)
	if err := os.Mkdir(filepath.Join(c.dir, "tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.write("tests/accounts.tftest.hcl", readExample(t, "module/tests/accounts.tftest.hcl"))
	if out := c.run(0, "test"); !strings.Contains(out, "2 passed, 0 failed") {
		t.Errorf("the module's tests:\n%s", out)
	}
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("the mock sent %d requests", len(requests))
	}
}
