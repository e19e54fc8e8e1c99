// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// addError turns an error of the API client into a diagnostic, for an operation that only reads.
// The summary names the operation, as in "Unable to read Okta account"; the detail is what happened
// and what to do next.
func addError(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, errorDetail(err, "Neither Datadog nor the state was changed."))
}

// addCreateError is addError for a create. partialState says that the state now has the account
// without its id, where the outcome is unknown.
func addCreateError(diags *diag.Diagnostics, err error, partialState bool) {
	failed := asAPIError(err)
	detail := ""
	switch {
	case errors.Is(err, api.ErrExists) && len(failed.Found) > 0:
		detail = existsDetail(failed.Found[0])
	case errors.Is(err, api.ErrAmbiguous) && failed.OutcomeUnknown:
		detail = err.Error() + "\n\nDelete all but one of these accounts in Datadog. "
		if partialState {
			detail += "The state remembers the name: the next apply takes over the one that is left."
		} else {
			detail += "Then import the one that is left.\n\n" + importHelp(failed.Account)
		}
	case failed.OutcomeUnknown && partialState:
		detail = errorDetail(err, "The account may have been created all the same. The state remembers its name: the next apply looks "+
			"for it and ends with exactly one account.")
	case failed.OutcomeUnknown:
		detail = errorDetail(err, "The account may have been created all the same, and the state does not have it. Look in Datadog, or "+
			"plan again: the plan warns where the name exists. If the account is there, import it before the next apply, either with a "+
			"block in the configuration or with a command.\n\n"+importHelp(failed.Account))
	case failed.IsConflict():
		detail = errorDetail(err, refusedCreate(failed))
	default:
		detail = errorDetail(err, "No account was created: the next apply tries again.")
	}
	diags.AddError("Unable to create Okta account", detail)
}

// addUpdateError is addError for an update to what was planned.
func addUpdateError(diags *diag.Diagnostics, err error, planned api.Account) {
	failed := asAPIError(err)
	next := "The state keeps the values from before: the next apply sends the change again."
	switch {
	case errors.Is(err, api.ErrMismatch) && failed.OutcomeUnknown && len(failed.Found) > 0:
		next = fmt.Sprintf("ANOTHER ACCOUNT WAS CHANGED. The id in the state belongs to the account %[1]s by now (id %[2]s): its domain, "+
			"auth_method, client_id and secrets are those meant for %[3]s. Put that account right in Datadog or with its own "+
			"configuration. Then plan again without -refresh=false, so that the refresh finds the id of %[3]s.",
			quoted(failed.Found[0].Name), quoted(failed.Found[0].ID), quoted(planned.Name))
	case failed.OutcomeUnknown:
		next = "The account may have been changed all the same. The state keeps the values from before: the next apply compares them " +
			"with Datadog and sends the change again where it is needed."
	case planned.AuthMethod == "" && failed.Op == "update" && failed.Status == http.StatusBadRequest:
		next = "The account has no auth_method, and neither has the configuration, so the update sent none. If that is what Datadog " +
			"refuses, write auth_method into the configuration: \"oauth\" for an account with a client ID and a client secret. " + next
	}
	diags.AddError("Unable to update Okta account", errorDetail(err, next))
}

// addDeleteError is addError for a delete.
func addDeleteError(diags *diag.Diagnostics, err error) {
	diags.AddError("Unable to delete Okta account",
		errorDetail(err, "The account stays in the state: the next apply looks whether it is still there, and deletes it then."))
}

// errorDetail says what happened, what to look at, and how it goes on, in a paragraph each.
func errorDetail(err error, next string) string {
	paragraphs := []string{err.Error(), adviceForStatus(err), next}
	if final := finalAdvice(err); final != "" {
		paragraphs = []string{err.Error(), final}
	}
	return strings.Join(slices.DeleteFunc(paragraphs, func(text string) bool { return text == "" }), "\n\n")
}

func asAPIError(err error) *api.Error {
	failed := &api.Error{}
	errors.As(err, &failed)
	return failed
}

// finalAdvice says what to do about an error whose cause alone decides how it goes on.
func finalAdvice(err error) string {
	switch {
	case errors.Is(err, api.ErrChanged):
		return "It was left alone. Run apply -refresh-only, which takes its present id and values into the state. The next plan " +
			"then shows what would be deleted."
	case errors.Is(err, api.ErrMismatch) && !asAPIError(err).OutcomeUnknown:
		return "The id belongs to an account of another name, and no account has this name any more. Nothing was changed. If the account " +
			"was renamed in Datadog, remove it from the state (terraform state rm) and import it under its new name. Otherwise remove it " +
			"from the state and let the next apply create it."
	case errors.Is(err, api.ErrUnconfigured):
		return "These arguments of the provider block depend on something that is not known yet, and this step needs a request to " +
			"Datadog. Apply what they depend on first, with -target, and then the rest; or give them values that are known when " +
			"Terraform plans."
	case errors.Is(err, api.ErrAmbiguous):
		return "Names should be unique. Delete or rename the surplus accounts in Datadog, or refer to the one that you mean by its id."
	case errors.Is(err, api.ErrNotFound):
		return "It was deleted outside Terraform since it was last read. Plan again: the plan proposes what puts that right."
	}
	return ""
}

// adviceForStatus says what to look at when a request failed in this way.
func adviceForStatus(err error) string {
	failed := asAPIError(err)
	const address = "site (DD_SITE) or api_url (DD_HOST)"
	switch status := failed.Status; {
	case failed.Op == "": // no error of a request
		return ""
	case errors.Is(err, context.Canceled):
		return "The operation was interrupted."
	case failed.Op == "authenticate" && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return "Datadog refused the proof of the AWS identity. Check org_uuid (DD_ORG_UUID), " + address + ", and the AWS credentials: " +
			"aws_access_key_id (AWS_ACCESS_KEY_ID), aws_secret_access_key (AWS_SECRET_ACCESS_KEY) and aws_session_token " +
			"(AWS_SESSION_TOKEN), whose session may have expired. Datadog must know the AWS account (its AWS integration) and have the " +
			"ARN of the identity mapped to a user or service account."
	case failed.KeyInvalid:
		return "Datadog says that the API key is not valid for this site; a key works on the site of its organization alone. Check api_key " +
			"(DD_API_KEY) and " + address + ". The request also needs the permission " + failed.Permission + "."
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "The request needs the permission " + failed.Permission + ". The owner of the application key (app_key, DD_APP_KEY) or of the " +
			"bearer token, or the user that the AWS identity is mapped to, must have it and, where the key has scopes, they must include " +
			"it. The key may also be wrong, revoked or of another organization, or the organization may restrict the addresses that " +
			"requests may come from."
	case status == http.StatusNotFound:
		return "There is no such API at this address. Check " + address + "."
	case status == http.StatusTooManyRequests:
		return "The organization's rate limit for this API is used up, perhaps by others. Try again later, or let the provider wait " +
			"longer: raise http_client_retry_timeout (seconds), and leave http_client_retry_enabled on."
	case errors.Is(err, api.ErrMalformed):
		return "Either something else answered than Datadog's API: check " + address + ". Or the account has a form that this version of " +
			"the provider does not know: look at it in Datadog."
	case status >= 200 && status < 300:
		return "" // what was found instead says it
	case status >= 300 && status < 400:
		return "Set " + address + " to the address where the API really is."
	case status >= 400 && status < 500:
		return "Datadog refused what was sent. Correct what its message names."
	case status == 0 && errors.Is(err, context.DeadlineExceeded):
		return "Datadog did not answer in time. Try again later, or raise http_client_retry_timeout (seconds)."
	case status == 0:
		return "Datadog could not be reached, or something else answered than its API. Check the network and " + address + ", and try again."
	}
	return "Datadog returned a server error. See https://status.datadoghq.com and try again."
}
