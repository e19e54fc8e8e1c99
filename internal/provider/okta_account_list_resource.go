// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

var _ list.ListResourceWithConfigure = (*accountResource)(nil)

func newAccountListResource() list.ListResource {
	return &accountResource{}
}

func (r *accountResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The accounts of Datadog's Okta integration that the organization has, managed by Terraform " +
			"or not, sorted by name. With `terraform query -generate-config-out` they can be imported all at once.",
		Attributes: map[string]schema.Attribute{"name_regex": nameRegexAttribute, "domain": domainFilterAttribute},
	}
}

func (r *accountResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	accounts, diags := r.list(ctx, req)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		if len(diags) > 0 && !push(list.ListResult{Diagnostics: diags}) {
			return
		}
		for i, account := range accounts {
			var model accountModel
			model.setAccount(account)

			result := req.NewListResult(ctx)
			result.DisplayName = account.Name
			result.Diagnostics.Append(result.Identity.SetAttribute(ctx, path.Root("name"), model.Name)...)
			if req.IncludeResource {
				model.encode(ctx, &result.Resource.Raw)
			}
			last := int64(i+1) == req.Limit
			if last && i+1 < len(accounts) {
				result.Diagnostics.AddWarning(summaryListLimit, fmt.Sprintf(
					"The list shows %d of %d accounts: it ends at its limit, which is 100 by default. Write limit = %d or more into "+
						"the list block.",
					i+1, len(accounts), len(accounts)))
			}
			if !push(result) || last {
				return
			}
		}
	}
}

// list returns the accounts that can be imported, and a warning of the others.
func (r *accountResource) list(
	ctx context.Context, req list.ListRequest,
) (listed []okta.Account, diags diag.Diagnostics) {
	var filter accountFilter
	diags.Append(req.Config.Get(ctx, &filter)...)
	if diags.HasError() {
		return nil, diags
	}
	accounts, err := r.client.List(ctx)
	ofName := map[string]int{}
	for _, account := range accounts {
		ofName[account.Name]++
	}
	if err == nil {
		accounts, err = filter.apply(accounts)
	}
	if err != nil {
		r.addError(&diags, summaryList, err)
		return nil, diags
	}
	var odd []string
	for _, account := range accounts {
		defect := datadog.Clean(account.Defect)
		if defect == "" && ofName[account.Name] > 1 {
			defect = "another account has the same name"
		}
		if defect == "" {
			listed = append(listed, account)
			continue
		}
		odd = append(odd, fmt.Sprintf("%s with the id %s (%s)", quoted(account.Name), quoted(account.ID), defect))
	}
	if len(odd) > 0 {
		diags.AddWarning(summaryLeftOut, "They cannot be imported as they are: "+strings.Join(odd, ", ")+".")
	}
	return listed, diags
}
