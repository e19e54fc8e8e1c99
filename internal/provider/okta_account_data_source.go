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

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

var (
	_ datasource.DataSourceWithConfigure        = (*accountDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*accountDataSource)(nil)
)

type accountDataSource struct{ *providerData }

func newAccountDataSource() datasource.DataSource { return &accountDataSource{} }

func (d *accountDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_account"
}

func (d *accountDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for _, shown := range shownAttributes {
		attributes[shown.name] = schema.StringAttribute{Computed: true, MarkdownDescription: shown.description}
	}
	key := func(description string, valid stringValidator) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description,
			Optional:            true,
			Computed:            true,
			Validators:          []validator.String{valid},
		}
	}
	attributes["id"] = key(accountIDDescription, textValidator("write the id of an account, or leave it out and write "+
		"its name"))
	attributes["name"] = key(accountNameDescription, nameValidator)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one account of Datadog's Okta integration, by exactly one of `id` and `name`. The API " +
			"never returns secrets.",
		Attributes: attributes,
	}
}

func (d *accountDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

func (d *accountDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.providerData = dataFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *accountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config accountData
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	query := okta.Query{ID: config.ID.ValueString(), Name: config.Name.ValueString(), Fresh: true}
	account, err := d.client.Find(ctx, query)
	switch found := asError(err).Found; {
	case err == nil:
	case errors.Is(err, datadog.ErrMalformed) && len(found) == 1:
		resp.Diagnostics.AddWarning(summaryUnreadable, err.Error()+"\n\nWhat cannot be read is null.")
		account = found[0]
	case errors.Is(err, okta.ErrNotFound) && config.Name.IsNull():
		d.addNotFound(ctx, &resp.Diagnostics, path.Root("id"), summaryRead, fmt.Sprintf("the id %q", query.ID))
		return
	case errors.Is(err, okta.ErrNotFound):
		d.addNotFound(ctx, &resp.Diagnostics, path.Root("name"), summaryRead, fmt.Sprintf("the name %q", query.Name))
		return
	default:
		d.addError(&resp.Diagnostics, summaryRead, err)
		return
	}
	var shown accountData
	shown.setAccount(account)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
}
