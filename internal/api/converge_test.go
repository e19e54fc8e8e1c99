// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
)

// wanted is an account as a configuration asks for it.
type wanted struct {
	Account // ID is empty
	Secrets
}

// managed is what a Terraform state says about one account, and treats it as the provider and Terraform do.
type managed struct {
	wanted       // as last applied; without an ID where it is not known whether a create was carried out
	exists  bool // in state
	tainted bool // by a create that failed but left something in state: Terraform replaces it
}

// refresh brings the state up to date, as a plan does.
func (m *managed) refresh(ctx context.Context, c *Client) error {
	if !m.exists {
		return nil
	}
	c.Own(m.Name)
	found, err := c.Find(ctx, m.ID, m.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		*m = managed{}
	case err != nil:
		return err
	case m.ID == "" && !agree(found, m.Account): // somebody else's, who was faster than our create
		*m = managed{}
	default:
		m.Account = found
	}
	return nil
}

// change makes the account what is wanted; nil means none.
func (m *managed) change(ctx context.Context, c *Client, want *wanted) error {
	if m.exists && (want == nil || m.tainted || m.Name != want.Name) {
		if err := c.Delete(ctx, m.Account); err != nil {
			return err
		}
		*m = managed{}
	}
	switch {
	case want == nil:
		return nil
	case !m.exists:
		created, err := c.Create(ctx, want.Account, want.Secrets)
		if err == nil || errors.Is(err, ErrOutcomeUnknown) {
			*m = managed{wanted: *want, exists: true, tainted: err != nil}
			m.ID = created.ID
		}
		return err
	case agree(m.Account, want.Account) && m.Secrets == want.Secrets:
		return nil
	}
	account := want.Account
	account.ID = m.ID
	updated, err := c.Update(ctx, account, want.Secrets)
	if err == nil {
		m.wanted = *want
		m.ID = updated.ID
	}
	return err
}

// apply is one `terraform apply`: a plan and then its changes, each in a process of its own.
func (m *managed) apply(ctx context.Context, t *testing.T, w *world, want *wanted) error {
	t.Helper()
	if err := m.refresh(ctx, w.client(t)); err != nil {
		return err
	}
	return m.change(ctx, w.client(t), want)
}

// settled checks that the service has exactly the accounts wanted, each with its secrets, and that the states of all say
// so too.
func (w *world) settled(t *testing.T, states []*managed, wants []*wanted) {
	t.Helper()
	var count int
	for i, want := range wants {
		m := states[i]
		if want == nil {
			if m.exists {
				t.Errorf("%q is in state still", m.Name)
			}
			continue
		}
		count++
		is, ok := w.Account(want.Name)
		switch {
		case !ok:
			t.Errorf("the service has no account %q", want.Name)
		case !agree(visible(is), want.Account) || is.ClientSecret != want.ClientSecret || is.APIKey != want.APIKey:
			t.Errorf("the service has %+v, want %+v", is, *want)
		case !m.exists || m.tainted || m.Account != visible(is):
			t.Errorf("the state says %+v, the service has %+v", *m, is)
		}
	}
	if all := w.Accounts(); len(all) != count {
		t.Errorf("the service has %d accounts, want %d: %+v", len(all), count, all)
	}
}

// neverBlind checks that no POST or PATCH whose outcome was open was repeated before the service was asked again.
func (w *world) neverBlind(t *testing.T) {
	t.Helper()
	open := map[string]bool{} // by method and account
	for _, r := range w.Requests() {
		switch r.Method {
		case http.MethodGet:
			if r.Status == http.StatusOK {
				clear(open)
			}
		case http.MethodPost, http.MethodPatch:
			var body document
			if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
				t.Fatal(err)
			}
			key := r.Method + body.Data.Attributes.Name + body.Data.Attributes.ClientSecret // in a PATCH is no name
			if open[key] {
				t.Errorf("%s %s was repeated without a look", r.Method, r.Path)
			}
			open[key] = r.Status != http.StatusTooManyRequests
		}
	}
}
