// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package provider is the Terraform provider for the accounts of Datadog's Okta integration.
package provider

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

var (
	_ provider.ProviderWithValidateConfig = (*oktaProvider)(nil)
	_ provider.ProviderWithListResources  = (*oktaProvider)(nil)
)

type oktaProvider struct {
	version string
	settle  time.Duration // how long after a write the service may not show it yet
}

// New returns the constructor of the provider, for the plugin server. The version is that of the
// build, such as "1.2.3+abcdef0". Every request carries it in its User-Agent header.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &oktaProvider{version: version, settle: 15 * time.Second} }
}

// providerData is what Configure hands over to resources and data sources.
type providerData struct {
	api    *datadog.Client
	client *okta.Client
	run    run

	credentials credentials
	keepsState  bool // the calling client keeps a state that a create returns together with its error
	writeOnly   bool // it has write-only attributes
}

func (p *oktaProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "okta"
	resp.Version = p.version
}

func (p *oktaProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for _, a := range arguments {
		attributes[a.name] = a.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the accounts of **Datadog's Okta integration** (not Okta itself) through Datadog's " +
			"public API: the accounts through which Datadog collects Okta logs.\n\nEvery argument is optional. What the " +
			"provider block leaves out comes from environment variables, the same ones that the `DataDog/datadog` provider " +
			"reads. An argument in the block beats every environment variable, `DD_…` beats `DATADOG_…`, and an empty " +
			"variable is ignored.",
		Attributes: attributes,
	}
}

func (p *oktaProvider) ValidateConfig(
	ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	noEnvironment := func(string) string { return "" }
	readSettings(ctx, req.Config, noEnvironment, &resp.Diagnostics).validate(&resp.Diagnostics)
}

func (p *oktaProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	cfg, unknown := readSettings(ctx, req.Config, os.Getenv, &resp.Diagnostics).resolve(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	cfg.UserAgent = userAgent(p.version, req.TerraformVersion, os.Getenv("TF_APPEND_USER_AGENT"))
	cfg.Unknown = unknown
	if len(unknown) > 0 && req.ClientCapabilities.DeferralAllowed {
		resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
	}
	api, err := datadog.New(cfg)
	if err != nil {
		resp.Diagnostics.AddError(summaryConfigure, err.Error())
		return
	}
	calledBy := clientOf(req.TerraformVersion)
	data := &providerData{
		api: api, client: okta.New(api, p.settle), credentials: credentialsOf(cfg),
		keepsState: calledBy.keepsState, writeOnly: calledBy.writeOnly,
	}
	resp.ResourceData = data
	resp.DataSourceData = data
	resp.ListResourceData = data
}

// userAgent names this build, the CLI and the platform. The CLI says its version, but not whether
// it is Terraform or OpenTofu.
func userAgent(version, cliVersion, appended string) string {
	text := fmt.Sprintf("terraform-provider-okta/%s (Terraform or OpenTofu %s; %s; %s/%s)",
		version, cliVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return strings.TrimSpace(text + " " + datadog.Clean(appended))
}

func (p *oktaProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newAccountResource}
}

func (p *oktaProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newAccountDataSource, newAccountsDataSource}
}

func (p *oktaProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newAccountListResource}
}

// dataFrom returns what Configure handed over. It is nil before that: while Terraform validates, it
// configures resources and data sources without it.
func dataFrom(handedOver any, diags *diag.Diagnostics) *providerData {
	if handedOver == nil {
		return nil
	}
	data, ok := handedOver.(*providerData)
	if !ok {
		diags.AddError(summaryProviderData,
			fmt.Sprintf("The provider handed over a %T instead of its own data. This is a bug in the provider.", handedOver))
	}
	return data
}
