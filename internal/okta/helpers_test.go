// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const settleTime = 15 * time.Second // as the provider has it

// service is a stub in a bubble of fake time, reached over real HTTP on pipes: waits take no time.
type service struct {
	*stub.Server
	config datadog.Config   // of the clients
	settle time.Duration    // of the clients
	handle http.HandlerFunc // what answers: the stub, unless a test puts something in front of it

	open, closed *http.Transport // to the stub, and to a port where nobody listens

	mu      sync.Mutex
	arrived []string    // the requests, as wantRequests names them
	refused *stub.Fault // of it Method, Path, Skip and Times: the requests whose connection is refused
}

// inFakeTime runs a test with a service of its own, in fake time.
func inFakeTime(t *testing.T, test func(t *testing.T, s *service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, startService(t)) })
}

// subtest runs inFakeTime as a parallel subtest.
func subtest(t *testing.T, name any, test func(t *testing.T, s *service)) {
	t.Helper()
	t.Run(fmt.Sprint(name), func(t *testing.T) {
		t.Parallel()
		inFakeTime(t, test)
	})
}

// front notes each request before it is answered.
func (s *service) front(rw http.ResponseWriter, r *http.Request) {
	rest, _ := strings.CutPrefix(r.URL.Path, accountsPath)
	name := r.Method
	switch {
	case r.Method == http.MethodGet && rest == "":
		name = "GET list"
	case r.Method == http.MethodGet && strings.HasPrefix(rest, "/"):
		name = "GET " + strings.TrimPrefix(rest, "/api/v1/") // "GET validate", or an account
		if !strings.HasPrefix(rest, "/api/") {
			name = "GET account"
		}
	}
	s.mu.Lock()
	s.arrived = append(s.arrived, name)
	s.mu.Unlock()
	s.handle(rw, r)
}

// wantRequests compares what arrived at the service, in order, with "GET list", "GET account",
// "POST", "PATCH", "DELETE" and "GET validate". "7 POST" stands for seven of them in a row.
func wantRequests(t *testing.T, s *service, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var got []string
	for i := 0; i < len(s.arrived); {
		next := i + 1
		for next < len(s.arrived) && s.arrived[next] == s.arrived[i] {
			next++
		}
		name := s.arrived[i]
		if next > i+1 {
			name = fmt.Sprintf("%d %s", next-i, name)
		}
		got = append(got, name)
		i = next
	}
	if !slices.Equal(got, want) {
		t.Errorf("the requests were\n  %s\nwant\n  %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// countRequests counts the requests of one name.
func countRequests(s *service, name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, arrived := range s.arrived {
		if arrived == name {
			n++
		}
	}
	return n
}

// ResetRequests forgets the requests so far.
func (s *service) ResetRequests() {
	s.mu.Lock()
	s.arrived = nil
	s.mu.Unlock()
	s.Server.ResetRequests()
}

// Heal ends every fault, refused connections too.
func (s *service) Heal() {
	s.mu.Lock()
	s.refused = nil
	s.mu.Unlock()
	s.Server.Heal()
}

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
	account := Account{Name: name, Domain: "https://" + name + ".okta.com", AuthMethod: "oauth", ClientID: name +
		"-client"}
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
	queue := make(chan T)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for item := range queue {
				work(item)
			}
		})
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
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
