// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

const (
	delegatedTokenPath = "/api/v2/delegated-token"
	validatePath       = "/api/v1/validate"

	// defaultTokenLife is how long a token is valid that does not say it, as in the official client.
	defaultTokenLife = 15 * time.Minute
	// tokenMargin is how long before its end a token is no longer used, unless it lives that short.
	tokenMargin = time.Minute
	minTokenUse = 10 * time.Second

	// keyCheckTimeout is how long a request may take that only serves a better message.
	keyCheckTimeout = 5 * time.Second
)

// login is what the client has found out about its credentials. Its slot is a channel instead of a
// mutex because requests are sent while it is held: testing/synctest takes a goroutine that waits
// at a mutex for a busy one, and its clock would stand still.
type login struct {
	slot chan struct{} // held while reading or refreshing the fields below

	token   http.Header // for keyless access
	expires time.Time

	keyChecked, keyInvalid bool
}

func newLogin() login { return login{slot: make(chan struct{}, 1)} }

// enter waits for the slot, or for the end of ctx.
func (l *login) enter(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case l.slot <- struct{}{}:
		return nil
	}
}

func (l *login) leave() { <-l.slot }

// credentials returns the headers that authenticate a request. For keyless access they have a token,
// once for many requests at a time; one that was rejected is exchanged for a new one.
func (c *Client) credentials(ctx context.Context, rejected http.Header) (http.Header, error) {
	switch {
	case c.config.AWS != nil:
	case c.config.BearerToken != "":
		return bearer(c.config.BearerToken), nil
	default:
		return c.keys(), nil
	}
	if err := c.login.enter(ctx); err != nil {
		return nil, &Error{Exchange: true, Err: err}
	}
	defer c.login.leave()
	isRejected := rejected != nil && rejected.Get("Authorization") == c.login.token.Get("Authorization")
	if c.login.token != nil && !isRejected && time.Now().Before(c.login.expires) {
		return c.login.token, nil
	}
	token, life, err := c.exchange(ctx)
	if err != nil {
		return nil, err
	}
	c.login.token = bearer(token)
	c.login.expires = time.Now().Add(max(life-tokenMargin, minTokenUse))
	return c.login.token, nil
}

func (c *Client) keys() http.Header {
	return http.Header{"Dd-Api-Key": {c.config.APIKey}, "Dd-Application-Key": {c.config.AppKey}}
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// exchange asks Datadog for a token.
func (c *Client) exchange(ctx context.Context) (token string, life time.Duration, err error) {
	parts, err := c.config.AWS.proof(ctx, c.userAgent)
	if err != nil {
		return token, life, c.exchangeError(answer{}, err)
	}
	c.Hide(parts...)
	r := Request{Method: http.MethodPost, Path: delegatedTokenPath}
	a, err := c.send(ctx, r, http.Header{"Authorization": {"Delegated " + strings.Join(parts, "|")}})
	if err == nil && a.isSuccess() {
		token, life, err = decodeToken(a.body)
		if err == nil {
			c.Hide(token)
			return token, life, nil
		}
		err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return token, life, c.exchangeError(a, err)
}

func (c *Client) exchangeError(a answer, err error) error {
	failed := c.newError(Request{}, a, err)
	failed.Exchange = true
	return failed
}

// decodeToken reads the answer to an exchange. Its errors quote nothing: it could be a part of the
// token.
func decodeToken(body []byte) (token string, life time.Duration, err error) {
	var answer struct {
		Data struct {
			Attributes struct {
				AccessToken string `json:"access_token"`
				Expires     any    `json:"expires"` // seconds since 1970, as a string
			} `json:"attributes"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", 0, errors.New("a token was expected")
	}
	token, life = answer.Data.Attributes.AccessToken, defaultTokenLife
	expires, _ := answer.Data.Attributes.Expires.(string)
	if seconds, err := strconv.ParseInt(expires, 10, 64); err == nil {
		life = time.Until(time.Unix(seconds, 0))
	}
	switch {
	case token == "":
		err = errors.New("it has no access_token")
	case !httpguts.ValidHeaderFieldValue(token):
		err = errors.New("its access_token has characters that no header can have")
	}
	return token, life, err
}

// keyIsInvalid asks Datadog once whether the API key is valid for this site, so that an error can tell
// a wrong key or site from a missing permission. It is false where that cannot be found out.
// Source: https://docs.datadoghq.com/api/latest/authentication/#validate-api-key
func (c *Client) keyIsInvalid(ctx context.Context) bool {
	if c.config.BearerToken != "" || c.config.AWS != nil || c.login.enter(ctx) != nil {
		return false
	}
	defer c.login.leave()
	if c.login.keyChecked {
		return c.login.keyInvalid
	}
	checkCtx, cancel := context.WithTimeout(ctx, keyCheckTimeout)
	defer cancel()
	a := c.attempt(checkCtx, Request{Method: http.MethodGet, Path: validatePath}, c.keys(), 1)
	c.login.keyChecked = ctx.Err() == nil // a check that was interrupted says nothing
	c.login.keyInvalid = a.isDenied()
	return c.login.keyInvalid
}
