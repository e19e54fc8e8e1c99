// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// ModifyPlan plans the id, and says in the plan what would make the apply fail.
//
// For a replacement, the CLI asks twice: for an update, then for a create. It shows no warnings of the
// second plan. So a resource that is replaced under its own name gets no warning that the name is
// taken. A tainted resource is planned as a create alone.
func (r *accountResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.providerData == nil || req.Plan.Raw.IsNull() {
		return
	}
	plan, state, config := decode(req.Plan.Raw), decode(req.State.Raw), decode(req.Config.Raw)
	r.warnOfStateSecrets(plan, state, &resp.Diagnostics)
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, plan, config, &resp.Diagnostics)
		return
	}
	r.planUpdate(ctx, plan, state, config, loadLastWrite(ctx, req.Private), resp)
}

func (r *accountResource) planCreate(ctx context.Context, plan, config *accountModel, diags *diag.Diagnostics) {
	var found diag.Diagnostics
	checkValues(plan, &accountModel{}, &found)
	requireCredentials(plan, config, &found)
	if r.run.has(nameGone, plan.Name.ValueString()) {
		found = asWarnings(found) // the plan is there to show that; the apply is the error
	}
	diags.Append(found...)
	r.planName(ctx, plan, &accountModel{}, diags)
}

// asWarnings turns errors into warnings.
func asWarnings(diags diag.Diagnostics) (warnings diag.Diagnostics) {
	for _, d := range diags {
		if at, ok := d.(diag.DiagnosticWithPath); ok {
			warnings.AddAttributeWarning(at.Path(), d.Summary(), d.Detail())
		} else {
			warnings.AddWarning(d.Summary(), d.Detail())
		}
	}
	return warnings
}

// planName warns of what could be wrong with the name of a new account, which may replace the account
// in the state.
func (r *accountResource) planName(ctx context.Context, plan, state *accountModel, diags *diag.Diagnostics) {
	if diags.HasError() || plan.Name.IsUnknown() {
		return
	}
	at, name := path.Root("name"), plan.Name.ValueString()
	twice := r.run.add(nameNew, name)
	existing, found := r.lookUp(ctx, name, diags)
	switch {
	case found && !state.Name.IsNull():
		diags.AddAttributeWarning(at, summaryNameTaken, takenDetail(existing, state.account()))
	case found:
		diags.AddAttributeWarning(at, summaryExists, existsDetail(existing))
	case twice:
		diags.AddAttributeWarning(at, summaryNameTwice, fmt.Sprintf("This plan creates two Okta accounts with the name %s. "+
			"Names are unique, so one of them will fail. Remove one, or give it another name.", quoteHCL(name)))
	}
	if !found && !allowedName.MatchString(name) {
		diags.AddAttributeWarning(at, summaryUnusualName, fmt.Sprintf("The name %s has other characters than letters, "+
			"digits and underscores. Datadog's page about the integration (https://docs.datadoghq.com/integrations/okta/) "+
			"allows no others, so Datadog may refuse it.", quoteHCL(name)))
	}
}

// lookUpTimeout is how long a plan waits for an answer that only serves a warning.
const lookUpTimeout = 5 * time.Second

// lookUp returns the account that has the name, if there is one. If it cannot find out, it says so in
// one warning a run, and does not try again.
func (r *accountResource) lookUp(ctx context.Context, name string, diags *diag.Diagnostics) (okta.Account, bool) {
	if r.run.hasAny(lookUpFailed) {
		return okta.Account{}, false
	}
	lookUpCtx, cancel := datadog.WithTimeout(ctx, lookUpTimeout, "answer")
	defer cancel()
	found, err := r.client.LookUp(lookUpCtx, name)
	switch {
	case len(found) > 0:
		return found[0], true
	case err == nil, ctx.Err() != nil, errors.Is(err, datadog.ErrUnconfigured), datadog.AsError(err).IsRefusal():
		// A refusal may be that of an organization without any account: the create finds out.
	case !r.run.add(lookUpFailed, ""):
		// An error must not point to its advice: the CLI may not show it.
		diags.AddWarning(summaryLookUp, err.Error()+"\n\n"+r.requestAdvice(err)+
			"\n\nThe names of the new accounts may be taken already, and the apply may fail for the same reason.")
	}
	return okta.Account{}, false
}

func (r *accountResource) planUpdate(
	ctx context.Context, plan, state, config *accountModel, last lastWrite, resp *resource.ModifyPlanResponse,
) {
	checkValues(plan, state, &resp.Diagnostics)
	switch {
	case !plan.Name.Equal(state.Name):
		if missing := missingCredentials(plan, config); len(missing) > 0 {
			requireSameName(plan, state, missing, &resp.Diagnostics)
		}
		r.planName(ctx, plan, state, &resp.Diagnostics)
		return // the account is replaced: planCreate is next
	case plan.ClientID.IsNull() && !state.ClientID.IsNull():
		if plan.AuthMethod.ValueString() == authOAuth {
			resp.Diagnostics.AddAttributeError(path.Root("client_id"), summaryMissingClientID, fmt.Sprintf(
				`An Okta account with auth_method = "oauth" needs its client_id. Write it into the configuration: client_id = %s.`,
				quoteHCL(state.ClientID.ValueString())))
		}
		return // replaced as well
	}

	// The framework makes the id unknown where anything changes, since an update may change it. It
	// does not know that the plan kept the state's spelling of a domain, nor which secrets are sent.
	plannedID := plan.ID
	plan.ID = state.ID
	id := state.ID
	if needsRequest(plan, state, config, last) || *plan != *state && mayChange(plan, config) {
		id = types.StringUnknown()
	}
	if !plannedID.Equal(id) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id)...)
	}
	warnOfUpdate(plan, state, config, last, &resp.Diagnostics)
}

// mayChange reports whether the apply may have another secret to send than the plan, since an ephemeral
// value can differ. With a version, only that decides.
func mayChange(plan, config *accountModel) bool {
	planned := plan.secrets()
	for i, configured := range config.secrets() {
		if !configured.WriteOnly.IsNull() && planned[i].Version.IsNull() {
			return true
		}
	}
	return false
}

// warnOfUpdate says what an update does that the configuration does not show.
func warnOfUpdate(plan, state, config *accountModel, last lastWrite, diags *diag.Diagnostics) {
	name := quoteHCL(state.Name.ValueString())
	if reasons := last.unsent(plan, config); len(reasons) > 0 {
		diags.AddWarning(summarySecretSent, fmt.Sprintf("%s: %s", name, strings.Join(reasons, " ")))
	}
	if method := state.AuthMethod; config.AuthMethod.IsNull() && !method.IsNull() && !plan.AuthMethod.Equal(method) {
		diags.AddAttributeWarning(path.Root("auth_method"), summaryDefaultMethod, fmt.Sprintf(
			`The configuration does not set auth_method, whose default is "oauth". The account has another value. To keep it, `+
				`write: auth_method = %s.`,
			quoteHCL(method.ValueString())))
	}
	sendsSecret := !plan.ClientSecret.Plain.IsNull() || !config.ClientSecret.WriteOnly.IsNull()
	if plan.AuthMethod.ValueString() == authOAuth && !sendsSecret && needsRequest(plan, state, config, last) {
		diags.AddWarning(summaryUpdateWithoutSecret, fmt.Sprintf(
			"The configuration of %s has no client secret, so the update sends none. Datadog does not document whether it "+
				"then keeps the old one. Set client_secret_wo, or check after the apply that logs still arrive.", name))
	}
}

// warnOfStateSecrets hints at write-only attributes where a plan puts a secret into the state.
func (r *accountResource) warnOfStateSecrets(plan, state *accountModel, diags *diag.Diagnostics) {
	var names []string
	prior := state.secrets()
	for i, secret := range plan.secrets() {
		if !secret.Plain.IsNull() && !secret.Plain.Equal(prior[i].Plain) {
			names = append(names, secret.name)
		}
	}
	if len(names) > 0 && r.writeOnly {
		diags.AddWarning(summarySecretInState, fmt.Sprintf("The state of this okta_account will contain %s. To keep a "+
			"secret out of it, use %s_wo instead; changing to that updates the account in place.", strings.Join(names, " and "),
			strings.Join(names, "_wo and ")))
	}
}
