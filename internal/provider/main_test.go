// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
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
