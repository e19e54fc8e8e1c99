// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// existsDetail says what to do about an account that exists although the configuration is about to
// create it.
func existsDetail(account api.Account) string {
	where := ""
	if account.Domain != "" {
		where = " for " + quoted(account.Domain)
	}
	return fmt.Sprintf("The organization has an Okta account named %s already%s (id %s). Names are unique, and this account is left "+
		"untouched.\n\n%s\n\nIf another resource manages the account, remove one of the two. If this resource is being replaced with "+
		"create_before_destroy, remove that, also from the resources that depend on it: they spread it. Otherwise give the resource "+
		"another name, or let it take over the account with an import.\n\n%s",
		quoted(account.Name), where, quoted(account.ID), movedHelp, importHelp(account.Name))
}

// movedHelp names what keeps an account whose resource only got another address.
const movedHelp = `If you renamed the resource that manages the account, say so in the configuration, and nothing is deleted or created:

  moved {
    from = okta_account.old_address
    to   = okta_account.example
  }`

// importHelp shows how to import the account of the name.
func importHelp(name string) string {
	return fmt.Sprintf(`  import {
    to = okta_account.example
    id = %s
  }

or

  %s

where okta_account.example stands for the address of the resource. The plan then shows what an apply would change in the account.`,
		quoteHCL(name), importCommand(name))
}

func importCommand(name string) string {
	return "terraform import okta_account.example " + quoteShell(name)
}

// allowedName is what Datadog's page about the integration allows as a name.
var allowedName = regexp.MustCompile(`^[0-9A-Za-z_]*$`)

// refusedCreate says what may lie behind the refusal of a create where no account of the exact name
// was found.
func refusedCreate(failed *api.Error) string {
	text := "No account was created."
	if failed.Status == http.StatusBadRequest && !allowedName.MatchString(failed.Account) {
		text += " The name has other characters than letters, digits and underscores. Datadog's page about the integration allows no " +
			"others: if its message does not name something else, choose such a name."
	}
	if len(failed.Found) > 0 {
		found := failed.Found[0]
		return text + fmt.Sprintf(" The organization has the account %s (id %s), whose name differs in the case of letters alone. If it is "+
			"the one you mean, give the resource exactly its name and import it; otherwise choose another name.\n\n%s",
			quoted(found.Name), quoted(found.ID), importHelp(found.Name))
	}
	const look = "`data \"okta_accounts\" \"all\" {}` and Datadog's page of the integration show which accounts there are, and an " +
		"import takes one over"
	if failed.Status == http.StatusConflict {
		return text + " Should an account of this name exist although the provider did not find it: " + look + ".\n\n" +
			importHelp(failed.Account)
	}
	return text + " When that is corrected, the next apply tries again. Only if the message says that the name is taken: " + look +
		".\n\n  " + importCommand(failed.Account)
}

// quoted returns a text of the API as it may stand in a diagnostic.
func quoted(text string) string { return fmt.Sprintf("%q", api.Clean(text)) }

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
