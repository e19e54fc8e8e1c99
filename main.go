// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-okta serves the provider for the accounts of Datadog's Okta
// integration to Terraform.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

// Set by the release build.
var (
	version = "dev"
	commit  = ""
)

func main() {
	forDebugger := flag.Bool("debug", false,
		"serve a debugger: print how to make Terraform attach to this process, and keep running")
	flag.Parse()

	// net/http logs what servers send unasked, which could be anything.
	log.SetOutput(io.Discard)
	if commit != "" {
		version += "+" + commit
	}
	if !*forDebugger && os.Getenv("TF_LOG") == "" && os.Getenv("TF_LOG_PROVIDER") == "" {
		muteLogs()
	}
	if os.Getenv("GOGC") == "" {
		// A provider lives for seconds: with Go's default of 100, garbage collection is 29 % of a plan's CPU.
		debug.SetGCPercent(200)
	}
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address:         "registry.terraform.io/datadog-okta/okta",
		Debug:           *forDebugger,
		ProtocolVersion: 6,
	})
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// muteLogs turns off the logs that nothing reads. Terraform drops what a provider logs unless
// TF_LOG or TF_LOG_PROVIDER is set, but by default every line is written for it all the same, which
// is a quarter of the provider's work in a plan.
func muteLogs() {
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER"} {
		if os.Getenv(variable) == "" {
			if err := os.Setenv(variable, "off"); err != nil {
				fail(err)
			}
		}
	}
}
