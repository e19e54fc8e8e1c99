// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// ImportState takes an id or a name, or the identity, a name. It sets what Read needs to fill in
// the rest.
func (r *accountResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	wanted, byIdentity := req.ID, req.ID == ""
	if byIdentity {
		var name types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("name"), &name)...)
		wanted = name.ValueString()
	}
	if err := checkName(wanted, "give the name or the ID of an account"); err != nil {
		resp.Diagnostics.AddError(summaryImport, fmt.Sprintf("The ID or name to import, %q, is not valid: %s.", wanted, err))
	}
	if resp.Diagnostics.HasError() {
		return
	}

	account, err := r.client.Find(ctx, okta.Query{Name: wanted})
	if errors.Is(err, okta.ErrNotFound) {
		var byID okta.Account
		switch byID, err = r.client.Find(ctx, okta.Query{ID: wanted}); {
		case err == nil && byIdentity:
			resp.Diagnostics.AddError(summaryImport, fmt.Sprintf("An identity is a name, and %q is the ID of the account %s. "+
				"Write: identity = { name = %s }.", wanted, quoted(byID.Name), quoteHCL(byID.Name)))
			return
		case errors.Is(err, okta.ErrNotFound):
			r.addNotFound(ctx, &resp.Diagnostics, path.Empty(), summaryImport, fmt.Sprintf("the name or the ID %q", wanted))
			return
		}
		account = byID
	}
	if err != nil {
		r.addError(&resp.Diagnostics, summaryImport, err)
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
		resp.Diagnostics.AddWarning(summaryIncomplete, fmt.Sprintf(
			"Datadog shows no %s for the account %s: it may be older than the API. The state has null. An apply sets what the "+
				"configuration has. Leave auth_method out to keep it null.",
			strings.Join(missing, " and no "), quoted(account.Name)))
	}
	var imported accountModel
	imported.ID, imported.Name = types.StringValue(account.ID), types.StringValue(account.Name)
	imported.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), imported.Name)...)
}

// addNotFound says that the organization has no such account, and which it has. The path is that of the
// attribute that asks for it, if there is one.
func (d *providerData) addNotFound(ctx context.Context, diags *diag.Diagnostics, at path.Path, summary, wanted string) {
	accounts, err := d.client.List(ctx)
	if err != nil {
		d.addError(diags, summary, err)
		return
	}
	diags.AddAttributeError(at, summary,
		fmt.Sprintf("The organization has no Okta account with %s. %s", wanted, existingNames(accounts)))
}
