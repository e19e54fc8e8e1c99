// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// texted is an account as the values of its attributes, the id among them.
type texted map[string]string

// everyAttribute has a value for each attribute that the API shows, by the fields of okta.Account: a
// field that lacks its counterpart in the model fails the test.
func everyAttribute(t *testing.T) texted {
	t.Helper()
	values := texted{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[okta.Account]()) {
		if field.Name == "Defect" { // what cannot be read of an account
			continue
		}
		counterpart, found := reflect.TypeFor[accountData]().FieldByName(field.Name)
		if !found {
			t.Fatalf("accountData has no field %s", field.Name)
		}
		name := counterpart.Tag.Get("tfsdk")
		values[name] = "https://made-up-" + name + ".okta.com"
		if name == "id" {
			values[name] = "made-up-id" // no path
		}
	}
	return values
}

// but returns a copy with another value of an attribute; an empty one is none.
func (a texted) but(name, value string) texted {
	changed := maps.Clone(a)
	changed[name] = value
	if value == "" {
		delete(changed, name)
	}
	return changed
}

// object is the account for the protocol.
func (a texted) object() map[string]any {
	values := map[string]any{}
	for name, value := range a {
		values[name] = value
	}
	return values
}

// json is the account as the API writes it.
func (a texted) json() string {
	account := map[string]any{"type": "okta-accounts", "id": a["id"], "attributes": a.but("id", "")}
	text, _ := json.Marshal(account) // texts always can be
	return string(text)
}

// Every attribute of an account comes from the API into the state and the data sources, and goes
// back; a difference in it alone counts, and is told. An attribute that was added in some of the
// places only fails.
func TestEveryAttribute(t *testing.T) {
	t.Parallel()
	values := everyAttribute(t)
	start := func(t *testing.T, accounts ...texted) (*stub.Server, protocol) {
		t.Helper()
		s := stub.New()
		for _, account := range accounts {
			s.PutRaw(account.json())
		}
		return s, newProtocol(t, s.Start(t))
	}

	t.Run("read", func(t *testing.T) {
		t.Parallel()
		_, p := start(t, values)
		resp := p.read(map[string]any{"id": values["id"], "name": values["name"]}) // as after an import
		if got := texts(t, resp.NewState, p.accountType()); !maps.Equal(got, values) {
			t.Errorf("imported %v, want %v", got, values)
		}
		schema := p.schemas.DataSourceSchemas["okta_account"]
		read := answered(p, p.server.ReadDataSource, &tfprotov6.ReadDataSourceRequest{
			TypeName: "okta_account", Config: dynamicValue(t, schema, map[string]any{"id": values["id"]}),
		})
		if got := texts(t, read.State, schema.ValueType()); !maps.Equal(got, values) {
			t.Errorf("read %v, want %v", got, values)
		}
	})
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		s, p := start(t)
		config := values.but("id", "").object()
		planned := maps.Clone(config)
		planned["id"] = tftypes.UnknownValue
		resp := p.apply(nil, planned, config)
		if got := sent(t, s, "POST"); len(resp.Diagnostics) > 0 || !maps.Equal(got, config) {
			t.Errorf("sent %v, want %v; %v", got, config, resp.Diagnostics)
		}
	})
	for name, value := range values {
		// An account that quotes a secret, and is not the one that was asked for, is in the error.
		t.Run("redact/"+name, func(t *testing.T) {
			t.Parallel()
			s, p := start(t, values)
			other := values.but("name", "another").but(name, "made-up-secret")
			s.Fail(stub.Fault{Method: "PATCH", Body: `{"data":` + other.json() + `}`})
			planned := values.but("client_secret", "made-up-secret")
			resp := p.apply(values.object(), planned.object(), planned.but("id", "").object())
			if len(resp.Diagnostics) != 1 || strings.Contains(resp.Diagnostics[0].Detail, "made-up-secret") {
				t.Errorf("got %v, want one error without the secret", resp.Diagnostics)
			}
		})
		if name == "id" || name == "name" {
			continue
		}
		changed := values.but(name, strings.ToUpper(value)+"-2")
		t.Run("update/"+name, func(t *testing.T) {
			t.Parallel()
			s, p := start(t, changed)
			resp := p.apply(changed.object(), values.object(), values.but("id", "").object())
			got, want := sent(t, s, "PATCH"), values.but("id", "").but("name", "").object()
			if len(resp.Diagnostics) > 0 || !maps.Equal(got, want) {
				t.Errorf("sent %v, want %v; %v", got, want, resp.Diagnostics)
			}
		})
		// Under another id, an account that differs is not provably the one.
		t.Run("delete/"+name, func(t *testing.T) {
			t.Parallel()
			for _, there := range []texted{values.but("id", "new-id"), changed.but("id", "new-id")} {
				s, p := start(t, there)
				resp := p.apply(values.object(), nil, nil)
				if same := there[name] == value; same != (len(resp.Diagnostics) == 0) || same != (len(s.Raw()) == 0) {
					t.Errorf("the same: %t, diagnostics: %v, left: %v", same, resp.Diagnostics, s.Raw())
				}
			}
		})
		// So is one whose create was not answered; the warning tells it.
		t.Run("adopt/"+name, func(t *testing.T) {
			t.Parallel()
			for _, there := range []texted{values, changed} {
				_, p := start(t, there)
				resp := p.read(values.but("id", "").object())
				state, err := resp.NewState.Unmarshal(p.accountType())
				if err != nil {
					t.Fatal(err)
				}
				if same := there[name] == value; same == state.IsNull() {
					t.Errorf("the same: %t, the state is %s", same, state)
				}
				for _, d := range resp.Diagnostics {
					if !strings.Contains(d.Detail, there[name]) {
						t.Errorf("the warning does not have %s: %s", name, d.Detail)
					}
				}
			}
		})
	}
}
