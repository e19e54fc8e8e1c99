// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
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

// MarshalJSON writes the account as the API does.
func (a texted) MarshalJSON() ([]byte, error) {
	attributes := map[string]string(a.but("id", ""))
	return json.Marshal(map[string]any{"type": "okta-accounts", "id": a["id"], "attributes": attributes})
}

// texting is a service that keeps whatever attributes it is sent.
type texting struct {
	mu       sync.Mutex
	accounts []texted
	answer   texted            // to every update, instead of the account
	sent     map[string]texted // the attributes last sent, by method
}

func (s *texting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var request struct{ Data struct{ Attributes texted } }
	_ = json.Unmarshal(body, &request) // some have no body
	s.sent[r.Method] = request.Data.Attributes
	at := slices.IndexFunc(s.accounts, func(a texted) bool { return a["id"] == path.Base(r.URL.Path) })
	var data any = s.accounts
	switch {
	case r.Method == http.MethodPost:
		data = request.Data.Attributes.but("id", "new-id")
		w.WriteHeader(http.StatusCreated)
	case path.Base(r.URL.Path) == "accounts":
	case at < 0:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPatch && s.answer != nil:
		data = s.answer
	case r.Method == http.MethodPatch:
		data = request.Data.Attributes.but("id", s.accounts[at]["id"]).but("name", s.accounts[at]["name"])
	case r.Method == http.MethodDelete:
		s.accounts = slices.Delete(s.accounts, at, at+1)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
}

// Every attribute of an account comes from the API into the state and the data sources, and goes
// back; a difference in it alone counts, and is told. An attribute that was added in some of the
// places only fails.
func TestEveryAttribute(t *testing.T) {
	t.Parallel()
	values := everyAttribute(t)
	start := func(t *testing.T, accounts ...texted) (*texting, protocol) {
		t.Helper()
		s := &texting{accounts: append([]texted{}, accounts...), sent: map[string]texted{}}
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		return s, newProtocol(t, server.URL)
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
		if want := values.but("id", ""); len(resp.Diagnostics) > 0 || !maps.Equal(s.sent["POST"], want) {
			t.Errorf("sent %v, want %v; %v", s.sent["POST"], want, resp.Diagnostics)
		}
	})
	for name, value := range values {
		// An account that quotes a secret, and is not the one that was asked for, is in the error.
		t.Run("redact/"+name, func(t *testing.T) {
			t.Parallel()
			s, p := start(t, values)
			s.answer = values.but("name", "another").but(name, "made-up-secret")
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
			if want := values.but("id", "").but("name", ""); len(resp.Diagnostics) > 0 || !maps.Equal(s.sent["PATCH"], want) {
				t.Errorf("sent %v, want %v; %v", s.sent["PATCH"], want, resp.Diagnostics)
			}
		})
		// Under another id, an account that differs is not provably the one.
		t.Run("delete/"+name, func(t *testing.T) {
			t.Parallel()
			for _, there := range []texted{values.but("id", "new-id"), changed.but("id", "new-id")} {
				s, p := start(t, there)
				resp := p.apply(values.object(), nil, nil)
				if same := there[name] == value; same != (len(resp.Diagnostics) == 0) || same != (len(s.accounts) == 0) {
					t.Errorf("the same: %t, diagnostics: %v, left: %v", same, resp.Diagnostics, s.accounts)
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
