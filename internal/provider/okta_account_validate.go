// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ValidateConfig checks the secrets, which never come from an existing account. The plan checks the
// other attributes.
func (r *accountResource) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	for _, secret := range decode(req.Config.Raw).secrets() {
		validateSecret(secret, &resp.Diagnostics)
	}
}

// validateSecret checks the three attributes of a secret together. Its diagnostics do not point at a
// secret: the CLI would print the line, including a literal value.
func validateSecret(secret namedSecret, diags *diag.Diagnostics) {
	name := secret.name
	if secret.Plain.ValueString() != "" && secret.WriteOnly.ValueString() != "" {
		diags.AddError(summaryConflictingSecrets,
			fmt.Sprintf("An okta_account takes %[1]s or %[1]s_wo, not both. Remove one of them.", name))
	}
	if !secret.Version.IsNull() && !secret.Version.IsUnknown() && secret.WriteOnly.IsNull() {
		diags.AddAttributeError(path.Root(name+"_wo_version"), summaryMissingWriteOnly, fmt.Sprintf(
			"%[1]s_wo is null. Is its variable set in this run? %[1]s_wo_version needs a value beside it.", name))
	}
}

// checkValues checks the form of the values that the state does not have. A new account has no state.
// An existing account keeps what it has, whatever that is.
func checkValues(plan, state *accountModel, diags *diag.Diagnostics) {
	for _, value := range []struct {
		name           string
		planned, prior types.String
		stringValidator
	}{
		{"name", plan.Name, state.Name, newNameValidator},
		{"domain", plan.Domain, state.Domain, domainValidator},
		{"auth_method", plan.AuthMethod, state.AuthMethod, textValidator(`leave it out for the default, "oauth"`)},
		{"client_id", plan.ClientID, state.ClientID, textValidator("leave it out if the account has no client ID")},
	} {
		if !value.planned.Equal(value.prior) {
			value.report(path.Root(value.name), value.planned, diags)
		}
	}
	if domain := plan.Domain.ValueString(); !plan.Domain.Equal(state.Domain) && adminConsole.MatchString(domain) {
		diags.AddAttributeWarning(path.Root("domain"), summaryAdminConsole, fmt.Sprintf(
			"This looks like the address of the Okta org's admin console. Datadog needs the address of the org itself: write "+
				"domain = %q.",
			adminConsole.ReplaceAllString(domain, "$1$2")))
	}
}

// missingCredentials names what Datadog requires for a new account and the configuration does not
// have. Unknown values pass: the apply plans again before it creates the account.
func missingCredentials(plan, config *accountModel) (missing []string) {
	if plan.AuthMethod.ValueString() != authOAuth {
		return nil
	}
	if config.ClientID.IsNull() {
		missing = append(missing, "client_id")
	}
	if !config.ClientSecret.isSet() {
		missing = append(missing, "client_secret_wo or client_secret")
	}
	return missing
}

// requireCredentials reports what Datadog refuses a new account for.
func requireCredentials(plan, config *accountModel, diags *diag.Diagnostics) {
	switch {
	case len(missingCredentials(plan, config)) == 0:
	case config.AuthMethod.IsNull() && config.APIKey.isSet():
		requireAuthMethod(diags)
	default:
		requireOAuth(config, diags)
	}
}

// How to go on after one of these errors.
const (
	credentialsPage = " It comes from Okta's admin console: " + oauthPage + "."
	importInstead   = " If the account exists already, import it instead: an imported account needs no secret in its " +
		"configuration."
	blockedDestroy = " If this blocks a destroy, run terraform destroy -refresh=false, which skips this plan."
)

func requireOAuth(config *accountModel, diags *diag.Diagnostics) {
	const requires = `Creating an Okta account with auth_method = "oauth" requires `
	if config.ClientID.IsNull() {
		diags.AddAttributeError(path.Root("client_id"), summaryMissingClientID, requires+"client_id."+credentialsPage+
			" If the account exists already, import it instead: the plan then says which client_id it has."+blockedDestroy)
	}
	if !config.ClientSecret.isSet() {
		diags.AddAttributeError(path.Root("client_secret"), summaryMissingSecret, requires+"a client secret: set "+
			"client_secret_wo (Terraform 1.11, OpenTofu 1.11 or later; it stays out of the state) or client_secret."+
			credentialsPage+importInstead+blockedDestroy)
	}
}

// requireAuthMethod is about an account with an Okta API token.
func requireAuthMethod(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("auth_method"), summaryMissingAuthMethod,
		`auth_method is "oauth" by default, which requires client_id and a client secret. A new account with an Okta API `+
			"token needs another value, which Datadog does not document. To find it, add such an account in Datadog and read "+
			"it with the okta_account data source."+importInstead+blockedDestroy)
}

// requireSameName is about an account that a plan replaces because the configuration gives it another
// name, often by mistake after an import.
func requireSameName(plan, state *accountModel, missing []string, diags *diag.Diagnostics) {
	configured := "the configuration says " + quoteHCL(plan.Name.ValueString())
	if plan.Name.IsUnknown() {
		configured = "the name in the configuration is not known yet"
	}
	diags.AddAttributeError(path.Root("name"), summaryNamesDiffer, fmt.Sprintf(
		"In the state, the account's name is %[1]s; %[2]s. To keep the account, write:\n\n  name = %[1]s\n\n"+
			`Changing the name replaces the account. With auth_method = "oauth", the new one also needs %[3]s.`,
		quoteHCL(state.Name.ValueString()), configured, strings.Join(missing, " and ")))
}
