// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const (
	clientSecret = "made-up-client-secret"
	// version under which a binary that is not from a release is installed.
	version = "0.1.0"
)

// session runs the CLI in a directory of its own. After the first surprise, which err keeps, its methods do nothing.
type session struct {
	ctx      context.Context
	path     string // of the CLI
	dir      string
	env      []string
	terminal bool
	err      error
}

// newSession prepares dir: the provider in a filesystem mirror below it, a CLI configuration that installs from
// nowhere else, and a working directory.
func newSession(ctx context.Context, cli, provider, dir, url string) (*session, error) {
	path, err := exec.LookPath(cli)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	mirror := filepath.Join(dir, "mirror")
	if err := install(provider, mirror); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		return nil, err
	}

	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_") || strings.HasPrefix(variable, "DD_") || strings.HasPrefix(variable, "DATADOG_")
	})
	env = append(env,
		"DD_HOST="+url, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey,
		"TF_VAR_okta_client_secret="+clientSecret,
		"TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
	)
	info, err := os.Stdout.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
	if !terminal {
		env = append(env, "TF_CLI_ARGS=-no-color")
	}
	return &session{ctx: ctx, path: path, dir: work, env: env, terminal: terminal}, nil
}

// install puts the provider into a filesystem mirror, under the hosts that Terraform and OpenTofu take for
// datadog-okta/okta.
func install(provider, mirror string) error {
	content, err := os.ReadFile(provider)
	if err != nil {
		return err
	}
	platform := runtime.GOOS + "_" + runtime.GOARCH
	file := filepath.Join(version, platform, "terraform-provider-okta_v"+version)
	if filepath.Ext(provider) == ".zip" {
		file = filepath.Base(provider)
	}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		target := filepath.Join(mirror, host, "datadog-okta", "okta", file)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// step begins a part of the session.
func (s *session) step(format string, args ...any) {
	s.print("\n", "1", "# "+fmt.Sprintf(format, args...))
}

// look says what to look at in the output of the next command.
func (s *session) look(at string) {
	s.print("", "36", "→ "+at)
}

// check stops the session unless ok.
func (s *session) check(ok bool, what string) {
	if s.err == nil && !ok {
		s.err = fmt.Errorf("this should hold, and does not: %s", what)
	}
	s.print("", "32", "✓ "+what)
}

func (s *session) print(before, style, line string) {
	switch {
	case s.err != nil:
	case s.terminal:
		fmt.Printf("%s\x1b[%sm%s\x1b[0m\n", before, style, line)
	default:
		fmt.Println(before + line)
	}
}

// add puts a file of the repository into the working directory.
func (s *session) add(file string) {
	if s.err != nil {
		return
	}
	var content []byte
	if content, s.err = os.ReadFile(file); s.err == nil {
		s.err = os.WriteFile(filepath.Join(s.dir, filepath.Base(file)), content, 0o600)
	}
}

// file returns the content of a file in the working directory.
func (s *session) file(name string) string {
	if s.err != nil {
		return ""
	}
	var content []byte
	content, s.err = os.ReadFile(filepath.Join(s.dir, name))
	return string(content)
}

// show prints a file that the CLI wrote.
func (s *session) show(name string) {
	content := s.file(name)
	s.print("\n", "1", "$ cat "+name)
	s.print("", "0", content)
}

// cli prints a command, runs it, and stops the session unless it exits with the code.
func (s *session) cli(exitCode int, args ...string) {
	s.print("\n", "1", "$ "+filepath.Base(s.path)+" "+strings.Join(args, " "))
	s.run(os.Stdout, exitCode, args...)
}

// plan plans, and stops the session unless the plan has the action for the resource at the address.
func (s *session) plan(exitCode int, address, action string, args ...string) {
	s.cli(exitCode, append([]string{"plan", "-detailed-exitcode", "-out=plan"}, args...)...)
	var shown bytes.Buffer
	s.run(&shown, 0, "show", "-json", "plan")
	if s.err != nil {
		return
	}
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	if s.err = json.Unmarshal(shown.Bytes(), &plan); s.err != nil {
		return
	}
	for _, r := range plan.Changes {
		if r.Address == address && slices.Equal(r.Change.Actions, []string{action}) {
			return
		}
	}
	s.err = fmt.Errorf("the plan should have the action %q for %s: %+v", action, address, plan.Changes)
}

// output returns an output value as compact JSON.
func (s *session) output(name string) string {
	var value, compact bytes.Buffer
	s.run(&value, 0, "output", "-json", name)
	if s.err == nil {
		s.err = json.Compact(&compact, value.Bytes())
	}
	return compact.String()
}

func (s *session) run(stdout io.Writer, exitCode int, args ...string) {
	if s.err != nil {
		return
	}
	command := exec.CommandContext(s.ctx, s.path, args...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Dir, command.Env, command.Stdout, command.Stderr = s.dir, s.env, stdout, os.Stderr
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case s.ctx.Err() != nil:
		s.err = errors.New("interrupted")
	case err != nil && !errors.As(err, &exit):
		s.err = err
	case command.ProcessState.ExitCode() != exitCode:
		s.err = fmt.Errorf("`%s` exited with %d, not %d", strings.Join(args, " "), command.ProcessState.ExitCode(), exitCode)
	}
}
