// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// maxSecretBytes is more than any client secret or token has. A longer value comes from the wrong file.
const maxSecretBytes = 8 << 10

// description is that of a validator or a plan modifier.
type description string

func (d description) Description(context.Context) string         { return string(d) }
func (d description) MarkdownDescription(context.Context) string { return string(d) }

// stringValidator is a check of a string. Its error says what is wrong and what to write.
type stringValidator struct {
	description
	check       func(text string) error
	mayBeSecret func(text string) bool // whether a diagnostic must not point at the text; nil: never
}

func (v stringValidator) ValidateString(
	_ context.Context, req validator.StringRequest, resp *validator.StringResponse,
) {
	v.report(req.Path, req.ConfigValue, &resp.Diagnostics)
}

// report adds an error if the value is known and not valid.
func (v stringValidator) report(at path.Path, value types.String, diags *diag.Diagnostics) {
	if value.IsNull() || value.IsUnknown() {
		return
	}
	text := value.ValueString()
	if err := v.check(text); err != nil {
		addInvalid(diags, at, summaryInvalidValue, v.mayBeSecret != nil && v.mayBeSecret(text), err)
	}
}

// addInvalid reports what is wrong with a value in the configuration. The CLI prints the line that a
// diagnostic points at, including a literal secret. If the value may contain one, the diagnostic only
// names the attribute.
func addInvalid(diags *diag.Diagnostics, at path.Path, summary string, mayBeSecret bool, err error) {
	detail := fmt.Sprintf("%s: %s.", at, err)
	if mayBeSecret {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(at, summary, detail)
}

var (
	// nameValidator is for the name of an account to look for.
	nameValidator = stringValidator{
		description: "must not be empty and have no control characters",
		check: func(text string) error {
			return checkName(text, "write the name of an account, or leave it out and write its id")
		},
	}

	// managedNameValidator also accepts white space around the name, which an existing account may
	// have. The plan of a new account refuses it.
	managedNameValidator = stringValidator{
		description: "must not be empty and have no control characters within",
		check:       func(text string) error { return checkName(strings.TrimSpace(text), "write the name of the account") },
	}

	newNameValidator = stringValidator{
		description: "must be a text without white space around it and without control characters",
		check: func(text string) error {
			if err := checkText(text, "write the name of the account"); err != nil {
				return fmt.Errorf("%w. An existing account with such a name can be imported", err)
			}
			return nil
		},
	}

	secretValidator = stringValidator{
		description: description(fmt.Sprintf(
			"must be at most %d bytes long, without white space around them and without control characters", maxSecretBytes)),
		check:       checkSecret,
		mayBeSecret: func(text string) bool { return text != "" },
	}

	domainValidator = stringValidator{
		description: "must be the URL of an Okta org, such as https://example.okta.com",
		check:       checkDomain,
		mayBeSecret: urlMayHoldSecret,
	}

	regexValidator = stringValidator{
		description: "must be a regular expression in RE2 syntax",
		check: func(text string) error {
			if _, err := regexp.Compile(text); err != nil {
				return fmt.Errorf("%w; RE2 has no look-ahead and no back-references", err)
			}
			return nil
		},
	}
)

// textValidator refuses texts that are probably a mistake.
func textValidator(ifEmpty string) stringValidator {
	return stringValidator{
		description: "must be a text without white space around it and without control characters",
		check:       func(text string) error { return checkText(text, ifEmpty) },
	}
}

func checkSecret(text string) error {
	if len(text) > maxSecretBytes {
		return fmt.Errorf("it is %d bytes long, and no secret or token of Okta's is longer than %d: check that it is the "+
			"right file or value",
			len(text), maxSecretBytes)
	}
	return checkText(text, "leave it out if there is none")
}

func checkName(text, ifEmpty string) error {
	switch {
	case text == "":
		return errors.New("it is empty: " + ifEmpty)
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("it contains a control character, such as a line break or a tab: remove it, or write " +
			"trimspace(…) around the value if it is at an end")
	}
	return nil
}

func checkText(text, ifEmpty string) error {
	if text != "" && strings.TrimSpace(text) != text {
		return errors.New("it has white space around it, such as the line break at the end of a file: remove that, or " +
			"write trimspace(…) around the value")
	}
	return checkName(text, ifEmpty)
}
