// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"testing"
	"time"
)

// managed is what a Terraform state says about one account, private state included. Terraform and
// the provider treat it so.
type managed struct {
	wanted  // as last applied; without an ID where a create may have been carried out
	last    LastWrite
	exists  bool // in state
	tainted bool // by a create that failed but left something in state: Terraform replaces it
}

// refresh brings the state up to date, as a plan does.
func (m *managed) refresh(ctx context.Context, c *Client) error {
	if !m.exists {
		return nil
	}
	found, err := c.Find(ctx, Query{ID: m.ID, Name: m.Name, LastWrite: m.last})
	switch {
	case errors.Is(err, ErrNotFound):
		*m = managed{}
	case err != nil:
		return err
	case m.ID == "" && !sameAttributes(found, m.Account): // somebody else's, who was faster than our create
		*m = managed{}
	default:
		m.Account = found
	}
	return nil
}

// change makes the account what is wanted; nil means none.
func (m *managed) change(ctx context.Context, c *Client, want *wanted) error {
	if m.exists && (want == nil || m.tainted || m.Name != want.Name) {
		if err := c.Delete(ctx, m.Account, m.last); err != nil {
			return err
		}
		*m = managed{}
	}
	switch {
	case want == nil:
		return nil
	case !m.exists:
		created, last, err := c.Create(ctx, want.Account, want.Secrets)
		if err == nil || isOutcomeUnknown(err) {
			*m = managed{wanted: *want, last: last, exists: true, tainted: err != nil}
			m.ID = created.ID
		}
		return err
	case sameAttributes(m.Account, want.Account) && m.Secrets == want.Secrets:
		return nil
	}
	account := want.Account
	account.ID = m.ID
	updated, last, err := c.Update(ctx, account, want.Secrets)
	if err == nil || isOutcomeUnknown(err) {
		m.last = last
	}
	if err == nil {
		m.wanted = *want
		m.ID = updated.ID
	}
	return err
}

// apply is one `terraform apply`: a plan and then its changes, each in a process of its own.
func (m *managed) apply(ctx context.Context, t *testing.T, s *service, want *wanted) error {
	t.Helper()
	if err := m.refresh(ctx, s.client(t)); err != nil {
		return err
	}
	return m.change(ctx, s.client(t), want)
}

// checkSettled checks that the service has the accounts wanted, each once and with its secrets, and
// that the states say so too. It has others of the names leftAlone only.
func checkSettled(t *testing.T, s *service, states []*managed, wants []*wanted, leftAlone ...string) {
	t.Helper()
	count := len(leftAlone)
	for i, want := range wants {
		m := states[i]
		if want == nil {
			if m.exists {
				t.Errorf("%q is in state still", m.Name)
			}
			continue
		}
		count++
		is, ok := s.Account(want.Name)
		switch {
		case !ok:
			t.Errorf("the service has no account %q", want.Name)
		case !sameAttributes(visible(is), want.Account) || is.ClientSecret != want.ClientSecret || is.APIKey != want.APIKey:
			t.Errorf("the service has %+v, want %+v", is, *want)
		case !m.exists || m.tainted || m.Account != visible(is):
			t.Errorf("the state says %+v, the service has %+v", *m, is)
		}
	}
	if all := s.Accounts(); len(all) != count {
		t.Errorf("the service has %d accounts, want %d: %+v", len(all), count, all)
	}
}

// checkConverges checks that one apply puts everything right, and that the next has nothing to do.
func checkConverges(t *testing.T, s *service, m *managed, want *wanted) {
	t.Helper()
	if err := m.apply(t.Context(), t, s, want); err != nil {
		t.Fatalf("the next apply: %v", err)
	}
	time.Sleep(settleTime) // what a late list shows may be drift
	if err := m.refresh(t.Context(), s.client(t)); err != nil {
		t.Fatalf("the plan after it: %v", err)
	}
	checkSettled(t, s, []*managed{m}, []*wanted{want})
	time.Sleep(time.Minute) // for a list that goes on where the read that began it has ended
	s.ResetRequests()
	if err := m.apply(t.Context(), t, s, want); err != nil {
		t.Fatalf("the apply after the next: %v", err)
	}
	checkSettled(t, s, []*managed{m}, []*wanted{want})
	if m.exists {
		wantRequests(t, s, "GET list")
	} else {
		wantRequests(t, s)
	}
}
