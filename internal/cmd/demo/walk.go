// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"slices"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const (
	// Between these steps is the part of the session that README.md shows.
	stepDrift  = "Somebody changes the domain in Datadog, outside Terraform"
	stepImport = "An account that was created by hand is imported by its name"

	// Names of the accounts in the examples.
	prod    = "Okta_Prod"
	staging = "Okta_Staging"
)

// walk is the session.
func walk(s *session, datadog *stub.Server) {
	resource := "examples/resources/okta_account/resource.tf"
	if s.keepsSecrets {
		resource = "examples/resources/okta_account/secret-in-state.tf"
	}
	s.step("Create an account of Datadog's Okta integration, as in %s", resource)
	s.add("examples/provider/provider.tf")
	s.add(resource)
	s.run(0, "init")
	s.look("one account to create; Datadog chooses its id, and its secret is not shown")
	s.plan(2, "okta_account.prod", "create")
	s.run(0, "apply", "plan")
	created, _ := datadog.Account(prod)
	s.check(created.ClientSecret == clientSecret, "Datadog has the account and its client secret")
	if !s.keepsSecrets {
		s.check(!strings.Contains(s.file("terraform.tfstate"), clientSecret), "the client secret is not in the state")
	}

	s.step("After the apply, a plan shows no changes")
	s.look("no changes: exit code 0")
	s.plan(0, "okta_account.prod", "no-op")

	s.step(stepDrift)
	drifted := created
	drifted.Domain = "https://changed-by-hand.okta.com"
	datadog.Put(drifted)
	s.look("the plan shows the drift, and restores the configured domain: exit code 2")
	s.plan(2, "okta_account.prod", "update")

	s.step("The apply restores the domain; Datadog gives the account a new id, and the state follows")
	s.run(0, "apply", "plan")
	updated, _ := datadog.Account(prod)
	s.check(updated.Domain == created.Domain, "the update restored the configured domain")
	s.check(updated.ID != created.ID, "the update gave the account a new id in Datadog")
	s.check(strings.Contains(s.file("terraform.tfstate"), updated.ID), "the state has the new id")
	s.plan(0, "okta_account.prod", "no-op")

	importBlock := "examples/resources/okta_account/import-by-string-id.tf"
	s.step("%s, as in %s", stepImport, importBlock)
	datadog.Put(stub.Account{
		Name: staging, Domain: "https://staging.okta.com", AuthMethod: "oauth",
		ClientID: "0oa9made8by7hand6", ClientSecret: "made-up-staging-secret",
	})
	byHand, _ := datadog.Account(staging)
	s.add(importBlock)
	s.look("the CLI writes the configuration; the plan imports the account and changes nothing")
	s.plan(2, "okta_account.staging", "no-op", "-generate-config-out=staging.tf")
	s.show("staging.tf")
	s.run(0, "apply", "plan")
	imported, _ := datadog.Account(staging)
	s.check(imported == byHand, "the import left the account as it was")

	dataSource := "examples/data-sources/okta_accounts/data-source.tf"
	s.step("The data source lists every account of the organization, as in %s", dataSource)
	s.add(dataSource)
	s.run(0, "apply", "-auto-approve")
	s.run(0, "output", "okta_accounts")
	type account struct{ Name, Domain string }
	var accounts []account
	s.json(&accounts, "output", "-json", "okta_accounts")
	both := []account{{prod, created.Domain}, {staging, byHand.Domain}}
	s.check(slices.Equal(accounts, both), "the data source lists both accounts")

	s.step("Destroy everything")
	s.run(0, "destroy", "-auto-approve")
	s.check(len(datadog.Accounts()) == 0, "after the destroy, Datadog has no account left")
}
