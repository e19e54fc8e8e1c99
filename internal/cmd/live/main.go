// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command live runs the conformance check. With arguments, it runs them as a command instead, under the same
// precautions. The command's accounts have to have names that begin with $LIVE_NAME.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/conformance"
)

const (
	reportFile = "bin/conformance.md"
	intro      = `This makes accounts of the Okta integration in a Datadog organization, with made-up credentials, and deletes them again.
Their names begin with %[1]s. Leftovers of that prefix from earlier runs are deleted first. No other account is changed.

`
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once
		fmt.Println("Interrupted: deleting what was made.")
	})
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, command []string) error {
	fmt.Printf(intro, conformance.Prefix)
	check, err := conformance.New(os.Getenv)
	if err != nil {
		return err
	}
	if len(command) > 0 {
		return runBetweenSweeps(ctx, check, command)
	}
	fmt.Printf("Asking %s:\n\n", check.Host)
	results, err := check.Run(ctx, func(r conformance.Result) {
		fmt.Printf("%-11s  %-16s  %s\n", r.Verdict, r.Key, r.Seen)
	})
	if results == nil {
		return err
	}
	report, otherwise := conformance.Report(check.Host, results)
	err = errors.Join(err, os.MkdirAll("bin", 0o755), os.WriteFile(reportFile, []byte(report), 0o644))
	fmt.Printf("\nThe report for an issue is %s; please paste it.\n", reportFile)
	return errors.Join(err, otherwise)
}

func runBetweenSweeps(ctx context.Context, check *conformance.Check, command []string) error {
	if err := check.Sweep(ctx); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), "LIVE_NAME="+check.Name), os.Stdout, os.Stderr
	err := cmd.Run()
	return errors.Join(err, check.Sweep(ctx))
}
