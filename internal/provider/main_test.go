// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// protoV6ProviderFactories serve the provider inside the test process to the CLI that runs beside it.
var protoV6ProviderFactories = map[string]func() (tfprotov6.ProviderServer, error){
	"okta": providerserver.NewProtocol6WithError(newTestProvider()),
}

// providerConfig is a provider block for the stub at url; each of the arguments is one more line of it.
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

// TestMain makes the acceptance tests run under a plain "go test": it finds the CLI, and keeps the caller's Datadog
// environment and CLI configuration out of them.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	cli, err := findCLI()
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
	if err := prepareEnvironment(cli, dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// findCLI returns the absolute path of the CLI that the tests drive.
func findCLI() (string, error) {
	candidates := []string{"terraform", "tofu", filepath.Join("..", "..", "bin", "tofu")}
	if named := os.Getenv("TF_ACC_TERRAFORM_PATH"); named != "" {
		candidates = []string{named}
	}
	for _, candidate := range candidates {
		if found, err := exec.LookPath(candidate); err == nil {
			return filepath.Abs(found)
		}
	}
	return "", fmt.Errorf("the tests drive a real CLI, and none of %s is there: "+
		"set TF_ACC_TERRAFORM_PATH, or run `make test`, which builds OpenTofu where nothing else is found",
		strings.Join(candidates, ", "))
}

// prepareEnvironment sets what the CLI and terraform-plugin-testing read, and prints which CLI it is: tests that need a
// newer one skip by its version.
func prepareEnvironment(cli, dir string) error {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "DD_") || strings.HasPrefix(name, "DATADOG_") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	cliConfig := filepath.Join(dir, "empty.tfrc")
	if err := os.WriteFile(cliConfig, nil, 0o600); err != nil {
		return err
	}
	err := errors.Join(
		os.Setenv("TF_ACC", "1"),
		os.Setenv("TF_ACC_TERRAFORM_PATH", cli),
		os.Setenv("TF_CLI_CONFIG_FILE", cliConfig),
		os.Setenv("CHECKPOINT_DISABLE", "1"),
	)
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, cli, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", cli, err)
	}
	version, _, _ := strings.Cut(string(out), "\n")
	fmt.Printf("acceptance tests with %s (%s)\n", version, cli)
	if strings.HasPrefix(version, "OpenTofu") {
		return errors.Join(
			os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org"),
			os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp"),
		)
	}
	return nil
}
