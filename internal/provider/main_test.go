// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

// protoV6ProviderFactories serve the provider inside the test process to the CLI that runs beside
// it.
var protoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){
	"okta": providerserver.NewProtocol6WithError(newHastyProvider()),
}

// needsCLI skips tests that run terraform or tofu, as `go test -short` is without them.
func needsCLI(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the CLI, which -short leaves out")
	}
}

// acceptanceTest is resource.Test with the provider of this package, unless the test case names
// others.
func acceptanceTest(t *testing.T, test resource.TestCase) {
	t.Helper()
	needsCLI(t)
	if test.ProtoV6ProviderFactories == nil {
		test.ProtoV6ProviderFactories = protoV6ProviderFactories
	}
	resource.Test(t, test)
}

// providerConfig is a provider block for the stub at url; each of the arguments is one more line of
// it.
func providerConfig(url string, arguments ...string) string {
	return fmt.Sprintf(`
provider "okta" {
  api_url = %q
  api_key = %q
  app_key = %q
  %s
}
`, url, stub.APIKey, stub.AppKey, strings.Join(arguments, "\n  "))
}

// TestMain makes the acceptance tests run under a plain "go test": it finds the CLI, and keeps the
// caller's Datadog environment and CLI configuration out of them. With -short, no CLI is needed.
func TestMain(m *testing.M) {
	flag.Parse()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "DD_") || strings.HasPrefix(name, "DATADOG_") {
			_ = os.Unsetenv(name) // of a name that exists
		}
	}
	if testing.Short() {
		os.Exit(m.Run())
	}
	os.Exit(runWithCLI(m))
}

func runWithCLI(m *testing.M) int {
	path, err := tfcli.Find("")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "okta-provider-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := prepareCLI(path, dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// prepareCLI sets what the CLI and terraform-plugin-testing read, and prints which CLI it is: tests
// that need a newer one skip by its version.
func prepareCLI(path, dir string) error {
	cliConfig := filepath.Join(dir, "empty.tfrc")
	if err := os.WriteFile(cliConfig, nil, 0o600); err != nil {
		return err
	}
	err := errors.Join(
		os.Setenv("TF_ACC", "1"),
		os.Setenv("TF_ACC_TERRAFORM_PATH", path),
		os.Setenv("TF_CLI_CONFIG_FILE", cliConfig),
		os.Setenv("CHECKPOINT_DISABLE", "1"),
	)
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	version, err := tfcli.New(path, dir).Version(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("acceptance tests with %s (%s)\n", version.Text, path)
	if version.OpenTofu {
		return errors.Join(
			os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org"),
			os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp"),
		)
	}
	return nil
}

// serveVariable makes the test binary serve a provider instead of running tests, so that a CLI can
// start it as a plugin: one of examplePlugins, by the directory that serveAt put it into, or this one.
const serveVariable = "TEST_BINARY_SERVES_PROVIDER"

func init() {
	if os.Getenv(serveVariable) == "" {
		return
	}
	dir := filepath.Dir(os.Args[0])
	serve, found := examplePlugins[filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir)]
	if !found {
		serve = newHastyProvider
	}
	err := providerserver.Serve(context.Background(), serve, providerserver.ServeOpts{
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
	needsCLI(t)
	runner := tfcli.New("", t.TempDir())
	if err := runner.InstallSelf(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, dir: runner.Dir, env: append(runner.Env, serveVariable+"=1", "TF_CLI_ARGS=-no-color")}
	c.write("main.tf", config)
	return c
}

// serveAt makes the CLI start this binary as the provider at each of the sources.
func (c *cli) serveAt(sources ...string) {
	c.t.Helper()
	binary, err := os.Executable()
	plugins, overrides := c.t.TempDir(), ""
	for _, source := range sources {
		dir := filepath.Join(plugins, filepath.FromSlash(source))
		file := filepath.Join(dir, "terraform-provider-"+path.Base(source))
		if err = errors.Join(err, os.MkdirAll(dir, 0o700), os.Symlink(binary, file)); err != nil {
			c.t.Fatal(err)
		}
		overrides += fmt.Sprintf("    %q = %q\n", source, dir)
	}
	runner := c.runner()
	text := "  dev_overrides {\n" + overrides + "  }\n  direct {}"
	if err := runner.Install(filepath.Join(plugins, "cli.tfrc"), text); err != nil {
		c.t.Fatal(err)
	}
	c.env = runner.Env
}

func (c *cli) runner() *tfcli.CLI {
	return &tfcli.CLI{Path: os.Getenv("TF_ACC_TERRAFORM_PATH"), Dir: c.dir, Env: c.env}
}

func (c *cli) write(name, content string) {
	c.t.Helper()
	if err := c.runner().Write(name, content); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cli) read(name string) string {
	c.t.Helper()
	content, err := c.runner().Read(name)
	if err != nil {
		c.t.Fatal(err)
	}
	return content
}

// run returns what a command printed. It fails the test where the command ends with another exit
// code than the one wanted.
func (c *cli) run(wantExit int, arguments ...string) string {
	c.t.Helper()
	out, err := c.runner().Run(c.t.Context(), wantExit, arguments...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// version is that of the CLI.
func (c *cli) version() (major, minor int) {
	c.t.Helper()
	version, err := c.runner().Version(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return version.Major, version.Minor
}

// takesPartialState reports whether the CLI gets a state with the error of a create.
func (c *cli) takesPartialState() bool {
	c.t.Helper()
	major, minor := c.version()
	return clientOf(fmt.Sprintf("%d.%d", major, minor)).keepsState
}

// wantEmptyPlan fails the test where a plan proposes anything.
func (c *cli) wantEmptyPlan() {
	c.t.Helper()
	c.run(0, "plan", "-detailed-exitcode")
}

// destroy fails the test where it leaves an account.
func (c *cli) destroy(s *stub.Server, arguments ...string) {
	c.t.Helper()
	c.run(0, append([]string{"destroy", "-auto-approve"}, arguments...)...)
	if left := s.Accounts(); len(left) > 0 {
		c.t.Errorf("left behind: %v", left)
	}
}

// diagnostic is an error or a warning in the CLI's JSON.
type diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            struct{ Code string }
}

// diagnostics returns those of a severity that a command with -json printed, without the CLI's own
// warning about its set-up. A warning about a resource that is only deleted need not have an
// address.
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
		d := message.Diagnostic
		if d.Severity == severity && d.Summary != "Provider development overrides are in effect" {
			found = append(found, d)
		}
	}
	return found
}
