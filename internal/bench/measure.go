// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

const (
	empty, this = "empty", "terraform-provider-okta"
	pacedLimit  = 100
	pacedPeriod = 10 * time.Second
)

var verdict = map[bool]string{true: "pass", false: "**fail**"}

// sample is what a command took: times in nanoseconds, memory in bytes, requests, and those of them
// refused with 429.
type sample [5]int64

const wall, cpu, memory, requests, refused = 0, 1, 2, 3, 4

// commands are measured in this order, with the limits of what the provider may take, as multiples
// of what the empty one does. The plan is of what the apply has left; that it proposes a change is
// an error.
var commands = []struct {
	name      string
	times     int
	arguments []string
	limits    map[int]float64
}{
	{"start-up", 5, []string{"providers", "schema", "-json"}, map[int]float64{memory: 1.10}},
	{"apply", 1, []string{"apply", "-auto-approve"}, map[int]float64{cpu: 1.20, wall: 1.05}},
	{"plan", 2, []string{"plan", "-detailed-exitcode"}, map[int]float64{cpu: 1.12, memory: 1.08, wall: 1.03}},
}

// row is a line of the table.
type row struct {
	command, plugin string
	latency         time.Duration
}

type measurement struct {
	accounts, repeats    int
	dir, cli, attributes string
	subjects             []row
	samples              map[row][]sample
	paced                sample
}

// subject is a plugin with a working directory and a service of its own.
type subject struct {
	cli     *tfcli.CLI
	service *stub.Server
}

const config = `
locals { # evaluated once, and a map: both are cheap for the CLI
  names = { for i in range(%d) : format("account_%%04d", i) => i }
}

resource "okta_account" "this" {
  for_each                 = local.names
  name                     = each.key
  domain                   = "https://example.okta.com"
  auth_method              = "oauth"
  client_id                = each.key
  client_secret_wo         = "made-up-secret"
  client_secret_wo_version = "1"
}
`

func (m *measurement) newSubject(plugin string, accounts int, latency time.Duration) (*subject, error) {
	dir, err := os.MkdirTemp(m.dir, "work")
	if err != nil {
		return nil, err
	}
	s := &subject{tfcli.New(m.cli, dir), stub.New()}
	s.service.SetLatency(latency)
	s.cli.Env = append(s.cli.Env, pluginVariable+"="+filepath.Join(m.dir, plugin), "BENCH_ATTRIBUTES="+m.attributes,
		"DD_HOST="+httptest.NewServer(s.service).URL, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey)
	return s, errors.Join(s.cli.InstallSelf(dir, "hashicorp/okta"), s.cli.Write("main.tf", fmt.Sprintf(config, accounts)))
}

// run measures a command.
func (s *subject) run(ctx context.Context, arguments ...string) (result sample, err error) {
	s.service.ResetRequests()
	began := time.Now()
	if _, err = s.cli.Run(ctx, 0, arguments...); err != nil {
		return result, err
	}
	result[wall] = int64(time.Since(began))
	for _, request := range s.service.Requests() {
		result[requests]++
		if request.Status == http.StatusTooManyRequests {
			result[refused]++
		}
	}
	return result, result.readUsage(s.cli.Dir)
}

// measure lets the subjects take turns, so that whatever else the machine does touches them alike.
func (m *measurement) measure(ctx context.Context) error {
	if err := m.readAttributes(ctx); err != nil {
		return err
	}
	for i := range m.repeats {
		for _, r := range m.subjects {
			fmt.Fprintf(os.Stderr, "%d of %d: %s at %s\n", i+1, m.repeats, r.plugin, r.latency)
			s, err := m.newSubject(r.plugin, m.accounts, r.latency)
			for _, command := range commands {
				r.command = command.name
				for j := 0; j < command.times && err == nil; j++ {
					var one sample
					one, err = s.run(ctx, command.arguments...)
					m.samples[r] = append(m.samples[r], one)
				}
			}
			if err != nil {
				return fmt.Errorf("%s: %w", r.plugin, err)
			}
		}
	}
	fmt.Fprintf(os.Stderr, "apply of %d at %d requests in %s\n", m.accounts/2, pacedLimit, pacedPeriod)
	s, err := m.newSubject(this, m.accounts/2, 0)
	if err == nil {
		s.service.LimitRate(pacedLimit, pacedPeriod)
		m.paced, err = s.run(ctx, "apply", "-auto-approve")
	}
	return err
}

// readAttributes asks the real provider for the attributes of okta_account, as JSON for the empty
// one.
func (m *measurement) readAttributes(ctx context.Context) error {
	var schemas struct {
		Providers map[string]struct {
			Resources map[string]struct {
				Block struct{ Attributes json.RawMessage }
			} `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	s, err := m.newSubject(this, 0, 0)
	if err != nil {
		return err
	}
	out, err := s.cli.Run(ctx, 0, "providers", "schema", "-json")
	err = errors.Join(err, json.Unmarshal([]byte(out), &schemas))
	for _, provider := range schemas.Providers {
		m.attributes = string(provider.Resources["okta_account"].Block.Attributes)
	}
	return err
}

// median takes the median of each value by itself.
func median(samples []sample) (result sample) {
	for i := range result {
		slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(a[i], b[i]) })
		result[i] = samples[(len(samples)-1)/2][i]
	}
	return result
}

func (m *measurement) report(ctx context.Context) error {
	version, err := tfcli.New(m.cli, m.dir).Version(ctx)
	fmt.Printf(`%d accounts; %s, %s, %d cores, %s/%s; medians of %d. CPU time and peak of memory are the provider's.
In parentheses: as a multiple of those of an empty provider of the same schema. Logs are off in both.

| command | provider | latency | requests | wall time | CPU time | memory |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
`, m.accounts, version.Text, runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, m.repeats)
	for _, command := range commands {
		base := median(m.samples[row{command: command.name, plugin: empty}])
		for _, r := range m.subjects {
			r.command = command.name
			took := median(m.samples[r])
			cell := func(i int, unit float64, name string) string {
				got := float64(took[i]) / float64(max(base[i], 1))
				text := fmt.Sprintf("%.2f %s (%.2f", float64(took[i])/unit, name, got)
				if i == wall {
					got -= float64(r.latency) / float64(base[wall]) // one round trip is free
				}
				// In an apply the empty provider waits for no answer, so that latencies do not compare.
				if limit, ok := command.limits[i]; ok && r.plugin == this && (r.latency == 0 || command.name == "plan") {
					text += fmt.Sprintf(", at most %.2f: %s", limit, verdict[got <= limit])
				}
				return text + ")"
			}
			fmt.Printf("| %s | %s | %s | %d | %s | %s | %s |\n", r.command, r.plugin, r.latency, took[requests],
				cell(wall, 1e9, "s"), cell(cpu, 1e9, "s"), cell(memory, 1<<20, "MiB"))
		}
	}
	took, least := time.Duration(m.paced[wall]), time.Duration(m.accounts/2/pacedLimit)*pacedPeriod
	fmt.Printf("\nApply of %d at %d requests in %s: %s, where the limit alone takes %s (at most 5s more: %s); "+
		"%d requests, of which %d refused.\n", m.accounts/2, pacedLimit, pacedPeriod, took.Round(time.Millisecond), least,
		verdict[took <= least+5*time.Second], m.paced[requests], m.paced[refused])
	return err
}
