// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// newTestProvider returns the provider as it ships.
func newTestProvider() provider.Provider { return New("test")() }

// newHastyProvider returns a provider that takes the service for up to date at once: a test that
// deletes what it has just made does not wait.
func newHastyProvider() provider.Provider { return &oktaProvider{version: "test"} }

// configure does what the CLI does with a provider block: it validates it and, where that finds no
// error, configures the provider.
func configure(t testing.TB, block map[string]any, capabilities *tfprotov6.ConfigureProviderClientCapabilities) (
	tfprotov6.ProviderServer, []*tfprotov6.Diagnostic,
) {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(newHastyProvider())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	config := dynamicValue(t, schemas.Provider, block)
	validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return server, validated.Diagnostics
	}
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: config, TerraformVersion: "1.99.0", ClientCapabilities: capabilities,
	})
	if err != nil {
		t.Fatal(err)
	}
	return server, configured.Diagnostics
}

// dynamicValue is a configuration for the schema; the attributes that values does not name are
// null.
func dynamicValue(t testing.TB, schema *tfprotov6.Schema, values map[string]any) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatalf("schema of type %s", schema.ValueType())
	}
	attributes := map[string]tftypes.Value{}
	for name, attributeType := range object.AttributeTypes {
		attributes[name] = tftypes.NewValue(attributeType, values[name])
	}
	for name := range values {
		if _, known := attributes[name]; !known {
			t.Fatalf("no attribute %s in the schema", name)
		}
	}
	value, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// protocol speaks to a configured provider as the CLI does, without a CLI.
type protocol struct {
	t          testing.TB
	server     tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

func newProtocol(t testing.TB, url string) protocol {
	t.Helper()
	server, diagnostics := configure(t, map[string]any{
		"api_key": stub.APIKey, "app_key": stub.AppKey, "api_url": url, "http_client_retry_enabled": false,
	}, nil)
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics[0])
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return protocol{t: t, server: server, schemas: schemas, identities: identities}
}

// input is what a user writes, where, and as what.
type input func(p protocol, values map[string]any) []*tfprotov6.Diagnostic

// A resource, with changes to a good one, is validated, then planned.
func inResource(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	schema := p.schemas.ResourceSchemas["okta_account"]
	good := map[string]any{
		"name": "Okta_Prod", "domain": "https://example.okta.com", "client_id": "made-up-client", "client_secret": "made-up-secret",
	}
	maps.Copy(good, values)
	values = good
	config := dynamicValue(p.t, schema, values)
	validated, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: "okta_account", Config: config,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if len(errorsAmong(validated.Diagnostics)) > 0 {
		return validated.Diagnostics
	}
	proposed := maps.Clone(values)
	delete(proposed, "client_secret_wo")
	delete(proposed, "api_key_wo")
	proposed["id"] = tftypes.UnknownValue
	if proposed["auth_method"] == nil {
		proposed["auth_method"] = tftypes.UnknownValue
	}
	none, err := tfprotov6.NewDynamicValue(schema.ValueType(), tftypes.NewValue(schema.ValueType(), nil))
	if err != nil {
		p.t.Fatal(err)
	}
	planned, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "okta_account", Config: config, PriorState: &none, ProposedNewState: dynamicValue(p.t, schema, proposed),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return planned.Diagnostics
}

// A data source is validated, then read.
func inDataSource(name string) input {
	return func(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
		p.t.Helper()
		config := dynamicValue(p.t, p.schemas.DataSourceSchemas[name], values)
		validated, err := p.server.ValidateDataResourceConfig(p.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: name, Config: config,
		})
		if err != nil {
			p.t.Fatal(err)
		}
		if len(errorsAmong(validated.Diagnostics)) > 0 {
			return validated.Diagnostics
		}
		read, err := p.server.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
		if err != nil {
			p.t.Fatal(err)
		}
		return read.Diagnostics
	}
}

// A list is validated, then asked for its first result.
func inList(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.t.Fatal("the server cannot list resources")
	}
	config := dynamicValue(p.t, p.schemas.ListResourceSchemas["okta_account"], values)
	validated, err := server.ValidateListResourceConfig(p.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: "okta_account", Config: config,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if len(errorsAmong(validated.Diagnostics)) > 0 {
		return validated.Diagnostics
	}
	stream, err := server.ListResource(p.t.Context(), &tfprotov6.ListResourceRequest{TypeName: "okta_account", Config: config, Limit: 10})
	if err != nil {
		p.t.Fatal(err)
	}
	for result := range stream.Results {
		return result.Diagnostics
	}
	return nil
}

// An import takes an id or, as "name", an identity.
func inImport(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: "okta_account"}
	if id, ok := values["id"].(string); ok {
		req.ID = id
	} else {
		identity := p.identities.IdentitySchemas["okta_account"].ValueType()
		name := map[string]tftypes.Value{"name": tftypes.NewValue(tftypes.String, values["name"])}
		data, err := tfprotov6.NewDynamicValue(identity, tftypes.NewValue(identity, name))
		if err != nil {
			p.t.Fatal(err)
		}
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &data}
	}
	imported, err := p.server.ImportResourceState(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return imported.Diagnostics
}

func errorsAmong(diagnostics []*tfprotov6.Diagnostic) (found []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			found = append(found, d)
		}
	}
	return found
}
