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

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
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
	client *api.Client
	names  *accountNames // of the accounts that this plan or apply has come across

	// partialState: a create may return a state together with its error. Terraform 1.16 and later
	// can crash on that, and lose accounts that were finished.
	partialState bool
}

func (p *oktaProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "okta"
	resp.Version = p.version
}

func (p *oktaProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the accounts of **Datadog's Okta integration** (not Okta itself) through Datadog's public " +
			"API: the accounts through which Datadog collects Okta logs.\n\n" +
			"Every argument is optional: what the provider block leaves out comes from the environment variables that the " +
			"`DataDog/datadog` provider reads too, so that one environment serves both. An argument in the block beats every " +
			"environment variable, `DD_…` beats `DATADOG_…`, and an empty variable counts as unset.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "Datadog API key. Environment: `DD_API_KEY`, `DATADOG_API_KEY`. Required, with `app_key`, " +
					"unless there is a bearer token or keyless access.",
				Optional:  true,
				Sensitive: true,
			},
			"app_key": schema.StringAttribute{
				MarkdownDescription: "Datadog application key. Environment: `DD_APP_KEY`, `DATADOG_APP_KEY`. Its owner needs the " +
					"permission `integrations_read` to plan, and `manage_integrations` to create, change or delete accounts. " +
					"The owner is best a service account.",
				Optional:  true,
				Sensitive: true,
			},
			"bearer_token": schema.StringAttribute{
				MarkdownDescription: "Datadog access token, sent as `Authorization: Bearer …` instead of the two keys. Environment: " +
					"`DD_BEARER_TOKEN`, `DATADOG_BEARER_TOKEN`; a token from the environment counts only where the provider block " +
					"has neither `api_key` nor `app_key`.",
				Optional:  true,
				Sensitive: true,
			},
			"cloud_provider_type": schema.StringAttribute{
				MarkdownDescription: "The cloud whose identity is used instead of keys (keyless access, a preview at Datadog): `aws`, with " +
					"`org_uuid` and the `aws_…` arguments. It beats bearer token and keys. Environment: `DD_CLOUD_PROVIDER_TYPE`, " +
					"`DATADOG_CLOUD_PROVIDER_TYPE`; from there it counts only where the provider block has neither keys nor a bearer token.",
				Optional: true,
			},
			"cloud_provider_region": schema.StringAttribute{
				MarkdownDescription: "For keyless access (a preview at Datadog): the AWS region whose Security Token Service confirms the " +
					"identity, such as `us-east-1`. Default: the global endpoint. No environment variable stands in for it.",
				Optional: true,
			},
			"org_uuid": schema.StringAttribute{
				MarkdownDescription: "For keyless access (a preview at Datadog): the UUID of the Datadog organization. Environment: " +
					"`DD_ORG_UUID`, `DATADOG_ORG_UUID`.",
				Optional: true,
			},
			"aws_access_key_id": schema.StringAttribute{
				MarkdownDescription: "For keyless access (a preview at Datadog): the access key ID of temporary AWS credentials. Environment: " +
					"`AWS_ACCESS_KEY_ID`.",
				Optional:  true,
				Sensitive: true,
			},
			"aws_secret_access_key": schema.StringAttribute{
				MarkdownDescription: "For keyless access (a preview at Datadog): the secret access key of temporary AWS credentials. " +
					"Environment: `AWS_SECRET_ACCESS_KEY`. It signs, and is not sent.",
				Optional:  true,
				Sensitive: true,
			},
			"aws_session_token": schema.StringAttribute{
				MarkdownDescription: "For keyless access (a preview at Datadog): the session token of temporary AWS credentials. Environment: " +
					"`AWS_SESSION_TOKEN`. Required: keys of an IAM user alone, without a session, are not enough.",
				Optional:  true,
				Sensitive: true,
			},
			"site": schema.StringAttribute{
				MarkdownDescription: "Host name of the Datadog site that the organization is on: " + siteNames() + " or a newer one. " +
					"Requests go to `https://api.<site>`. Environment: `DD_SITE`. Default: `" + defaultSite + "`. Conflicts with `api_url`.",
				Optional: true,
			},
			"api_url": schema.StringAttribute{
				MarkdownDescription: "Base URL of the API where it is not `https://api.<site>`, such as that of a proxy: with its " +
					"scheme, perhaps a path, and without the `/api/v2/…` that the provider adds. Plain `http://` is accepted for " +
					"`localhost` and loopback addresses alone. Environment: `DD_HOST`, `DATADOG_HOST`, which hold such a URL too " +
					"(not a bare host name) and beat `DD_SITE`. Conflicts with `site`.",
				Optional: true,
			},
			"http_client_retry_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether to repeat requests that failed for a transient reason, and to wait for the organization's " +
					"rate limit. Default `true`. Environment: `DD_HTTP_CLIENT_RETRY_ENABLED`.",
				Optional: true,
			},
			"http_client_retry_max_retries": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How often to repeat a request after failures: 2 means at most 3 requests. Waits for "+
					"the rate limit do not count; `http_client_retry_timeout` alone bounds them. From 0 to %d, default %d. "+
					"Environment: `DD_HTTP_CLIENT_RETRY_MAX_RETRIES`.", maxMaxRetries, defaultMaxRetries),
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, maxMaxRetries)},
			},
			"http_client_retry_timeout": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("Time for one operation, such as the creation of one account, with all its requests, "+
					"repeats and waits: a number of seconds from 1 to %d, default %d. A single request may take a quarter of it. "+
					"Environment: `DD_HTTP_CLIENT_RETRY_TIMEOUT`.",
					maxTimeout, defaultTimeout),
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(1, maxTimeout)},
			},
			"validate": schema.StringAttribute{
				MarkdownDescription: "Of the `DataDog/datadog` provider, accepted as `false` alone: this provider sends no request just to " +
					"check the credentials. No environment variable stands in for it.",
				Optional:   true,
				Validators: []validator.String{stringValidator{description: `must be "false"`, check: checkValidate}},
			},
			"http_client_retry_backoff_base":       refusedBackoff,
			"http_client_retry_backoff_multiplier": refusedBackoff,
		},
	}
}

// refusedBackoff is an argument that says why it is refused, instead of being unknown.
var refusedBackoff = schema.StringAttribute{
	MarkdownDescription: "Of the `DataDog/datadog` provider, refused: this provider chooses the waits between repeats itself. " +
		"It does not read `DD_HTTP_CLIENT_RETRY_BACKOFF_BASE` and `…_MULTIPLIER` from the environment.",
	Optional:   true,
	Validators: []validator.String{stringValidator{description: "must be left out", check: refuseBackoff}},
}

func (p *oktaProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config.validate(&resp.Diagnostics)
}

func (p *oktaProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	cfg, unknown := config.resolve(os.Getenv, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	cfg.UserAgent = userAgent(p.version, req.TerraformVersion, os.Getenv("TF_APPEND_USER_AGENT"))
	cfg.SettleTime = p.settle

	data := &providerData{names: newAccountNames(), partialState: takesPartialState(req.TerraformVersion)}
	if len(unknown) > 0 {
		data.client = api.NewUnconfigured(unknown...)
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		}
	} else {
		var err error
		if data.client, err = api.New(cfg); err != nil {
			addError(&resp.Diagnostics, "Unable to configure the Datadog client", err)
			return
		}
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
	return strings.TrimSpace(text + " " + api.Clean(appended))
}

// takesPartialState reports whether the CLI is not Terraform 1.16 or later. OpenTofu's versions end
// below that.
func takesPartialState(cliVersion string) bool {
	var major, minor int
	_, err := fmt.Sscanf(cliVersion, "%d.%d", &major, &minor)
	return err != nil || major == 1 && minor < 16 || major < 1
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
		diags.AddError("Unexpected provider data",
			fmt.Sprintf("The provider handed over a %T instead of its own data. This is a defect of the provider.", handedOver))
	}
	return data
}
