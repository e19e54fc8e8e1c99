// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// ImportState takes an id or a name, or the identity, a name. It sets what Read needs to fill in
// the rest.
func (r *accountResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	const summary = "Unable to import Okta account"
	wanted, byIdentity := req.ID, req.ID == ""
	if byIdentity {
		var name types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("name"), &name)...)
		wanted = name.ValueString()
	}
	if err := checkName(wanted, "give the name or the ID of an account"); err != nil {
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The ID or name to import, %q, is not valid: %s.", wanted, err))
	}
	if resp.Diagnostics.HasError() {
		return
	}

	accounts, err := r.client.List(ctx)
	if err != nil {
		addError(&resp.Diagnostics, summary, fmt.Errorf("import %q: %w", wanted, err))
		return
	}
	account, problem := accountToImport(accounts, wanted, byIdentity)
	if problem != "" {
		resp.Diagnostics.AddError(summary, problem)
		return
	}
	var missing []string
	if account.Domain == "" {
		missing = append(missing, "domain")
	}
	if account.AuthMethod == "" {
		missing = append(missing, "auth_method")
	}
	if len(missing) > 0 {
		resp.Diagnostics.AddWarning("Okta account without "+strings.Join(missing, " and "), fmt.Sprintf(
			"Datadog shows none for the account %s: it may be older than the API. It is null in the state. Where the configuration writes "+
				"one, an apply sets it; auth_method can be left out, and then nothing changes it.", quoted(account.Name)))
	}
	var imported accountModel
	imported.ID, imported.Name = types.StringValue(account.ID), types.StringValue(account.Name)
	imported.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), imported.Name)...)
}

// accountToImport finds the account with the id, or else the one with the name, or says what the
// problem is. An identity is a name.
func accountToImport(accounts []api.Account, wanted string, byIdentity bool) (found api.Account, problem string) {
	var withID, withName []api.Account
	for _, account := range accounts {
		if strings.EqualFold(account.ID, wanted) {
			withID = append(withID, account)
		}
		if api.SameName(account.Name, wanted) {
			withName = append(withName, account)
		}
	}
	matches := withID
	if byIdentity || len(withID) == 0 {
		matches = withName
	}
	switch {
	case len(matches) == 1 && matches[0].Defect == "":
		return matches[0], ""
	case len(matches) == 1:
		return found, fmt.Sprintf("The account %q cannot be read: %s.", wanted, api.Clean(matches[0].Defect))
	case len(matches) > 1:
		var all []string
		for _, account := range matches {
			all = append(all, fmt.Sprintf("%s with the id %s", quoted(account.Name), quoted(account.ID)))
		}
		return found, fmt.Sprintf("The organization has %d Okta accounts with the name or the ID %q: %s. Import the "+
			"one that you mean by what the others do not have, its ID or its name.", len(matches), wanted, strings.Join(all, ", "))
	case len(withID) > 0:
		return found, fmt.Sprintf("An identity is a name, and %q is the ID of the account %s. Write: identity = { name = %s }.",
			wanted, quoted(withID[0].Name), quoteHCL(withID[0].Name))
	}
	return found, fmt.Sprintf("The organization has no Okta account with the name or the ID %q. %s", wanted, existingNames(accounts))
}
