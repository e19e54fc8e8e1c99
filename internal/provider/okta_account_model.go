// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// accountModel is an okta_account as configuration, plan or state. Write-only values are in the
// configuration alone.
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

// decode reads the value of a configuration, plan or state. The framework's Get does the same by
// reflection, which would be most of what this provider's part of a plan costs.
func (m *accountModel) decode(raw tftypes.Value, diags *diag.Diagnostics) {
	var attributes map[string]tftypes.Value
	if err := raw.As(&attributes); err != nil {
		diags.AddError("Unable to read the values of an okta_account", err.Error()+". This is a defect of the provider.")
		return
	}
	text := func(name string) types.String {
		var value *string
		switch attribute := attributes[name]; {
		case !attribute.IsKnown():
			return types.StringUnknown()
		case attribute.As(&value) != nil || value == nil:
			return types.StringNull()
		}
		return types.StringValue(*value)
	}
	m.fill(text)
}

// fill sets every attribute to what text returns for its name.
func (m *accountModel) fill(text func(name string) types.String) {
	*m = accountModel{
		ID:                    text("id"),
		Name:                  text("name"),
		Domain:                domainValue{StringValue: text("domain")},
		AuthMethod:            text("auth_method"),
		ClientID:              text("client_id"),
		ClientSecret:          text("client_secret"),
		ClientSecretWO:        text("client_secret_wo"),
		ClientSecretWOVersion: text("client_secret_wo_version"),
		APIKey:                text("api_key"),
		APIKeyWO:              text("api_key_wo"),
		APIKeyWOVersion:       text("api_key_wo_version"),
	}
}

// withID returns the value of a plan with the id that the account has.
func withID(plan tftypes.Value, id types.String) tftypes.Value {
	var planned map[string]tftypes.Value
	_ = plan.As(&planned) // decode has read it
	attributes := maps.Clone(planned)
	attributes["id"] = tftypes.NewValue(tftypes.String, id.ValueStringPointer())
	return tftypes.NewValue(plan.Type(), attributes)
}

// accountIdentity is what makes an account the same one over its life: an update changes the id,
// nothing changes the name.
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

// setAccount takes over what the API shows. It leaves the secrets alone, and keeps the spelling of
// name and domain where the API has another one of the same.
func (m *accountModel) setAccount(a api.Account) {
	m.ID = textOrNull(a.ID)
	if !api.SameName(m.Name.ValueString(), a.Name) {
		m.Name = textOrNull(a.Name)
	}
	if !api.SameDomain(m.Domain.ValueString(), a.Domain) {
		m.Domain = domainValue{StringValue: textOrNull(a.Domain)}
	}
	m.AuthMethod = textOrNull(a.AuthMethod)
	m.ClientID = textOrNull(a.ClientID)
}

// sameAs reports whether an account found under the model's name can be the one that the model
// describes. Where the model does not know a domain or auth_method, any will do; a client_id that
// it does not have, the account must not have either.
func (m *accountModel) sameAs(a api.Account) bool {
	return (m.Domain.IsNull() || api.SameDomain(m.Domain.ValueString(), a.Domain)) &&
		(m.AuthMethod.IsNull() || m.AuthMethod.ValueString() == a.AuthMethod) &&
		m.ClientID.ValueString() == a.ClientID
}

// describe says in words what the API shows of an account beside its name.
func describe(a api.Account) string {
	return fmt.Sprintf("its domain is %s, its auth_method %s, its client_id %s", quoted(a.Domain), quoted(a.AuthMethod), quoted(a.ClientID))
}

// secretForms are the attributes of one of the two secrets of an account.
type secretForms struct {
	name                      string // of the plain one; the others add _wo and _wo_version
	plain, writeOnly, version types.String
}

func (m *accountModel) secretForms() [2]secretForms {
	return [2]secretForms{
		{"client_secret", m.ClientSecret, m.ClientSecretWO, m.ClientSecretWOVersion},
		{"api_key", m.APIKey, m.APIKeyWO, m.APIKeyWOVersion},
	}
}

// secretsToSend are those of a plan and the configuration that it was made of: plain ones as
// planned, write-only ones as configured. Only the plan knows of ignore_changes.
func secretsToSend(plan, config *accountModel) api.Secrets {
	return api.Secrets{
		ClientSecret: cmp.Or(config.ClientSecretWO.ValueString(), plan.ClientSecret.ValueString()),
		APIKey:       cmp.Or(config.APIKeyWO.ValueString(), plan.APIKey.ValueString()),
	}
}

// knownSecrets are the secrets in a state, which no error may show.
func (m *accountModel) knownSecrets() []string {
	return []string{m.ClientSecret.ValueString(), m.APIKey.ValueString()}
}

// accountData is an account as the data sources show it.
type accountData struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	Domain     types.String `tfsdk:"domain"`
	AuthMethod types.String `tfsdk:"auth_method"`
	ClientID   types.String `tfsdk:"client_id"`
}

func newAccountData(account api.Account) accountData {
	return accountData{
		ID:         textOrNull(account.ID),
		Name:       textOrNull(account.Name),
		Domain:     textOrNull(account.Domain),
		AuthMethod: textOrNull(account.AuthMethod),
		ClientID:   textOrNull(account.ClientID),
	}
}

// textOrNull is null where the account has no such text.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
