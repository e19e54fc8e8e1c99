// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

const (
	clientSecret = "made-up-client-secret"
	// version under which a binary that is not from a release is installed.
	version = "0.1.0"
)

// session runs the CLI in a directory of its own. After the first surprise, which err keeps, its
// methods do nothing.
type session struct {
	ctx      context.Context
	cli      *tfcli.CLI
	out      io.Writer
	terminal bool // out is one
	checks   []string
	err      error

	keepsSecrets bool // in the state: the CLI is older than write-only arguments
}

// newSession prepares dir: the provider in a filesystem mirror below it, and a working directory
// whose CLI installs from nowhere else. It is printed in colour where out is a terminal.
func newSession(ctx context.Context, out io.Writer, binary, provider, dir, url string) (*session, error) {
	path, err := tfcli.Find(binary)
	if err != nil {
		return nil, err
	}
	mirror, work := filepath.Join(dir, "mirror"), filepath.Join(dir, "work")
	if err := errors.Join(os.Mkdir(work, 0o700), install(provider, mirror)); err != nil {
		return nil, err
	}
	cli := tfcli.New(path, work)
	method := fmt.Sprintf("  filesystem_mirror {\n    path = %q\n  }", mirror)
	if err := cli.Install(filepath.Join(dir, "cli.tfrc"), method); err != nil {
		return nil, err
	}
	cli.Env = append(cli.Env, "TF_IN_AUTOMATION=1",
		"DD_HOST="+url, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey, "TF_VAR_okta_client_secret="+clientSecret)
	terminal := false
	if file, ok := out.(*os.File); ok && os.Getenv("NO_COLOR") == "" {
		info, err := file.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !terminal {
		cli.Env = append(cli.Env, "TF_CLI_ARGS=-no-color")
	}
	cliVersion, err := cli.Version(ctx)
	keepsSecrets := cliVersion.Major == 1 && cliVersion.Minor < 11
	return &session{ctx: ctx, cli: cli, out: out, terminal: terminal, keepsSecrets: keepsSecrets}, err
}

// install puts the provider into a filesystem mirror, under the hosts that Terraform and OpenTofu
// take for datadog-okta/okta.
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
		err = errors.Join(err, os.MkdirAll(filepath.Dir(target), 0o700), os.WriteFile(target, content, 0o700))
	}
	return err
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
		s.err = fmt.Errorf("check failed: %s", what)
	}
	s.checks = append(s.checks, what)
	s.print("", "32", "✓ "+what)
}

// summary repeats the checks, so that they are what the terminal shows at the end. The provider that sent
// the requests is named as its User-Agent header names it.
func (s *session) summary(requests int, userAgent string, took time.Duration) {
	s.step("What was checked")
	for _, what := range s.checks {
		s.print("", "32", "✓ "+what)
	}
	provider, _, _ := strings.Cut(userAgent, " ")
	s.print("\n", "0", fmt.Sprintf("Everything was as expected, in %.0f seconds, with %d requests by %s.",
		took.Seconds(), requests, provider))
}

func (s *session) print(before, style, line string) {
	switch {
	case s.err != nil:
	case s.terminal:
		fmt.Fprintf(s.out, "%s\x1b[%sm%s\x1b[0m\n", before, style, line)
	default:
		fmt.Fprintln(s.out, before+line)
	}
}

// add puts a file of the repository into the working directory.
func (s *session) add(file string) {
	if s.err != nil {
		return
	}
	var content []byte
	if content, s.err = os.ReadFile(file); s.err == nil {
		s.err = s.cli.Write(filepath.Base(file), string(content))
	}
}

// file returns the content of a file in the working directory.
func (s *session) file(name string) (content string) {
	if s.err == nil {
		content, s.err = s.cli.Read(name)
	}
	return content
}

// show prints a file that the CLI wrote.
func (s *session) show(name string) {
	content := s.file(name)
	s.print("\n", "1", "$ cat "+name)
	s.print("", "0", content)
}

// run prints a command, runs it, and stops the session unless it exits with the code.
func (s *session) run(exitCode int, args ...string) {
	s.print("\n", "1", "$ "+filepath.Base(s.cli.Path)+" "+strings.Join(args, " "))
	if s.err == nil {
		s.err = s.cli.Stream(s.ctx, s.out, os.Stderr, exitCode, args...)
	}
}

// plan plans, and stops the session unless the plan has the action for the resource at the address.
func (s *session) plan(exitCode int, address, action string, args ...string) {
	s.run(exitCode, append([]string{"plan", "-detailed-exitcode", "-out=plan"}, args...)...)
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	s.json(&plan, "show", "-json", "plan")
	for _, r := range plan.Changes {
		if r.Address == address && slices.Equal(r.Change.Actions, []string{action}) {
			return
		}
	}
	s.err = cmp.Or(s.err, fmt.Errorf("the plan should have the action %q for %s: %+v", action, address, plan.Changes))
}

// json runs a command and decodes what it prints.
func (s *session) json(into any, args ...string) {
	if s.err != nil {
		return
	}
	var out string
	if out, s.err = s.cli.Run(s.ctx, 0, args...); s.err == nil {
		s.err = json.Unmarshal([]byte(out), into)
	}
}
