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
	APIKey      types.String `tfsdk:"api_key"`
	AppKey      types.String `tfsdk:"app_key"`
	BearerToken types.String `tfsdk:"bearer_token"`

	CloudType          types.String `tfsdk:"cloud_provider_type"`
	CloudRegion        types.String `tfsdk:"cloud_provider_region"`
	OrgUUID            types.String `tfsdk:"org_uuid"`
	AWSAccessKeyID     types.String `tfsdk:"aws_access_key_id"`
	AWSSecretAccessKey types.String `tfsdk:"aws_secret_access_key"`
	AWSSessionToken    types.String `tfsdk:"aws_session_token"`

	Site         types.String `tfsdk:"site"`
	APIURL       types.String `tfsdk:"api_url"`
	RetryEnabled types.Bool   `tfsdk:"http_client_retry_enabled"`
	MaxRetries   types.Int64  `tfsdk:"http_client_retry_max_retries"`
	Timeout      types.Int64  `tfsdk:"http_client_retry_timeout"`

	// Of DataDog/datadog: their validators refuse what has no meaning here.
	Validate          types.String `tfsdk:"validate"`
	BackoffBase       types.String `tfsdk:"http_client_retry_backoff_base"`
	BackoffMultiplier types.String `tfsdk:"http_client_retry_backoff_multiplier"`
}

// settings are the arguments of the provider block, each with its value from the block or from the
// environment.
type settings struct {
	apiKey, appKey, bearerToken                         setting
	cloudType, cloudRegion, orgUUID                     setting
	awsAccessKeyID, awsSecretAccessKey, awsSessionToken setting
	site, apiURL, retryEnabled, maxRetries, timeout     setting
}

// settings names the environment variables that stand in for each argument, the strongest first.
func (m providerModel) settings(getenv func(string) string) settings {
	plain := func(name string, configured attr.Value, valid func(string) error, variables ...string) setting {
		return setting{name: name, variables: variables, valid: valid}.find(configured, getenv)
	}
	secret := func(name string, configured attr.Value, variables ...string) setting {
		return setting{name: name, variables: variables, valid: checkCredential, secret: true}.find(configured, getenv)
	}
	return settings{
		apiKey:      secret("api_key", m.APIKey, "DD_API_KEY", "DATADOG_API_KEY"),
		appKey:      secret("app_key", m.AppKey, "DD_APP_KEY", "DATADOG_APP_KEY"),
		bearerToken: secret("bearer_token", m.BearerToken, "DD_BEARER_TOKEN", "DATADOG_BEARER_TOKEN"),

		cloudType: plain("cloud_provider_type", m.CloudType, checkCloudType,
			"DD_CLOUD_PROVIDER_TYPE", "DATADOG_CLOUD_PROVIDER_TYPE"),
		cloudRegion:        plain("cloud_provider_region", m.CloudRegion, checkCloudRegion),
		orgUUID:            plain("org_uuid", m.OrgUUID, checkOrgUUID, "DD_ORG_UUID", "DATADOG_ORG_UUID"),
		awsAccessKeyID:     secret("aws_access_key_id", m.AWSAccessKeyID, "AWS_ACCESS_KEY_ID"),
		awsSecretAccessKey: secret("aws_secret_access_key", m.AWSSecretAccessKey, "AWS_SECRET_ACCESS_KEY"),
		awsSessionToken:    secret("aws_session_token", m.AWSSessionToken, "AWS_SESSION_TOKEN"),

		site:         plain("site", m.Site, checkSite, "DD_SITE"),
		apiURL:       plain("api_url", m.APIURL, checkAPIURL, "DD_HOST", "DATADOG_HOST"),
		retryEnabled: plain("http_client_retry_enabled", m.RetryEnabled, checkBool, "DD_HTTP_CLIENT_RETRY_ENABLED"),
		maxRetries: plain("http_client_retry_max_retries", m.MaxRetries, checkNumber(0, maxMaxRetries),
			"DD_HTTP_CLIENT_RETRY_MAX_RETRIES"),
		timeout: plain("http_client_retry_timeout", m.Timeout, checkNumber(1, maxTimeout), "DD_HTTP_CLIENT_RETRY_TIMEOUT"),
	}
}

// validate checks what the provider block says, as far as it is known. The schema's own validators
// check the numbers.
func (m providerModel) validate(diags *diag.Diagnostics) {
	noEnvironment := func(string) string { return "" }
	s := m.settings(noEnvironment)
	for _, one := range []setting{
		s.apiKey, s.appKey, s.bearerToken, s.cloudType, s.cloudRegion, s.orgUUID,
		s.awsAccessKeyID, s.awsSecretAccessKey, s.awsSessionToken, s.site, s.apiURL,
	} {
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
	switch {
	case s.cloudType.configured, s.cloudType.isSet() && !s.bearerToken.configured && !keysConfigured:
		cfg.AWS = s.aws(use, diags)
	case s.bearerToken.configured, s.bearerToken.isSet() && !keysConfigured:
		cfg.BearerToken = use(s.bearerToken)
	default:
		const instead = "Both keys are needed, unless there is a bearer token (bearer_token, or DD_BEARER_TOKEN) or keyless access " +
			"(cloud_provider_type, or DD_CLOUD_PROVIDER_TYPE). These variables count only where the provider block has neither " +
			"api_key nor app_key."
		s.apiKey.require(diags, "Datadog API key", instead)
		s.appKey.require(diags, "Datadog application key", instead)
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
	switch value, isString := configured.(types.String); {
	case s.unknown:
		return s
	case isString && s.configured:
		s.text = value.ValueString()
		return s
	case s.configured:
		s.text = configured.String() // such as true or 3
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
	variables := strings.Join(s.variables, " or ")
	switch {
	case s.text == "" && variables == "":
		err = errors.New("it is empty: leave the argument out")
	case s.text == "":
		err = fmt.Errorf("it is empty: leave the argument out, or set %s", variables)
	case err == nil:
		return
	case s.variable != "":
		diags.AddAttributeError(path.Root(s.name), "Invalid provider configuration",
			fmt.Sprintf("%s, from the environment variable %s: %s.", s.name, s.variable, err))
		return
	case variables != "":
		err = fmt.Errorf("%w. Where the argument is left out, its value comes from %s", err, variables)
	}
	addInvalid(diags, path.Root(s.name), "Invalid provider configuration", s.secret && s.text != "" || urlMayHoldSecret(s.text), err)
}

// require adds an error where nothing sets the credential.
func (s setting) require(diags *diag.Diagnostics, what, why string) {
	if s.isSet() {
		return
	}
	diags.AddAttributeError(path.Root(s.name), "Missing "+what, fmt.Sprintf(
		"Set %s in the provider block, or the environment variable %s. %s", s.name, strings.Join(s.variables, " or "), why))
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

// checkValidate refuses what the provider does not do. The argument is DataDog/datadog's.
func checkValidate(text string) error {
	if text != "false" {
		return errors.New("this provider never sends a request just to check the credentials, which the first request that needs them " +
			`shows to be right or wrong: leave the argument out, or write "false"`)
	}
	return nil
}

// refuseBackoff refuses every value. The arguments are DataDog/datadog's.
func refuseBackoff(string) error {
	return errors.New("this provider chooses the waits between repeats itself: leave the argument out. http_client_retry_max_retries says " +
		"how often a request is repeated, http_client_retry_timeout how long an operation may take with all its waits")
}
