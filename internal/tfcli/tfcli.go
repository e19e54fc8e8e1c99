// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package tfcli runs terraform or tofu with the provider of this repository: for tests, the demo
// and the benchmark. Each CLI has a directory of its own, and nothing of the caller's environment
// that would change what it does.
package tfcli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Find returns the absolute path of the CLI: the one that is named, else $TF_ACC_TERRAFORM_PATH,
// else terraform or tofu on PATH, else the bin/tofu that make has put into this repository.
func Find(named string) (string, error) {
	candidates := []string{cmp.Or(named, os.Getenv("TF_ACC_TERRAFORM_PATH"))}
	if candidates[0] == "" {
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

// CLI runs in Dir, with Env as its whole environment: of two variables of a name, the later counts.
type CLI struct {
	Path string // of terraform or tofu
	Dir  string
	Env  []string
}

// New prepares a CLI for dir, which exists.
func New(binary, dir string) *CLI {
	changesBehaviour := regexp.MustCompile(`^(TF|DD|DATADOG|AWS)_`)
	env := slices.DeleteFunc(os.Environ(), changesBehaviour.MatchString)
	return &CLI{binary, dir, append(env, "CHECKPOINT_DISABLE=1", "TF_INPUT=0")}
}

// Install makes the CLI take providers from nowhere but the text of a provider_installation block
// says. The CLI's configuration is file, outside Dir where that is searched.
func (c *CLI) Install(file, text string) error {
	c.Env = append(c.Env, "TF_CLI_CONFIG_FILE="+file)
	return os.WriteFile(file, []byte("provider_installation {\n"+text+"\n}\n"), 0o600)
}

// InstallSelf makes the CLI start this very program as the provider hashicorp/okta. The program has
// to know by a variable of Env that it is to serve one. The directory plugins is for what the CLI
// needs to find it.
func (c *CLI) InstallSelf(plugins string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	name := "terraform-provider-okta"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if err := os.Symlink(self, filepath.Join(plugins, name)); err != nil {
		return err
	}
	overrides := fmt.Sprintf("  dev_overrides {\n    \"hashicorp/okta\" = %q\n  }\n  direct {}", plugins)
	return c.Install(filepath.Join(plugins, "cli.tfrc"), overrides)
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
	err := c.Stream(ctx, &out, &out, wantExit, arguments...)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out.String())
	}
	return out.String(), err
}

// Stream runs a command that prints to stdout and stderr. Where the context ends, the command is
// interrupted as by Ctrl-C.
func (c *CLI) Stream(ctx context.Context, stdout, stderr io.Writer, wantExit int, arguments ...string) error {
	cmd := exec.CommandContext(ctx, c.Path, arguments...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.Dir, c.Env, stdout, stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && !errors.As(err, &exit):
		return err
	case cmd.ProcessState.ExitCode() != wantExit:
		return fmt.Errorf("`%s` exited with %d, not %d", strings.Join(arguments, " "), cmd.ProcessState.ExitCode(), wantExit)
	}
	return nil
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
