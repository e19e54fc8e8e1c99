// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

var _ datasource.DataSourceWithConfigure = (*accountsDataSource)(nil)

type accountsDataSource struct {
	client *api.Client
}

func newAccountsDataSource() datasource.DataSource { return &accountsDataSource{} }

type accountsModel struct {
	accountFilter
	Accounts []accountData `tfsdk:"accounts"`
}

func (d *accountsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_accounts"
}

func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the accounts of Datadog's Okta integration: all those of the organization, or those that match " +
			"the filters. The API never returns secrets.",
		Attributes: map[string]schema.Attribute{
			"name_regex": schema.StringAttribute{
				MarkdownDescription: nameRegexDescription,
				Optional:            true,
				Validators:          []validator.String{regexValidator{}},
			},
			"domain": schema.StringAttribute{
				MarkdownDescription: domainFilterDescription,
				CustomType:          domainType{},
				Optional:            true,
				Validators:          []validator.String{domainValidator{}},
			},
			"accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The accounts, sorted by name; an empty list where there is none.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{
					Attributes: map[string]schema.Attribute{
						"id":          schema.StringAttribute{Computed: true, MarkdownDescription: accountIDDescription},
						"name":        schema.StringAttribute{Computed: true, MarkdownDescription: accountNameDescription},
						"domain":      schema.StringAttribute{Computed: true, MarkdownDescription: accountDomainDescription},
						"auth_method": schema.StringAttribute{Computed: true, MarkdownDescription: accountAuthMethodDescription},
						"client_id":   schema.StringAttribute{Computed: true, MarkdownDescription: accountClientIDDescription},
					},
				},
			},
		},
	}
}

func (d *accountsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *accountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data accountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := d.client.List(ctx)
	if err == nil {
		accounts, err = data.apply(accounts)
	}
	if err != nil {
		addError(&resp.Diagnostics, "Unable to list Okta accounts", err)
		return
	}
	data.Accounts = make([]accountData, 0, len(accounts)) // an empty list, never null
	for _, account := range accounts {
		data.Accounts = append(data.Accounts, newAccountData(account))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

const (
	nameRegexDescription = "Only accounts whose name this regular expression matches ([RE2 syntax](https://github.com/google/re2/wiki/Syntax)). " +
		"It may match anywhere in the name: `^prod-` is a prefix, `(?i)` ignores case."
	domainFilterDescription = "Only accounts of this Okta org, such as `https://example.okta.com`. The case of the host name and a " +
		"slash at the end do not matter."
)

// accountFilter is the part of a configuration that says which accounts are wanted: that of data source and list resource.
type accountFilter struct {
	NameRegex types.String `tfsdk:"name_regex"`
	Domain    domainValue  `tfsdk:"domain"`
}

// apply returns the accounts that the filter lets through, in their order.
func (f accountFilter) apply(accounts []api.Account) ([]api.Account, error) {
	name, err := regexp.Compile(f.NameRegex.ValueString()) // null is the empty expression, which matches every name
	if err != nil {
		return nil, fmt.Errorf("name_regex: %w", err)
	}
	var kept []api.Account
	for _, account := range accounts {
		if name.MatchString(account.Name) && (f.Domain.IsNull() || api.SameDomain(account.Domain, f.Domain.ValueString())) {
			kept = append(kept, account)
		}
	}
	return kept, nil
}

// regexValidator accepts regular expressions in RE2 syntax.
type regexValidator struct{}

func (regexValidator) Description(context.Context) string {
	return "must be a regular expression in RE2 syntax"
}

func (v regexValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (regexValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regexp.Compile(req.ConfigValue.ValueString()); err != nil {
		addInvalid(&resp.Diagnostics, req.Path, "Invalid regular expression", false,
			fmt.Errorf("%w; RE2 knows no look-ahead and no back-references", err))
	}
}
