// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

// The summaries of all errors and warnings. The troubleshooting guide has a heading for each.
const (
	// The provider block.
	summaryConfigure            = "Unable to configure the Datadog client"
	summaryInvalidConfiguration = "Invalid provider configuration"
	summaryConflictingArguments = "Conflicting provider arguments"
	summaryMissingCredentials   = "Missing Datadog credentials"
	summaryProviderData         = "Unexpected provider data"

	// Operations that fail.
	summaryCreate = "Unable to create Okta account"
	summaryRead   = "Unable to read Okta account"
	summaryUpdate = "Unable to update Okta account"
	summaryDelete = "Unable to delete Okta account"
	summaryImport = "Unable to import Okta account"
	summaryMove   = "Unable to move to okta_account"
	summaryList   = "Unable to list Okta accounts"
	summaryLookUp = "Unable to look for existing Okta accounts"

	// What a configuration has to say differently.
	summaryInvalidValue       = "Invalid attribute value"
	summaryConflictingSecrets = "Conflicting secret attributes"
	summaryMissingWriteOnly   = "Missing write-only secret"
	summaryMissingAuthMethod  = "Missing auth_method"
	summaryMissingClientID    = "Missing client_id"
	summaryMissingSecret      = "Missing client secret"
	summaryNamesDiffer        = "Names in state and configuration differ"

	// What a plan warns of.
	summaryExists              = "Okta account exists already"
	summaryNameTaken           = "New name of an Okta account is taken"
	summaryNameTwice           = "Two new Okta accounts with one name"
	summaryUnusualName         = "Name that Datadog may refuse"
	summaryManagedTwice        = "Okta account managed twice"
	summaryGone                = "Okta account is gone"
	summaryNotManaged          = "Okta account not managed by this resource"
	summaryAdminConsole        = "Address of an admin console"
	summaryDefaultMethod       = "auth_method changes to its default"
	summarySecretSent          = "Secret will be sent to Datadog"
	summarySecretInState       = "Secret kept in the state"
	summarySecretNotMoved      = "Secret not moved to okta_account"
	summaryUpdateWithoutSecret = "Okta account updated without its client secret"

	// What reads, imports and lists warn of.
	summaryIncomplete = "Okta account without domain or auth_method"
	summaryUnreadable = "Okta account cannot be read in full"
	summaryLeftOut    = "Okta accounts left out"
	summaryListLimit  = "More Okta accounts than the limit of the list"
)
