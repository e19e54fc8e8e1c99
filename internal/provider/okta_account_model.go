// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// accountData is what the API shows of an account: all that the data sources have.
type accountData struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	Domain     types.String `tfsdk:"domain"`
	AuthMethod types.String `tfsdk:"auth_method"`
	ClientID   types.String `tfsdk:"client_id"`
}

// accountModel is an okta_account as configuration, plan or state. Write-only values are in the
// configuration alone.
type accountModel struct {
	accountData
	ClientSecret, APIKey accountSecret
}

// accountSecret is one of the two secrets of an account: its three attributes.
type accountSecret struct {
	Plain, WriteOnly, Version types.String
}

func (s accountSecret) isSet() bool { return !s.Plain.IsNull() || !s.WriteOnly.IsNull() }

// attributes returns every attribute by its name.
func (m *accountModel) attributes() map[string]*types.String {
	return map[string]*types.String{
		"id":                       &m.ID,
		"name":                     &m.Name,
		"domain":                   &m.Domain,
		"auth_method":              &m.AuthMethod,
		"client_id":                &m.ClientID,
		"client_secret":            &m.ClientSecret.Plain,
		"client_secret_wo":         &m.ClientSecret.WriteOnly,
		"client_secret_wo_version": &m.ClientSecret.Version,
		"api_key":                  &m.APIKey.Plain,
		"api_key_wo":               &m.APIKey.WriteOnly,
		"api_key_wo_version":       &m.APIKey.Version,
	}
}

// decode returns what a configuration, plan or state says; nothing where it is null. The framework's
// Get does the same by reflection, which would be most of what this provider's part of a plan costs.
func decode(raw tftypes.Value) *accountModel {
	var values map[string]tftypes.Value
	if err := raw.As(&values); err != nil {
		panic(err) // the framework has made an object of the schema
	}
	m := &accountModel{}
	for name, attribute := range m.attributes() {
		var text *string
		switch value := values[name]; {
		case !value.IsKnown():
			*attribute = types.StringUnknown()
		case value.As(&text) == nil:
			*attribute = types.StringPointerValue(text)
		}
	}
	return m
}

// encode puts the model into a state.
func (m *accountModel) encode(ctx context.Context, state *tftypes.Value) {
	values := map[string]tftypes.Value{}
	for name, attribute := range m.attributes() {
		values[name], _ = attribute.ToTerraformValue(ctx) // a string always can
	}
	*state = tftypes.NewValue(state.Type(), values)
}

// account is what the API can show of the model.
func (m *accountData) account() okta.Account {
	return okta.Account{
		ID:         m.ID.ValueString(),
		Name:       m.Name.ValueString(),
		Domain:     m.Domain.ValueString(),
		AuthMethod: m.AuthMethod.ValueString(),
		ClientID:   m.ClientID.ValueString(),
	}
}

// setAccount takes over what the API shows. It leaves the secrets alone, and keeps the spelling of
// name and domain where the API has another one of the same.
func (m *accountData) setAccount(a okta.Account) {
	m.ID = textOrNull(a.ID)
	if !okta.SameName(m.Name.ValueString(), a.Name) {
		m.Name = textOrNull(a.Name)
	}
	if !okta.SameDomain(m.Domain.ValueString(), a.Domain) {
		m.Domain = textOrNull(a.Domain)
	}
	m.AuthMethod = textOrNull(a.AuthMethod)
	m.ClientID = textOrNull(a.ClientID)
}

// describe says in words what the API shows of an account beside its name.
func describe(a okta.Account) string {
	return fmt.Sprintf("its domain is %s, its auth_method %s, its client_id %s",
		quoted(a.Domain), quoted(a.AuthMethod), quoted(a.ClientID))
}

// namedSecret is a secret with the name of its plain attribute; the others add _wo and _wo_version.
type namedSecret struct {
	name string
	accountSecret
}

func (m *accountModel) secrets() []namedSecret {
	return []namedSecret{{"client_secret", m.ClientSecret}, {"api_key", m.APIKey}}
}

// secretsToSend are those of a plan and the configuration that it was made of: plain ones as
// planned, write-only ones as configured. Only the plan knows of ignore_changes.
func secretsToSend(plan, config *accountModel) okta.Secrets {
	return okta.Secrets{
		ClientSecret: cmp.Or(config.ClientSecret.WriteOnly.ValueString(), plan.ClientSecret.Plain.ValueString()),
		APIKey:       cmp.Or(config.APIKey.WriteOnly.ValueString(), plan.APIKey.Plain.ValueString()),
	}
}

// knownSecrets are the secrets in a state, which no error may show.
func (m *accountModel) knownSecrets() []string {
	return []string{m.ClientSecret.Plain.ValueString(), m.APIKey.Plain.ValueString()}
}

// textOrNull is null where the account has no such text.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
