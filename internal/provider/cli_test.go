// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// serveVariable makes the test binary serve the provider instead of running tests, so that a CLI can start it
// as a plugin.
const serveVariable = "TEST_BINARY_SERVES_PROVIDER"

func init() {
	if os.Getenv(serveVariable) == "" {
		return
	}
	err := providerserver.Serve(context.Background(), newTestProvider, providerserver.ServeOpts{
		Address: "registry.terraform.io/datadog-okta/okta",
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// cli drives the CLI in a directory of its own, with the provider as a plugin of its own: for what
// terraform-plugin-testing has no steps for.
type cli struct {
	t   *testing.T
	dir string
	env []string
}

func newCLI(t *testing.T, config string) *cli {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	plugins := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(plugins, "terraform-provider-okta")); err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, dir: t.TempDir()}
	c.write("main.tf", config)
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"hashicorp/okta\" = %q\n  }\n  direct {}\n}\n", plugins))
	c.env = append(os.Environ(), serveVariable+"=1", "TF_CLI_CONFIG_FILE="+filepath.Join(c.dir, "cli.tfrc"),
		"TF_CLI_ARGS=-no-color", "TF_INPUT=0")
	return c
}

func (c *cli) write(name, content string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cli) read(name string) string {
	c.t.Helper()
	content, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(content)
}

// run returns what a command printed. It fails the test where the command ends with another exit code than
// the one wanted.
func (c *cli) run(wantExit int, arguments ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), arguments...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != wantExit {
		c.t.Fatalf("%v: exit code %d, want %d\n%s", arguments, got, wantExit, out)
	}
	return string(out)
}

// version is that of the CLI.
func (c *cli) version() (major, minor int) {
	c.t.Helper()
	var shown struct {
		Version string `json:"terraform_version"` // of OpenTofu too
	}
	if err := json.Unmarshal([]byte(c.run(0, "version", "-json")), &shown); err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Sscanf(shown.Version, "%d.%d", &major, &minor); err != nil {
		c.t.Fatalf("%q: %v", shown.Version, err)
	}
	return major, minor
}

// wantEmptyPlan fails the test where a plan proposes anything.
func (c *cli) wantEmptyPlan() {
	c.t.Helper()
	c.run(0, "plan", "-detailed-exitcode")
}

// diagnostic is one in the CLI's JSON.
type diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            struct{ Code string }
}

// diagnostics returns those of a severity that a command with -json printed, without the CLI's own warnings
// about its set-up.
func (c *cli) diagnostics(severity string, arguments ...string) []diagnostic {
	c.t.Helper()
	wantExit := 0
	if severity == "error" {
		wantExit = 1
	}
	var found []diagnostic
	for line := range strings.Lines(c.run(wantExit, arguments...)) {
		var message struct{ Diagnostic diagnostic }
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			c.t.Fatalf("%v in: %s", err, line)
		}
		if ownWarning := severity == "warning" && message.Diagnostic.Address == ""; message.Diagnostic.Severity == severity && !ownWarning {
			found = append(found, message.Diagnostic)
		}
	}
	return found
}
