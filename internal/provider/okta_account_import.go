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

// ImportState takes an id or a name, or the identity, a name. It sets what Read needs to fill in the rest.
func (r *accountResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	const summary = "Unable to import Okta account"
	wanted, byID := req.ID, true
	if wanted == "" {
		var name types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("name"), &name)...)
		wanted, byID = name.ValueString(), false
	}
	if err := checkText(wanted, "give the name or the ID of an account"); err != nil {
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
	var matches []api.Account
	for _, account := range accounts {
		if byID && account.ID == wanted {
			matches = []api.Account{account}
			break
		}
		if account.Name == wanted {
			matches = append(matches, account)
		}
	}
	switch len(matches) {
	case 0:
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The organization has no Okta account with the name or the ID %q. %s",
			wanted, existingNames(accounts)))
		return
	case 1:
	default:
		var ids []string
		for _, account := range matches {
			ids = append(ids, account.ID)
		}
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The organization has %d Okta accounts with the name %q. Import the one that you "+
			"mean by its ID: %s.", len(matches), wanted, strings.Join(ids, ", ")))
		return
	}

	imported := accountModel{ID: types.StringValue(matches[0].ID), Name: types.StringValue(matches[0].Name)}
	resp.Diagnostics.Append(resp.State.Set(ctx, &imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}
