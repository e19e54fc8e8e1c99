// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// moved calls MoveState over the protocol, and returns the attributes that are not null, and the
// private state.
func moved(t *testing.T, req tfprotov6.MoveResourceStateRequest) (target map[string]string, private, problem string) {
	t.Helper()
	p := newProtocol(t, "http://localhost") // which is not asked
	req.TargetTypeName = "okta_account"
	resp := answered(p, p.server.MoveResourceState, &req)
	for _, d := range errorsAmong(resp.Diagnostics) {
		return nil, "", d.Summary + ": " + d.Detail
	}
	target = texts(t, resp.TargetState, p.accountType())
	if name := texts(t, resp.TargetIdentity.IdentityData, p.identityType())["name"]; name != target["name"] {
		t.Errorf("the name is %q in the identity, %q in the state", name, target["name"])
	}
	return target, string(resp.TargetPrivate), ""
}

const (
	movedAccount = `{"id":"id-1","type":"okta-accounts","attributes":{"name":"Okta_Prod",` +
		`"domain":"https://example.okta.com",` +
		`"auth_method":"oauth","client_id":"made-up-client"}}`
	none = "-" // instead of an attribute that others have
)

func TestAccountMoveState(t *testing.T) {
	t.Parallel()
	const restapi, restful = "restapi_object", "restful_resource"
	type changes map[string]any
	type others map[string]string
	type test struct {
		resourceType string
		changes      changes
		want         others // beside what most have
	}
	nameAlone := others{"id": "", "domain": none, "auth_method": none, "client_id": none, "client_secret": none}
	noSecret := others{"client_secret": none}
	const named = `{"data":{"type":"okta-accounts","attributes":{"name":"Okta_Prod"}}}`
	tests := map[string]test{
		"restapi":                           {restapi, nil, nil},
		"restapi that knows another id":     {restapi, changes{"id": "id-2"}, nil},
		"restapi with an answer of no JSON": {restapi, changes{"api_response": "map[]", "create_response": `"text"`}, nil},
		"restapi without data":              {restapi, changes{"data": "{}"}, noSecret},
		"restapi without answers":           {restapi, changes{"api_response": nil, "create_response": nil}, nil},
		"restapi with a path of create_path": {
			restapi, changes{"path": "/x/{id}", "create_path": "/api/v2/integrations/okta/accounts"}, nil,
		},
		"restapi with most in the base URL": {restapi, changes{"path": "/accounts/{id}", "create_path": "/accounts"}, nil},
		"restapi with object_id": {
			restapi, changes{"id": nil, "object_id": "id-3", "api_response": nil, "create_response": nil}, others{"id": "id-3"},
		},
		"restapi identified by name": {restapi, changes{
			"id": "Okta_Prod", "read_search": map[string]any{"search_key": "attributes/name"}, "api_response": movedAccount,
		}, nil},
		"restapi, only the name known": {
			restapi, changes{"id": "", "api_response": "", "create_response": nil, "data": named}, nameAlone,
		},
		"restapi, updated and no longer read": {
			restapi,
			changes{
				"id": "", "api_response": "", "data": `{"data":{"type":"okta-accounts","attributes":{"name":"Okta_Prod",` +
					`"domain":"https://new.okta.com","auth_method":"oauth","client_id":"new-client","client_secret":"new-secret"}}}`,
			},
			others{"domain": "https://new.okta.com", "client_id": "new-client", "client_secret": none},
		},
		"restapi, updated to another name, which no account gets": {restapi, changes{
			"id": "", "api_response": "", "data": `{"data":{"attributes":{"name":"Okta_New","client_secret":"made-up-secret"}}}`,
		}, noSecret},
		"restful": {restful, nil, nil},
		"restful with a query in its id": {
			restful,
			changes{"id": "/api/v2/integrations/okta/accounts/id-1?x=1/2", "output": nil, "body": named},
			others{"domain": none, "auth_method": none, "client_id": none, "client_secret": none},
		},
		"restful with an Okta API token": {
			restful,
			changes{"body": `{"data":{"attributes":{"api_key":"made-up-token"}}}`},
			others{"client_secret": none, "api_key": "made-up-token"},
		},
		"restful with most in the base URL": {restful, changes{"id": "/accounts/id-1", "path": "/accounts"}, nil},
		"restful with an ephemeral body":    {restful, changes{"body": nil}, noSecret},
		"restful without output":            {restful, changes{"output": nil}, nil},
		"restful with sensitive output": {restful, changes{
			"output": nil, "body": nil,
			"sensitive_output": map[string]any{"value": json.RawMessage(movedAccount), "type": "string"},
		}, noSecret},
		"restful that kept JSON texts": {
			restful, changes{"body": `{"data":` + movedAccount + `}`, "output": movedAccount}, noSecret,
		},
		"restful identified by its collection": {
			restful, changes{"id": "/accounts", "path": "/accounts", "output": nil, "body": named}, nameAlone,
		},
	}
	for _, path := range []string{
		"integrations/okta/accounts/", "/accounts", "/", "/datadog/api/v2/integrations/okta/accounts",
		"/api/v2/integrations/okta/accounts?x=1/2",
	} {
		tests["restapi at "+path] = test{restapi, changes{"path": path}, nil}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, version := restapiSource("id-1", "Okta_Prod", test.changes), int64(0)
			if test.resourceType == restful {
				source, version = restfulSource("id-1", "Okta_Prod", test.changes), 2
			}
			want := map[string]string{
				"id": "id-1", "name": "Okta_Prod", "domain": "https://example.okta.com", "auth_method": "oauth",
				"client_id": "made-up-client", "client_secret": "made-up-secret",
			}
			maps.Copy(want, test.want)
			maps.DeleteFunc(want, func(_, value string) bool { return value == none })

			// What Terraform gives in a chain of moved blocks: the type of an okta_account that is
			// not configured.
			got, _, problem := moved(t, tfprotov6.MoveResourceStateRequest{
				SourceTypeName: "okta_account", SourceSchemaVersion: version,
				SourceState: &tfprotov6.RawState{JSON: toJSON(source)},
			})
			if problem != "" || !maps.Equal(got, want) {
				t.Errorf("in a chain: got %v (%s), want %v", got, problem, want)
			}

			// What CLIs give as the address of the provider of one and the same source.
			for _, provider := range []string{
				"registry.terraform.io/mastercard/restapi", "registry.opentofu.org/Mastercard/restapi", "restapi", "",
				"registry.terraform.io/datadog-okta/okta", "registry.example.com/mirror/restful",
			} {
				got, private, problem := moved(t, tfprotov6.MoveResourceStateRequest{
					SourceProviderAddress: provider, SourceTypeName: test.resourceType, SourceSchemaVersion: version,
					SourceState:    &tfprotov6.RawState{JSON: toJSON(source)},
					SourceIdentity: &tfprotov6.RawState{JSON: toJSON(restfulIdentity("id-1"))},
					SourcePrivate:  toJSON(map[string][]byte{"ephemeral_body": []byte(`{"hash":"made-up"}`)}),
				})
				if problem != "" || !maps.Equal(got, want) {
					t.Errorf("from %q: got %v (%s), want %v", provider, got, problem, want)
				}
				if strings.Contains(private, "ephemeral_body") {
					t.Errorf("private state of another provider: %s", private)
				}
			}
		})
	}
}

// ownSource is the state of an okta_account.
const ownSource = `{"id":"id-1","name":"Okta_Prod","domain":"https://example.okta.com/",` +
	`"auth_method":null,"client_id":"made-up-client",` +
	`"client_secret":"made-up-secret","client_secret_wo":null,"api_key_wo_version":"7","dropped":"by a later version"}`

func TestAccountMoveState_own(t *testing.T) {
	t.Parallel()
	keys := `{"written":"eyJhdCI6MX0="}` // as the framework keeps them: values in base 64
	got, private, problem := moved(t, tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: "registry.example.com/another/okta", SourceTypeName: "okta_account",
		SourceState: &tfprotov6.RawState{JSON: []byte(ownSource)}, SourcePrivate: []byte(keys),
	})
	want := map[string]string{
		"id": "id-1", "name": "Okta_Prod", "domain": "https://example.okta.com/", "client_id": "made-up-client",
		"client_secret": "made-up-secret", "api_key_wo_version": "7",
	}
	if problem != "" || !maps.Equal(got, want) {
		t.Errorf("got %v (%s), want %v", got, problem, want)
	}
	if private != keys {
		t.Errorf("the private state is %s, want %s", private, keys)
	}

	// A create whose outcome is not known has no id, and keeps it so.
	got, _, problem = moved(t, tfprotov6.MoveResourceStateRequest{
		SourceTypeName: "okta_account", SourceState: &tfprotov6.RawState{JSON: []byte(`{"id":null,"name":"Okta_Prod"}`)},
	})
	if want := map[string]string{"name": "Okta_Prod"}; problem != "" || !maps.Equal(got, want) {
		t.Errorf("got %v (%s), want %v", got, problem, want)
	}

	_, _, problem = moved(t, tfprotov6.MoveResourceStateRequest{
		SourceTypeName: "okta_account", SourceSchemaVersion: 1, SourceState: &tfprotov6.RawState{JSON: []byte(ownSource)},
	})
	if !strings.Contains(problem, "has schema version 1") {
		t.Errorf("a state of a later version: %q", problem)
	}
}

func TestAccountMoveState_refused(t *testing.T) {
	t.Parallel()
	restapi := func(changes map[string]any) string { return string(toJSON(restapiSource("x", "Okta_Prod", changes))) }
	restful := func(changes map[string]any) string { return string(toJSON(restfulSource("x", "Okta_Prod", changes))) }
	const otherObject = `{"data":{"type":"other-accounts","id":"x","attributes":{"name":"Okta_Prod"}}}`
	type changes = map[string]any
	for name, test := range map[string]struct{ resourceType, state, want string }{
		"another path": {
			"restapi_object", restapi(changes{"path": "/api/v2/integrations/cloudflare/accounts"}),
			`"/api/v2/integrations/cloudflare/accounts"`,
		},
		"another version of the API": {
			"restful_resource", restful(changes{"path": "/api/v1/integrations/okta/accounts"}),
			`"/api/v1/integrations/okta/accounts"`,
		},
		"a path that only ends alike": {
			"restful_resource", restful(changes{"path": "/api/v2/integrations/myokta/accounts"}), "myokta",
		},
		"a short path of something else": {"restapi_object", restapi(changes{
			"path": "/accounts", "api_response": otherObject, "create_response": otherObject, "data": otherObject,
		}), `at "/accounts"`},
		"no path":                    {"restapi_object", `{}`, `at ""`},
		"path of no text":            {"restapi_object", `{"path":{"a":1}}`, `at ""`},
		"no name":                    {"restapi_object", `{"path":"/api/v2/integrations/okta/accounts"}`, "import block"},
		"no JSON":                    {"restapi_object", `{`, "cannot be read as JSON"},
		"no object":                  {"restful_resource", `[]`, "cannot be read as JSON"},
		"no state":                   {"restful_resource", ``, "cannot be read as JSON"},
		"another type":               {"restful_operation", restful(nil), "does not include support"},
		"our own, of no JSON":        {"okta_account", `{`, "cannot be read"},
		"our own, not as its schema": {"okta_account", `{"name":{"made-up-secret":1}}`, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, _, problem := moved(t, tfprotov6.MoveResourceStateRequest{
				SourceTypeName: test.resourceType, SourceState: &tfprotov6.RawState{JSON: []byte(test.state)},
			})
			if target != nil || !strings.Contains(problem, test.want) {
				t.Errorf("got %v and %q, want an error with %q", target, problem, test.want)
			}
			if strings.Contains(problem, "made-up-secret") {
				t.Errorf("the secret is in %q", problem)
			}
		})
	}
}
