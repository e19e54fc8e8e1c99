// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// examplePlugins are the providers that the examples use, by their sources: this one, and stand-ins
// for those that do not come along.
var examplePlugins = map[string]func() provider.Provider{
	"datadog-okta/okta":  newHastyProvider,
	"okta/okta":          func() provider.Provider { return &standIn{typeName: "okta", resource: newStandInGroup} },
	"DataDog/datadog":    func() provider.Provider { return &standIn{typeName: "datadog"} },
	"Mastercard/restapi": func() provider.Provider { return &standIn{typeName: "restapi"} },
	"magodo/restful":     func() provider.Provider { return &standIn{typeName: "restful"} },
	"hashicorp/vault":    func() provider.Provider { return &standIn{typeName: "vault", ephemeral: newStandInSecret} },
}

// newExampleCLI returns a CLI in a directory with copies of files of examples/, the stub behind the
// provider, and the plugins in place.
func newExampleCLI(t *testing.T, s *stub.Server, files ...string) *cli {
	t.Helper()
	c := newCLI(t, "")
	url := s.Start(t)
	// A site in the configuration beats DD_HOST, and the stub is none: its URL takes the place of one.
	site := regexp.MustCompile(`(?m)^( *)site( *)= "datadoghq.eu"$`)
	for _, file := range files {
		c.write(path.Base(file), site.ReplaceAllString(readExample(t, file), fmt.Sprintf("${1}api_url = %q", url)))
	}
	c.serveAt(slices.Collect(maps.Keys(examplePlugins))...)
	c.env = append(c.env, "DD_HOST="+url, "DD_API_KEY="+stub.APIKey, "DD_APP_KEY="+stub.AppKey)
	for name, value := range exampleVariables {
		c.env = append(c.env, "TF_VAR_"+name+"="+value)
	}
	return c
}

// exampleVariables are values for the variables of all examples; the CLI takes those that are
// declared.
var exampleVariables = map[string]string{
	"okta_client_secret":  exampleClientSecret,
	"okta_client_secrets": exampleClientSecrets,
	"client_secrets":      exampleClientSecrets,
	"okta_api_token":      exampleAPIToken,
	"okta_auth_method":    "made_up_method",
	"okta_orgs": `{
		Okta_Prod    = { domain = "https://example.okta.com", client_id = "0oa1" }
		Okta_Preview = { domain = "https://example.oktapreview.com", client_id = "0oa2" }
	}`,
	"eu_api_key": stub.APIKey,
	"eu_app_key": stub.AppKey,
}

const (
	exampleClientSecret  = "made-up-secret"
	exampleAPIToken      = "made-up-okta-api-token"
	exampleClientSecrets = `{ Okta_Prod = "made-up-secret-1", Okta_Preview = "made-up-secret-2", ` +
		`Okta_US = "made-up-secret-3", Okta_EU = "made-up-secret-4" }`
)

func readExample(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(examplesDir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// skipImportsWithoutProvider skips the test on Terraform 1.16.0 to 1.16.2, which generate no
// configuration for an import block without a provider: https://github.com/hashicorp/terraform/issues/39144
func (c *cli) skipImportsWithoutProvider() {
	c.t.Helper()
	version, err := c.runner().Version(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	if regexp.MustCompile(`^Terraform v1\.16\.[0-2]\b`).MatchString(version.Text) {
		c.t.Skip("hashicorp/terraform#39144, repaired in 1.16.3")
	}
}

// skipWithout skips the test where the CLI has no such command.
func (c *cli) skipWithout(command string) {
	c.t.Helper()
	if err := exec.CommandContext(c.t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), command, "-help").Run(); err != nil {
		c.t.Skipf("the CLI has no command %q", command)
	}
}

// standIn is a provider with no more in it than what the examples use of the one it stands for.
type standIn struct {
	typeName  string
	resource  func() resource.Resource
	ephemeral func() ephemeral.EphemeralResource
}

var _ provider.ProviderWithEphemeralResources = (*standIn)(nil)

func (p *standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.typeName
}

func (p *standIn) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (p *standIn) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (p *standIn) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (p *standIn) Resources(context.Context) []func() resource.Resource {
	if p.resource == nil {
		return nil
	}
	return []func() resource.Resource{p.resource}
}

func (p *standIn) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	if p.ephemeral == nil {
		return nil
	}
	return []func() ephemeral.EphemeralResource{p.ephemeral}
}

const standInVaultSecret = "made-up-secret-from-vault"

// standInGroup is okta_group of okta/okta.
type standInGroup struct{}

func newStandInGroup() resource.Resource { return standInGroup{} }

func (standInGroup) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "okta_group"
}

func (standInGroup) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name":        schema.StringAttribute{Required: true},
		"description": schema.StringAttribute{Optional: true},
	}}
}

func (standInGroup) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (standInGroup) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (standInGroup) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (standInGroup) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// standInSecret is the ephemeral vault_kv_secret_v2 of hashicorp/vault.
type standInSecret struct{}

func newStandInSecret() ephemeral.EphemeralResource { return standInSecret{} }

type standInSecretModel struct {
	Mount   types.String `tfsdk:"mount"`
	Name    types.String `tfsdk:"name"`
	Version types.Int64  `tfsdk:"version"`
	Data    types.Map    `tfsdk:"data"`
}

func (standInSecret) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "vault_kv_secret_v2"
}

func (standInSecret) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"mount":   ephemeralschema.StringAttribute{Required: true},
		"name":    ephemeralschema.StringAttribute{Required: true},
		"version": ephemeralschema.Int64Attribute{Optional: true},
		"data":    ephemeralschema.MapAttribute{Computed: true, ElementType: types.StringType},
	}}
}

func (standInSecret) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var secret standInSecretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &secret)...)
	data, diags := types.MapValueFrom(ctx, types.StringType, map[string]string{"client_secret": standInVaultSecret})
	resp.Diagnostics.Append(diags...)
	secret.Data = data
	resp.Diagnostics.Append(resp.Result.Set(ctx, &secret)...)
}
