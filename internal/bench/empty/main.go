// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command empty is the least that a plugin costs: a provider on the same framework, whose
// okta_account has the attributes of the real one and does nothing. It answers every read from the
// state, and sends nothing.
//
// It does not import the real provider, or it would start with all that the real one needs. The
// attributes come as JSON from the benchmark, without validators, plan modifiers and custom types:
// these count as the real one's cost.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	// The real provider switches off the logs that nobody reads, too.
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER"} {
		_ = os.Setenv(name, "off")
	}
	opts := providerserver.ServeOpts{Address: "registry.terraform.io/datadog-okta/okta"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return empty{} }, opts); err != nil {
		log.Fatal(err)
	}
}

type empty struct{ provider.Provider }

func (empty) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse)    {}
func (empty) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (empty) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (empty) DataSources(context.Context) []func() datasource.DataSource                        { return nil }

func (empty) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return account{} }}
}

type account struct{ resource.Resource } // nothing updates or deletes one

func (account) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "okta_account"
}

func (account) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	var attributes map[string]schema.StringAttribute
	if err := json.Unmarshal([]byte(os.Getenv("BENCH_ATTRIBUTES")), &attributes); err != nil {
		resp.Diagnostics.AddError("BENCH_ATTRIBUTES", err.Error())
	}
	resp.Schema.Attributes = map[string]schema.Attribute{}
	for name, attribute := range attributes {
		resp.Schema.Attributes[name] = attribute
	}
}

func (account) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema.Attributes = map[string]identityschema.Attribute{
		"name": identityschema.StringAttribute{RequiredForImport: true},
	}
}

func (account) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	// As long as a real id: the CLI writes the whole state after each resource, so its size counts.
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), "11111111-1111-4111-8111-111111111111")...)
	resp.Diagnostics.Append(identify(ctx, resp.State, resp.Identity)...)
}

func (account) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(identify(ctx, resp.State, resp.Identity)...)
}

// identify sets the identity: a CLI that knows none did not keep it.
func identify(ctx context.Context, state tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var name types.String
	diags := state.GetAttribute(ctx, path.Root("name"), &name)
	return append(diags, identity.SetAttribute(ctx, path.Root("name"), name)...)
}
