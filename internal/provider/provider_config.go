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

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

// settings has what sets each argument, by the argument's name.
type settings map[string]setting

// setting is an argument with the value that the provider block or the environment gives it.
type setting struct {
	argument
	configured bool   // it is in the provider block
	unknown    bool   // it is, but its value is not known yet
	variable   string // the environment variable that the value comes from
	text       string // the value, as an environment variable would spell it
}

// readSettings takes each argument from the provider block, or else from the first of its
// environment variables that is not empty.
func readSettings(ctx context.Context, block tfsdk.Config, getenv func(string) string, diags *diag.Diagnostics) settings {
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

// validate checks what is known of the provider block, where the settings are of the block alone.
func (s settings) validate(diags *diag.Diagnostics) {
	for _, a := range arguments {
		if a.kind != kindNumber { // the schema's own validators check numbers
			s[a.name].report(diags)
		}
	}
	if s["site"].text != "" && s["api_url"].text != "" {
		diags.AddAttributeError(path.Root("site"), "Conflicting provider arguments",
			"site and api_url both say where the API is: keep site for one of Datadog's sites, or api_url for another "+
				"base URL such as a proxy's.")
	}
}

// resolve decides between the provider block, the environment and the defaults. It returns the
// client's configuration, and the arguments that it needs but that are not known yet. Of each
// argument, the block beats the environment; beyond that:
//
//   - Keyless access beats a bearer token, and that beats the keys; but one in the block beats
//     those in the environment.
//   - api_url beats site; but site in the block beats api_url in the environment.
//
// What does not count is not looked at: it may be invalid or unknown.
func (s settings) resolve(diags *diag.Diagnostics) (cfg api.Config, unknown []string) {
	use := func(name string) string {
		if s[name].unknown {
			unknown = append(unknown, name)
		}
		s[name].report(diags)
		return cmp.Or(s[name].text, s[name].fallback)
	}
	need := func(name, what, why string) string {
		if one := s[name]; !one.isSet() {
			diags.AddAttributeError(path.Root(name), "Missing "+what,
				fmt.Sprintf("Set %s in the provider block, or the environment variable %s. %s",
					name, strings.Join(one.variables, " or "), why))
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
		const why = "Keyless access, which cloud_provider_type or DD_CLOUD_PROVIDER_TYPE asks for, needs org_uuid and all " +
			"three values of temporary AWS credentials: access key ID, secret access key and session token. It reads no " +
			"profile and no file."
		cfg.AWS = &api.AWS{
			OrgUUID:         need("org_uuid", "Datadog organization UUID", why),
			Region:          use("cloud_provider_region"),
			AccessKeyID:     need("aws_access_key_id", "AWS access key ID", why),
			SecretAccessKey: need("aws_secret_access_key", "AWS secret access key", why),
			SessionToken:    need("aws_session_token", "AWS session token", why),
		}
	case token.configured, token.isSet() && !keysConfigured:
		cfg.BearerToken = use(token.name)
	default:
		const why = "Both keys are needed, unless there is a bearer token (bearer_token, or DD_BEARER_TOKEN) or keyless " +
			"access (cloud_provider_type, or DD_CLOUD_PROVIDER_TYPE). These variables count only where the provider block " +
			"has neither api_key nor app_key."
		cfg.APIKey = need("api_key", "Datadog API key", why)
		cfg.AppKey = need("app_key", "Datadog application key", why)
	}

	if apiURL := s["api_url"]; apiURL.configured || apiURL.isSet() && !s["site"].configured {
		cfg.BaseURL = use(apiURL.name)
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

// isSet says whether the provider block or the environment has the argument.
func (s setting) isSet() bool { return s.configured || s.variable != "" }

// report adds an error where the value is known and not valid.
func (s setting) report(diags *diag.Diagnostics) {
	if !s.isSet() || s.unknown {
		return
	}
	const summary = "Invalid provider configuration"
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
		diags.AddAttributeError(path.Root(s.name), summary,
			fmt.Sprintf("%s, from the environment variable %s: %s.", s.name, s.variable, err))
		return
	case variables != "":
		err = fmt.Errorf("%w. Where the argument is left out, its value comes from %s", err, variables)
	}
	addInvalid(diags, path.Root(s.name), summary, s.secret && s.text != "" || urlMayHoldSecret(s.text), err)
}
