// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

const (
	defaultSite       = "datadoghq.com"
	defaultMaxRetries = 3
	defaultTimeout    = 120 // seconds

	maxMaxRetries = 100
	maxTimeout    = 24 * 60 * 60 // seconds
)

// providerModel is the provider block.
type providerModel struct {
	APIKey       types.String `tfsdk:"api_key"`
	AppKey       types.String `tfsdk:"app_key"`
	BearerToken  types.String `tfsdk:"bearer_token"`
	Site         types.String `tfsdk:"site"`
	APIURL       types.String `tfsdk:"api_url"`
	RetryEnabled types.Bool   `tfsdk:"http_client_retry_enabled"`
	MaxRetries   types.Int64  `tfsdk:"http_client_retry_max_retries"`
	Timeout      types.Int64  `tfsdk:"http_client_retry_timeout"`
}

// settings are the arguments of the provider block, each with the environment variables that stand
// in for it.
type settings struct {
	apiKey, appKey, bearerToken, site, apiURL, retryEnabled, maxRetries, timeout setting
}

func (m providerModel) settings(getenv func(string) string) settings {
	find := func(configured attr.Value, s setting) setting { return s.find(configured, getenv) }
	return settings{
		apiKey: find(m.APIKey, setting{
			name: "api_key", variables: []string{"DD_API_KEY", "DATADOG_API_KEY"}, valid: checkCredential, secret: true,
		}),
		appKey: find(m.AppKey, setting{
			name: "app_key", variables: []string{"DD_APP_KEY", "DATADOG_APP_KEY"}, valid: checkCredential, secret: true,
		}),
		bearerToken: find(m.BearerToken, setting{
			name: "bearer_token", variables: []string{"DD_BEARER_TOKEN", "DATADOG_BEARER_TOKEN"}, valid: checkCredential, secret: true,
		}),
		site:   find(m.Site, setting{name: "site", variables: []string{"DD_SITE"}, valid: checkSite}),
		apiURL: find(m.APIURL, setting{name: "api_url", variables: []string{"DD_HOST", "DATADOG_HOST"}, valid: checkAPIURL}),
		retryEnabled: find(m.RetryEnabled, setting{
			name: "http_client_retry_enabled", variables: []string{"DD_HTTP_CLIENT_RETRY_ENABLED"}, valid: checkBool,
		}),
		maxRetries: find(m.MaxRetries, setting{
			name: "http_client_retry_max_retries", variables: []string{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES"},
			valid: checkNumber(0, maxMaxRetries),
		}),
		timeout: find(m.Timeout, setting{
			name: "http_client_retry_timeout", variables: []string{"DD_HTTP_CLIENT_RETRY_TIMEOUT"},
			valid: checkNumber(1, maxTimeout),
		}),
	}
}

// validate checks what the provider block says, as far as it is known. The schema's own validators
// check the numbers.
func (m providerModel) validate(diags *diag.Diagnostics) {
	noEnvironment := func(string) string { return "" }
	s := m.settings(noEnvironment)
	for _, one := range []setting{s.apiKey, s.appKey, s.bearerToken, s.site, s.apiURL} {
		one.check(diags)
	}
	if s.site.text != "" && s.apiURL.text != "" {
		diags.AddAttributeError(path.Root("site"), "Conflicting provider arguments",
			"site and api_url both say where the API is: keep site for one of Datadog's sites, or api_url for another "+
				"base URL such as a proxy's.")
	}
}

// resolve decides between the provider block, the environment and the defaults: an argument in the
// block beats every environment variable. It returns the client's configuration and the arguments
// that are needed but not known yet.
func (m providerModel) resolve(getenv func(string) string, diags *diag.Diagnostics) (cfg api.Config, unknown []string) {
	s := m.settings(getenv)
	use := func(one setting) string {
		if one.unknown {
			unknown = append(unknown, one.name)
		}
		one.check(diags)
		return one.text
	}

	keysConfigured := s.apiKey.configured || s.appKey.configured
	if s.bearerToken.configured || s.bearerToken.isSet() && !keysConfigured {
		cfg.BearerToken = use(s.bearerToken)
	} else {
		s.apiKey.require(diags, "API key")
		s.appKey.require(diags, "application key")
		cfg.APIKey, cfg.AppKey = use(s.apiKey), use(s.appKey)
	}

	switch {
	case s.apiURL.configured, s.apiURL.isSet() && !s.site.configured:
		cfg.BaseURL = use(s.apiURL)
	case s.site.isSet():
		cfg.BaseURL = "https://api." + use(s.site)
	default:
		cfg.BaseURL = "https://api." + defaultSite
	}

	cfg.Retry = parse(use(s.retryEnabled), strconv.ParseBool, true)
	cfg.MaxRetries = parse(use(s.maxRetries), strconv.Atoi, defaultMaxRetries)
	cfg.Timeout = time.Duration(parse(use(s.timeout), strconv.Atoi, defaultTimeout)) * time.Second
	return cfg, unknown
}

// parse returns the value that text spells, or fallback where there is none. A wrong one has been
// reported before.
func parse[T any](text string, parser func(string) (T, error), fallback T) T {
	if value, err := parser(text); err == nil {
		return value
	}
	return fallback
}

// setting is one argument of the provider block and its value.
type setting struct {
	name      string
	variables []string // environment variables that stand in for it, the strongest first
	valid     func(text string) error
	secret    bool

	configured bool   // it is in the provider block
	unknown    bool   // it is, but its value is not known yet
	variable   string // the environment variable that the value comes from
	text       string // the value, as an environment variable would spell it
}

// find returns the setting with its value: that of the configuration, or else that of the first
// environment variable that is not empty.
func (s setting) find(configured attr.Value, getenv func(string) string) setting {
	s.configured, s.unknown = !configured.IsNull(), configured.IsUnknown()
	switch value := configured.(type) {
	case types.String:
		s.text = value.ValueString()
	case types.Bool:
		s.text = strconv.FormatBool(value.ValueBool())
	case types.Int64:
		s.text = strconv.FormatInt(value.ValueInt64(), 10)
	}
	if s.unknown || !s.configured {
		s.text = ""
	}
	if s.configured {
		return s
	}
	for _, variable := range s.variables {
		if text := getenv(variable); text != "" {
			s.variable, s.text = variable, text
			return s
		}
	}
	return s
}

// isSet says whether the configuration or the environment has the setting.
func (s setting) isSet() bool { return s.configured || s.variable != "" }

// check adds an error where the setting has a value that is not valid.
func (s setting) check(diags *diag.Diagnostics) {
	if !s.isSet() || s.unknown {
		return
	}
	err := s.valid(s.text)
	switch {
	case s.text == "":
		err = fmt.Errorf("it is empty: leave the argument out, or set %s", strings.Join(s.variables, " or "))
	case err == nil:
		return
	case s.variable != "":
		diags.AddAttributeError(path.Root(s.name), "Invalid provider configuration",
			fmt.Sprintf("%s, from the environment variable %s: %s.", s.name, s.variable, err))
		return
	default:
		err = fmt.Errorf("%w. Where the argument is left out, its value comes from %s", err, strings.Join(s.variables, " or "))
	}
	addInvalid(diags, path.Root(s.name), "Invalid provider configuration", s.secret && s.text != "" || urlMayHoldSecret(s.text), err)
}

// require adds an error where nothing sets the credential.
func (s setting) require(diags *diag.Diagnostics, what string) {
	if s.isSet() {
		return
	}
	diags.AddAttributeError(path.Root(s.name), "Missing Datadog "+what, fmt.Sprintf(
		"Set %s in the provider block, or the environment variable %s. A bearer token replaces both keys: set bearer_token, "+
			"or DD_BEARER_TOKEN (which counts only where the provider block has neither api_key nor app_key).",
		s.name, strings.Join(s.variables, " or ")))
}

// checkCredential accepts what can be a key or a token: printable ASCII without spaces. Its error
// does not show the value.
func checkCredential(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("it contains a space, a line break or another character that no key or token has, as happens when " +
			"one is pasted or read from a file: write the bare value, or trimspace(…) around it")
	}
	return nil
}

func checkBool(text string) error {
	if _, err := strconv.ParseBool(text); err != nil {
		return fmt.Errorf("it is %q: write true or false", text)
	}
	return nil
}

func checkNumber(least, most int) func(string) error {
	return func(text string) error {
		if n, err := strconv.Atoi(text); err != nil || n < least || n > most {
			return fmt.Errorf("it is %q: write a whole number from %d to %d", text, least, most)
		}
		return nil
	}
}
