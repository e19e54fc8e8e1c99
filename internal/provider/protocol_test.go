// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"
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

func newProtocol(t testing.TB, url string) protocol { return newProtocolWith(t, url, nil) }

// newProtocolWith adds arguments to the provider block.
func newProtocolWith(t testing.TB, url string, arguments map[string]any) protocol {
	t.Helper()
	block := map[string]any{
		"api_key": stub.APIKey, "app_key": stub.AppKey, "api_url": url, "http_client_retry_enabled": false,
	}
	maps.Copy(block, arguments)
	server, diagnostics := configure(t, block, nil)
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics[0])
	}
	p := protocol{t: t, server: server}
	p.schemas = answered(p, server.GetProviderSchema, &tfprotov6.GetProviderSchemaRequest{})
	p.identities = answered(p, server.GetResourceIdentitySchemas, &tfprotov6.GetResourceIdentitySchemasRequest{})
	return p
}

// answered returns the answer to a call that cannot fail but through its diagnostics.
func answered[Request, Answer any](
	p protocol, call func(context.Context, Request) (Answer, error), req Request,
) Answer {
	p.t.Helper()
	resp, err := call(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// account is an okta_account with the values; nil is none.
func (p protocol) account(values map[string]any) *tfprotov6.DynamicValue {
	p.t.Helper()
	if values != nil {
		return dynamicValue(p.t, p.schemas.ResourceSchemas["okta_account"], values)
	}
	none, err := tfprotov6.NewDynamicValue(p.accountType(), tftypes.NewValue(p.accountType(), nil))
	if err != nil {
		p.t.Fatal(err)
	}
	return &none
}

// read refreshes the state of an account.
func (p protocol) read(state map[string]any) *tfprotov6.ReadResourceResponse {
	p.t.Helper()
	return answered(p, p.server.ReadResource, &tfprotov6.ReadResourceRequest{
		TypeName: "okta_account", CurrentState: p.account(state),
	})
}

// apply makes an account of the configuration what is planned, where nil is none.
func (p protocol) apply(prior, planned, config map[string]any) *tfprotov6.ApplyResourceChangeResponse {
	p.t.Helper()
	return answered(p, p.server.ApplyResourceChange, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "okta_account", PriorState: p.account(prior), PlannedState: p.account(planned), Config: p.account(config),
	})
}

// list is what a list of accounts shows, or what is wrong with its configuration.
func (p protocol) list(values map[string]any, limit int64, includeResource bool) (
	results []tfprotov6.ListResourceResult, invalid []*tfprotov6.Diagnostic,
) {
	p.t.Helper()
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.t.Fatal("the server cannot list resources")
	}
	config := dynamicValue(p.t, p.schemas.ListResourceSchemas["okta_account"], values)
	validated := answered(p, server.ValidateListResourceConfig, &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: "okta_account", Config: config,
	})
	if len(errorsAmong(validated.Diagnostics)) > 0 {
		return nil, validated.Diagnostics
	}
	stream := answered(p, server.ListResource, &tfprotov6.ListResourceRequest{
		TypeName: "okta_account", Config: config, Limit: limit, IncludeResource: includeResource,
	})
	return slices.Collect(stream.Results), nil
}

// input is what a user writes, where, and as what.
type input func(p protocol, values map[string]any) []*tfprotov6.Diagnostic

// A resource, with changes to a good one, is validated, then planned.
func inResource(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	good := map[string]any{
		"name": "Okta_Prod", "domain": "https://example.okta.com", "client_id": "made-up-client",
		"client_secret": "made-up-secret",
	}
	maps.Copy(good, values)
	config := p.account(good)
	validated := answered(p, p.server.ValidateResourceConfig, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: "okta_account", Config: config,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if len(errorsAmong(validated.Diagnostics)) > 0 {
		return validated.Diagnostics
	}
	delete(good, "client_secret_wo")
	delete(good, "api_key_wo")
	good["id"] = tftypes.UnknownValue
	if good["auth_method"] == nil {
		good["auth_method"] = tftypes.UnknownValue
	}
	return answered(p, p.server.PlanResourceChange, &tfprotov6.PlanResourceChangeRequest{
		TypeName: "okta_account", Config: config, PriorState: p.account(nil), ProposedNewState: p.account(good),
	}).Diagnostics
}

// A data source is validated, then read.
func inDataSource(name string) input {
	return func(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
		p.t.Helper()
		config := dynamicValue(p.t, p.schemas.DataSourceSchemas[name], values)
		validated := answered(p, p.server.ValidateDataResourceConfig, &tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: name, Config: config,
		})
		if len(errorsAmong(validated.Diagnostics)) > 0 {
			return validated.Diagnostics
		}
		read := &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config}
		return answered(p, p.server.ReadDataSource, read).Diagnostics
	}
}

// A list is validated, then asked for its first result.
func inList(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	results, invalid := p.list(values, 10, false)
	if len(results) > 0 {
		return results[0].Diagnostics
	}
	return invalid
}

// An import takes an id or, as "name", an identity.
func inImport(p protocol, values map[string]any) []*tfprotov6.Diagnostic {
	p.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: "okta_account"}
	if id, ok := values["id"].(string); ok {
		req.ID = id
	} else {
		name := map[string]tftypes.Value{"name": tftypes.NewValue(tftypes.String, values["name"])}
		data, err := tfprotov6.NewDynamicValue(p.identityType(), tftypes.NewValue(p.identityType(), name))
		if err != nil {
			p.t.Fatal(err)
		}
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: &data}
	}
	return answered(p, p.server.ImportResourceState, req).Diagnostics
}

func errorsAmong(diagnostics []*tfprotov6.Diagnostic) (found []*tfprotov6.Diagnostic) {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			found = append(found, d)
		}
	}
	return found
}

// accountType and identityType are the types of an okta_account and of its identity in the protocol.
func (p protocol) accountType() tftypes.Type {
	return p.schemas.ResourceSchemas["okta_account"].ValueType()
}

func (p protocol) identityType() tftypes.Type {
	return p.identities.IdentitySchemas["okta_account"].ValueType()
}

// texts are the attributes of an object that are not null.
func texts(t *testing.T, value *tfprotov6.DynamicValue, objectType tftypes.Type) map[string]string {
	t.Helper()
	object, err := value.Unmarshal(objectType)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]tftypes.Value
	if err := object.As(&values); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for name, value := range values {
		if value.IsNull() {
			continue
		}
		var text string
		if err := value.As(&text); err != nil {
			t.Fatal(err)
		}
		found[name] = text
	}
	return found
}
