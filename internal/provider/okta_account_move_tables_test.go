// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
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

// movedLayout is a way to move accounts: what is in the state, and the configuration that takes it over.
type movedLayout struct {
	left  []leftResource
	moved [][2]string // from, to; SOURCE stands for the type of the source
	each  string      // the number of instances
	name  string      // of each of them
	more  string      // blocks beside that
	only  string      // the only source for which it makes sense
}

// config is the configuration for a source.
func (l movedLayout) config(source string) string {
	text := fmt.Sprintf(`
resource "okta_account" "test" {
  %s
  name          = %s
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, l.each, l.name) + l.more
	for _, move := range l.moved {
		text += fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", move[0], move[1])
	}
	return strings.ReplaceAll(text, "SOURCE", moveSources[source].resourceType)
}

var movedLayouts = map[string]movedLayout{
	"one": {
		left:  []leftResource{{"a", []any{nil}}},
		moved: [][2]string{{"SOURCE.a", "okta_account.test"}},
		name:  `"Okta_A"`,
	},
	"for_each as a whole": {
		left:  []leftResource{{"old", []any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.test"}},
		each:  `for_each = toset(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"])`,
		name:  `"Okta_${each.key}"`,
	},
	"count as a whole": {
		left:  []leftResource{{"old", []any{0, 1, 2, 3, 4, 5}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.test"}},
		each:  "count = 6",
		name:  `"Okta_${count.index}"`,
	},
	"key by key": {
		left: []leftResource{{"old", []any{"a", "b", "c"}}},
		moved: [][2]string{
			{`SOURCE.old["a"]`, `okta_account.test["a"]`},
			{`SOURCE.old["b"]`, `okta_account.test["b"]`},
			{`SOURCE.old["c"]`, `okta_account.test["c"]`},
		},
		each: `for_each = toset(["a", "b", "c"])`,
		name: `"Okta_${each.key}"`,
	},
	"several resources to keys": {
		left: []leftResource{{"a", []any{nil}}, {"b", []any{nil}}, {"c", []any{nil}}},
		moved: [][2]string{
			{"SOURCE.a", `okta_account.test["a"]`},
			{"SOURCE.b", `okta_account.test["b"]`},
			{"SOURCE.c", `okta_account.test["c"]`},
		},
		each: `for_each = { a = "Okta_A", b = "Okta_B", c = "Okta_C" }`,
		name: "each.value",
	},
	"to keys that change in the same run": {
		left: []leftResource{{"old", []any{0, 1, 2}}},
		moved: [][2]string{
			{"SOURCE.old", "okta_account.test"},
			{"okta_account.test[0]", `okta_account.test["zero"]`},
			{"okta_account.test[1]", `okta_account.test["one"]`},
			{"okta_account.test[2]", "okta_account.other"},
		},
		each: `for_each = { zero = "Okta_0", one = "Okta_1" }`,
		name: "each.value",
		more: namedAccount("other", "Okta_2"),
	},
	"by another name of the source": {
		left: []leftResource{{"old", []any{"a", "b"}}},
		moved: [][2]string{
			{"SOURCE.old", "SOURCE.new"},
			{`SOURCE.new["a"]`, `okta_account.test["A"]`},
			{`SOURCE.new["b"]`, `okta_account.test["B"]`},
		},
		each: `for_each = { A = "Okta_a", B = "Okta_b" }`,
		name: "each.value",
	},
	"by an okta_account that is not configured": {
		left:  []leftResource{{"old", []any{"a", "b", "c"}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.between"}, {"okta_account.between", "okta_account.test"}},
		each:  `for_each = toset(["a", "b", "c"])`,
		name:  `"Okta_${each.key}"`,
	},
	"to a new count": {
		only: "our own type",
		left: []leftResource{{"test", []any{nil}}},
		each: "count = 1",
		name: `"Okta_Test"`,
	},
}
