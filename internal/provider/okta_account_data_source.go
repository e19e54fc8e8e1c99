// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

var (
	_ datasource.DataSourceWithConfigure        = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accountDataSource)(nil)
)

type accountDataSource struct {
	client *api.Client
}

func newAccountDataSource() datasource.DataSource { return &accountDataSource{} }

// accountData is an account as the data sources show it.
type accountData struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	Domain     types.String `tfsdk:"domain"`
	AuthMethod types.String `tfsdk:"auth_method"`
	ClientID   types.String `tfsdk:"client_id"`
}

func newAccountData(account api.Account) accountData {
	data := accountData{
		ID:         types.StringValue(account.ID),
		Name:       types.StringValue(account.Name),
		Domain:     types.StringValue(account.Domain),
		AuthMethod: types.StringValue(account.AuthMethod),
	}
	if account.ClientID != "" {
		data.ClientID = types.StringValue(account.ClientID)
	}
	return data
}

const (
	accountIDDescription         = "Identifier that Datadog gives to the account. It can change with every update of the account; the name does not."
	accountNameDescription       = "Name of the account, unique in the Datadog organization."
	accountDomainDescription     = "URL of the Okta org, as it was entered in Datadog."
	accountAuthMethodDescription = "How Datadog authenticates to Okta, such as `oauth`."
	accountClientIDDescription   = "Client ID of the OAuth application in Okta; null where the account has none."
)

func (d *accountDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_account"
}

func (d *accountDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one account of Datadog's Okta integration by its name or its id. The API never returns secrets.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: accountIDDescription + " Exactly one of `id` and `name` says which account to read.",
				Optional:            true,
				Computed:            true,
				Validators:          []validator.String{textValidator{ifEmpty: "write the id of an account, or leave it out and write its name"}},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: accountNameDescription + " Exactly one of `id` and `name` says which account to read.",
				Optional:            true,
				Computed:            true,
				Validators:          []validator.String{textValidator{ifEmpty: "write the name of an account, or leave it out and write its id"}},
			},
			"domain":      schema.StringAttribute{Computed: true, MarkdownDescription: accountDomainDescription},
			"auth_method": schema.StringAttribute{Computed: true, MarkdownDescription: accountAuthMethodDescription},
			"client_id":   schema.StringAttribute{Computed: true, MarkdownDescription: accountClientIDDescription},
		},
	}
}

func (d *accountDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

func (d *accountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *accountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Unable to read Okta account"
	var data accountData
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	account, err := d.client.Find(ctx, data.ID.ValueString(), data.Name.ValueString())
	if errors.Is(err, api.ErrNotFound) {
		accounts, err := d.client.List(ctx)
		if err != nil {
			addError(&resp.Diagnostics, summary, err)
			return
		}
		attribute, wanted := path.Root("id"), data.ID
		if wanted.IsNull() {
			attribute, wanted = path.Root("name"), data.Name
		}
		resp.Diagnostics.AddAttributeError(attribute, summary,
			fmt.Sprintf("The organization has no Okta account with the %s %s. %s", attribute, wanted, existingNames(accounts)))
		return
	}
	if err != nil {
		addError(&resp.Diagnostics, summary, err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newAccountData(account))...)
}
