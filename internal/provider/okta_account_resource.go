// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
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

// authOAuth is the only authentication method that the API documents, and the one whose requirements are known.
const authOAuth = "oauth"

// accountResource manages one account of Datadog's Okta integration, and lists all of them.
type accountResource struct {
	client *api.Client
}

func newAccountResource() resource.Resource {
	return &accountResource{}
}

func (r *accountResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_account"
}

func (r *accountResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An account of Datadog's Okta integration: one Okta org whose logs Datadog collects. Managing " +
			"it takes the permissions `integrations_read` and `manage_integrations` in Datadog.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: accountIDDescription,
			},
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: accountNameDescription + " Another name makes another account: the old one is deleted " +
					"and a new one created.",
				Validators:    []validator.String{textValidator{ifEmpty: "write the name of the account"}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"domain": schema.StringAttribute{
				CustomType: domainType{},
				Required:   true,
				MarkdownDescription: accountDomainDescription + " For example `https://example.okta.com`; the case of the host name " +
					"and a slash at the end do not matter.",
				Validators:    []validator.String{domainValidator{}},
				PlanModifiers: []planmodifier.String{keepSameDomain()},
			},
			"auth_method": schema.StringAttribute{
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(authOAuth),
				MarkdownDescription: "How Datadog authenticates to Okta. The default, `oauth`, is the only value that Datadog documents; " +
					"a new account with it needs `client_id` and a client secret.",
				Validators: []validator.String{textValidator{ifEmpty: `leave it out for the default, "oauth"`}},
			},
			"client_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Client ID of the OAuth application in Okta. Removing it again replaces the account, since Datadog " +
					"has no documented way to clear it; with `auth_method = \"oauth\"` it cannot be removed.",
				Validators: []validator.String{textValidator{ifEmpty: "leave it out where the account has no client ID"}},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(
					func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
						resp.RequiresReplace = !req.StateValue.IsNull() && req.PlanValue.IsNull()
					},
					"Removing it replaces the account.", "Removing it replaces the account.",
				)},
			},
			"client_secret": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "Client secret of the OAuth application in Okta. It is kept in the state; `client_secret_wo` is " +
					"not. Datadog never shows it, so that a change made elsewhere goes unnoticed. Conflicts with `client_secret_wo`.",
				Validators: []validator.String{textValidator{ifEmpty: "leave it out where there is none", secret: true}},
			},
			"client_secret_wo": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				MarkdownDescription: "Client secret of the OAuth application in Okta, in neither plan nor state; it may come from an " +
					"ephemeral resource. Needs Terraform 1.11 or OpenTofu 1.11. It is sent with each create and update; change " +
					"`client_secret_wo_version` to send a new one when nothing else changes.",
				Validators: []validator.String{textValidator{ifEmpty: "leave it out where there is none", secret: true}},
			},
			"client_secret_wo_version": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Any text that identifies the present value of `client_secret_wo`, such as a number or a date. " +
					"A change sends the secret again. Requires `client_secret_wo`.",
				Validators: []validator.String{textValidator{ifEmpty: `leave it out, or write a text such as "1"`}},
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "Okta API token (not Datadog's API key, which belongs in the provider's configuration). It is " +
					"kept in the state; `api_key_wo` is not. Datadog never shows it, so that a change made elsewhere goes " +
					"unnoticed. Conflicts with `api_key_wo`.",
				Validators: []validator.String{textValidator{ifEmpty: "leave it out where there is none", secret: true}},
			},
			"api_key_wo": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				MarkdownDescription: "Okta API token, in neither plan nor state; it may come from an ephemeral resource. Needs " +
					"Terraform 1.11 or OpenTofu 1.11. It is sent with each create and update; change `api_key_wo_version` to " +
					"send a new one when nothing else changes.",
				Validators: []validator.String{textValidator{ifEmpty: "leave it out where there is none", secret: true}},
			},
			"api_key_wo_version": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Any text that identifies the present value of `api_key_wo`, such as a number or a date. A " +
					"change sends the token again. Requires `api_key_wo`.",
				Validators: []validator.String{textValidator{ifEmpty: `leave it out, or write a text such as "1"`}},
			},
		},
	}
}

func (r *accountResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
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
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	created, err := r.client.Create(ctx, plan.account(), config.secrets())
	switch {
	case err == nil:
		// Terraform takes nothing but the id from the answer: all else was planned. A difference shows in the
		// next plan.
		plan.ID = types.StringValue(created.ID)
	case errors.Is(err, api.ErrOutcomeUnknown):
		// The account may exist. A state without an id makes the next Read look for the name.
		addError(&resp.Diagnostics, "Unable to create Okta account", err)
		plan.ID = types.StringNull()
	default:
		addError(&resp.Diagnostics, "Unable to create Okta account", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

func (r *accountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state accountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Needed even where the account is gone: a read without an identity is an error.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	r.client.Own(state.Name.ValueString())
	r.client.Conceal(state.secrets())
	found, err := r.client.Find(ctx, state.ID.ValueString(), state.Name.ValueString())
	switch {
	case errors.Is(err, api.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read Okta account", err)
		return
	case state.ID.IsNull() && !state.sameAs(found):
		resp.Diagnostics.AddWarning("Okta account of somebody else",
			fmt.Sprintf("It is not known whether an earlier apply created the account %q: no answer came. The organization has an account "+
				"of this name, but it differs from what the apply asked for (its domain is %q, its auth_method %q, its client_id %q), so it "+
				"is taken for somebody else's and left alone. Import it if it is yours.",
				found.Name, found.Domain, found.AuthMethod, found.ClientID))
		resp.State.RemoveResource(ctx)
		return
	}
	state.setAccount(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	r.client.Conceal(state.secrets()) // an error may quote the one before, too
	plan.ID = state.ID
	if needsRequest(&plan, &state, &config) {
		account := plan.account()
		account.Domain = config.Domain.ValueString() // as written: the plan may hold the state's spelling
		updated, err := r.client.Update(ctx, account, config.secrets())
		if err != nil {
			addError(&resp.Diagnostics, "Unable to update Okta account", err)
			return
		}
		plan.ID = types.StringValue(updated.ID)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// needsRequest reports whether an update has something to tell the API. A secret, or its version, that was
// only removed from the configuration has not: the API keeps a secret that it is not sent.
func needsRequest(plan, state, config *accountModel) bool {
	secrets := config.secrets()
	clientSecretChanged := !plan.ClientSecret.Equal(state.ClientSecret) ||
		!plan.ClientSecretWOVersion.Equal(state.ClientSecretWOVersion)
	apiKeyChanged := !plan.APIKey.Equal(state.APIKey) || !plan.APIKeyWOVersion.Equal(state.APIKeyWOVersion)
	return plan.account() != state.account() ||
		secrets.ClientSecret != "" && clientSecretChanged ||
		secrets.APIKey != "" && apiKeyChanged
}

func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state accountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.client.Conceal(state.secrets())
	if err := r.client.Delete(ctx, state.account()); err != nil {
		addError(&resp.Diagnostics, "Unable to delete Okta account", err)
	}
}
