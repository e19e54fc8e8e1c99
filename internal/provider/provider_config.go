// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// settings are all arguments with their values, by name.
type settings map[string]setting

// setting is an argument with the value that the provider block or the environment gives it.
type setting struct {
	argument
	configured bool   // in the provider block
	unknown    bool   // in the provider block, with a value that is not known yet
	variable   string // the environment variable that the value comes from
	text       string // the value, spelled as in an environment variable
}

// readSettings takes each argument from the provider block or, if it is not there, from the first of
// its environment variables that is not empty.
func readSettings(
	ctx context.Context, block tfsdk.Config, getenv func(string) string, diags *diag.Diagnostics,
) settings {
	s := settings{}
	for _, a := range arguments {
		var value attr.Value
		if failed := block.GetAttribute(ctx, path.Root(a.name), &value); failed.HasError() {
			diags.Append(failed...)
			continue
		}
		one := setting{argument: a, configured: !value.IsNull(), unknown: value.IsUnknown()}
		switch str, isString := value.(types.String); {
		case !one.configured:
			isSet := func(variable string) bool { return getenv(variable) != "" }
			if i := slices.IndexFunc(a.variables, isSet); i >= 0 {
				one.variable, one.text = a.variables[i], getenv(a.variables[i])
			}
		case isString:
			one.text = str.ValueString()
		case !one.unknown:
			one.text = value.String() // such as true or 3
		}
		s[a.name] = one
	}
	return s
}

// validate checks settings that come from the provider block alone.
func (s settings) validate(diags *diag.Diagnostics) {
	for _, a := range arguments {
		s[a.name].report(diags)
	}
	if s["site"].text != "" && s["api_url"].text != "" {
		diags.AddAttributeError(path.Root("site"), summaryConflictingArguments,
			"site and api_url both say where the API is. Keep site for one of Datadog's sites, or api_url for another base "+
				"URL, such as a proxy's.")
	}
}

const (
	keylessNeeds = "cloud_provider_type or DD_CLOUD_PROVIDER_TYPE asks for keyless access, which needs org_uuid and " +
		"all three values of temporary AWS credentials: access key ID, secret access key and session token. The provider " +
		"reads no AWS profile and no credentials file."
	insteadOfKeys = "A bearer token (bearer_token, DD_BEARER_TOKEN) or keyless access (cloud_provider_type, " +
		"DD_CLOUD_PROVIDER_TYPE) replaces both keys, but its variable is ignored if the provider block has a key."
)

// resolve decides between the provider block, the environment and the defaults. It returns the
// client's configuration, and the arguments that it needs but whose values are not known yet. For
// each argument, the block beats the environment. Beyond that:
//
//   - Keyless access beats a bearer token, and that beats the keys; but one in the block beats
//     those in the environment.
//   - api_url beats site; but site in the block beats api_url in the environment.
//
// Whatever loses is ignored: it may be invalid or unknown.
func (s settings) resolve(diags *diag.Diagnostics) (cfg datadog.Config, unknown []string) {
	use := func(name string) string {
		if s[name].unknown {
			unknown = append(unknown, name)
		}
		s[name].report(diags)
		return cmp.Or(s[name].text, s[name].fallback)
	}
	var missing []setting
	need := func(name string) string {
		if !s[name].isSet() {
			missing = append(missing, s[name])
		}
		return use(name)
	}

	cloud, token := s["cloud_provider_type"], s["bearer_token"]
	keysConfigured := s["api_key"].configured || s["app_key"].configured
	switch {
	case cloud.configured, cloud.isSet() && !token.configured && !keysConfigured:
		if use(cloud.name) != cloudTypeAWS {
			break // an error, or not known yet
		}
		cfg.AWS = &datadog.AWS{
			OrgUUID:         need("org_uuid"),
			Region:          use("cloud_provider_region"),
			AccessKeyID:     need("aws_access_key_id"),
			SecretAccessKey: need("aws_secret_access_key"),
			SessionToken:    need("aws_session_token"),
		}
		reportMissing(missing, keylessNeeds, diags)
	case token.configured, token.isSet() && !keysConfigured:
		cfg.BearerToken = use(token.name)
	default:
		cfg.APIKey, cfg.AppKey = need("api_key"), need("app_key")
		reportMissing(missing, insteadOfKeys, diags)
	}

	if apiURL := s["api_url"]; apiURL.configured || apiURL.isSet() && !s["site"].configured {
		cfg.BaseURL = lowerHost(use(apiURL.name))
	} else {
		cfg.BaseURL = "https://api." + use("site")
	}

	// What cannot be parsed has been reported by now, and nobody uses the configuration.
	cfg.Retry, _ = strconv.ParseBool(use("http_client_retry_enabled"))
	cfg.MaxRetries, _ = strconv.Atoi(use("http_client_retry_max_retries"))
	seconds, _ := strconv.Atoi(use("http_client_retry_timeout"))
	cfg.Timeout = time.Duration(seconds) * time.Second
	return cfg, unknown
}

// reportMissing adds one error that names all missing arguments and their environment variables, and
// says what else there is.
func reportMissing(missing []setting, also string, diags *diag.Diagnostics) {
	if len(missing) == 0 {
		return
	}
	var names, variables, others []string
	for _, one := range missing {
		names = append(names, one.name)
		variables = append(variables, one.variables[0])
		others = append(others, one.variables[1:]...)
	}
	instead := inWords(names) + " in the provider block"
	if len(others) > 0 {
		instead = inWords(others) + ", or " + instead
	}
	text := fmt.Sprintf("Set %s. Also possible: %s. %s", inWords(variables), instead, also)
	diags.AddAttributeError(path.Root(names[0]), summaryMissingCredentials, text)
}

// inWords joins words as a sentence does.
func inWords(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// isSet reports whether the provider block or the environment has the argument.
func (s setting) isSet() bool { return s.configured || s.variable != "" }

// report adds an error where the value is known and not valid.
func (s setting) report(diags *diag.Diagnostics) {
	if !s.isSet() || s.unknown {
		return
	}
	err := s.validate(s.text)
	variables := strings.Join(s.variables, " or ")
	switch {
	case s.text == "" && variables == "":
		err = errors.New("it is empty: leave the argument out")
	case s.text == "":
		err = fmt.Errorf("it is empty: leave the argument out, or set %s", variables)
	case err == nil:
		return
	case s.variable != "":
		diags.AddAttributeError(path.Root(s.name), summaryInvalidConfiguration,
			fmt.Sprintf("%s, from the environment variable %s: %s.", s.name, s.variable, err))
		return
	case variables != "":
		err = fmt.Errorf("%w. If the argument is left out, its value comes from %s", err, variables)
	}
	mayBeSecret := s.secret && s.text != "" || urlMayHoldSecret(s.text)
	addInvalid(diags, path.Root(s.name), summaryInvalidConfiguration, mayBeSecret, err)
}
