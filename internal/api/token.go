// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
)

// AWS is an identity at AWS whose proof Datadog takes instead of keys: keyless access, a preview at
// Datadog.
type AWS struct {
	OrgUUID string // of the Datadog organization
	Region  string // of AWS's Security Token Service; empty for the global one

	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

const (
	delegatedTokenPath = "/api/v2/delegated-token"
	opAuthenticate     = "authenticate"

	// defaultTokenLife is how long a token is valid that does not say it, as the official client
	// has it.
	defaultTokenLife = 15 * time.Minute
	// tokenMargin is how long before its end a token is no longer used.
	tokenMargin = time.Minute
)

// tokens exchanges the proof of an AWS identity for a bearer token, once for many requests at a
// time.
type tokens struct {
	slot    chan struct{} // holds one who fetches, or looks at the rest
	expires time.Time
	current atomic.Value // a string, also read by those who take it out of texts
}

// value is the present token, or empty.
func (t *tokens) value() string {
	token, _ := t.current.Load().(string)
	return token
}

// bearer returns the token that requests are sent with: the one configured, or the one that the
// identity at AWS was exchanged for. It is another one than rejected, which the service refused.
func (c *Client) bearer(ctx context.Context, rejected string) (string, *Error) {
	if c.config.AWS == nil {
		return c.config.BearerToken, nil
	}
	select {
	case <-ctx.Done():
		return "", &Error{Op: opAuthenticate, Err: ctx.Err()}
	case c.tokens.slot <- struct{}{}:
		defer func() { <-c.tokens.slot }()
	}
	if token := c.tokens.value(); token != "" && token != rejected && time.Until(c.tokens.expires) > tokenMargin {
		return token, nil
	}
	token, life, failed := c.exchange(ctx)
	if failed != nil {
		return "", failed
	}
	c.tokens.expires = time.Now().Add(life)
	c.tokens.current.Store(token)
	return token, nil
}

// exchange asks Datadog for a token. The proof is a request to AWS, signed by the official client
// and sent to Datadog instead, which asks AWS who signed it.
func (c *Client) exchange(ctx context.Context) (token string, life time.Duration, failed *Error) {
	identity := c.config.AWS
	signer := datadog.AWSAuth{AwsRegion: identity.Region}
	signed, err := signer.GenerateAwsAuthData(identity.OrgUUID, &datadog.Credentials{
		AccessKeyID: identity.AccessKeyID, SecretAccessKey: identity.SecretAccessKey, SessionToken: identity.SessionToken,
	})
	if err != nil {
		return "", 0, &Error{Op: opAuthenticate, Err: err}
	}
	proof := signed.BodyEncoded + "|" + signed.HeadersEncoded + "|" + signed.Method + "|" + signed.URLEncoded
	r := exchangeRequest
	r.authorization, r.secrets = "Delegated "+proof, strings.Split(proof, "|")
	a, failed := c.send(ctx, r)
	if failed != nil {
		return "", 0, failed
	}
	token, life, err = decodeToken(a.body)
	if err != nil {
		return "", 0, r.malformed(a, err)
	}
	return token, life, nil
}

func decodeToken(body []byte) (token string, life time.Duration, err error) {
	var answer struct {
		Data struct {
			Attributes object `json:"attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", 0, errors.New("a token was expected") // the error could quote a part of one
	}
	token, err = answer.Data.Attributes.text("access_token")
	if err != nil || token == "" {
		return "", 0, errors.New("it has no access_token")
	}
	expires, err := answer.Data.Attributes.text("expires")
	if seconds, parseErr := strconv.ParseInt(expires, 10, 64); err == nil && parseErr == nil {
		return token, time.Until(time.Unix(seconds, 0)), nil
	}
	return token, defaultTokenLife, nil
}
