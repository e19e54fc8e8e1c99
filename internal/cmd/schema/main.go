// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command schema writes the schemas of the provider to standard output in the form of `terraform
// providers schema -json`, for tfplugindocs. It asks the provider itself, so it needs no CLI and
// leaves out nothing that an older CLI does not know, such as resource identities and list
// resources.
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
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

type object = map[string]any

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

func read(ctx context.Context) (object, error) {
	server := providerserver.NewProtocol6(provider.New("docs")())()
	all, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	for _, d := range append(all.Diagnostics, identities.Diagnostics...) {
		return nil, fmt.Errorf("%s: %s", d.Summary, d.Detail)
	}
	describeFields(all.DataSourceSchemas["okta_accounts"], all.DataSourceSchemas["okta_account"])
	return object{"format_version": "1.0", "provider_schemas": object{
		// Under this address tfplugindocs looks for a provider named okta.
		"registry.terraform.io/hashicorp/okta": object{
			"provider":                  schema(all.Provider),
			"resource_schemas":          convert(all.ResourceSchemas, schema),
			"data_source_schemas":       convert(all.DataSourceSchemas, schema),
			"list_resource_schemas":     convert(all.ListResourceSchemas, schema),
			"resource_identity_schemas": convert(identities.IdentitySchemas, identity),
		},
	}}, nil
}

// describeFields turns the list of objects in the schema of many accounts into a nested attribute.
// The type of an object has no descriptions, so they are taken from the schema of one account.
func describeFields(many, one *tfprotov6.Schema) {
	var fields []*tfprotov6.SchemaAttribute
	for _, a := range one.Block.Attributes {
		field := *a
		field.Optional, field.Computed = false, true
		fields = append(fields, &field)
	}
	for _, a := range many.Block.Attributes {
		if a.Type.Is(tftypes.List{}) {
			a.NestedType = &tfprotov6.SchemaObject{Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: fields}
		}
	}
}

func convert[From any](from map[string]From, one func(From) object) object {
	result := object{}
	for name, value := range from {
		result[name] = one(value)
	}
	return result
}

func schema(s *tfprotov6.Schema) object {
	return object{"version": s.Version, "block": object{
		"attributes":       attributes(s.Block.Attributes),
		"description":      s.Block.Description,
		"description_kind": strings.ToLower(s.Block.DescriptionKind.String()),
		"deprecated":       s.Block.Deprecated,
	}}
}

func attributes(from []*tfprotov6.SchemaAttribute) object {
	result := object{}
	for _, a := range from {
		attribute := object{
			"description":      a.Description,
			"description_kind": strings.ToLower(a.DescriptionKind.String()),
			"deprecated":       a.Deprecated,
			"required":         a.Required,
			"optional":         a.Optional,
			"computed":         a.Computed,
			"sensitive":        a.Sensitive,
			"write_only":       a.WriteOnly,
		}
		if a.NestedType == nil {
			attribute["type"] = a.Type
		} else {
			attribute["nested_type"] = object{
				"nesting_mode": strings.ToLower(a.NestedType.Nesting.String()),
				"attributes":   attributes(a.NestedType.Attributes),
			}
		}
		result[a.Name] = attribute
	}
	return result
}

func identity(s *tfprotov6.ResourceIdentitySchema) object {
	attributes := object{}
	for _, a := range s.IdentityAttributes {
		attributes[a.Name] = object{
			"type":                a.Type,
			"description":         a.Description,
			"required_for_import": a.RequiredForImport,
			"optional_for_import": a.OptionalForImport,
		}
	}
	return object{"version": s.Version, "attributes": attributes}
}
