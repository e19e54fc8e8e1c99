// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-okta serves the provider for the accounts of Datadog's Okta integration to Terraform.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

// Set by the release build.
var (
	version = "dev"
	commit  = ""
)

func main() {
	debug := flag.Bool("debug", false, "serve a debugger: print how to make Terraform attach to this process, and keep running")
	flag.Parse()

	if commit != "" {
		version += "+" + commit
	}
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address:         "registry.terraform.io/datadog-okta/okta",
		Debug:           *debug,
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}
