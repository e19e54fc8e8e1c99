// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
)

// moveSources are the types of resources that a state may hold before a move.
var moveSources = map[string]struct {
	resourceType, provider string
	version                int
	attributes             func(id, name string, changes map[string]any) map[string]any
	identity               func(id string) map[string]any
}{
	"restapi":      {"restapi_object", "registry.terraform.io/mastercard/restapi", 0, restapiSource, nil},
	"restful":      {"restful_resource", "registry.terraform.io/magodo/restful", 2, restfulSource, restfulIdentity},
	"our own type": {"okta_account", "registry.example.com/elsewhere/okta", 0, oktaSource, nil},
}

// oktaSource is what this provider leaves of an account.
func oktaSource(id, name string, _ map[string]any) map[string]any {
	return map[string]any{
		"id": id, "name": name, "domain": "https://example.okta.com", "auth_method": "oauth", "client_id": "made-up-client",
		"client_secret": "made-up-secret", "client_secret_wo": nil, "client_secret_wo_version": nil,
		"api_key": nil, "api_key_wo": nil, "api_key_wo_version": nil,
	}
}

// restapiSource is what Mastercard/restapi leaves of an account, with the changes made to it.
func restapiSource(id, name string, changes map[string]any) map[string]any {
	answer := `{"data":{"type":"okta-accounts","id":"` + id + `","attributes":{"name":"` + name + `",` +
		`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"made-up-client"}}}` + "\n"
	source := map[string]any{
		"id": id, "path": "/api/v2/integrations/okta/accounts", "api_response": answer, "create_response": answer,
		"data": `{"data":{"attributes":{"auth_method":"oauth",` +
			`"client_id":"made-up-client","client_secret":"made-up-secret",` +
			`"domain":"https://example.okta.com","name":"` + name + `"},"type":"okta-accounts"}}`,
		"api_data":          map[string]any{"data": "map[attributes:map[name:" + name + "] id:" + id + "]"},
		"ignore_changes_to": []any{"data.id", "data.attributes.client_secret"},
		"create_method":     nil, "create_path": nil, "debug": nil, "destroy_data": nil,
		"force_new": nil, "id_attribute": nil,
		"object_id": nil, "query_string": nil, "read_path": nil, "read_search": nil, "update_data": nil, "update_method": nil,
	}
	maps.Copy(source, changes)
	return source
}

// restfulSource is what magodo/restful leaves of an account, with the changes made to it.
func restfulSource(id, name string, changes map[string]any) map[string]any {
	account := func(more map[string]any) map[string]any {
		attributes := map[string]any{
			"name": name, "domain": "https://example.okta.com", "auth_method": "oauth", "client_id": "made-up-client",
		}
		maps.Copy(attributes, more)
		return map[string]any{"data": map[string]any{"type": "okta-accounts", "id": id, "attributes": attributes}}
	}
	source := map[string]any{
		"id": "/api/v2/integrations/okta/accounts/" + id, "path": "/api/v2/integrations/okta/accounts",
		"read_path": "$(path)/$(body.data.id)", "ephemeral_body": nil, "sensitive_output": nil, "update_method": "PATCH",
		"body": map[string]any{
			"value": account(map[string]any{"client_secret": "made-up-secret"}),
			"type":  []any{"object", map[string]any{}},
		},
		"output":        map[string]any{"value": account(nil), "type": []any{"object", map[string]any{}}},
		"create_method": nil, "create_selector": nil, "poll_create": nil, "query": nil, "write_only_attrs": nil,
	}
	maps.Copy(source, changes)
	return source
}

// restfulIdentity is what magodo/restful leaves, from version 0.24 on, of an account's identity.
func restfulIdentity(id string) map[string]any {
	return map[string]any{"id": `{"id":"/api/v2/integrations/okta/accounts/` + id + `",` +
		`"path":"/api/v2/integrations/okta/accounts",` +
		`"body":{"data":{"attributes":{"name":null},"type":null}}}`}
}

func toJSON(value any) []byte {
	text, _ := json.Marshal(value) // strings, maps and lists always can
	return text
}
