// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

var (
	_ resource.ResourceWithConfigure      = (*accountResource)(nil)
	_ resource.ResourceWithIdentity       = (*accountResource)(nil)
	_ resource.ResourceWithValidateConfig = (*accountResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*accountResource)(nil)
	_ resource.ResourceWithImportState    = (*accountResource)(nil)
	_ resource.ResourceWithMoveState      = (*accountResource)(nil)
)

// accountResource manages one account of Datadog's Okta integration, and lists all of them.
type accountResource struct {
	*providerData // nil while Terraform validates
}

func newAccountResource() resource.Resource {
	return &accountResource{}
}

func (r *accountResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_account"
}

func (r *accountResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = accountSchema()
}

func (r *accountResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	// An update can change the id, and nothing changes the name.
	resp.IdentitySchema = identityschema.Schema{
		Version: 1, // see UpgradeIdentity
		Attributes: map[string]identityschema.Attribute{
			"name": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "The name of the account, unique in the Datadog organization.",
			},
		},
	}
}

func (r *accountResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.providerData = dataFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan, config := decode(req.Plan.Raw), decode(req.Config.Raw)
	// The plan only warns of this where the account was deleted outside Terraform.
	requireCredentials(plan, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	created, written, err := r.client.Create(ctx, plan.account(), secretsToSend(plan, config))
	last := lastWrite{LastWrite: written}
	if err != nil {
		r.addCreateError(&resp.Diagnostics, err)
		if !r.keepsState || !asError(err).OutcomeUnknown {
			return
		}
		// The account may exist. A state without an id makes the next Read look for the name. Which
		// secrets Datadog has is not known.
		plan.ID = types.StringNull()
	} else {
		// Terraform takes nothing but the id from the answer: all else was planned. A difference
		// shows in the next plan.
		plan.ID = types.StringValue(created.ID)
		last.Fingerprints = fingerprints(plan, config)
	}
	last.save(ctx, resp.Private, &resp.Diagnostics)
	plan.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), plan.Name)...)
}

func (r *accountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, last := decode(req.State.Raw), loadLastWrite(ctx, req.Private)
	if resp.Identity.Raw.IsFullyNull() {
		// Needed even where the account is gone: a read without an identity is an error.
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), state.Name)...)
	}

	name := state.Name.ValueString()
	if r.run.add(nameRead, name) {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), summaryManagedTwice, managedTwiceDetail(name))
	}
	r.api.Hide(state.knownSecrets()...)
	found, err := r.client.Find(ctx, okta.Query{ID: state.ID.ValueString(), Name: name, LastWrite: last.LastWrite})
	switch {
	case errors.Is(err, okta.ErrNotFound):
		if !state.ID.IsNull() { // otherwise it may never have existed
			r.warnGone(state, &resp.Diagnostics)
		}
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		r.addError(&resp.Diagnostics, summaryRead, err)
		return
	}
	r.run.add(nameFound, name)
	before := *state
	state.setAccount(found)
	asked := before.account()
	asked.ID = found.ID
	if before.ID.IsNull() && state.account() != asked { // without an id, no answer said that it was created
		resp.Diagnostics.AddWarning(summaryNotManaged, fmt.Sprintf("An earlier apply tried to create the account %s and "+
			"got no answer. The organization has an account of this name, but with other values: %s. The provider left it "+
			"unchanged and out of the state. Import it if it is yours.", quoted(found.Name), describe(found)))
		resp.State.RemoveResource(ctx)
		return
	}
	if *state != before {
		state.encode(ctx, &resp.State.Raw)
	}
}

// warnGone says that an account leaves the state, and what to check if that is a surprise.
func (r *accountResource) warnGone(state *accountModel, diags *diag.Diagnostics) {
	name := state.Name.ValueString()
	r.run.add(nameGone, name)
	text := fmt.Sprintf("%s (id %s) no longer exists in Datadog", quoted(name), quoted(state.ID.ValueString()))
	if !r.run.hasAny(nameFound) {
		text += ", and no other account of this state has been found so far. Check that DD_API_KEY, DD_APP_KEY and " +
			"DD_SITE (or api_key, app_key and site) belong to the right organization"
	}
	diags.AddWarning(summaryGone, text+". An apply creates it again if the configuration has it. If it was deleted on "+
		"purpose, remove the resource.")
}

func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state, config := decode(req.Plan.Raw), decode(req.State.Raw), decode(req.Config.Raw)
	plan.ID = state.ID
	if last := loadLastWrite(ctx, req.Private); needsRequest(plan, state, config, last) {
		account := plan.account()
		if okta.SameDomain(account.Domain, config.Domain.ValueString()) {
			account.Domain = config.Domain.ValueString() // as written: the plan has the state's spelling
		}
		r.api.Hide(state.knownSecrets()...)
		updated, written, err := r.client.Update(ctx, account, secretsToSend(plan, config))
		if err != nil {
			r.addUpdateError(&resp.Diagnostics, err, account)
			if asError(err).OutcomeUnknown { // which secrets Datadog has is not known: no fingerprints
				lastWrite{LastWrite: written}.save(ctx, resp.Private, &resp.Diagnostics)
			}
			return
		}
		plan.ID = types.StringValue(updated.ID)
		lastWrite{LastWrite: written, Fingerprints: fingerprints(plan, config)}.save(ctx, resp.Private, &resp.Diagnostics)
	}
	plan.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), plan.Name)...)
}

func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, last := decode(req.State.Raw), loadLastWrite(ctx, req.Private)
	r.api.Hide(state.knownSecrets()...)
	if err := r.client.Delete(ctx, state.account(), last.LastWrite); err != nil {
		r.addDeleteError(&resp.Diagnostics, err)
	}
}
