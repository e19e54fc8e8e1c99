// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package tfcli runs terraform or tofu with the provider of this repository: for tests, the demo
// and the benchmark. Each CLI has a directory of its own, and nothing of the caller's environment
// that would change what it does.
package tfcli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// Find returns the absolute path of the CLI: the one that is named, else $TF_ACC_TERRAFORM_PATH,
// else terraform or tofu on PATH, else the bin/tofu that make has put into this repository.
func Find(named string) (string, error) {
	if named == "" {
		named = os.Getenv("TF_ACC_TERRAFORM_PATH")
	}
	candidates := []string{named}
	if named == "" {
		// Seen from the root of the repository, and from where the tests of internal/x run.
		candidates = []string{"terraform", "tofu", filepath.Join("bin", "tofu"), filepath.Join("..", "..", "bin", "tofu")}
	}
	for _, candidate := range candidates {
		if found, err := exec.LookPath(candidate); err == nil {
			return filepath.Abs(found)
		}
	}
	return "", fmt.Errorf("a terraform or tofu is needed, and none of %s is there: set TF_ACC_TERRAFORM_PATH, or run "+
		"`make test` or `make demo`, which get OpenTofu where nothing else is found", strings.Join(candidates, ", "))
}

// CLI runs in Dir, with Env as its whole environment.
type CLI struct {
	Path string // of terraform or tofu
	Dir  string
	Env  []string
}

// New prepares a CLI for dir, which exists.
func New(binary, dir string) *CLI {
	c := &CLI{Path: binary, Dir: dir, Env: []string{"CHECKPOINT_DISABLE=1", "TF_INPUT=0"}}
	changesBehaviour := regexp.MustCompile(`^(TF|DD|DATADOG|AWS)_`)
	for _, variable := range os.Environ() {
		if !changesBehaviour.MatchString(variable) {
			c.Env = append(c.Env, variable)
		}
	}
	return c
}

// Setenv sets a variable; a later one of the same name counts.
func (c *CLI) Setenv(name, value string) { c.Env = append(c.Env, name+"="+value) }

// Install makes the CLI take providers from nowhere but the text of a provider_installation block
// says. The CLI's configuration is file, outside Dir where that is searched.
func (c *CLI) Install(file, text string) error {
	c.Setenv("TF_CLI_CONFIG_FILE", file)
	return os.WriteFile(file, []byte("provider_installation {\n"+text+"\n}\n"), 0o600)
}

// InstallSelf makes the CLI start this very program as the provider of that source address. The
// program has to know by a variable of Env that it is to serve one. The directory plugins is for
// what the CLI needs to find it.
func (c *CLI) InstallSelf(plugins, source string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	name := "terraform-provider-" + path.Base(source)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if err := os.Symlink(self, filepath.Join(plugins, name)); err != nil {
		return err
	}
	return c.Install(filepath.Join(plugins, "cli.tfrc"), fmt.Sprintf("  dev_overrides {\n    %q = %q\n  }\n  direct {}", source, plugins))
}

// Write writes a file of the working directory.
func (c *CLI) Write(name, content string) error {
	return os.WriteFile(filepath.Join(c.Dir, name), []byte(content), 0o600)
}

// Read returns the content of a file of the working directory.
func (c *CLI) Read(name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(c.Dir, name))
	return string(content), err
}

// Run runs a command and returns what it printed. Another exit code than the one wanted is an error
// that shows it.
func (c *CLI) Run(ctx context.Context, wantExit int, arguments ...string) (string, error) {
	var out bytes.Buffer
	_, err := c.Stream(ctx, &out, &out, wantExit, arguments...)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out.String())
	}
	return out.String(), err
}

// Stream runs a command that prints to stdout and stderr, and returns the process that has ended.
// Where the context ends, the command is interrupted as by Ctrl-C.
func (c *CLI) Stream(ctx context.Context, stdout, stderr io.Writer, wantExit int, arguments ...string) (*os.ProcessState, error) {
	cmd := exec.CommandContext(ctx, c.Path, arguments...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.Dir, c.Env, stdout, stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return cmd.ProcessState, ctx.Err()
	case err != nil && !errors.As(err, &exit):
		return cmd.ProcessState, err
	case cmd.ProcessState.ExitCode() != wantExit:
		return cmd.ProcessState, fmt.Errorf("`%s` exited with %d, not %d", strings.Join(arguments, " "), cmd.ProcessState.ExitCode(), wantExit)
	}
	return cmd.ProcessState, nil
}

// Version is the version of a CLI.
type Version struct {
	Text         string // "Terraform v1.11.4"
	OpenTofu     bool
	Major, Minor int
}

// Version asks the CLI for its version.
func (c *CLI) Version(ctx context.Context) (Version, error) {
	out, err := c.Run(ctx, 0, "version")
	if err != nil {
		return Version{}, err
	}
	for line := range strings.Lines(out) { // after warnings, maybe
		var v Version
		var product string
		if n, _ := fmt.Sscanf(line, "%s v%d.%d.", &product, &v.Major, &v.Minor); n == 3 {
			v.Text, v.OpenTofu = strings.TrimSpace(line), product == "OpenTofu"
			return v, nil
		}
	}
	return Version{}, fmt.Errorf("%s does not say its version:\n%s", c.Path, out)
}

// Diagnostic is an error or a warning in the CLI's JSON.
type Diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            struct{ Code string }
}

// Diagnostics returns those of a severity in the output of a command with -json, without the CLI's
// own warning about its set-up. A warning about a resource that is only deleted need not have an
// address.
func Diagnostics(output, severity string) ([]Diagnostic, error) {
	var found []Diagnostic
	for line := range strings.Lines(output) {
		var message struct{ Diagnostic Diagnostic }
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			return nil, fmt.Errorf("%w in: %s", err, line)
		}
		d := message.Diagnostic
		if d.Severity == severity && d.Summary != "Provider development overrides are in effect" {
			found = append(found, d)
		}
	}
	return found, nil
}
