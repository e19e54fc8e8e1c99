// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// MoveState takes over an account from a generic REST provider, out of that provider's state alone: it runs
// before this provider is configured. Read then compares with the API.
func (r *accountResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: moveFromREST}}
}

func moveFromREST(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	// The attributes that show the account, what the API answered last before what was sent. A registry's
	// host says nothing: mirrors have others.
	var shown []string
	provider := strings.ToLower(req.SourceProviderAddress)
	switch {
	case req.SourceTypeName == "restapi_object" && strings.HasSuffix(provider, "/mastercard/restapi"):
		shown = []string{"api_response", "create_response", "data"}
	case req.SourceTypeName == "restful_resource" && strings.HasSuffix(provider, "/magodo/restful"):
		shown = []string{"output", "sensitive_output", "body"}
	default:
		return // the framework says that this source is not supported
	}

	const summary = "Unable to move to okta_account"
	var source map[string]any
	if err := json.Unmarshal(req.SourceRawState.JSON, &source); err != nil {
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The state of the %s cannot be read as JSON: %s.", req.SourceTypeName, err))
		return
	}
	if collection, _ := source["path"].(string); !isAccountsPath(collection) {
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The %s manages an object at %q. Only accounts of Datadog's Okta integration, at "+
			"\"/api/v2/integrations/okta/accounts\", can become an okta_account. Remove this moved block.", req.SourceTypeName, collection))
		return
	}

	var accounts []restAccount
	for _, name := range shown {
		accounts = append(accounts, newRESTAccount(source[name]))
	}
	attribute := func(name string) types.String {
		for _, account := range accounts {
			if text, _ := account.Attributes[name].(string); text != "" {
				return types.StringValue(text)
			}
		}
		return types.StringNull()
	}
	target := accountModel{
		ID:           restID(accounts[0].ID, source["id"], source["object_id"]),
		Name:         attribute("name"),
		Domain:       domainValue{StringValue: attribute("domain")},
		AuthMethod:   attribute("auth_method"),
		ClientID:     attribute("client_id"),
		ClientSecret: attribute("client_secret"),
		APIKey:       attribute("api_key"),
	}
	if target.Name.IsNull() {
		resp.Diagnostics.AddError(summary, fmt.Sprintf("The state of the %s does not show the name of the account. Replace the moved block "+
			"with a removed block for the %s (with destroy = false) and an import block for the okta_account.",
			req.SourceTypeName, req.SourceTypeName))
		return
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, &target)...)
	resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, target.identity())...)
}

// isAccountsPath reports whether a path is the API's collection of accounts. The source's base URL, which its
// state does not show, may end anywhere in the path; a path in front of it belongs to a proxy.
func isAccountsPath(collection string) bool {
	collection = "/" + strings.Trim(collection, "/")
	return strings.HasSuffix(collection, "/api/v2/integrations/okta/accounts") ||
		collection == "/v2/integrations/okta/accounts" || collection == "/integrations/okta/accounts"
}

// restAccount is an account as the API's JSON has it.
type restAccount struct {
	ID         any
	Attributes map[string]any
}

// newRESTAccount digs an account out of an attribute of a generic REST resource: JSON text or, wrapped with
// its type, a dynamic value; the account in it in the API's envelope or, where the resource selects, without.
// It is empty where there is none.
func newRESTAccount(value any) restAccount {
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
	return restAccount{ID: object["id"], Attributes: attributes}
}

// restID is the first id among the candidates, each perhaps at the end of a path.
func restID(candidates ...any) types.String {
	for _, candidate := range candidates {
		if text, _ := candidate.(string); text != "" && !isAccountsPath(text) {
			return types.StringValue(path.Base(text))
		}
	}
	return types.StringNull()
}
