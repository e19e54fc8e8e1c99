// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
)

// argument is an argument of the provider block.
type argument struct {
	name        string
	kind        kind
	variables   []string // environment variables; the first one set wins
	fallback    string   // the default
	description string   // the schema adds what the other fields say

	check    func(text string) error // of a string
	secret   bool
	min, max int // of a number
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
)

// arguments are all arguments of the provider block. The schema, the reading and the validation come
// from this list. A new argument needs a row here and a use in resolve.
var arguments = []argument{
	{
		name: "api_key", variables: []string{"DD_API_KEY", "DATADOG_API_KEY"}, check: checkCredential, secret: true,
		description: "Datadog API key. Required, with `app_key`, unless there is a bearer token or keyless access.",
	},
	{
		name: "app_key", variables: []string{"DD_APP_KEY", "DATADOG_APP_KEY"}, check: checkCredential, secret: true,
		description: "Datadog application key. Its owner needs the permission `integrations_read` to plan, and " +
			"`manage_integrations` to create, change or delete accounts. Use a service account as the owner.",
	},
	{
		name: "bearer_token", variables: []string{"DD_BEARER_TOKEN", "DATADOG_BEARER_TOKEN"},
		check: checkCredential, secret: true,
		description: "Datadog access token, sent as `Authorization: Bearer …` instead of the two keys. A token from the " +
			"environment is used only if the provider block has neither `api_key` nor `app_key`.",
	},
	{
		name: "cloud_provider_type", variables: []string{"DD_CLOUD_PROVIDER_TYPE", "DATADOG_CLOUD_PROVIDER_TYPE"},
		check: checkCloudType,
		description: "The cloud whose identity is used instead of keys (keyless access, a preview at Datadog): `aws`, with " +
			"`org_uuid` and the `aws_…` arguments. It beats bearer token and keys; from the environment, it is used only if " +
			"the provider block has neither keys nor a bearer token.",
	},
	{
		name: "cloud_provider_region", check: checkCloudRegion,
		description: keylessDescription + "the AWS region whose Security Token Service confirms the identity, such as " +
			"`us-east-1`. Default: the global endpoint.",
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
		description: keylessDescription + "the secret access key of temporary AWS credentials. It signs requests and is " +
			"never sent.",
	},
	{
		name: "aws_session_token", variables: []string{"AWS_SESSION_TOKEN"}, check: checkCredential, secret: true,
		description: keylessDescription + "the session token of temporary AWS credentials. Required: keys of an IAM user " +
			"alone, without a session, are not enough.",
	},
	{
		name: "site", variables: []string{"DD_SITE"}, fallback: "datadoghq.com", check: checkSite,
		description: "Host name of the organization's Datadog site: `" + strings.Join(siteHosts(), "`, `") +
			"` or a newer one. Requests go to `https://api.<site>`. Conflicts with `api_url`.",
	},
	{
		name: "api_url", variables: []string{"DD_HOST", "DATADOG_HOST"}, check: checkAPIURL,
		description: "Base URL of the API, if it is not `https://api.<site>`: that of a proxy, for example. Write it with " +
			"its scheme, and with a path if there is one, but without `/api/v2/…`, which the provider adds. Plain `http://` " +
			"is accepted only for `localhost` and loopback addresses. The environment variables take such a URL too, not a " +
			"bare host name, and beat `DD_SITE`. Conflicts with `site`.",
	},
	{
		name: "http_client_retry_enabled", kind: kindBool, variables: []string{"DD_HTTP_CLIENT_RETRY_ENABLED"},
		fallback: "true",
		description: "Whether to repeat requests that failed for a transient reason, and to wait for the organization's " +
			"rate limit.",
	},
	{
		name: "http_client_retry_max_retries", kind: kindNumber, variables: []string{"DD_HTTP_CLIENT_RETRY_MAX_RETRIES"},
		min: 0, max: 100, fallback: "3",
		description: "How often to repeat a request after failures: 2 means at most 3 requests. Waits for the rate limit " +
			"are not counted; only `http_client_retry_timeout` bounds them.",
	},
	{
		name: "http_client_retry_timeout", kind: kindNumber, variables: []string{"DD_HTTP_CLIENT_RETRY_TIMEOUT"},
		min: 1, max: 24 * 60 * 60, fallback: "120",
		description: "Time in seconds for one operation, such as the creation of one account, with all its requests, " +
			"repeats and waits. A single request may take a quarter of it.",
	},
}

// attribute is the argument in the schema.
func (a argument) attribute() schema.Attribute {
	description := a.description
	if a.kind == kindNumber {
		description += fmt.Sprintf(" From %d to %d.", a.min, a.max)
	}
	if len(a.variables) > 0 {
		description += " Environment: `" + strings.Join(a.variables, "`, `") + "`."
	} else {
		description += " It has no environment variable."
	}
	if a.fallback != "" {
		description += " Default: `" + a.fallback + "`."
	}

	switch a.kind {
	case kindBool:
		return schema.BoolAttribute{MarkdownDescription: description, Optional: true}
	case kindNumber:
		return schema.Int64Attribute{MarkdownDescription: description, Optional: true}
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
		if n, err := strconv.Atoi(text); err != nil || n < a.min || n > a.max {
			return fmt.Errorf("it is %q: write a whole number from %d to %d", text, a.min, a.max)
		}
		return nil
	}
	return a.check(text)
}

// matching returns a check that reports the problem where the pattern does not match. It does not
// show the value.
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
	"it contains a space, a line break or another character that no key or token has, often from pasting it or reading "+
		"it from a file: write the bare value, or trimspace(…) around it")

// checkCloudRegion accepts what can be a label of the host name of AWS's Security Token Service.
var checkCloudRegion = matching(`^[a-z]+(-[a-z0-9]+)+$`,
	`it is not a region of AWS: write one such as "us-east-1", or leave the argument out`)

var checkOrgUUID = matching(`^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`,
	"it is not a UUID: write the organization's UUID, such as 01234567-89ab-cdef-0123-456789abcdef, not its name or its "+
		"public ID")

func checkCloudType(text string) error {
	if text != cloudTypeAWS {
		return fmt.Errorf("it is %q: write %q, the only cloud whose identities Datadog's keyless access takes",
			text, cloudTypeAWS)
	}
	return nil
}
