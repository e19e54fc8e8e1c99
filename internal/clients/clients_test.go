// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package clients tests the provider behind Terragrunt and Pulumi, with the examples of their
// guides.
package clients

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

var required = flag.Bool("required", false, "fail where a client is missing, instead of skipping its test")

const clientSecret = "made-up-client-secret"

// client runs a program such as Terragrunt in a copy of an example, with a home of its own.
type client struct {
	*tfcli.CLI
	t    *testing.T
	home string
}

// newClient returns the client of that name. It skips the test where the client is missing.
func newClient(t *testing.T, name, example string) *client {
	t.Helper()
	if testing.Short() {
		t.Skip("each command starts the client and the provider")
	}
	path, err := find(name)
	switch {
	case err != nil && *required:
		t.Fatal(err)
	case err != nil:
		t.Skipf("%v (make test-clients builds it)", err)
	}
	c := &client{tfcli.New(path, t.TempDir()), t, t.TempDir()}
	if err := os.CopyFS(c.Dir, os.DirFS("../../examples/guides/"+example)); err != nil {
		t.Fatal(err)
	}
	search := filepath.Dir(path) + string(os.PathListSeparator) + os.Getenv("PATH")
	c.Env = append(c.Env, "HOME="+c.home, "PATH="+search, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey)
	return c
}

// find returns the path of a program on PATH, or in bin/, where make puts it.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("..", "..", "bin", name))
	}
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// build puts the provider into the client's home.
func (c *client) build(elements ...string) (path string) {
	c.t.Helper()
	path = filepath.Join(append([]string{c.home}, elements...)...)
	cmd := exec.CommandContext(c.t.Context(), "go", "build", "-o", path, "../..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func (c *client) run(wantExit int, arguments ...string) string {
	c.t.Helper()
	out, err := c.Run(c.t.Context(), wantExit, arguments...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// replace changes a text that a file of the example has once.
func (c *client) replace(file, old, text string) {
	c.t.Helper()
	content, err := c.Read(file)
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.Count(content, old) != 1 {
		c.t.Fatalf("%s should have %q once:\n%s", file, old, content)
	}
	if err := c.Write(file, strings.Replace(content, old, text, 1)); err != nil {
		c.t.Fatal(err)
	}
}

// wantOne fails the test unless the service has one account, with these values.
func wantOne(t *testing.T, s *stub.Server, clientID, secret string) stub.Account {
	t.Helper()
	accounts := s.Accounts()
	if len(accounts) != 1 || accounts[0].Name != "Okta_Prod" ||
		accounts[0].ClientID != clientID || accounts[0].ClientSecret != secret {
		t.Fatalf("accounts are %+v, want Okta_Prod alone, with %s and %s", accounts, clientID, secret)
	}
	return accounts[0]
}

// wantWrites fails the test unless these writes were sent since the last call.
func wantWrites(t *testing.T, s *stub.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range s.Requests() {
		if r.Method != "GET" {
			got = append(got, r.Method)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("writes are %q, want %q", got, want)
	}
	s.ResetRequests()
}

// platform is the last directory of a mirror of providers.
const platform = runtime.GOOS + "_" + runtime.GOARCH
