// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// addError turns an error of the API client into a diagnostic. The summary names the operation, as in "Unable to create
// Okta account"; the detail is what happened and what to do next.
func addError(diags *diag.Diagnostics, summary string, err error) {
	var exists *api.ExistsError
	if errors.As(err, &exists) {
		diags.AddError(summary, existsDetail(exists.Account))
		return
	}
	diags.AddError(summary, strings.TrimSpace(err.Error()+"\n\n"+nextStep(err)))
}

// addInvalid says what is wrong with a value in the configuration. The CLI prints the line that a diagnostic points at, a
// literal secret included: where the value may hold one, the diagnostic names the attribute in words alone.
func addInvalid(diags *diag.Diagnostics, at path.Path, summary string, mayHoldSecret bool, err error) {
	detail := fmt.Sprintf("%s: %s.", at, err)
	if mayHoldSecret {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(at, summary, detail)
}

// nextStep is what to do about an error of the API client. Where it ends well on its own with the next run, it says so.
func nextStep(err error) string {
	var (
		changed *api.ChangedError
		foreign *api.ForeignError
		failed  *api.Error
	)
	switch {
	case errors.As(err, &changed):
		return "It was left alone. Plan again: the refresh takes over the present id and values, and the plan shows what would be deleted."
	case errors.As(err, &foreign) && !errors.Is(err, api.ErrOutcomeUnknown):
		return "The id belongs to an account of another name, and no account has this name any more. Nothing was changed. If the account was " +
			"renamed in Datadog, remove it from the state (terraform state rm) and import it under its new name; otherwise remove it from the " +
			"state and let the next apply create it."
	case errors.Is(err, api.ErrUnconfigured):
		return "These arguments of the provider block depend on something that is not known yet, and this step needs a request to " +
			"Datadog. Apply what they depend on first, with -target, and then the rest; or give them values that are known when Terraform plans."
	case errors.Is(err, api.ErrAmbiguous):
		return "Names should be unique. Rename or delete the surplus accounts in Datadog, or import by id."
	case errors.Is(err, api.ErrNotFound):
		return "It was deleted outside Terraform since it was last read. Plan again: the plan proposes what puts that right."
	case !errors.As(err, &failed):
		return ""
	}
	return strings.TrimSpace(adviceFor(err, failed) + "\n\n" + aftermath(err, failed))
}

// adviceFor says what to look at, by what went wrong.
func adviceFor(err error, failed *api.Error) string {
	switch status := failed.Status; {
	case errors.Is(err, context.Canceled):
		return "The operation was interrupted."
	case failed.KeyInvalid:
		return fmt.Sprintf("Datadog says that the API key is not valid for this site; a key works on the site of its organization alone. Check "+
			"api_key (DD_API_KEY) and site (DD_SITE) or api_url (DD_HOST). The request also needs the permission %s.", failed.Permission)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fmt.Sprintf("The request needs the permission %s. The owner of the application key (app_key, DD_APP_KEY) or of the "+
			"bearer token must have it and, where the key has scopes, they must include it. The key may also be wrong, revoked or of "+
			"another organization, or the organization may restrict the addresses that requests may come from.", failed.Permission)
	case status == http.StatusNotFound:
		return "There is no such API at this address. Check site (DD_SITE) or api_url (DD_HOST)."
	case status == http.StatusTooManyRequests:
		return "The organization's rate limit for this API is used up, perhaps by others. Try again later, or let the provider wait " +
			"longer: raise http_client_retry_timeout (seconds), and leave http_client_retry_enabled on."
	case status >= 300 && status < 400:
		return "Set site (DD_SITE) or api_url (DD_HOST) to the address where the API really is."
	case status >= 400 && status < 500:
		return "Datadog refused what was sent. Correct what its message names."
	case errors.Is(err, context.DeadlineExceeded):
		return "Datadog did not answer in time. Try again later, or raise http_client_retry_timeout (seconds)."
	case status == 0:
		return "Datadog could not be reached, or something else answered than its API. Check the network and site (DD_SITE) or api_url " +
			"(DD_HOST), and try again."
	}
	return "Datadog has trouble of its own: see https://status.datadoghq.com and try again."
}

// aftermath says what is in the state now, and what the next apply does.
func aftermath(err error, failed *api.Error) string {
	unknown := errors.Is(err, api.ErrOutcomeUnknown)
	switch {
	case unknown && failed.Operation == "create":
		return "The account may have been created all the same. The state remembers its name: the next apply looks for it and ends with " +
			"exactly one account."
	case unknown:
		return "The account may have been changed all the same. The state keeps the values from before: the next apply compares them with " +
			"Datadog and sends the change again where it is needed."
	case failed.Operation == "create":
		return "No account was created: the next apply tries again."
	case failed.Operation == "update":
		return "The state keeps the values from before: the next apply sends the change again."
	case failed.Operation == "delete":
		return "The account stays in the state: the next apply looks whether it is still there, and deletes it then."
	}
	return "Neither Datadog nor the state was changed."
}

// existsDetail says what to do about an account that exists although the configuration is about to create it.
func existsDetail(account api.Account) string {
	return fmt.Sprintf(`The organization has an Okta account named %[1]q already, for %[2]s (id %[3]s); names are unique, and this account is left untouched. If another resource manages it, or if this resource is replaced with create_before_destroy, remove the duplicate or create_before_destroy. Otherwise give the resource another name, or let it take over the account, either with a block in the configuration

  import {
    to = okta_account.example
    id = %[4]s
  }

or with the command

  terraform import okta_account.example %[5]s

where okta_account.example stands for the address of the resource. The plan then shows what an apply would change in it.`,
		account.Name, account.Domain, account.ID, quoteHCL(account.Name), quoteShell(account.Name))
}

// quoteHCL returns text as a string literal of the configuration language.
func quoteHCL(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{").Replace(text) + `"`
}

// quoteShell returns text as one word of a POSIX shell's command line.
func quoteShell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// existingNames lists the names of the accounts, for an error about one that is not among them.
func existingNames(accounts []api.Account) string {
	const most = 20
	if len(accounts) == 0 {
		return "It has none at all: check that the keys and the site are those of the right organization."
	}
	var names []string
	for _, account := range accounts[:min(len(accounts), most)] {
		names = append(names, fmt.Sprintf("%q", account.Name))
	}
	text := "The names that exist are " + strings.Join(names, ", ")
	if more := len(accounts) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}
