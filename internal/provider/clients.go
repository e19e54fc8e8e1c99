// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import "regexp"

// client is a program that calls providers, known by the Terraform version that it tells.
type client struct {
	name     string
	versions *regexp.Regexp

	keepsState bool // a state that a create returns together with its error
	writeOnly  bool // it has write-only attributes
}

// clients are tried in this order. OpenTofu tells the version of Terraform whose protocol it speaks:
// OpenTofu 1.12 tells 1.13.0. It cannot be told apart, and loses nothing by being taken for
// Terraform.
var clients = []client{
	{name: "Pulumi's bridge", versions: regexp.MustCompile(`pulumi`)}, // 1.0.0+pulumi-terraform-bridge
	{name: "Terraform below 1.11", versions: regexp.MustCompile(`^(0\.\d+|1\.\d|1\.10)\b`), keepsState: true},
	{name: "Terraform 1.11 to 1.15", versions: regexp.MustCompile(`^1\.1[1-5]\b`), keepsState: true, writeOnly: true},
	// These can crash on such a state, and then lose accounts that were already created.
	{name: "Terraform 1.16 and 1.17", versions: regexp.MustCompile(`^1\.1[67]\b`), writeOnly: true},
}

// clientOf returns what is known of the client that tells this version. No later version of Terraform
// is known to be repaired.
func clientOf(version string) client {
	for _, c := range clients {
		if c.versions.MatchString(version) {
			return c
		}
	}
	return client{writeOnly: true}
}
