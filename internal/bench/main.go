// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command bench measures what a plan and an apply of many accounts cost, with the real CLI against
// the stub, beside an empty provider of the same schema, and prints a table. It is run from the
// root of the repository.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

const (
	empty, this = "empty", "terraform-provider-okta" // their binaries
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
var commands = [...]struct {
	name      string
	times     int
	arguments []string
	limits    map[int]float64
}{
	// The provider collects garbage less often than the empty one, which trades memory for time.
	{"start-up", 5, []string{"providers", "schema", "-json"}, map[int]float64{memory: 1.10}},
	{"apply", 1, []string{"apply", "-auto-approve"}, map[int]float64{cpu: 1.05, wall: 1.05}},
	{"plan", 4, []string{"plan", "-detailed-exitcode"}, map[int]float64{cpu: 0.95, memory: 1.40, wall: 1.03}},
}

// subject is a provider at a latency of the API, with a sample for each time that each of the
// commands was run.
type subject struct {
	provider string
	latency  time.Duration
	cli      *tfcli.CLI
	service  *stub.Server
	samples  [len(commands)][]sample
}

type benchmark struct {
	accounts             int
	cli, dir, attributes string
}

func main() {
	log.SetFlags(0)
	program := bench
	if os.Getenv(pluginVariable) != "" {
		program = standIn
	}
	if err := program(); err != nil {
		log.Fatal(err)
	}
}

func bench() (err error) {
	var b benchmark
	flag.IntVar(&b.accounts, "n", 1000, "accounts to plan and apply; half as many under a rate limit")
	repeats := flag.Int("repeat", 3, "how often to measure each command")
	flag.StringVar(&b.cli, "cli", "",
		"the `path` of the CLI (default $TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if b.cli, err = tfcli.Find(b.cli); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "okta-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	build := exec.CommandContext(ctx, "go", "build", "-o", b.dir, "./internal/bench/empty", ".")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	if b.attributes, err = attributes(ctx); err != nil {
		return err
	}
	// The empty provider sends nothing: one latency is all.
	subjects := []*subject{{provider: empty}, {provider: this}, {provider: this, latency: 50 * time.Millisecond}}
	for i := range *repeats {
		log.Printf("%d of %d", i+1, *repeats)
		if err := b.measure(ctx, subjects); err != nil {
			return err
		}
	}
	version, err := tfcli.New(b.cli, b.dir).Version(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d accounts; %s, %s, %d cores, %s/%s; medians of %d. CPU time and peak of memory are the provider's.\n",
		b.accounts, version.Text, runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, *repeats)
	report(subjects)
	return b.paced(ctx)
}

// attributes returns those of the real okta_account, as JSON for the empty one.
func attributes(ctx context.Context) (string, error) {
	var resp resource.SchemaResponse
	provider.New("bench")().Resources(ctx)[0]().Schema(ctx, resource.SchemaRequest{}, &resp)
	all := map[string]schema.StringAttribute{}
	for name, a := range resp.Schema.Attributes {
		all[name] = schema.StringAttribute{
			Required: a.IsRequired(), Optional: a.IsOptional(), Computed: a.IsComputed(), Sensitive: a.IsSensitive(),
			WriteOnly: a.IsWriteOnly(),
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
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

// prepare gives a subject a CLI with the configuration, and a service of its own.
func (b *benchmark) prepare(s *subject, accounts int) error {
	dir, err := os.MkdirTemp(b.dir, "work")
	if err != nil {
		return err
	}
	s.cli, s.service = tfcli.New(b.cli, dir), stub.New()
	s.service.SetLatency(s.latency)
	s.cli.Env = append(s.cli.Env, pluginVariable+"="+filepath.Join(b.dir, s.provider), "BENCH_ATTRIBUTES="+b.attributes,
		"DD_HOST="+httptest.NewServer(s.service).URL, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey)
	return errors.Join(s.cli.InstallSelf(dir), s.cli.Write("main.tf", fmt.Sprintf(config, accounts)))
}

// measure measures all commands. The subjects take turns with each, so that whatever else the machine
// does touches them alike.
func (b *benchmark) measure(ctx context.Context, subjects []*subject) error {
	for _, s := range subjects {
		if err := b.prepare(s, b.accounts); err != nil {
			return err
		}
	}
	for i, command := range commands {
		for range command.times {
			for _, s := range subjects {
				took, err := s.run(ctx, command.arguments...)
				if err != nil {
					return fmt.Errorf("%s: %w", s.provider, err)
				}
				s.samples[i] = append(s.samples[i], took)
			}
		}
	}
	return nil
}

// run measures a command.
func (s *subject) run(ctx context.Context, arguments ...string) (took sample, err error) {
	s.service.ResetRequests()
	began := time.Now()
	_, err = s.cli.Run(ctx, 0, arguments...)
	took[wall] = int64(time.Since(began))
	for _, request := range s.service.Requests() {
		took[requests]++
		if request.Status == http.StatusTooManyRequests {
			took[refused]++
		}
	}
	return took, errors.Join(err, took.readUsage(s.cli.Dir))
}

// report prints the table. The first subject is the empty provider.
func report(subjects []*subject) {
	fmt.Print(`In parentheses: as a multiple of those of an empty provider of the same schema. Logs are off in both.

| command | provider | latency | requests | wall time | CPU time | memory |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
`)
	for i, command := range commands {
		base := median(subjects[0].samples[i])
		for _, s := range subjects {
			took := median(s.samples[i])
			// In an apply the empty provider waits for no answer, so that latencies do not compare.
			limited := s.provider == this && (s.latency == 0 || command.name == "plan")
			cell := func(i int, unit float64, name string) string {
				ratio := float64(took[i]) / float64(max(base[i], 1))
				text := fmt.Sprintf("%.2f %s (%.2f", float64(took[i])/unit, name, ratio)
				if i == wall {
					ratio -= float64(s.latency) / float64(base[wall]) // one round trip is free
				}
				if limit, ok := command.limits[i]; ok && limited {
					text += fmt.Sprintf(", at most %.2f: %s", limit, verdict[ratio <= limit])
				}
				return text + ")"
			}
			fmt.Printf("| %s | %s | %s | %d | %s | %s | %s |\n", command.name, s.provider, s.latency, took[requests],
				cell(wall, 1e9, "s"), cell(cpu, 1e9, "s"), cell(memory, 1<<20, "MiB"))
		}
	}
}

// median takes the median of each value by itself.
func median(samples []sample) (result sample) {
	for i := range result {
		slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(a[i], b[i]) })
		result[i] = samples[(len(samples)-1)/2][i]
	}
	return result
}

// paced measures an apply of half the accounts under a rate limit, and prints what it took.
func (b *benchmark) paced(ctx context.Context) error {
	accounts, s := b.accounts/2, &subject{provider: this}
	if err := b.prepare(s, accounts); err != nil {
		return err
	}
	s.service.LimitRate(pacedLimit, pacedPeriod)
	result, err := s.run(ctx, "apply", "-auto-approve")
	took, least := time.Duration(result[wall]), time.Duration(accounts/pacedLimit)*pacedPeriod
	fmt.Printf("\nApply of %d at %d requests in %s: %s, where the limit alone takes %s (at most 5s more: %s); "+
		"%d requests, of which %d refused.\n", accounts, pacedLimit, pacedPeriod, took.Round(time.Millisecond), least,
		verdict[took <= least+5*time.Second], result[requests], result[refused])
	return err
}

// pluginVariable names the plugin that this program stands in for where the CLI starts it.
const pluginVariable = "BENCH_PLUGIN"

// standIn runs the plugin and notes in the CLI's directory its CPU time and its peak of memory. It
// does not become the plugin: Linux hands the peak down over an exec, so that the plugin would seem
// to use what the CLI does.
func standIn() error {
	signal.Ignore(os.Interrupt) // as plugins do: the CLI decides when they end
	note, err := os.CreateTemp(".", "usage-")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), os.Getenv(pluginVariable), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	// In KiB, on Linux.
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10 //nolint:forcetypeassert // on every Unix
	_, err = fmt.Fprintln(note, int64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()), peak)
	return errors.Join(err, note.Close())
}

// readUsage adds what was noted of all starts of a plugin: the sum of their time and the peak of
// the largest. One that was killed has noted nothing, which is an error.
func (s *sample) readUsage(dir string) error {
	notes, err := filepath.Glob(filepath.Join(dir, "usage-*"))
	for _, note := range notes {
		var used, peak int64
		text, readErr := os.ReadFile(note)
		_, scanErr := fmt.Sscan(string(text), &used, &peak)
		err = errors.Join(err, readErr, scanErr, os.Remove(note))
		s[cpu], s[memory] = s[cpu]+used, max(s[memory], peak)
	}
	return err
}
