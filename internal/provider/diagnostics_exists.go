// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// existsDetail says what to do about an account that exists although a resource is about to create it.
// It has to be true whoever manages that account: another resource, another tool, nobody, or this
// resource itself, where it is tainted.
func existsDetail(account okta.Account) string {
	return fmt.Sprintf(`%s, so the create fails while that account exists.

If this resource only got a new address or key, or replaces one of a generic REST provider, add a moved block. `+
		`Without it, removing the old resource deletes the account.

  moved {
    from = okta_account.old # or restapi_object.old, restful_resource.old
    to   = okta_account.example
  }

If nothing manages the account yet, import it, with an import block or this command:

  %s

If the account is not yours, choose another name.

If it is the account of this resource, which is tainted or replaced, do nothing: Terraform deletes it first. Only `+
		`create_before_destroy prevents that: remove it from this resource and from those that depend on it.`,
		describeExisting(account), importCommand(account.Name))
}

// takenDetail is about a resource whose new name another account has.
func takenDetail(account, own okta.Account) string {
	taken := quoteHCL(account.Name)
	return fmt.Sprintf("%s. Without create_before_destroy, Terraform first deletes its own account %s "+
		"(id %s), and then fails to create %s.\n\nChoose a free name, or write name = %s to keep the account. To rename an "+
		"account safely, set create_before_destroy = true in the lifecycle block. If another resource gives up the name %s "+
		"in this plan, apply that first, with -target.",
		describeExisting(account), quoted(own.Name), quoted(own.ID), taken, quoteHCL(own.Name), taken)
}

// managedTwiceDetail is about an account that two resources read, one of them perhaps by an import.
func managedTwiceDetail(name string) string {
	return fmt.Sprintf("Two resources of this plan manage the Okta account %s. They overwrite each other's changes, and "+
		"destroying one deletes the account of both. Keep one. If the other is new, delete it and its import block. If it "+
		"is in the state already, replace it by a removed block with destroy = false.", quoteHCL(name))
}

func describeExisting(account okta.Account) string {
	where := ""
	if account.Domain != "" {
		where = " for " + quoted(account.Domain)
	}
	return fmt.Sprintf("The organization already has an Okta account named %s%s (id %s). Names are unique",
		quoted(account.Name), where, quoted(account.ID))
}

// importHelp shows how to import the account of the name.
func importHelp(name string) string {
	return fmt.Sprintf(`  import {
    to = okta_account.example
    id = %s
  }

or

  %s

where okta_account.example stands for the address of the resource. The plan then shows what an apply would change.`,
		quoteHCL(name), importCommand(name))
}

func importCommand(name string) string {
	return "terraform import okta_account.example " + quoteShell(name)
}

// allowedName is what Datadog's page about the integration allows as a name.
var allowedName = regexp.MustCompile(`^[0-9A-Za-z_]*$`)

// refusedCreate says what may be the reason for a refused create if no account of the name was found.
func refusedCreate(name string, refusal *datadog.Error) string {
	text := "No account was created: the next apply tries again."
	if refusal.Status == http.StatusBadRequest && !allowedName.MatchString(name) {
		text += " The name has other characters than letters, digits and underscores, and Datadog's page about the " +
			"integration allows no others. If the message names no other cause, change the name."
	}
	saysTaken := func(message string) bool { return nameIsTaken.MatchString(message) }
	if refusal.Status == http.StatusConflict || slices.ContainsFunc(refusal.Messages, saysTaken) {
		text += " The provider found no account of this name. If there is one in Datadog, import it:\n\n  " +
			importCommand(name)
	}
	return text
}

var nameIsTaken = regexp.MustCompile(`(?i)\b(exists|taken)\b`)

// quoted returns a text of the API, made fit for a diagnostic.
func quoted(text string) string { return fmt.Sprintf("%q", datadog.Clean(text)) }

// quoteHCL returns text as a string literal of the configuration language.
func quoteHCL(text string) string {
	escapes := strings.NewReplacer(
		`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{",
	)
	return `"` + escapes.Replace(text) + `"`
}

// quoteShell returns text as one word of a POSIX shell's command line.
func quoteShell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// existingNames lists the names of the accounts, for an error about one that is not among them.
func existingNames(accounts []okta.Account) string {
	const most = 20
	if len(accounts) == 0 {
		return "It has none at all: check that the keys and the site belong to the right organization."
	}
	var names, nameless []string
	for _, account := range accounts {
		if account.Name == "" {
			nameless = append(nameless, fmt.Sprintf("(no name, id %s)", quoted(account.ID)))
			continue
		}
		names = append(names, quoted(account.Name))
	}
	names = append(names, nameless...)
	text := "The names that exist are " + strings.Join(names[:min(len(names), most)], ", ")
	if more := len(accounts) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + "."
}
