// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// client returns a new client: what a new provider process has.
func (s *service) client(t *testing.T) *Client {
	t.Helper()
	api, err := datadog.New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	return New(api, s.settle)
}

// put makes an account outside of Terraform, and returns it as the API shows it.
func (s *service) put(name string) Account {
	return visible(s.Put(stub.Account{
		Name: name, Domain: "https://" + name + ".okta.com", ClientID: name + "-client", ClientSecret: "set outside",
	}))
}

// putMany makes n accounts outside of Terraform.
func (s *service) putMany(n int) []Account {
	accounts := make([]Account, n)
	for i := range accounts {
		accounts[i] = s.put(fmt.Sprintf("org_%04d", i))
	}
	return accounts
}

// is returns the account of the name as the service has it.
func (s *service) is(name string) Account {
	a, _ := s.Account(name)
	return visible(a)
}

func visible(a stub.Account) Account {
	return Account{ID: a.ID, Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID}
}

// wanted is an account as a configuration asks for it.
type wanted struct {
	Account // ID is empty
	Secrets
}

var prod = wanted{
	Account: Account{Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth", ClientID: "prod-client"},
	Secrets: Secrets{ClientSecret: "prod-client-secret", APIKey: "prod-okta-token"},
}

// create makes an account through the client.
func create(t *testing.T, c *Client, name string) Account {
	t.Helper()
	account := Account{Name: name, Domain: "https://" + name + ".okta.com", AuthMethod: "oauth", ClientID: "client"}
	created, _, err := c.Create(t.Context(), account, Secrets{ClientSecret: "secret of " + name})
	if err != nil {
		t.Errorf("create %s: %v", name, err)
	}
	return created
}

// find looks for an account as a read does.
func find(t *testing.T, c *Client, id, name string) (Account, error) {
	t.Helper()
	return c.Find(t.Context(), Query{ID: id, Name: name})
}

// findAll reads all accounts at the same time, as a plan does, and checks each.
func findAll(t *testing.T, c *Client, accounts []Account) {
	t.Helper()
	for i, err := range findErrors(t, c, accounts) {
		if err != nil {
			t.Errorf("account %d: %v", i, err)
		}
	}
}

// findErrors reads all accounts at the same time. One that is found must be as given.
func findErrors(t *testing.T, c *Client, accounts []Account) []error {
	t.Helper()
	errs := make([]error, len(accounts))
	var group sync.WaitGroup
	for i, account := range accounts {
		group.Go(func() {
			found, err := find(t, c, account.ID, account.Name)
			if errs[i] = err; err == nil && found != account {
				t.Errorf("found %+v, want %+v", found, account)
			}
		})
	}
	group.Wait()
	return errs
}

// tenAtATime works on all items as Terraform does.
func tenAtATime[T any](items []T, work func(T)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, 10)
	for _, item := range items {
		slots <- struct{}{}
		group.Go(func() {
			work(item)
			<-slots
		})
	}
	group.Wait()
}

// asError returns the *Error that every method returns.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	failed, ok := err.(*Error) //nolint:errorlint // no other error may be around it
	if !ok {
		t.Fatalf("%v (%T) is no *Error", err, err)
	}
	return failed
}

// isOutcomeUnknown reports whether an operation says that it may have been carried out.
func isOutcomeUnknown(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return ok && failed.OutcomeUnknown
}

// createError and updateError are operations of which only the error counts.
func createError(ctx context.Context, c *Client, a Account) error {
	_, _, err := c.Create(ctx, a, prod.Secrets)
	return err
}

func updateError(ctx context.Context, c *Client, a Account) error {
	_, _, err := c.Update(ctx, a, prod.Secrets)
	return err
}
