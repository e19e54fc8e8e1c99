// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
