// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command schema writes the schemas of the provider to standard output in the form of `terraform providers schema
// -json`, for tfplugindocs. It asks the provider itself, so it needs no CLI and leaves out nothing that an older CLI
// does not know, such as resource identities and list resources.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

// Under this address tfplugindocs looks for a provider named okta.
const address = "registry.terraform.io/hashicorp/okta"

type (
	providerSchemas struct {
		FormatVersion string                    `json:"format_version"`
		Schemas       map[string]providerSchema `json:"provider_schemas"`
	}
	providerSchema struct {
		Provider      schema                    `json:"provider"`
		Resources     map[string]schema         `json:"resource_schemas"`
		DataSources   map[string]schema         `json:"data_source_schemas"`
		Identities    map[string]identitySchema `json:"resource_identity_schemas"`
		ListResources map[string]schema         `json:"list_resource_schemas"`
	}
	schema struct {
		Version int64 `json:"version"`
		Block   block `json:"block"`
	}
	block struct {
		Attributes  map[string]attribute `json:"attributes,omitempty"`
		Description string               `json:"description,omitempty"`
		Kind        string               `json:"description_kind"`
		Deprecated  bool                 `json:"deprecated,omitempty"`
	}
	attribute struct {
		Type        json.RawMessage `json:"type,omitempty"`
		NestedType  *nestedType     `json:"nested_type,omitempty"`
		Description string          `json:"description,omitempty"`
		Kind        string          `json:"description_kind"`
		Deprecated  bool            `json:"deprecated,omitempty"`
		Required    bool            `json:"required,omitempty"`
		Optional    bool            `json:"optional,omitempty"`
		Computed    bool            `json:"computed,omitempty"`
		Sensitive   bool            `json:"sensitive,omitempty"`
		WriteOnly   bool            `json:"write_only,omitempty"`
	}
	nestedType struct {
		Attributes  map[string]attribute `json:"attributes"`
		NestingMode string               `json:"nesting_mode"`
	}
	identitySchema struct {
		Version    int64                        `json:"version"`
		Attributes map[string]identityAttribute `json:"attributes"`
	}
	identityAttribute struct {
		Type              json.RawMessage `json:"type"`
		Description       string          `json:"description,omitempty"`
		RequiredForImport bool            `json:"required_for_import,omitempty"`
		OptionalForImport bool            `json:"optional_for_import,omitempty"`
	}
)

func main() {
	log.SetFlags(0)
	schemas, err := read(context.Background())
	if err != nil {
		log.Fatalf("reading the provider's schemas: %v", err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schemas); err != nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context) (providerSchemas, error) {
	server, err := providerserver.NewProtocol6WithError(provider.New("docs")())()
	if err != nil {
		return providerSchemas{}, err
	}
	all, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return providerSchemas{}, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return providerSchemas{}, err
	}
	for _, d := range append(all.Diagnostics, identities.Diagnostics...) {
		return providerSchemas{}, fmt.Errorf("%s: %s", d.Summary, d.Detail)
	}

	var c converter
	result := providerSchema{
		Provider:      c.schema(all.Provider),
		Resources:     convert(all.ResourceSchemas, c.schema),
		DataSources:   convert(all.DataSourceSchemas, c.schema),
		Identities:    convert(identities.IdentitySchemas, c.identity),
		ListResources: convert(all.ListResourceSchemas, c.schema),
	}
	return providerSchemas{
		FormatVersion: "1.0",
		Schemas:       map[string]providerSchema{address: result},
	}, c.err
}

// converter keeps the first error, so that conversions read as expressions.
type converter struct{ err error }

func (c *converter) schema(s *tfprotov6.Schema) schema {
	if len(s.Block.BlockTypes) > 0 && c.err == nil {
		c.err = fmt.Errorf("block %q: nested blocks are not written; use a nested attribute", s.Block.BlockTypes[0].TypeName)
	}
	return schema{Version: s.Version, Block: block{
		Attributes:  c.attributes(s.Block.Attributes),
		Description: s.Block.Description,
		Kind:        kind(s.Block.DescriptionKind),
		Deprecated:  s.Block.Deprecated,
	}}
}

func (c *converter) attributes(from []*tfprotov6.SchemaAttribute) map[string]attribute {
	result := map[string]attribute{}
	for _, a := range from {
		converted := attribute{
			Description: a.Description,
			Kind:        kind(a.DescriptionKind),
			Deprecated:  a.Deprecated,
			Required:    a.Required,
			Optional:    a.Optional,
			Computed:    a.Computed,
			Sensitive:   a.Sensitive,
			WriteOnly:   a.WriteOnly,
		}
		if a.NestedType == nil {
			converted.Type = c.marshal(a.Type)
		} else {
			converted.NestedType = &nestedType{
				Attributes:  c.attributes(a.NestedType.Attributes),
				NestingMode: strings.ToLower(a.NestedType.Nesting.String()),
			}
		}
		result[a.Name] = converted
	}
	return result
}

func (c *converter) identity(s *tfprotov6.ResourceIdentitySchema) identitySchema {
	attributes := map[string]identityAttribute{}
	for _, a := range s.IdentityAttributes {
		attributes[a.Name] = identityAttribute{
			Type:              c.marshal(a.Type),
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return identitySchema{Version: s.Version, Attributes: attributes}
}

func (c *converter) marshal(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if c.err == nil {
		c.err = err
	}
	return text
}

func convert[From, To any](from map[string]From, one func(From) To) map[string]To {
	result := map[string]To{}
	for name, value := range from {
		result[name] = one(value)
	}
	return result
}

func kind(k tfprotov6.StringKind) string {
	return strings.ToLower(k.String())
}
