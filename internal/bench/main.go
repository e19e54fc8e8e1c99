// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command bench measures what a plan and an apply of many accounts cost, with the real CLI against
// the stub, beside an empty provider of the same schema, and prints a table. It is run from the
// root of the repository.
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
	"syscall"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

func main() {
	run := bench
	if os.Getenv(pluginVariable) != "" {
		run = standIn
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bench() (err error) {
	// The empty provider sends nothing: one latency is all.
	m := measurement{samples: map[row][]sample{}, subjects: []row{{plugin: empty}, {plugin: this}, {plugin: this}}}
	flag.IntVar(&m.accounts, "n", 1000, "accounts to plan and apply; half as many under a rate limit")
	flag.IntVar(&m.repeats, "repeat", 3, "how often to measure each command")
	flag.StringVar(&m.cli, "cli", "", "the `path` of the CLI (default $TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH)")
	flag.DurationVar(&m.subjects[2].latency, "latency", 50*time.Millisecond, "a latency of the API, to measure beside none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if m.cli, err = tfcli.Find(m.cli); err != nil {
		return err
	}
	if m.dir, err = os.MkdirTemp("", "okta-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(m.dir)) }()
	build := exec.CommandContext(ctx, "go", "build", "-o", m.dir, "./internal/bench/empty", ".")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	if err := m.measure(ctx); err != nil {
		return err
	}
	return m.report(ctx)
}

// pluginVariable names the plugin that this program stands for where the CLI starts it as its
// plugin.
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
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10 //nolint:forcetypeassert // on every Unix; in KiB, on Linux
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
