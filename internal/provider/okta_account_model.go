// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// accountModel is an okta_account as configuration, plan or state. Write-only values are in the configuration
// alone.
type accountModel struct {
	ID                    types.String `tfsdk:"id"`
	Name                  types.String `tfsdk:"name"`
	Domain                domainValue  `tfsdk:"domain"`
	AuthMethod            types.String `tfsdk:"auth_method"`
	ClientID              types.String `tfsdk:"client_id"`
	ClientSecret          types.String `tfsdk:"client_secret"`
	ClientSecretWO        types.String `tfsdk:"client_secret_wo"`
	ClientSecretWOVersion types.String `tfsdk:"client_secret_wo_version"`
	APIKey                types.String `tfsdk:"api_key"`
	APIKeyWO              types.String `tfsdk:"api_key_wo"`
	APIKeyWOVersion       types.String `tfsdk:"api_key_wo_version"`
}

// accountIdentity is what makes an account the same one over its life: an update changes the id, nothing
// changes the name.
type accountIdentity struct {
	Name types.String `tfsdk:"name"`
}

func (m *accountModel) identity() accountIdentity {
	return accountIdentity{Name: m.Name}
}

// account is what the API can show of the model.
func (m *accountModel) account() api.Account {
	return api.Account{
		ID:         m.ID.ValueString(),
		Name:       m.Name.ValueString(),
		Domain:     m.Domain.ValueString(),
		AuthMethod: m.AuthMethod.ValueString(),
		ClientID:   m.ClientID.ValueString(),
	}
}

// setAccount takes over what the API shows, and leaves the rest, the secrets among it, alone.
func (m *accountModel) setAccount(a api.Account) {
	m.ID = types.StringValue(a.ID)
	m.Name = types.StringValue(a.Name)
	m.Domain = newDomainValue(a.Domain)
	m.AuthMethod = types.StringValue(a.AuthMethod)
	m.ClientID = types.StringNull()
	if a.ClientID != "" {
		m.ClientID = types.StringValue(a.ClientID)
	}
}

// secrets are those that the model, a configuration, gives in either form.
func (m *accountModel) secrets() api.Secrets {
	return api.Secrets{
		ClientSecret: m.ClientSecret.ValueString() + m.ClientSecretWO.ValueString(),
		APIKey:       m.APIKey.ValueString() + m.APIKeyWO.ValueString(),
	}
}

// sameAs reports whether an account found under the model's name can be the one that the model describes. Where the model
// does not know a domain or auth_method, any will do; a client_id that it does not have, the account must not have either.
func (m *accountModel) sameAs(a api.Account) bool {
	return (m.Domain.IsNull() || api.SameDomain(m.Domain.ValueString(), a.Domain)) &&
		(m.AuthMethod.IsNull() || m.AuthMethod.ValueString() == a.AuthMethod) &&
		m.ClientID.ValueString() == a.ClientID
}
