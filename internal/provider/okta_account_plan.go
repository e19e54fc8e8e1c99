// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func (r *accountResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	var config accountModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	validateSecret("client_secret", config.ClientSecret, config.ClientSecretWO, config.ClientSecretWOVersion, &resp.Diagnostics)
	validateSecret("api_key", config.APIKey, config.APIKeyWO, config.APIKeyWOVersion, &resp.Diagnostics)

	var inState []string
	if config.ClientSecret.ValueString() != "" {
		inState = append(inState, "client_secret")
	}
	if config.APIKey.ValueString() != "" {
		inState = append(inState, "api_key")
	}
	if req.ClientCapabilities.WriteOnlyAttributesAllowed && len(inState) > 0 {
		resp.Diagnostics.AddWarning("Secret kept in the state",
			strings.Join(inState, " and ")+" of an okta_account will be stored in the Terraform state. To keep a secret out of it, use "+
				strings.Join(inState, "_wo and ")+"_wo instead; moving there changes the account in place.")
	}
}

// validateSecret holds the three forms of a secret against each other. Its diagnostics point at no secret:
// the CLI would print the line, a literal value included.
func validateSecret(name string, plain, writeOnly, version types.String, diags *diag.Diagnostics) {
	if plain.ValueString() != "" && writeOnly.ValueString() != "" {
		diags.AddError("Conflicting "+name+" and "+name+"_wo",
			"An okta_account takes "+name+" or "+name+"_wo, not both. Remove one of them.")
	}
	if !version.IsNull() && !version.IsUnknown() && writeOnly.IsNull() {
		diags.AddAttributeError(path.Root(name+"_wo_version"), "Missing "+name+"_wo",
			name+"_wo_version says which value of "+name+"_wo was sent last, so it needs "+name+"_wo. Set that too, or remove the version.")
	}
}

// ModifyPlan plans the id, and tells at plan time what would make the create of a new account fail.
func (r *accountResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	switch {
	case req.Plan.Raw.IsNull(): // a destroy
	case req.State.Raw.IsNull():
		r.planCreate(ctx, req, resp)
	default:
		r.planUpdate(ctx, req, resp)
	}
}

func (r *accountResource) planCreate(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var plan, config accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	requireCredentials(&config, plan.AuthMethod, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || r.client == nil || plan.Name.IsUnknown() {
		return
	}
	if existing, taken := r.client.NameTaken(ctx, plan.Name.ValueString()); taken {
		resp.Diagnostics.AddAttributeWarning(path.Root("name"), "Okta account exists already", existsDetail(existing))
	}
}

func (r *accountResource) planUpdate(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	var plan, state accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.client != nil {
		r.client.Own(state.Name.ValueString())
	}
	if plan.ClientID.IsNull() && !state.ClientID.IsNull() && plan.AuthMethod.ValueString() == authOAuth {
		resp.Diagnostics.AddAttributeError(path.Root("client_id"), "Missing client_id", fmt.Sprintf(
			`An Okta account with auth_method = "oauth" needs client_id, and this one has it. Write it into the configuration: client_id = %s.`,
			quoteHCL(state.ClientID.ValueString())))
		return
	}
	if !plan.ID.IsUnknown() {
		return
	}
	// The framework made the id unknown, as an update may change it. It did so before the plan went back to the
	// state's spelling of the domain: where that was all, nothing changes.
	plan.ID = state.ID
	if plan == state {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), state.ID)...)
	}
}

// requireCredentials checks what the API refuses a new account for. Whatever is not known yet passes: the apply
// plans once more, with all values, before it creates.
func requireCredentials(config *accountModel, authMethod types.String, diags *diag.Diagnostics) {
	if authMethod.ValueString() != authOAuth {
		return
	}
	const existing = " If the account exists already, import it instead: an imported account needs no secret in its configuration."
	if config.ClientID.IsNull() {
		diags.AddAttributeError(path.Root("client_id"), "Missing client_id",
			`A new Okta account with auth_method = "oauth" needs client_id, the client ID of the OAuth application in Okta.`+existing)
	}
	if config.ClientSecret.IsNull() && config.ClientSecretWO.IsNull() {
		diags.AddAttributeError(path.Root("client_secret"), "Missing client secret",
			`A new Okta account with auth_method = "oauth" needs the client secret of the OAuth application in Okta: set client_secret_wo (with `+
				`Terraform 1.11 or OpenTofu 1.11 and later; it stays out of the state) or client_secret.`+existing)
	}
}

// textValidator refuses texts that are a slip in all likelihood: empty ones, white space around them, control
// characters.
type textValidator struct {
	ifEmpty string // what to do instead
	secret  bool   // the diagnostic must not point at the value
}

func (textValidator) Description(context.Context) string {
	return "must be a text without white space around it and without control characters"
}

func (v textValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := checkText(req.ConfigValue.ValueString(), v.ifEmpty); err != nil {
		addInvalid(&resp.Diagnostics, req.Path, "Invalid "+req.Path.String(), v.secret, err)
	}
}

func checkText(text, ifEmpty string) error {
	switch {
	case text == "":
		return errors.New("it is an empty text: " + ifEmpty)
	case strings.TrimSpace(text) != text:
		return errors.New("white space, such as the line break at the end of a file, surrounds it: remove that, or write " +
			"trimspace(…) around the value")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("it contains a control character, such as a line break or a tab: remove that")
	}
	return nil
}
