// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func (r *accountResource) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config := decode(req.Config.Raw)
	var inState []string
	for _, secret := range config.secrets() {
		validateSecret(secret, &resp.Diagnostics)
		if secret.Plain.ValueString() != "" {
			inState = append(inState, secret.name)
		}
	}
	if req.ClientCapabilities.WriteOnlyAttributesAllowed && len(inState) > 0 {
		resp.Diagnostics.AddWarning("Secret kept in the state",
			strings.Join(inState, " and ")+" of an okta_account will be stored in the Terraform state. To keep a secret out of it, use "+
				strings.Join(inState, "_wo and ")+"_wo instead; moving there changes the account in place.")
	}
	if domain := config.Domain.ValueString(); adminConsole.MatchString(domain) {
		resp.Diagnostics.AddAttributeWarning(path.Root("domain"), "Address of an admin console",
			fmt.Sprintf("This is the address of the Okta org's admin console. Datadog wants that of the org itself: write domain = %q.",
				adminConsole.ReplaceAllString(domain, "https://$1.$2.com")))
	}
}

// adminConsole matches the address of an Okta org's admin console.
var adminConsole = regexp.MustCompile(`(?i)^https://([a-z0-9-]+)-admin\.(okta|oktapreview|okta-emea)\.com/?$`)

// validateSecret checks the three attributes of a secret together. Its diagnostics point at no
// secret: the CLI would print the line, a literal value included.
func validateSecret(secret namedSecret, diags *diag.Diagnostics) {
	name := secret.name
	if secret.Plain.ValueString() != "" && secret.WriteOnly.ValueString() != "" {
		diags.AddError("Conflicting "+name+" and "+name+"_wo",
			"An okta_account takes "+name+" or "+name+"_wo, not both. Remove one of them.")
	}
	if !secret.Version.IsNull() && !secret.Version.IsUnknown() && secret.WriteOnly.IsNull() {
		diags.AddAttributeError(path.Root(name+"_wo_version"), "Missing "+name+"_wo",
			name+"_wo_version says which value of "+name+"_wo was sent last, so it needs "+name+"_wo. Set that too, or remove the version.")
	}
}

// requireCredentials reports what the API refuses a new account for. Whatever is not known yet
// passes: the apply plans once more, with all values, before it creates. The former name is that of
// the account which the new one replaces, if its name is another one.
func requireCredentials(plan, config *accountModel, formerName string, report func(at path.Path, summary, detail string)) {
	hasSecret := config.ClientSecret.isSet()
	if plan.AuthMethod.ValueString() != authOAuth || !config.ClientID.IsNull() && hasSecret {
		return
	}
	const exists = " If the account exists already, import it instead: "
	nextForID := exists + "the plan then says which client_id it has, if any."
	nextForSecret := exists + "an imported account needs no secret in its configuration."
	if formerName != "" {
		configured := "says " + quoteHCL(plan.Name.ValueString())
		if plan.Name.IsUnknown() {
			configured = "has one that is not known yet"
		}
		nextForID = fmt.Sprintf(" The state has the account under the name %s, and the configuration %s. Another name makes another account, "+
			"so the plan replaces it. To keep the account, write its name: name = %[1]s.", quoteHCL(formerName), configured)
		nextForSecret = nextForID
	}
	if config.AuthMethod.IsNull() && config.APIKey.isSet() {
		report(path.Root("auth_method"), "Missing auth_method",
			`auth_method is "oauth" by default, which needs client_id and a client secret. A new account with an Okta API token needs another `+
				"one, and Datadog's documentation does not say which. To find out, make such an account in Datadog, import it, and look at "+
				"its auth_method."+nextForSecret)
		return
	}
	const origin = " It comes from Okta's admin console: " + oauthPage + "."
	if config.ClientID.IsNull() {
		report(path.Root("client_id"), "Missing client_id", `A new Okta account with auth_method = "oauth" needs client_id.`+origin+nextForID)
	}
	if !hasSecret {
		report(path.Root("client_secret"), "Missing client secret",
			`A new Okta account with auth_method = "oauth" needs a client secret: set client_secret_wo (with Terraform 1.11 or OpenTofu 1.11 `+
				`and later; it stays out of the state) or client_secret.`+origin+nextForSecret)
	}
}
