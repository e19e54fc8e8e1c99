// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"os/exec"
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

// The step of the workflow that plans, under the shell that GitHub runs it with.
func TestExamples_driftWorkflow(t *testing.T) {
	t.Parallel()
	workflow := readExample(t, "guides/drift-detection-in-ci/drift.yml")
	_, step, _ := strings.Cut(workflow, "- name: Plan\n")
	_, step, found := strings.Cut(step, "run: |\n")
	step, _, _ = strings.Cut(step, "\n      - ")
	if !found || !strings.Contains(step, "terraform plan") {
		t.Fatalf("no step that plans in\n%s", workflow)
	}

	s := stub.New()
	c := newExampleCLI(t, s, "guides/drift-detection-in-ci/main.tf")
	c.write("step.sh", step)
	bin := t.TempDir()
	if err := os.Symlink(os.Getenv("TF_ACC_TERRAFORM_PATH"), filepath.Join(bin, "terraform")); err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(c.dir, "output")
	env := append(c.env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GITHUB_OUTPUT="+output,
		"TF_VAR_okta_client_secrets={}") // as in the workflow, which has none
	plan := func(want string, wantSuccess bool) {
		t.Helper()
		c.write("output", "")
		cmd := exec.CommandContext(t.Context(), "bash", "-e", "step.sh")
		cmd.Dir, cmd.Env = c.dir, env
		out, err := cmd.CombinedOutput()
		if got := c.read("output"); got != want || (err == nil) != wantSuccess {
			t.Errorf("output %q, want %q; error %v\n%s", got, want, err, out)
		}
	}

	c.run(0, "apply", "-auto-approve")
	plan("code=0\n", true)

	account := s.Accounts()[0]
	drifted := account
	drifted.Domain = "https://changed-by-hand.okta.com"
	s.Put(drifted)
	plan("code=2\n", true)
	s.Put(account)

	s.Put(existingStaging) // not managed
	plan("code=2\n", true)
	s.Remove(existingStaging.Name)
	plan("code=0\n", true)

	s.Remove(account.Name)
	plan("code=2\n", true)
	s.Put(account)

	s.Fail(stub.Fault{Status: 403})
	plan("code=1\n", false)

	// A plan that is killed, or fails, after a check has failed.
	for _, code := range []string{"1", "137"} {
		if err := os.Remove(filepath.Join(bin, "terraform")); err != nil {
			t.Fatal(err)
		}
		script := "#!/bin/sh\necho 'Warning: Check block assertion failed'\nexit " + code + "\n"
		if err := os.WriteFile(filepath.Join(bin, "terraform"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		plan("code="+code+"\n", false)
	}
}

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

const root = "../.."

// The troubleshooting guide has a heading for each summary of an error or a warning, and no others of
// that level.
func TestDocs_troubleshooting(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("summaries.go")
	if err != nil {
		t.Fatal(err)
	}
	var summaries, headings []string
	for _, constant := range regexp.MustCompile(`summary\w+ += "(.+)"`).FindAllStringSubmatch(string(source), -1) {
		summaries = append(summaries, constant[1])
	}
	guide, err := os.ReadFile(filepath.Join(root, "docs/guides/troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	code := false
	for line := range strings.Lines(string(guide)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if text, found := strings.CutPrefix(line, "### "); found && !code {
			headings = append(headings, strings.ReplaceAll(strings.TrimSpace(text), "`", ""))
		}
	}
	slices.Sort(summaries)
	slices.Sort(headings)
	if !slices.Equal(summaries, headings) {
		t.Errorf("the guide explains\n  %s\nand the summaries are\n  %s",
			strings.Join(headings, "\n  "), strings.Join(summaries, "\n  "))
	}
}
