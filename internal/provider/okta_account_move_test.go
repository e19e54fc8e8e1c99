// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const (
	restapiAddress = "registry.terraform.io/mastercard/restapi"
	restfulAddress = "registry.terraform.io/magodo/restful"
)

// restapiSource is what Mastercard/restapi leaves of an account, with the changes made to it.
func restapiSource(id string, changes map[string]any) string {
	answer := `{"data":{"type":"okta-accounts","id":"` + id + `","attributes":{"name":"Okta-Prod",` +
		`"domain":"https://example.okta.com","auth_method":"oauth","client_id":"made-up-client"}}}`
	return stateJSON(map[string]any{
		"id": id, "path": "/api/v2/integrations/okta/accounts", "object_id": nil, "read_search": nil, "debug": nil,
		"api_response": answer + "\n", "create_response": answer,
		"data": `{"data":{"type":"okta-accounts","attributes":{"name":"Okta-Prod","domain":"https://example.okta.com",` +
			`"auth_method":"oauth","client_id":"made-up-client","client_secret":"made-up-secret"}}}`,
		"api_data": map[string]any{"data": "map[attributes:map[name:Okta-Prod]]"},
	}, changes)
}

// restfulSource is what magodo/restful leaves of an account, with the changes made to it.
func restfulSource(id string, changes map[string]any) string {
	account := func(more ...string) map[string]any {
		attributes := map[string]any{
			"name": "Okta-Prod", "domain": "https://example.okta.com", "auth_method": "oauth", "client_id": "made-up-client",
		}
		for i := 0; i < len(more); i += 2 {
			attributes[more[i]] = more[i+1]
		}
		return map[string]any{"data": map[string]any{"type": "okta-accounts", "id": id, "attributes": attributes}}
	}
	return stateJSON(map[string]any{
		"id": "/api/v2/integrations/okta/accounts/" + id, "path": "/api/v2/integrations/okta/accounts",
		"read_path": "$(path)/$(body.data.id)", "ephemeral_body": nil,
		"body":   map[string]any{"value": account("client_secret", "made-up-secret", "api_key", "made-up-token"), "type": []any{"object", map[string]any{}}},
		"output": map[string]any{"value": account(), "type": []any{"object", map[string]any{}}},
	}, changes)
}

func stateJSON(attributes, changes map[string]any) string {
	maps.Copy(attributes, changes)
	text, _ := json.Marshal(attributes) // strings and maps always can
	return string(text)
}

// moved calls MoveState over the protocol, and returns the attributes that are not null.
func moved(t *testing.T, provider, resourceType, state string) (map[string]string, string) {
	t.Helper()
	server, err := protoV6ProviderFactories["okta"]()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: provider, SourceTypeName: resourceType,
		SourceState: &tfprotov6.RawState{JSON: []byte(state)}, TargetTypeName: "okta_account",
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.Diagnostics) > 0 {
		return nil, resp.Diagnostics[0].Summary + ": " + resp.Diagnostics[0].Detail
	}
	account, identity := accountTypes(t, server)
	target := texts(t, resp.TargetState, account)
	if name := texts(t, resp.TargetIdentity.IdentityData, identity)["name"]; name != target["name"] {
		t.Errorf("the name is %q in the identity, %q in the state", name, target["name"])
	}
	return target, ""
}

func TestAccountMoveState(t *testing.T) {
	t.Parallel()
	restapi := func(changes map[string]any) string { return restapiSource("id-1", changes) }
	restful := func(changes map[string]any) string { return restfulSource("id-1", changes) }
	element := `{"id":"id-1","type":"okta-accounts","attributes":{"name":"Okta-Prod","domain":"https://example.okta.com",` +
		`"auth_method":"oauth","client_id":"made-up-client"}}`
	const none = "-" // instead of an attribute that the others have
	for name, test := range map[string]struct {
		provider, resourceType, state string
		want                          map[string]string // beside name, domain, auth_method, client_id
	}{
		"restapi": {restapiAddress, "restapi_object", restapi(nil), map[string]string{"id": "id-1", "client_secret": "made-up-secret"}},
		"restapi from OpenTofu's registry": {
			"registry.opentofu.org/mastercard/restapi", "restapi_object", restapi(nil),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi, written as its owner": {
			"registry.terraform.io/Mastercard/restapi", "restapi_object", restapi(nil),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi that read something newer": {
			restapiAddress, "restapi_object", restapi(map[string]any{"id": "id-2"}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi without an answer": {
			restapiAddress, "restapi_object", restapi(map[string]any{"api_response": nil, "create_response": nil}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi with an empty answer": {
			restapiAddress, "restapi_object", restapi(map[string]any{"api_response": "", "data": "{}"}), map[string]string{"id": "id-1"},
		},
		"restapi with object_id": {
			restapiAddress, "restapi_object",
			restapi(map[string]any{"id": nil, "object_id": "id-3", "api_response": nil, "create_response": nil}),
			map[string]string{"id": "id-3", "client_secret": "made-up-secret"},
		},
		"restapi with read_search, identified by name": {
			restapiAddress, "restapi_object", restapi(map[string]any{
				"id": "Okta-Prod", "read_search": map[string]any{"search_key": "attributes/name"}, "api_response": element,
			}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi below another base URL": {
			restapiAddress, "restapi_object", restapi(map[string]any{"path": "integrations/okta/accounts/"}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi behind a proxy": {
			restapiAddress, "restapi_object", restapi(map[string]any{"path": "/datadog/api/v2/integrations/okta/accounts"}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi with an answer that is no JSON": {
			restapiAddress, "restapi_object", restapi(map[string]any{"api_response": "map[name:x]", "create_response": `"text"`}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret"},
		},
		"restapi, only the name known": {
			restapiAddress, "restapi_object", stateJSON(map[string]any{
				"path": "/api/v2/integrations/okta/accounts", "data": `{"data":{"attributes":{"name":"Okta-Prod"}}}`,
			}, nil),
			map[string]string{"domain": none, "auth_method": none, "client_id": none},
		},
		"restful": {
			restfulAddress, "restful_resource", restful(nil),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret", "api_key": "made-up-token"},
		},
		"restful with an ephemeral body": {
			restfulAddress, "restful_resource", restful(map[string]any{"body": nil}), map[string]string{"id": "id-1"},
		},
		"restful without output": {
			restfulAddress, "restful_resource", restful(map[string]any{"output": nil}),
			map[string]string{"id": "id-1", "client_secret": "made-up-secret", "api_key": "made-up-token"},
		},
		"restful with sensitive output": {
			restfulAddress, "restful_resource",
			restful(map[string]any{"output": nil, "body": nil, "sensitive_output": map[string]any{"value": json.RawMessage(element), "type": "string"}}),
			map[string]string{"id": "id-1"},
		},
		"restful that kept JSON texts": {
			restfulAddress, "restful_resource", restful(map[string]any{"body": `{"data":` + element + `}`, "output": element}),
			map[string]string{"id": "id-1"},
		},
		"restful identified by its collection": {
			restfulAddress, "restful_resource", restful(map[string]any{"id": "/api/v2/integrations/okta/accounts", "output": nil, "body": element}),
			map[string]string{"id": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := map[string]string{
				"name": "Okta-Prod", "domain": "https://example.okta.com", "auth_method": "oauth", "client_id": "made-up-client",
			}
			maps.Copy(want, test.want)
			maps.DeleteFunc(want, func(_, value string) bool { return value == none || value == "" })
			got, problem := moved(t, test.provider, test.resourceType, test.state)
			if problem != "" || !maps.Equal(got, want) {
				t.Errorf("got %v (%s), want %v", got, problem, want)
			}
		})
	}
}

func TestAccountMoveState_refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ provider, resourceType, state, want string }{
		"another path": {
			restapiAddress, "restapi_object", restapiSource("x", map[string]any{"path": "/api/v2/integrations/cloudflare/accounts"}),
			`"/api/v2/integrations/cloudflare/accounts"`,
		},
		"another version of the API": {
			restfulAddress, "restful_resource", restfulSource("x", map[string]any{"path": "/api/v1/integrations/okta/accounts"}),
			`"/api/v1/integrations/okta/accounts"`,
		},
		"a path that only ends alike": {
			restfulAddress, "restful_resource", restfulSource("x", map[string]any{"path": "/api/v2/integrations/myokta/accounts"}), "myokta",
		},
		"no path":          {restapiAddress, "restapi_object", `{}`, `at ""`},
		"path of no text":  {restapiAddress, "restapi_object", `{"path":{"a":1}}`, `at ""`},
		"no name":          {restapiAddress, "restapi_object", `{"id":"x","path":"/api/v2/integrations/okta/accounts"}`, "import block"},
		"no JSON":          {restapiAddress, "restapi_object", `{`, "cannot be read as JSON"},
		"no object":        {restfulAddress, "restful_resource", `[]`, "cannot be read as JSON"},
		"no state":         {restfulAddress, "restful_resource", ``, "cannot be read as JSON"},
		"another provider": {"registry.terraform.io/example/restapi", "restapi_object", restapiSource("x", nil), "does not include support"},
		"another type":     {restfulAddress, "restful_operation", restfulSource("x", nil), "does not include support"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, problem := moved(t, test.provider, test.resourceType, test.state)
			if target != nil || !strings.Contains(problem, test.want) {
				t.Errorf("got %v and %q, want an error with %q", target, problem, test.want)
			}
			if strings.Contains(problem, "made-up-secret") {
				t.Errorf("the secret is in %q", problem)
			}
		})
	}
}

// The CLI moves an account out of a state that a generic provider left: with an empty plan, and no request
// but reads.
func TestAccOktaAccount_moved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		resourceType, provider string
		version                int
		state                  func(id string, changes map[string]any) string
		more                   attributes
	}{
		"restapi": {"restapi_object", restapiAddress, 0, restapiSource, nil},
		"restful": {"restful_resource", restfulAddress, 2, restfulSource, attributes{"api_key": `"made-up-token"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			id := s.Put(existing()).ID
			c := newExampleCLI(t, s)
			c.write("main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    okta = {
      source = "datadog-okta/okta"
    }
  }
}

moved {
  from = %s.old
  to   = %s
}

%s`, test.resourceType, address, accountBlock(test.more)))
			c.write("terraform.tfstate", fmt.Sprintf(`{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"made-up","outputs":{},"resources":[
				{"mode":"managed","type":%q,"name":"old","provider":"provider[\"%s\"]",
				"instances":[{"schema_version":%d,"attributes":%s,"sensitive_attributes":[]}]}],"check_results":null}`,
				test.resourceType, test.provider, test.version, test.state(id, nil)))

			out := c.run(0, "apply", "-auto-approve")
			if !strings.Contains(out, "0 added, 0 changed, 0 destroyed") || !strings.Contains(out, test.resourceType+".old has moved to") {
				t.Errorf("not moved without a change:\n%s", out)
			}
			c.wantEmptyPlan()
			if state := c.read("terraform.tfstate"); !strings.Contains(state, id) || strings.Contains(state, test.resourceType) {
				t.Errorf("the state is:\n%s", state)
			}
			if n := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); n > 0 {
				t.Errorf("%d requests that change something", n)
			}
			c.run(0, "destroy", "-auto-approve")
			if left := s.Accounts(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
