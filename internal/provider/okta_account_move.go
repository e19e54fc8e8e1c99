// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var _ resource.ResourceWithUpgradeIdentity = (*accountResource)(nil)

// MoveState takes over an account out of a state alone: it runs before this provider is configured.
// Read then compares with the API.
//
// The source's type and its state decide, never its provider's address: for sources with several
// instances, CLIs give the address of this provider, or a bare "restapi".
func (r *accountResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: func(
		ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse,
	) {
		switch req.SourceTypeName {
		case "okta_account", "restapi_object", "restful_resource":
		default:
			return // the framework says that this type is not supported
		}
		var source map[string]any
		if err := json.Unmarshal(req.SourceRawState.JSON, &source); err != nil {
			resp.Diagnostics.AddError(summaryMove,
				fmt.Sprintf("The state of the %s cannot be read as JSON: %s.", req.SourceTypeName, err))
			return
		}
		// In a chain of moved blocks, Terraform gives the type of an okta_account that is in no
		// configuration to the state of its source. No okta_account has a path.
		if _, generic := source["path"]; generic || req.SourceTypeName != "okta_account" {
			moveGeneric(ctx, req.SourceTypeName, source, resp)
			return
		}
		moveAccount(ctx, req, resp)
	}}}
}

// moveAccount takes over an account of this provider under another address, unchanged.
func moveAccount(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	if known := resp.TargetState.Schema.GetVersion(); req.SourceSchemaVersion != known {
		resp.Diagnostics.AddError(summaryMove, fmt.Sprintf("The state of the okta_account has schema version %d, and this "+
			"version of the provider knows version %d. Use the version of the provider that wrote the state, or a later one.",
			req.SourceSchemaVersion, known))
		return
	}
	state, err := req.SourceRawState.UnmarshalWithOpts(resp.TargetState.Schema.Type().TerraformType(ctx),
		tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
	if err != nil {
		resp.Diagnostics.AddError(summaryMove, fmt.Sprintf("The state of the okta_account cannot be read: %s.", err))
		return
	}
	resp.TargetState.Raw = state
	resp.TargetPrivate = req.SourcePrivate
	resp.Diagnostics.Append(resp.TargetIdentity.SetAttribute(ctx, path.Root("name"), decode(state).Name)...)
}

// accountAttributes are the attributes of restapi_object and restful_resource that may contain an
// account, the newest first: the last answer, the last body sent, the answer to the create.
var accountAttributes = []string{"api_response", "output", "sensitive_output", "data", "body", "create_response"}

// moveGeneric takes over an account from a generic REST provider.
func moveGeneric(ctx context.Context, sourceType string, source map[string]any, resp *resource.MoveStateResponse) {
	var all, answered genericAccounts
	var ids []string
	for _, attribute := range accountAttributes {
		account := newGenericAccount(source[attribute])
		all = append(all, account)
		if account.ID != "" {
			answered = append(answered, account)
			ids = append(ids, account.ID)
		}
	}
	if createPath := textOf(source["create_path"]); !all.at(textOf(source["path"])) &&
		(createPath == "" || !all.at(createPath)) {
		resp.Diagnostics.AddError(summaryMove, fmt.Sprintf("The %s manages an object at %q. Only accounts of Datadog's "+
			"Okta integration, at %q, can become an okta_account. Remove this moved block.", sourceType, textOf(source["path"]),
			collectionPath))
		return
	}

	var target accountModel
	for name, attribute := range target.attributes() {
		*attribute = all.attribute(name)
	}
	target.ID = genericID(append(ids, textOf(source["id"]), textOf(source["object_id"])))
	// An update can send another name, but does not change it. So answers are preferred.
	if name := answered.attribute("name"); !name.IsNull() {
		target.Name = name
	}
	if target.Name.IsNull() {
		resp.Diagnostics.AddError(summaryMove, fmt.Sprintf("The state of the %s does not show the name of the account. "+
			"Replace the moved block with a removed block for the %s (with destroy = false) and an import block for the "+
			"okta_account.", sourceType, sourceType))
		return
	}
	if target.hasUnansweredSecret(source) {
		target.ClientSecret.Plain, target.APIKey.Plain = types.StringNull(), types.StringNull()
		resp.Diagnostics.AddWarning(summarySecretNotMoved, fmt.Sprintf("The last request for the account %s got no answer, "+
			"so Datadog may not have the secret that is in the moved state. The secret was not moved: the plan sends the one "+
			"in the configuration.", quoteHCL(target.Name.ValueString())))
	}
	target.encode(ctx, &resp.TargetState.Raw)
	resp.Diagnostics.Append(resp.TargetIdentity.SetAttribute(ctx, path.Root("name"), target.Name)...)
	target.sentSecrets().save(ctx, resp.TargetPrivate, &resp.Diagnostics)
}

// hasUnansweredSecret reports whether Datadog may not have the secret of the source. If an update by
// restapi_object gets no answer, nor the read after it, its state has the planned secret, and an empty
// answer.
func (m *accountModel) hasUnansweredSecret(source map[string]any) bool {
	answer, isText := source["api_response"].(string)
	return isText && answer == "" && (m.ClientSecret.isSet() || m.APIKey.isSet())
}

// sentSecrets describes secrets that Datadog has already. As write-only ones, they need not be sent
// again.
func (m *accountModel) sentSecrets() lastWrite {
	sent := lastWrite{Fingerprints: map[string]string{}}
	for _, secret := range m.secrets() {
		if !secret.Plain.IsNull() {
			sent.Fingerprints[secret.name] = fingerprint(secret.name, secret.Plain.ValueString())
		}
	}
	return sent
}

const collectionPath = "/api/v2/integrations/okta/accounts"

// genericAccount is an account as the API's JSON has it.
type genericAccount struct {
	Type, ID   string
	Attributes map[string]any
}

type genericAccounts []genericAccount

// newGenericAccount finds the account in an attribute of a generic REST resource. The attribute is
// JSON text, or a dynamic value with its type. The account may be in the API's envelope, unless the
// resource takes it out. The result is empty where there is no account.
func newGenericAccount(value any) genericAccount {
	if text, ok := value.(string); ok {
		value = nil
		_ = json.Unmarshal([]byte(text), &value) // other text shows no account
	}
	for _, envelope := range []string{"value", "data"} {
		if object, ok := value.(map[string]any); ok && object[envelope] != nil {
			value = object[envelope]
		}
	}
	object, _ := value.(map[string]any)
	attributes, _ := object["attributes"].(map[string]any)
	return genericAccount{Type: textOf(object["type"]), ID: textOf(object["id"]), Attributes: attributes}
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// attribute is the first value that one of the accounts has for it.
func (accounts genericAccounts) attribute(name string) types.String {
	for _, account := range accounts {
		if text := textOf(account.Attributes[name]); text != "" {
			return types.StringValue(text)
		}
	}
	return types.StringNull()
}

// at reports whether a path can be that of the accounts. It may begin with the path of a proxy. Its
// beginning may be missing, since it may be part of the source's base URL, which its state does not
// contain. A short path also needs an account of the right type.
func (accounts genericAccounts) at(collection string) bool {
	collection, _, _ = strings.Cut(collection, "?")
	collection = strings.TrimSuffix("/"+strings.Trim(collection, "/"), "/")
	if strings.HasSuffix(collection, collectionPath) {
		return true
	}
	distinct := strings.HasSuffix(collection, "/integrations/okta/accounts") ||
		slices.ContainsFunc(accounts, func(a genericAccount) bool { return a.Type == "okta-accounts" })
	return distinct && strings.HasSuffix(collectionPath, collection)
}

// genericID is the first id among the candidates, each perhaps at the end of a path. Without any, it is
// empty, not null: a null id marks a create of unknown outcome, but this account is known to be ours.
// Read finds it by its name.
func genericID(candidates []string) types.String {
	for _, candidate := range candidates {
		candidate, _, _ = strings.Cut(candidate, "?")
		if id := candidate[strings.LastIndex(candidate, "/")+1:]; id != "" && !strings.HasSuffix(collectionPath, "/"+id) {
			return types.StringValue(id)
		}
	}
	return types.StringValue("")
}

// UpgradeIdentity makes an identity of version 1 out of what CLIs say is of version 0: one of
// restful_resource, which OpenTofu keeps in a move, and none at all. Terraform before 1.12 saves no
// identity, and later versions ask for the upgrade of such a state. Read fills in a name that is
// missing.
//
// There is no PriorSchema, with which the framework refuses an identity that is not there.
func (r *accountResource) UpgradeIdentity(context.Context) map[int64]resource.IdentityUpgrader {
	return map[int64]resource.IdentityUpgrader{0: {
		IdentityUpgrader: func(
			ctx context.Context, req resource.UpgradeIdentityRequest, resp *resource.UpgradeIdentityResponse,
		) {
			var identity struct {
				Name *string `tfsdk:"name"`
			}
			_ = json.Unmarshal(req.RawIdentity.JSON, &identity) // none, or another provider's: no name
			resp.Diagnostics.Append(resp.Identity.Set(ctx, identity)...)
		},
	}}
}
