// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// do sends one request.
func (c *Client) do(ctx context.Context, r request) (answer, *Error) {
	if r.id != "" && !validID.MatchString(r.id) {
		return answer{}, &Error{Op: r.op, Permission: r.permission, Err: ErrNotFound}
	}
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_OKTA", logSubsystem))
	for rejected := ""; ; rejected = r.bearer {
		var failed *Error
		if r.bearer, failed = c.bearer(ctx, rejected); failed != nil {
			return answer{}, failed
		}
		a, failed := c.send(ctx, r)
		switch {
		case failed != nil && failed.Status == http.StatusUnauthorized && c.config.AWS != nil && rejected == "":
			// The token has ended before its time. Nothing was carried out: once more, with another.
			continue
		case failed != nil && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
			failed.KeyInvalid = c.keyIsInvalid(ctx)
		}
		return a, failed
	}
}

// fetchAll reads all pages of the list.
func (c *Client) fetchAll(ctx context.Context) ([]Account, error) {
	var all []Account
	r := request{op: "list", method: http.MethodGet, path: accountsPath, permission: permissionRead}
	for range maxPages {
		a, failed := c.do(ctx, r)
		if failed != nil {
			return nil, failed
		}
		p, err := decodePage(a.body, c.baseURL)
		if err == nil && p.next == "" && saysMore(a.body, len(all)+len(p.accounts)) {
			err = errors.New("the list says that there are more accounts, and not where")
		}
		if err != nil {
			return nil, &Error{Op: "list", Status: a.status, Err: fmt.Errorf("%w: %w", ErrMalformed, err)}
		}
		all = append(all, p.accounts...)
		if p.next == "" {
			return all, nil
		}
		r.query = p.next
	}
	return nil, &Error{Op: "list", Err: fmt.Errorf("%w: the list has more than %d pages", ErrMalformed, maxPages)}
}

// write sends a create or an update, and reads the account out of the answer.
func (c *Client) write(ctx context.Context, r request, a Account, s Secrets) (Account, *Error) {
	r.path, r.permission = accountsPath, permissionWrite
	sent := a
	if r.id != "" {
		sent.Name = "" // an update has no name
	}
	body, err := encode(sent, s)
	if err != nil {
		return Account{}, &Error{Op: r.op, Err: err}
	}
	r.body = body
	ans, failed := c.do(ctx, r)
	if failed != nil {
		return Account{}, failed
	}
	account, err := decodeAccount(ans.body)
	failed = &Error{Op: r.op, Permission: r.permission, Status: ans.status, OutcomeUnknown: true}
	switch {
	case err != nil:
		failed.Err = fmt.Errorf("%w: %w", ErrMalformed, err)
		failed.silent = saysNothing(ans.body)
		return Account{}, failed
	case !SameName(account.Name, a.Name):
		failed.Err, failed.Found = ErrMismatch, []Account{account}
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
	_, failed := c.send(ctx, request{op: "validate", method: http.MethodGet, path: validatePath, once: true})
	c.keyCheck.asked = ctx.Err() == nil
	c.keyCheck.invalid = failed != nil && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden)
	return c.keyCheck.invalid
}
