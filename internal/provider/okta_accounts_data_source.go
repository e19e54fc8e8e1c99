// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

var _ datasource.DataSourceWithConfigure = (*accountsDataSource)(nil)

type accountsDataSource struct{ *providerData }

func newAccountsDataSource() datasource.DataSource { return &accountsDataSource{} }

type accountsModel struct {
	accountFilter
	Accounts []accountData `tfsdk:"accounts"`
}

func (d *accountsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_accounts"
}

func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributeTypes := map[string]attr.Type{}
	for _, shown := range shownAttributes {
		attributeTypes[shown.name] = types.StringType
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the accounts of Datadog's Okta integration: all those of the organization, or those " +
			"that match the filters. The API never returns secrets.",
		Attributes: map[string]schema.Attribute{
			"name_regex": nameRegexAttribute,
			"domain":     domainFilterAttribute,
			"accounts": schema.ListAttribute{
				// Not a ListNestedAttribute: the mocks of terraform test cannot fill one.
				ElementType: types.ObjectType{AttrTypes: attributeTypes},
				Computed:    true,
				MarkdownDescription: "The accounts, sorted by name; an empty list if there are none. What an account lacks, or " +
					"what cannot be read, is null.",
			},
		},
	}
}

func (d *accountsDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.providerData = dataFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *accountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model accountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := d.client.List(ctx)
	if err == nil {
		accounts, err = model.apply(accounts)
	}
	if err != nil {
		d.addError(&resp.Diagnostics, summaryList, err)
		return
	}
	model.Accounts = make([]accountData, len(accounts)) // an empty list, never null
	for i, account := range accounts {
		model.Accounts[i].setAccount(account)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// The filters of data source and list resource: an attribute of the one is good for the other.
var (
	nameRegexAttribute = schema.StringAttribute{
		MarkdownDescription: "Only accounts whose name this regular expression matches " +
			"([RE2 syntax](https://github.com/google/re2/wiki/Syntax)). It may match anywhere in the name: `^prod_` is a " +
			"prefix, `(?i)` ignores case.",
		Optional:   true,
		Validators: []validator.String{regexValidator},
	}
	domainFilterAttribute = schema.StringAttribute{
		MarkdownDescription: "Only accounts of this Okta org, such as `https://example.okta.com`. The case of the host " +
			"name and a slash at the end do not matter.",
		Optional:   true,
		Validators: []validator.String{domainValidator},
	}
)

// accountFilter is the part of a configuration that says which accounts are wanted: that of data
// source and list resource.
type accountFilter struct {
	NameRegex types.String `tfsdk:"name_regex"`
	Domain    types.String `tfsdk:"domain"`
}

// apply returns the accounts that the filter lets through, in their order.
func (f accountFilter) apply(accounts []okta.Account) ([]okta.Account, error) {
	name, err := regexp.Compile(f.NameRegex.ValueString()) // null is the empty expression, which matches every name
	if err != nil {
		return nil, fmt.Errorf("name_regex: %w", err)
	}
	var kept []okta.Account
	for _, account := range accounts {
		if name.MatchString(account.Name) && (f.Domain.IsNull() || okta.SameDomain(account.Domain, f.Domain.ValueString())) {
			kept = append(kept, account)
		}
	}
	return kept, nil
}
