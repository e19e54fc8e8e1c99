// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"testing"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

// The comparison is with a provider of the same schema: an attribute that is new in the real one belongs here too.
func TestSameSchema(t *testing.T) {
	got, want := attributes(t, newProvider()), attributes(t, provider.New("test")())
	if len(want) == 0 {
		t.Fatal("the real okta_account has no attribute")
	}
	if !maps.Equal(got, want) {
		t.Errorf("okta_account has the attributes\n%v\nbut the real one has\n%v", got, want)
	}
}

type attribute struct {
	kind                                               string
	required, optional, computed, sensitive, writeOnly bool
	forImport                                          bool // of the identity
}

func attributes(t *testing.T, p frameworkprovider.Provider) map[string]attribute {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(p)()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(schemas.Diagnostics, identities.Diagnostics...) {
		t.Fatal(d.Summary, d.Detail)
	}
	all := map[string]attribute{}
	for _, a := range schemas.ResourceSchemas["okta_account"].Block.Attributes {
		all[a.Name] = attribute{
			kind: a.Type.String(), required: a.Required, optional: a.Optional, computed: a.Computed,
			sensitive: a.Sensitive, writeOnly: a.WriteOnly,
		}
	}
	for _, a := range identities.IdentitySchemas["okta_account"].IdentityAttributes {
		all["identity."+a.Name] = attribute{kind: a.Type.String(), forImport: a.RequiredForImport}
	}
	return all
}
