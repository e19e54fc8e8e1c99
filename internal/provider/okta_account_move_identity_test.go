// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An update after a move without a refresh gives the resource its own identity: OpenTofu keeps that of
// the source.
func TestAccOktaAccount_movedIdentity(t *testing.T) {
	t.Parallel()
	s := stub.New()
	layout := movedLayouts["one"]
	layout.each = `api_key = "made-up-token"` // which an update sends
	c := newMoveCLI(t, providerConfig(s.Start(t))+layout.config("restful"))
	leave(c, s, "restful", nil, layout.left...)
	c.run(0, "apply", "-auto-approve", "-refresh=false")
	if s.Count("PATCH", "") != 1 {
		t.Error("no update")
	}
	if got := managed(c); !maps.Equal(got, map[string]string{"Okta_a": s.Accounts()[0].ID}) {
		t.Errorf("in the state: %v, want %v", got, s.Accounts())
	}
}

// An identity of another provider, which OpenTofu keeps, one of our own, and none, as in a state of Terraform 1.11.
func TestAccountUpgradeIdentity(t *testing.T) {
	t.Parallel()
	server, err := protoV6ProviderFactories["okta"]()
	if err != nil {
		t.Fatal(err)
	}
	_, identityType := accountTypes(t, server)
	for name, test := range map[string]struct {
		identity []byte
		want     map[string]string
	}{
		"of restful_resource": {toJSON(restfulIdentity("id-1")), map[string]string{}},
		"of okta_account":     {[]byte(`{"name":"Okta_Prod"}`), map[string]string{"name": "Okta_Prod"}},
		"of nothing":          {[]byte(`{}`), map[string]string{}},
		"that is null":        {[]byte(`null`), map[string]string{}},
		"that was not saved":  {nil, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
				TypeName: "okta_account", Version: 0, RawIdentity: &tfprotov6.RawState{JSON: test.identity},
			})
			if err != nil || len(resp.Diagnostics) > 0 {
				t.Fatal(err, resp.Diagnostics)
			}
			if got := texts(t, resp.UpgradedIdentity.IdentityData, identityType); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
