// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command bench measures what plans and applies of many accounts cost, with the real CLI against the stub, and prints it
// as Markdown. The provider stands beside three others that manage as many objects: Terraform's built-in terraform_data
// (the CLI's own cost), a provider of the same schema that does nothing (a plugin's own cost), and itself without the
// directory (one request for each account).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const usageText = `Measures plans and applies of many accounts against a stand-in for Datadog's API, and prints the result as Markdown.

  go run ./internal/bench [flags]

`

// options are the flags.
type options struct {
	accounts  []int
	latencies []time.Duration
	cli       string
	provider  string
	quick     bool
	paced     int
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // the flag package has said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err = run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(arguments []string) (options, error) {
	o := options{accounts: []int{1, 100, 1000}, latencies: []time.Duration{0, 50 * time.Millisecond}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usageText)
		flags.PrintDefaults()
	}
	flags.Func("n", "numbers of accounts (default 1,100,1000)", list(&o.accounts, 1, strconv.Atoi))
	flags.Func("latency", "latencies of the API (default 0,50ms)", list(&o.latencies, 0, time.ParseDuration))
	flags.StringVar(&o.cli, "cli", "", "the `path` of the CLI (default $TF_ACC_TERRAFORM_PATH, or else terraform or tofu on PATH, or else bin/tofu)")
	flags.StringVar(&o.provider, "provider", "", "the `path` of the provider to measure (default: the one built from this source)")
	flags.IntVar(&o.paced, "pace", 500, "how many accounts to create under a rate limit of 100 requests in 10 seconds; 0 leaves it out")
	flags.BoolFunc("quick", "the same as -n 1,50 -pace 0, and fewer repeats; flags after it count", func(string) error {
		o.quick, o.accounts, o.paced = true, []int{1, 50}, 0
		return nil
	})
	return o, flags.Parse(arguments)
}

// list is a flag of values between commas.
func list[T int | time.Duration](to *[]T, least T, one func(string) (T, error)) func(string) error {
	return func(text string) error {
		*to = nil
		for part := range strings.SplitSeq(text, ",") {
			value, err := one(part)
			if err == nil && value < least {
				err = fmt.Errorf("less than %v", least)
			}
			if err != nil {
				return fmt.Errorf("%q: %w", part, err)
			}
			*to = append(*to, value)
		}
		return nil
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "okta-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := prepare(ctx, dir, o)
	if err != nil {
		return err
	}
	result, err := b.measure(ctx, o)
	if err != nil {
		return err
	}
	result.write(os.Stdout)
	return nil
}

// bench is what all measurements need.
type bench struct {
	dir        string // of everything that is made for them
	cli        string
	cliVersion string
	goVersion  string

	provider, withoutDirectory, empty string // plugins
}

// prepare finds the CLI and builds the plugins.
func prepare(ctx context.Context, dir string, o options) (*bench, error) {
	gomod, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	b := &bench{
		dir:      dir,
		provider: filepath.Join(dir, "provider"), withoutDirectory: filepath.Join(dir, "withoutdirectory"),
		empty: filepath.Join(dir, "empty"),
	}
	if b.cli, err = findCLI(o.cli, filepath.Dir(gomod)); err != nil {
		return nil, err
	}
	if b.cliVersion, err = output(ctx, b.cli, "version"); err != nil {
		return nil, err
	}
	if b.goVersion, err = output(ctx, "go", "env", "GOVERSION"); err != nil {
		return nil, err
	}

	const module = "github.com/datadog-okta/terraform-provider-okta"
	builds := [][]string{
		{"-o", b.plugins(), module + "/internal/bench/wrapper"},
		{"-o", b.empty, module + "/internal/bench/emptyprovider"},
		{"-tags", "nodirectory", "-o", b.withoutDirectory, module},
	}
	if o.provider == "" {
		builds = append(builds, []string{"-o", b.provider, module})
	} else if b.provider, err = filepath.Abs(o.provider); err != nil {
		return nil, err
	}
	for _, arguments := range builds {
		progress("go build %s", strings.Join(arguments, " "))
		if _, err := output(ctx, "go", append([]string{"build"}, arguments...)...); err != nil {
			return nil, err
		}
	}
	// The CLI takes every plugin from here; the environment says which one is meant.
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
		"datadog-okta/okta", filepath.Dir(b.plugins()))
	return b, os.WriteFile(b.cliConfig(), []byte(overrides), 0o600)
}

// plugins is the one plugin that the CLI finds.
func (b *bench) plugins() string { return filepath.Join(b.dir, "plugins", "terraform-provider-okta") }

func (b *bench) cliConfig() string { return filepath.Join(b.dir, "cli.tfrc") }

// findCLI returns the absolute path of the CLI.
func findCLI(named, root string) (string, error) {
	candidates := []string{"terraform", "tofu", filepath.Join(root, "bin", "tofu")}
	if named == "" {
		named = os.Getenv("TF_ACC_TERRAFORM_PATH")
	}
	if named != "" {
		candidates = []string{named}
	}
	for _, candidate := range candidates {
		if found, err := exec.LookPath(candidate); err == nil {
			return filepath.Abs(found)
		}
	}
	return "", fmt.Errorf("none of %s is there: name the CLI with -cli, or run `make bench`, which builds OpenTofu where nothing "+
		"else is found", strings.Join(candidates, ", "))
}

// output runs a command and returns the first line of what it prints.
func output(ctx context.Context, name string, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, arguments...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, problems.String())
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line), nil
}

func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
}
