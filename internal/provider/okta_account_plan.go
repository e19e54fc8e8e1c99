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
)

// ModifyPlan plans the id, and says in the plan what would make the apply fail.
func (r *accountResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.providerData == nil {
		return
	}
	plan, state, config := decode(req.Plan.Raw), decode(req.State.Raw), decode(req.Config.Raw)
	switch {
	case req.Plan.Raw.IsNull():
		if name := state.Name.ValueString(); r.names.plan(name) {
			resp.Diagnostics.AddWarning(existsSummary, renamedDetail(name))
		}
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, config, resp)
	default:
		r.planUpdate(ctx, plan, state, config, loadLastWrite(ctx, req.Private), resp)
	}
}

func (r *accountResource) planCreate(ctx context.Context, plan, config *accountModel, resp *resource.ModifyPlanResponse) {
	report := resp.Diagnostics.AddAttributeError
	if r.names.isGone(plan.Name.ValueString()) {
		report = resp.Diagnostics.AddAttributeWarning // the plan is there to show that; the apply is the error
	}
	requireCredentials(plan, config, "", report)
	r.planName(ctx, plan.Name, resp)
}

// planName says in the plan of a new account what is wrong with its name. Where the account
// replaces one of another name, planUpdate calls it too: of the create that is planned next, the
// CLI shows errors alone.
func (r *accountResource) planName(ctx context.Context, planned types.String, resp *resource.ModifyPlanResponse) {
	if resp.Diagnostics.HasError() || planned.IsUnknown() {
		return
	}
	name := planned.ValueString()
	managed, conflict := r.names.claim(name)
	switch {
	case conflict:
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), existsSummary, renamedDetail(name))
	case managed:
	case strings.TrimSpace(name) != name:
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Invalid name",
			"name: white space, such as the line break at the end of a file, surrounds it: remove that, or write trimspace(…) around the "+
				"value. An account that has such a name already can be imported.")
	default:
		r.warnIfTaken(ctx, name, resp)
	}
}

// warnIfTaken looks whether an account of the name exists. Where that cannot be found out, it says
// so once in a plan.
func (r *accountResource) warnIfTaken(ctx context.Context, name string, resp *resource.ModifyPlanResponse) {
	existing, found, err := r.client.LookUp(ctx, name)
	switch {
	case err != nil:
		resp.Diagnostics.AddWarning("Unable to look for existing Okta accounts", errorDetail(err,
			"So it is not known whether the names of the new accounts are taken already, and the apply may fail for the same reason."))
	case found:
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), existsSummary, existsDetail(existing))
	}
}

func (r *accountResource) planUpdate(
	ctx context.Context, plan, state, config *accountModel, last lastWrite, resp *resource.ModifyPlanResponse,
) {
	if r.names.plan(state.Name.ValueString()) {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), existsSummary, renamedDetail(state.Name.ValueString()))
	}
	switch {
	case !plan.Name.Equal(state.Name):
		requireCredentials(plan, config, state.Name.ValueString(), resp.Diagnostics.AddAttributeError)
		r.planName(ctx, plan.Name, resp)
		return // the account is replaced: planCreate is next
	case plan.ClientID.IsNull() && !state.ClientID.IsNull():
		if plan.AuthMethod.ValueString() == authOAuth {
			resp.Diagnostics.AddAttributeError(path.Root("client_id"), "Missing client_id", fmt.Sprintf(
				`An Okta account with auth_method = "oauth" needs client_id, and this one has it. Write it into the configuration: client_id = %s.`,
				quoteHCL(state.ClientID.ValueString())))
		}
		return // likewise
	}

	// The framework made the id unknown where anything changes, as an update may change it. It did
	// so before the plan went back to the state's spelling of the domain, and it knows of no
	// fingerprints.
	plannedID := plan.ID
	plan.ID = state.ID
	reasons := last.unsent(plan, config)
	id := types.StringUnknown()
	if *plan == *state && len(reasons) == 0 {
		id = state.ID
	}
	if !plannedID.Equal(id) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id)...)
	}
	if len(reasons) > 0 {
		resp.Diagnostics.AddWarning("Secret of an Okta account to be sent",
			fmt.Sprintf("%s: %s", quoteHCL(state.Name.ValueString()), strings.Join(reasons, " ")))
	}
	warnOfUpdate(plan, state, config, last, resp)
}

// warnOfUpdate says what an update changes that the configuration does not show.
func warnOfUpdate(plan, state, config *accountModel, last lastWrite, resp *resource.ModifyPlanResponse) {
	if method := state.AuthMethod; config.AuthMethod.IsNull() && !method.IsNull() && !plan.AuthMethod.Equal(method) {
		resp.Diagnostics.AddAttributeWarning(path.Root("auth_method"), "auth_method changes to its default", fmt.Sprintf(
			`The configuration does not write auth_method, whose default is "oauth", and the account has another one. To keep it, write: auth_method = %s.`,
			quoteHCL(method.ValueString())))
	}
	if plan.AuthMethod.ValueString() == authOAuth && plan.ClientSecret.Plain.IsNull() && config.ClientSecret.WriteOnly.IsNull() &&
		needsRequest(plan, state, config, last) {
		resp.Diagnostics.AddWarning("Okta account updated without its client secret", fmt.Sprintf(
			"The configuration of %s has no client secret, so the update sends none. Datadog re-makes an account with every update, and "+
				"whether it keeps a secret that it is not sent is not known. Set client_secret_wo, or look afterwards whether logs still arrive.",
			quoteHCL(state.Name.ValueString())))
	}
}

const existsSummary = "Okta account exists already"

// renamedDetail is about an account that one resource of a plan has and another one creates.
func renamedDetail(name string) string {
	return fmt.Sprintf("One resource manages the Okta account %s, and another one is about to create an account of this name. Names are "+
		"unique.\n\n%s\n\nIf the first resource keeps the account, remove one of the two. If it deletes the account, apply that first, "+
		"with -target, since the create fails as long as the account exists.", quoteHCL(name), movedHelp)
}
