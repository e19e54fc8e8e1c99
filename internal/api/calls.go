// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// do sends a request with the credentials, once more where a token has ended, and finds out about the
// API key where it is refused.
func (c *Client) do(ctx context.Context, r request) (answer, *Error) {
	if r.id != "" && !validID.MatchString(r.id) {
		return answer{}, r.failed(answer{}, ErrNotFound)
	}
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_OKTA", logSubsystem))
	for rejected := ""; ; rejected = r.bearer {
		var failed *Error
		if r.bearer, failed = c.bearer(ctx, rejected); failed != nil {
			return answer{}, failed
		}
		a, failed := c.send(ctx, r)
		if failed == nil || !failed.isDenied() {
			return a, failed
		}
		if failed.Status == http.StatusUnauthorized && c.config.AWS != nil && rejected == "" {
			continue // The token has ended before its time. Nothing was carried out: once more, with another.
		}
		failed.KeyInvalid = c.keyIsInvalid(ctx)
		return answer{}, failed
	}
}

// fetchAll reads all pages of the list.
func (c *Client) fetchAll(ctx context.Context) ([]Account, error) {
	var all []Account
	r := listRequest
	for range maxPages {
		a, failed := c.do(ctx, r)
		if failed != nil {
			return nil, failed
		}
		p, err := decodePage(a.body, c.baseURL)
		all = append(all, p.accounts...)
		if err == nil && p.next == "" && saysMore(p.meta, len(all)) {
			err = errors.New("the list says that there are more accounts, and not where")
		}
		switch {
		case err != nil:
			return nil, r.malformed(a, err)
		case p.next == "":
			return all, nil
		}
		r.query = p.next
	}
	return nil, r.malformed(answer{}, fmt.Errorf("the list has more than %d pages", maxPages))
}

// write sends a create or an update, and reads the account out of the answer.
func (c *Client) write(ctx context.Context, r request, a Account, s Secrets) (Account, *Error) {
	sent := a
	if r.id != "" {
		sent.Name = "" // an update has no name
	}
	r.body = encode(sent, s)
	ans, failed := c.do(ctx, r)
	if failed != nil {
		return Account{}, failed
	}
	account, err := decodeAccount(ans.body)
	switch {
	case err != nil:
		failed = r.malformed(ans, err)
		failed.silent = len(ans.body) == 0 || json.Valid(ans.body) // no page of something else than the API
		return Account{}, failed
	case !SameName(account.Name, a.Name):
		failed = r.failed(ans, ErrMismatch)
		failed.Found = []Account{account}
		return Account{}, failed
	}
	return account, nil
}

// keyCheck is what is known of the validity of the API key.
type keyCheck struct {
	slot           chan struct{} // holds one who asks, or looks at the rest
	asked, invalid bool
}

// keyIsInvalid asks Datadog once whether the API key is valid for this site, so that an error can tell
// a wrong key or site from a missing permission. It is false where that is not known.
// Source: https://docs.datadoghq.com/api/latest/authentication/#validate-api-key
func (c *Client) keyIsInvalid(ctx context.Context) bool {
	if c.config.BearerToken != "" || c.config.AWS != nil {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case c.keyCheck.slot <- struct{}{}:
		defer func() { <-c.keyCheck.slot }()
	}
	if c.keyCheck.asked {
		return c.keyCheck.invalid
	}
	ctx, cancel := context.WithTimeout(ctx, adviceTimeout)
	defer cancel()
	_, failed := c.send(ctx, validateRequest)
	c.keyCheck.asked = ctx.Err() == nil
	c.keyCheck.invalid = failed != nil && failed.isDenied()
	return c.keyCheck.invalid
}
