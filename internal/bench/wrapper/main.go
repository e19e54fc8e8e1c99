// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command wrapper stands in the place of a plugin: it runs the one that BENCH_PLUGIN names, and appends to the file
// BENCH_USAGE a line "start" and, at the plugin's end, a line "end", its CPU time in nanoseconds and its peak of memory
// in bytes.
//
// It does not become the plugin but starts it, because Linux hands the peak of memory down over an exec: the plugin
// would be said to use what the CLI does. From here it inherits a few MiB, less than any plugin needs.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/bench/usage"
)

func main() {
	log.SetFlags(0)
	signal.Ignore(os.Interrupt) // as plugins do: the CLI decides when they end
	if err := note("start"); err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		// Where the CLI is killed, it ends no plugin.
		for parent := os.Getppid(); os.Getppid() == parent; {
			time.Sleep(time.Second)
		}
		cancel()
	}()
	plugin := exec.CommandContext(ctx, os.Getenv("BENCH_PLUGIN"), os.Args[1:]...)
	plugin.Stdin, plugin.Stdout, plugin.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := plugin.Run(); plugin.ProcessState == nil {
		log.Fatal(err)
	}
	used := usage.Of(plugin.ProcessState)
	if err := note(fmt.Sprintf("end %d %d", used.CPU.Nanoseconds(), used.MaxRSS)); err != nil {
		log.Fatal(err)
	}
	os.Exit(plugin.ProcessState.ExitCode())
}

// note appends a line in one write, so that plugins that run together do not mix theirs.
func note(line string) error {
	file, err := os.OpenFile(os.Getenv("BENCH_USAGE"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(line + "\n"); err != nil {
		return err
	}
	return file.Close()
}
