// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/bench/usage"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// subject is one of those compared: a plugin, with a working directory and a service of its own.
type subject struct {
	bench    *bench
	name     string
	plugin   string // empty: built into the CLI
	accounts int
	latency  time.Duration

	dir     string
	service *stub.Server
	url     string
}

// sample is what one command took.
type sample struct {
	began                          time.Time
	wall                           time.Duration
	command                        usage.Usage // of the CLI and its plugins together
	provider                       usage.Usage // of the plugin, over all its starts
	requests, refused, connections int         // of which refused by the rate limit
}

const oktaConfig = `
terraform {
  required_providers {
    okta = { source = "datadog-okta/okta" }
  }
}

resource "okta_account" "this" {
  for_each                 = local.client_ids
  name                     = each.key
  domain                   = "https://${each.key}.okta.com"
  client_id                = each.value
  client_secret_wo         = "made-up-secret"
  client_secret_wo_version = "1"
}
`

const builtInConfig = `
resource "terraform_data" "this" {
  for_each = local.client_ids
  input = {
    name      = each.key
    domain    = "https://${each.key}.okta.com"
    client_id = each.value
  }
}
`

// cleanups end what the subjects started.
type cleanups []func()

func (*cleanups) Helper() {}

func (c *cleanups) Cleanup(cleanup func()) { *c = append(*c, cleanup) }

func (c *cleanups) run() {
	for _, cleanup := range *c {
		cleanup()
	}
}

// newSubject makes the working directory, and starts the service until the cleanups run.
func (b *bench) newSubject(name, plugin string, accounts int, latency time.Duration, c *cleanups) (*subject, error) {
	dir, err := os.MkdirTemp(b.dir, "subject")
	if err != nil {
		return nil, err
	}
	s := &subject{bench: b, name: name, plugin: plugin, accounts: accounts, latency: latency, dir: dir, service: stub.New()}
	s.service.SetLatency(latency)
	s.url = s.service.Start(c)

	config := oktaConfig
	if plugin == "" {
		config = builtInConfig
	}
	// Both in a way that is cheap for the CLI, which evaluates for_each anew for each instance: the map behind a local, which is
	// evaluated once, and its values plain strings.
	clientIDs := map[string]string{}
	for i := range accounts {
		clientIDs[fmt.Sprintf("account-%05d", i)] = fmt.Sprintf("client-%05d", i)
	}
	locals, err := json.Marshal(map[string]any{"locals": map[string]any{"client_ids": clientIDs}})
	return s, errors.Join(err, s.write("main.tf", []byte(config)), s.write("client_ids.tf.json", locals))
}

func (s *subject) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(s.dir, name), content, 0o600)
}

// apply creates all accounts, from nothing.
func (s *subject) apply(ctx context.Context) (sample, error) {
	for _, account := range s.service.Accounts() {
		s.service.Remove(account.Name)
	}
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(s.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return sample{}, err
		}
	}
	return s.create(ctx, "apply", "-auto-approve", "-no-color")
}

// create runs a command that is to leave all accounts at the service.
func (s *subject) create(ctx context.Context, arguments ...string) (sample, error) {
	result, err := s.run(ctx, arguments...)
	if made := len(s.service.Accounts()); err == nil && result.requests > 0 && made != s.accounts {
		err = fmt.Errorf("%s: %d accounts instead of %d", s.name, made, s.accounts)
	}
	return result, err
}

// plan refreshes the accounts that an apply has made. A plan of any change is an error.
func (s *subject) plan(ctx context.Context) (sample, error) {
	return s.run(ctx, "plan", "-detailed-exitcode", "-no-color")
}

func (s *subject) run(ctx context.Context, arguments ...string) (sample, error) {
	usageFile := filepath.Join(s.dir, "usage")
	cmd := exec.CommandContext(ctx, s.bench.cli, arguments...)
	cmd.Dir = s.dir
	cmd.Env = append(cleanEnvironment(),
		"TF_CLI_CONFIG_FILE="+s.bench.cliConfig(), "CHECKPOINT_DISABLE=1", "TF_INPUT=0", "TF_IN_AUTOMATION=1",
		"DD_HOST="+s.url, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey,
		"BENCH_PLUGIN="+s.plugin, "BENCH_USAGE="+usageFile)
	s.service.ResetRequests()
	connections := s.service.Connections()

	began := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(began)
	if err != nil {
		return sample{}, fmt.Errorf("%s: %s: %w\n%s", s.name, strings.Join(arguments, " "), err, out)
	}
	provider, err := readUsage(usageFile)
	if err == nil && (provider == usage.Usage{}) != (s.plugin == "") {
		err = errors.New("the plugin did not run")
	}
	if err != nil {
		return sample{}, fmt.Errorf("%s: %s: %w", s.name, strings.Join(arguments, " "), err)
	}
	result := sample{
		began: began, wall: wall, command: usage.Of(cmd.ProcessState), provider: provider,
		connections: s.service.Connections() - connections,
	}
	for _, request := range s.service.Requests() {
		result.requests++
		if request.Status == http.StatusTooManyRequests {
			result.refused++
		}
	}
	return result, nil
}

// cleanEnvironment is that of this process, without what would change the CLI or the provider.
func cleanEnvironment() []string {
	var clean []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "DD_") && !strings.HasPrefix(variable, "DATADOG_") {
			clean = append(clean, variable)
		}
	}
	return clean
}

// readUsage returns what the wrapper noted of all starts of the plugin, and removes it. The CLI runs some at once: the sum of
// their time and the peak of the largest.
func readUsage(file string) (usage.Usage, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return usage.Usage{}, nil
	} else if err != nil {
		return usage.Usage{}, err
	}
	var total usage.Usage
	running := 0
	for line := range strings.Lines(string(text)) {
		var used usage.Usage
		if strings.TrimSpace(line) == "start" {
			running++
			continue
		}
		if _, err := fmt.Sscanf(line, "end %d %d", &used.CPU, &used.MaxRSS); err != nil {
			return usage.Usage{}, fmt.Errorf("what the wrapper noted, %q: %w", line, err)
		}
		running--
		total.CPU += used.CPU
		total.MaxRSS = max(total.MaxRSS, used.MaxRSS)
	}
	if running != 0 {
		return usage.Usage{}, fmt.Errorf("%d plugins did not end by themselves: what they used is not known", running)
	}
	return total, os.Remove(file)
}
