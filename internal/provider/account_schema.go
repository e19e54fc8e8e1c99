// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

const (
	accountIDDescription = "Identifier that Datadog gives to the account. Every update of the account can change it; " +
		"the name stays."
	accountNameDescription = "Name of the account, unique in the Datadog organization."
)

// shownAttributes are the attributes that the API returns, which the data sources have.
var shownAttributes = []struct{ name, description string }{
	{"id", accountIDDescription},
	{"name", accountNameDescription},
	{"domain", "URL of the Okta org, as it was entered in Datadog; null if the account has none."},
	{"auth_method", "How Datadog authenticates to Okta, such as `oauth`; null if the account has none, as some old ones " +
		"do."},
	{"client_id", "Client ID of Datadog's integration in Okta; null if the account has none."},
}

// authOAuth is the only authentication method that the API documents.
const authOAuth = "oauth"

// The pages of Okta's admin console that show the credentials.
const (
	oauthPage = "Applications → API Service Integrations → Add Integration → Datadog"
	tokenPage = "Security → API → Tokens"
)

func accountSchema() schema.Schema {
	attributes := map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: accountIDDescription,
		},
		"name": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Name of the account, unique in the Datadog organization. Use letters, digits and " +
				"underscores: Datadog's page about the integration allows no others. Changing it replaces the account.",
			Validators:    []validator.String{managedNameValidator},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"domain": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "URL of the Okta org, such as `https://example.okta.com`, without `-admin`. A custom domain " +
				"works only if Datadog accepts it. The case of the host name and a slash at the end do not matter.",
			PlanModifiers: []planmodifier.String{keepSameDomain{"Another spelling of the same domain is no change."}},
		},
		"auth_method": schema.StringAttribute{
			Optional: true,
			Computed: true,
			Default:  stringdefault.StaticString(authOAuth),
			MarkdownDescription: "How Datadog authenticates to Okta. The default, `oauth`, is the only value that Datadog " +
				"documents; a new account with it needs `client_id` and a client secret. An account with an Okta API token has " +
				"another value. An existing account without a value keeps none until the configuration sets one.",
			PlanModifiers: []planmodifier.String{keepMissing{"An account that has none keeps none."}},
		},
		"client_id": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Client ID of Datadog's integration in Okta, from *" + oauthPage + "* in Okta's admin " +
				"console. Removing it replaces the account, since Datadog documents no way to clear it. With `auth_method = " +
				"\"oauth\"` it is required.",
			PlanModifiers: []planmodifier.String{replaceIfRemoved},
		},
	}
	maps.Copy(attributes, secretAttributes("client_secret",
		"Client secret of Datadog's integration in Okta, from *"+oauthPage+"* in Okta's admin console."))
	maps.Copy(attributes, secretAttributes("api_key",
		"Okta API token, from *"+tokenPage+"* in Okta's admin console, of at least a read-only administrator (not "+
			"Datadog's API key, which belongs in the provider block)."))
	return schema.Schema{
		MarkdownDescription: "An account of Datadog's Okta integration: one Okta org whose logs Datadog collects. Managing " +
			"it needs the permissions `integrations_read` and `manage_integrations` in Datadog.",
		Attributes: attributes,
	}
}

// secretAttributes are the three attributes of a secret: the plain one, the write-only one and its
// version.
func secretAttributes(name, what string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		name: schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			MarkdownDescription: fmt.Sprintf("%s It is kept in the state; `%[2]s_wo` is not. Datadog never returns it, so "+
				"changes made elsewhere are not detected. Conflicts with `%[2]s_wo`.", what, name),
			Validators: []validator.String{secretValidator},
		},
		name + "_wo": schema.StringAttribute{
			Optional:  true,
			Sensitive: true,
			WriteOnly: true,
			MarkdownDescription: fmt.Sprintf("%s It is stored in neither plan nor state, and may come from an ephemeral "+
				"resource. Needs Terraform 1.11 or OpenTofu 1.11. Every create and update sends it. A changed value plans an "+
				"update: the resource's private state keeps a salted fingerprint of the value that was last sent. With "+
				"`%s_wo_version`, only a changed version plans one.", what, name),
			Validators: []validator.String{secretValidator},
		},
		name + "_wo_version": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("Any text that identifies the present value of `%[1]s_wo`, such as a number or a "+
				"date. If it is set, only a change of it sends the value again, and no fingerprint is kept. Use it for values "+
				"that are new in every run. Requires `%[1]s_wo`.", name),
			Validators: []validator.String{textValidator(`leave it out, or write a text such as "1"`)},
		},
	}
}

var replaceIfRemoved = stringplanmodifier.RequiresReplaceIf(
	func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !req.StateValue.IsNull() && req.PlanValue.IsNull()
	},
	"Removing it replaces the account.", "Removing it replaces the account.",
)

// keepMissing plans no default for an existing account without the attribute.
type keepMissing struct{ description }

func (keepMissing) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if !req.State.Raw.IsNull() && req.StateValue.IsNull() && req.ConfigValue.IsNull() {
		resp.PlanValue = types.StringNull()
	}
}

// keepSameDomain keeps the state's spelling of a domain if the configuration only spells it
// differently.
type keepSameDomain struct{ description }

func (keepSameDomain) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if okta.SameDomain(req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
