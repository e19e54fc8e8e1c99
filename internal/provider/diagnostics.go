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

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// addError turns an error of the client into a diagnostic, for an operation that only reads. The
// summary names the operation, as in "Unable to read Okta account"; the detail is what happened and
// what to do next.
func (d *providerData) addError(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, d.errorDetail(err, nothingChanged))
}

const nothingChanged = "Neither Datadog nor the state was changed."

// addCreateError is addError for a create.
func (d *providerData) addCreateError(diags *diag.Diagnostics, err error) {
	failed, request := asError(err), datadog.AsError(err)
	detail := ""
	switch unknown := failed.OutcomeUnknown; {
	case errors.Is(err, okta.ErrExists) && !unknown:
		detail = existsDetail(failed.Found[0])
	case errors.Is(err, okta.ErrAmbiguous) && unknown:
		detail = err.Error() + "\n\nDelete all but one of these accounts in Datadog. "
		if d.keepsState {
			detail += "The state remembers the name: the next apply takes over the account that is left."
		} else {
			detail += "Then import the one that is left.\n\n" + importHelp(failed.Account)
		}
	case unknown && d.keepsState:
		detail = d.errorDetail(err, "The account may exist. The state remembers its name: the next apply looks for it and "+
			"ends with exactly one account.")
	case unknown:
		detail = d.errorDetail(err, "The account may exist, and the state does not have it. Look in Datadog, or plan "+
			"again: the plan warns if the name exists. If the account is there, import it before the next apply.\n\n"+
			importHelp(failed.Account))
	case request.IsRefusal():
		detail = d.errorDetail(err, refusedCreate(failed.Account, request))
	default:
		detail = d.errorDetail(err, "No account was created: the next apply tries again.")
	}
	diags.AddError(summaryCreate, detail)
}

// addUpdateError is addError for an update to what was planned.
func (d *providerData) addUpdateError(diags *diag.Diagnostics, err error, planned okta.Account) {
	failed, request := asError(err), datadog.AsError(err)
	next := "The state keeps the values from before: the next apply sends the change again."
	switch {
	case errors.Is(err, okta.ErrMismatch) && failed.OutcomeUnknown:
		next = fmt.Sprintf("ANOTHER ACCOUNT WAS CHANGED. The id in the state now belongs to the account %[1]s (id %[2]s), "+
			"so the update gave that account the domain, auth_method, client_id and secrets of %[3]s. Correct that account in "+
			"Datadog or with its own configuration. Then plan again without -refresh=false, so that the refresh finds the id "+
			"of %[3]s.",
			quoted(failed.Found[0].Name), quoted(failed.Found[0].ID), quoted(planned.Name))
	case failed.OutcomeUnknown:
		next = "The account may have been changed. The state keeps the values from before: the next apply compares them " +
			"with Datadog and sends the change again if it is needed."
	case planned.AuthMethod == "" && request.IsRefusal() && request.Status == http.StatusBadRequest:
		next = "Neither the account nor the configuration has an auth_method, so the update sent none. If Datadog " +
			"refuses that, write auth_method into the configuration: \"oauth\" for an account with a client ID and a client " +
			"secret. " + next
	}
	diags.AddError(summaryUpdate, d.errorDetail(err, next))
}

// addDeleteError is addError for a delete.
func (d *providerData) addDeleteError(diags *diag.Diagnostics, err error) {
	diags.AddError(summaryDelete,
		d.errorDetail(err, "The account stays in the state: the next apply deletes it if it is still there."))
}

// errorDetail says what happened, what to check, and how it goes on, in a paragraph each. What to
// check stands in the first error of a run alone.
func (d *providerData) errorDetail(err error, next string) string {
	paragraphs := []string{err.Error()}
	if final := finalAdvice(err); final != "" {
		paragraphs = append(paragraphs, final)
	} else if advice := d.requestAdvice(err); advice != "" && d.run.add(adviceGiven, advice) {
		paragraphs[0] += "\nAnother error of this run says what to check."
		if next != nothingChanged {
			paragraphs = append(paragraphs, next)
		}
	} else {
		paragraphs = append(paragraphs, advice, next)
	}
	return strings.Join(slices.DeleteFunc(paragraphs, func(text string) bool { return text == "" }), "\n\n")
}

// asError returns what the client says of an operation that failed.
func asError(err error) *okta.Error {
	failed := &okta.Error{}
	errors.As(err, &failed)
	return failed
}

// finalAdvice says what to do about an error whose cause alone decides how it goes on.
func finalAdvice(err error) string {
	switch {
	case errors.Is(err, okta.ErrChanged):
		return "It was left alone. Run apply -refresh-only, which takes its present id and values into the state. The " +
			"next plan then shows what would be deleted."
	case errors.Is(err, okta.ErrMismatch) && !asError(err).OutcomeUnknown:
		return "The id belongs to an account of another name, and no account has this name any more. Nothing was changed. " +
			"If the account was renamed in Datadog, remove it from the state (terraform state rm) and import it under its " +
			"new name. Otherwise remove it from the state and let the next apply create it."
	case errors.Is(err, datadog.ErrUnconfigured):
		return "This step needs a request to Datadog, but these arguments of the provider block are not known yet. First " +
			"apply the resources that they come from, with -target. Or give them values that are known when Terraform plans."
	case errors.Is(err, okta.ErrAmbiguous):
		return "Names should be unique. Delete or rename all but one of these accounts in Datadog, or use the id of the " +
			"right one."
	case errors.Is(err, okta.ErrNotFound):
		return "It was deleted outside Terraform after the last read. Plan again: the new plan shows what an apply would do."
	case errors.Is(err, okta.ErrNotShown):
		return "Datadog can take some seconds to show a change. Nothing was changed: try again. If this happens " +
			"again, raise http_client_retry_timeout (seconds)."
	}
	return ""
}

const (
	checkAddress = "site (DD_SITE) or api_url (DD_HOST)"
	checkProxy   = "HTTPS_PROXY, NO_PROXY and api_url (DD_HOST)"
)

// requestAdvice says what to check when a request failed in this way.
func (d *providerData) requestAdvice(err error) string {
	failed := datadog.AsError(err)
	switch status := failed.Status; {
	case errors.Is(err, context.Canceled):
		return "The operation was interrupted."
	case failed.Exchange && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return "Datadog refused the proof of the AWS identity. Check org_uuid (DD_ORG_UUID), " + checkAddress +
			", and the AWS credentials: " +
			"aws_access_key_id (AWS_ACCESS_KEY_ID), aws_secret_access_key (AWS_SECRET_ACCESS_KEY) and aws_session_token " +
			"(AWS_SESSION_TOKEN), whose session may have expired. Datadog must know the AWS account (its AWS integration) " +
			"and have the ARN of the identity mapped to a user or service account."
	case failed.KeyInvalid:
		return "Datadog says that the API key is not valid for this site. A key works only on the site of its " +
			"organization. Check api_key (DD_API_KEY) and " + checkAddress + ". With a valid key, this step needs " +
			"the permission " + failed.Permission + "."
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fmt.Sprintf("%s may not do this. %s the permission %s. If it is granted, the credentials may be revoked or "+
			"belong to another organization, or an IP allowlist may block this machine.",
			d.credentials.what, d.credentials.whose, failed.Permission)
	case errors.Is(err, datadog.ErrMalformed):
		return malformedAdvice(err)
	case status == http.StatusNotFound:
		return "There is no such API at this address. Check " + checkAddress + "."
	case status == http.StatusTooManyRequests:
		return "The organization's rate limit for this API is used up, perhaps by others. Try again later, or let the " +
			"provider wait longer: raise http_client_retry_timeout (seconds), and leave http_client_retry_enabled on."
	case status >= 300 && status < 400:
		return "Set " + checkAddress + " to the real address of the API."
	case status >= 400 && status < 500:
		return "Datadog refused the request. Correct what the message names."
	case status >= 500:
		return "Datadog returned a server error. See https://status.datadoghq.com and try again."
	case errors.Is(err, context.DeadlineExceeded):
		return "Datadog did not answer in time. Try again later, or raise http_client_retry_timeout (seconds): a single " +
			"request may take a quarter of it."
	case asError(err).Found != nil:
		return "" // what was found instead says it
	}
	return "Datadog could not be reached, or a proxy answered instead. Check the network, " + checkProxy +
		", and try again."
}

// malformedAdvice says what to check about an answer, or an account in a list, that cannot be
// understood.
func malformedAdvice(err error) string {
	const account = "This version of the provider may not know the form of the account: look at it in Datadog."
	switch {
	case errors.Is(err, datadog.ErrPage):
		return "Check " + checkProxy + "."
	case datadog.AsError(err).Status != 0:
		return "A proxy or a login page may have answered instead of Datadog: check " + checkProxy + ". " + account
	}
	return account
}

// credentials are the words for what requests authenticate with.
type credentials struct{ what, whose string }

func credentialsOf(cfg datadog.Config) credentials {
	switch {
	case cfg.AWS != nil:
		return credentials{"The AWS identity", "The user or service account that it is mapped to needs"}
	case cfg.BearerToken != "":
		return credentials{"The bearer token (bearer_token, DD_BEARER_TOKEN)", "Its owner needs"}
	}
	return credentials{"The application key (app_key, DD_APP_KEY)", "Its owner's role, and its scopes if it has any, need"}
}
