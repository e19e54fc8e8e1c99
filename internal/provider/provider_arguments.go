// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// argument is an argument of the provider block.
type argument struct {
	name        string
	kind        kind
	variables   []string // environment variables that stand in for it, the strongest first
	fallback    string   // the value where nothing sets it
	description string   // the schema adds what the other fields say

	check       func(text string) error // of a string
	secret      bool
	least, most int // of a number
}

type kind int

const (
	kindString kind = iota
	kindBool
	kindNumber
)

const (
	cloudTypeAWS = "aws"

	keylessDescription = "For keyless access (a preview at Datadog): "
	backoffDescription = "Of the `DataDog/datadog` provider, refused: this provider chooses the waits between repeats itself."
)

// arguments is the one list of them. The schema, the reading and the validation come from it. A new
// argument is a row here, and a use in resolve.
var arguments = []argument{
	{
		name: "api_key", variables: []string{"DD_API_KEY", "DATADOG_API_KEY"}, check: checkCredential, secret: true,
		description: "Datadog API key. Required, with `app_key`, unless there is a bearer token or keyless access.",
	},
	{
		name: "app_key", variables: []string{"DD_APP_KEY", "DATADOG_APP_KEY"}, check: checkCredential, secret: true,
		description: "Datadog application key. Its owner needs the permission `integrations_read` to plan, and " +
			"`manage_integrations` to create, change or delete accounts. The owner is best a service account.",
	},
	{
		name: "bearer_token", variables: []string{"DD_BEARER_TOKEN", "DATADOG_BEARER_TOKEN"},
		check: checkCredential, secret: true,
		description: "Datadog access token, sent as `Authorization: Bearer …` instead of the two keys. A token from " +
			"the environment counts only where the provider block has neither `api_key` nor `app_key`.",
	},
	{
		name: "cloud_provider_type", variables: []string{"DD_CLOUD_PROVIDER_TYPE", "DATADOG_CLOUD_PROVIDER_TYPE"},
		check: checkCloudType,
		description: "The cloud whose identity is used instead of keys (keyless access, a preview at Datadog): " +
			"`aws`, with `org_uuid` and the `aws_…` arguments. It beats bearer token and keys; from the " +
			"environment, it counts only where the provider block has neither keys nor a bearer token.",
	},
	{
		name: "cloud_provider_region", check: checkCloudRegion,
		description: keylessDescription + "the AWS region whose Security Token Service confirms the identity, such " +
			"as `us-east-1`. Default: the global endpoint.",
	},
	{
		name: "org_uuid", variables: []string{"DD_ORG_UUID", "DATADOG_ORG_UUID"}, check: checkOrgUUID,
		description: keylessDescription + "the UUID of the Datadog organization.",
	},
	{
		name: "aws_access_key_id", variables: []string{"AWS_ACCESS_KEY_ID"}, check: checkCredential, secret: true,
		description: keylessDescription + "the access key ID of temporary AWS credentials.",
	},
	{
		name: "aws_secret_access_key", variables: []string{"AWS_SECRET_ACCESS_KEY"}, check: checkCredential, secret: true,
		description: keylessDescription + "the secret access key of temporary AWS credentials. It signs, and is not sent.",
	},
	{
		name: "aws_session_token", variables: []string{"AWS_SESSION_TOKEN"}, check: checkCredential, secret: true,
		description: keylessDescription + "the session token of temporary AWS credentials. Required: keys of an IAM " +
			"user alone, without a session, are not enough.",
	},
	{
		name: "site", variables: []string{"DD_SITE"}, fallback: "datadoghq.com", check: checkSite,
		description: "Host name of the Datadog site that the organization is on: `" + strings.Join(siteHosts(), "`, `") +
			"` or a newer one. Requests go to `https://api.<site>`. Conflicts with `api_url`.",
	},
	{
		name: "api_url", variables: []string{"DD_HOST", "DATADOG_HOST"}, check: checkAPIURL,
		description: "Base URL of the API where it is not `https://api.<site>`, such as that of a proxy: with its " +
			"scheme, perhaps a path, and without the `/api/v2/…` that the provider adds. Plain `http://` is " +
			"accepted for `localhost` and loopback addresses alone. The environment variables hold such a URL too " +
			"(not a bare host name), and beat `DD_SITE`. Conflicts with `site`.",
	},
	{
		name: "http_client_retry_enabled", kind: kindBool, variables: []string{"DD_HTTP_CLIENT_RETRY_ENABLED"},
		fallback: "true",
		description: "Whether to repeat requests that failed for a transient reason, and to wait for the " +
			"organization's rate limit.",
	},
	{
		name: "http_client_retry_max_retries", kind: kindNumber, variables: []string{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES"},
		least: 0, most: 100, fallback: "3",
		description: "How often to repeat a request after failures: 2 means at most 3 requests. Waits for the rate " +
			"limit do not count; `http_client_retry_timeout` alone bounds them.",
	},
	{
		name: "http_client_retry_timeout", kind: kindNumber, variables: []string{"DD_HTTP_CLIENT_RETRY_TIMEOUT"},
		least: 1, most: 24 * 60 * 60, fallback: "120",
		description: "Time in seconds for one operation, such as the creation of one account, with all its " +
			"requests, repeats and waits. A single request may take a quarter of it.",
	},
	{
		name: "validate", check: checkValidate,
		description: "Of the `DataDog/datadog` provider, accepted as `false` alone: this provider sends no request " +
			"just to check the credentials.",
	},
	{name: "http_client_retry_backoff_base", check: refuseBackoff, description: backoffDescription},
	{name: "http_client_retry_backoff_multiplier", check: refuseBackoff, description: backoffDescription},
}

// attribute is the argument in the schema.
func (a argument) attribute() schema.Attribute {
	description := a.description
	if a.kind == kindNumber {
		description += fmt.Sprintf(" From %d to %d.", a.least, a.most)
	}
	if len(a.variables) > 0 {
		description += " Environment: `" + strings.Join(a.variables, "`, `") + "`."
	} else {
		description += " No environment variable stands in for it."
	}
	if a.fallback != "" {
		description += " Default: `" + a.fallback + "`."
	}

	switch a.kind {
	case kindBool:
		return schema.BoolAttribute{MarkdownDescription: description, Optional: true}
	case kindNumber:
		inRange := int64validator.Between(int64(a.least), int64(a.most))
		return schema.Int64Attribute{MarkdownDescription: description, Optional: true, Validators: []validator.Int64{inRange}}
	}
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Sensitive: a.secret}
}

// validate returns an error that says what to write instead where text does not spell a value of
// the argument.
func (a argument) validate(text string) error {
	switch a.kind {
	case kindBool:
		if _, err := strconv.ParseBool(text); err != nil {
			return fmt.Errorf("it is %q: write true or false", text)
		}
		return nil
	case kindNumber:
		if n, err := strconv.Atoi(text); err != nil || n < a.least || n > a.most {
			return fmt.Errorf("it is %q: write a whole number from %d to %d", text, a.least, a.most)
		}
		return nil
	}
	return a.check(text)
}

// matching returns a check that calls everything that the pattern does not match the problem. It
// does not show the value.
func matching(pattern, problem string) func(text string) error {
	valid := regexp.MustCompile(pattern)
	return func(text string) error {
		if !valid.MatchString(text) {
			return errors.New(problem)
		}
		return nil
	}
}

// checkCredential accepts what can be a key or a token: printable ASCII without spaces.
var checkCredential = matching(`^[!-~]*$`,
	"it contains a space, a line break or another character that no key or token has, as happens when one is pasted or read "+
		"from a file: write the bare value, or trimspace(…) around it")

// checkCloudRegion accepts what can be a label of the host name of AWS's Security Token Service.
var checkCloudRegion = matching(`^[a-z]+(-[a-z0-9]+)+$`,
	`it is not a region of AWS: write one such as "us-east-1", or leave the argument out`)

var checkOrgUUID = matching(`^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`,
	"it is not a UUID: write the organization's UUID, such as 01234567-89ab-cdef-0123-456789abcdef, not its name or its "+
		"public id")

// checkValidate refuses what the provider does not do. The argument is DataDog/datadog's.
var checkValidate = matching(`^false$`,
	"this provider never sends a request just to check the credentials, which the first request that needs them shows to be "+
		`right or wrong: leave the argument out, or write "false"`)

// refuseBackoff says why the argument is refused, instead of its being unknown. It is
// DataDog/datadog's.
func refuseBackoff(string) error {
	return errors.New("this provider chooses the waits between repeats itself: leave the argument out. " +
		"http_client_retry_max_retries says how often a request is repeated, http_client_retry_timeout how long an " +
		"operation may take with all its waits")
}

func checkCloudType(text string) error {
	if text != cloudTypeAWS {
		return fmt.Errorf("it is %q: write %q, the only cloud whose identities Datadog's keyless access takes",
			text, cloudTypeAWS)
	}
	return nil
}
