// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
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

	replaced := r.client.Deleted(plan.Name.ValueString())
	created, err := r.client.Create(ctx, plan.account(), secretsToSend(plan, config))
	if err == nil {
		// Terraform takes nothing but the id from the answer: all else was planned. A difference
		// shows in the next plan.
		plan.ID = types.StringValue(created.ID)
		if replaced == created.ID {
			replaced = ""
		}
		newLastWrite(plan, config, replaced).save(ctx, resp.Private, &resp.Diagnostics)
	} else {
		addCreateError(&resp.Diagnostics, err, r.partialState)
		if !r.partialState || !asAPIError(err).OutcomeUnknown {
			return
		}
		// The account may exist. A state without an id makes the next Read look for the name, for as
		// long as the service may not show it yet. It is not known which secrets Datadog has.
		plan.ID = types.StringNull()
		lastWrite{LastWrite: writtenNow(replaced)}.save(ctx, resp.Private, &resp.Diagnostics)
	}
	plan.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), plan.Name)...)
}

func (r *accountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state, last := decode(req.State.Raw), loadLastWrite(ctx, req.Private)
	if resp.Identity.Raw.IsFullyNull() {
		// Needed even where the account is gone: a read without an identity is an error.
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), state.Name)...)
	}

	if name := state.Name.ValueString(); r.names.add(name, nameRead) {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), summaryManagedTwice, managedTwiceDetail(name))
	}
	found, err := r.client.Find(ctx, api.Query{
		ID: state.ID.ValueString(), Name: state.Name.ValueString(), LastWrite: last.LastWrite,
	}, state.knownSecrets()...)
	switch {
	case errors.Is(err, api.ErrNotFound):
		r.warnGone(ctx, state, &resp.Diagnostics)
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read Okta account", err)
		return
	}
	before := *state
	state.setAccount(found)
	asked := before.account()
	asked.ID = found.ID
	if before.ID.IsNull() && state.account() != asked { // without an id, no answer said that it was created
		resp.Diagnostics.AddWarning("Okta account not managed by this resource",
			fmt.Sprintf("It is not known whether an earlier apply created the account %s: no answer came. The organization has an account "+
				"of this name, but it differs from what the apply asked for (%s), so it is left alone. Import it if it is yours.",
				quoted(found.Name), describe(found)))
		resp.State.RemoveResource(ctx)
		return
	}
	if *state != before {
		state.encode(ctx, &resp.State.Raw)
	}
}

// warnGone says that an account leaves the state, and what to check if that is a surprise.
func (r *accountResource) warnGone(ctx context.Context, state *accountModel, diags *diag.Diagnostics) {
	if state.ID.IsNull() {
		return // it is not known that it ever existed
	}
	r.names.add(state.Name.ValueString(), nameGone)
	const check = "check api_key (DD_API_KEY), app_key (DD_APP_KEY) and site (DD_SITE)"
	detail := fmt.Sprintf("Datadog has no Okta account %s any more; its id was %s. It was probably deleted outside Terraform. It leaves the "+
		"state, and where the configuration has it, the plan creates it again. If that is a surprise, %s: they must be those of the "+
		"organization that the account is in.", quoted(state.Name.ValueString()), quoted(state.ID.ValueString()), check)
	if accounts, err := r.client.List(ctx); err == nil && !slices.ContainsFunc(accounts, r.hasRead) {
		detail = "No account of this state is in the organization that the keys belong to, as far as it has been read. They may " +
			"be the keys of another organization: " + check + " before you apply.\n\n" + detail
	}
	diags.AddWarning("Okta account is gone", detail)
}

// hasRead reports whether a resource in the state has the name of this account.
func (r *accountResource) hasRead(a api.Account) bool { return r.names.has(a.Name, nameRead) }

func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state, config := decode(req.Plan.Raw), decode(req.State.Raw), decode(req.Config.Raw)
	plan.ID = state.ID
	if last := loadLastWrite(ctx, req.Private); needsRequest(plan, state, config, last) {
		account := plan.account()
		if api.SameDomain(account.Domain, config.Domain.ValueString()) {
			account.Domain = config.Domain.ValueString() // as written: the plan has the state's spelling
		}
		updated, err := r.client.Update(ctx, account, secretsToSend(plan, config), state.knownSecrets()...)
		if err != nil {
			addUpdateError(&resp.Diagnostics, err, account)
			if asAPIError(err).OutcomeUnknown { // the service may show it late; which secrets it has is not known
				last.LastWrite = writtenNow(last.Replaced)
				last.save(ctx, resp.Private, &resp.Diagnostics)
			}
			return
		}
		replaced := ""
		if updated.ID != account.ID {
			replaced = account.ID
		}
		plan.ID = types.StringValue(updated.ID)
		newLastWrite(plan, config, replaced).save(ctx, resp.Private, &resp.Diagnostics)
	}
	plan.encode(ctx, &resp.State.Raw)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("name"), plan.Name)...)
}

func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state, last := decode(req.State.Raw), loadLastWrite(ctx, req.Private)
	if err := r.client.Delete(ctx, state.account(), last.LastWrite, state.knownSecrets()...); err != nil {
		addDeleteError(&resp.Diagnostics, err)
	}
}
