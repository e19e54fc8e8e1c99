// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// service is a stub in a bubble of fake time, reached over real HTTP on pipes: waits take no time.
type service struct {
	*stub.Server
	config      Config           // of the clients
	handle      http.HandlerFunc // what answers: the stub, unless a test puts something in front of it
	connections atomic.Int32     // made so far
	otherHosts  atomic.Int32     // requests that went to another host

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

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{Server: stub.New()}
	s.handle = s.ServeHTTP
	listener := newPipeListener()
	server := &http.Server{ReadHeaderTimeout: time.Hour, Handler: http.HandlerFunc(s.front)}
	go func() { _ = server.Serve(listener) }()
	s.open = &http.Transport{
		MaxIdleConnsPerHost: idleConnections,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			s.connections.Add(1)
			return listener.dial(ctx)
		},
	}
	s.closed = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}}
	s.config = Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, UserAgent: "test",
		Retry: true, MaxRetries: 3, Timeout: 2 * time.Minute, transport: s,
	}
	t.Cleanup(func() {
		time.Sleep(time.Hour) // a list goes on where the read that began it has ended
		s.open.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return s
}

// front notes each request before it is answered.
func (s *service) front(rw http.ResponseWriter, r *http.Request) {
	if r.Host != "stub" {
		s.otherHosts.Add(1)
	}
	s.mu.Lock()
	s.arrived = append(s.arrived, requestName(r.Method, r.URL.Path))
	s.mu.Unlock()
	s.handle(rw, r)
}

// requestName is what wantRequests calls a request.
func requestName(method, path string) string {
	switch rest, ok := strings.CutPrefix(path, accountsPath); {
	case path == validatePath:
		return method + " validate"
	case ok && rest == "" && method == http.MethodGet:
		return "GET list"
	case ok && rest != "" && method == http.MethodGet:
		return "GET account"
	case ok && (method == http.MethodPost) == (rest == ""):
		return method
	}
	return method + " " + path
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
		got = append(got, times(next-i, s.arrived[i]))
		i = next
	}
	if !slices.Equal(got, want) {
		t.Errorf("the requests were\n  %s\nwant\n  %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// times names n requests in a row for wantRequests.
func times(n int, request string) string {
	if n == 1 {
		return request
	}
	return fmt.Sprintf("%d %s", n, request)
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

// RoundTrip sends a request of a client to the stub, or to a port where nobody listens.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.refuses(r) {
		return s.closed.RoundTrip(r)
	}
	return s.open.RoundTrip(r)
}

func (s *service) refuses(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.refused
	switch {
	case f == nil || f.Method != "" && f.Method != r.Method:
		return false
	case f.Path == "list" && r.URL.Path != accountsPath || f.Path == "account" && !strings.HasPrefix(r.URL.Path, accountsPath+"/"):
		return false
	case f.Skip > 0:
		f.Skip--
		return false
	case f.Times == 1:
		s.refused = nil
	}
	return true
}

// RefuseConnections makes requests find a port where nobody listens instead of the stub.
func (s *service) RefuseConnections(f stub.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = &f
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
	c, err := New(s.config)
	if err != nil {
		t.Fatal(err)
	}
	return c
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

func visible(a stub.Account) Account {
	return Account{ID: a.ID, Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID}
}

// prod is an account as a configuration asks for it.
var prod = wanted{
	Account: Account{Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth", ClientID: "prod-client"},
	Secrets: Secrets{ClientSecret: "prod-client-secret", APIKey: "prod-okta-token"},
}

// create makes an account through the client.
func create(t *testing.T, c *Client, name string) Account {
	t.Helper()
	account := Account{Name: name, Domain: "https://" + name + ".okta.com", AuthMethod: "oauth", ClientID: "c"}
	created, err := c.Create(t.Context(), account, Secrets{ClientSecret: "secret of " + name})
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
	var group sync.WaitGroup
	for _, account := range accounts {
		group.Go(func() {
			if found, err := find(t, c, account.ID, account.Name); err != nil || found != account {
				t.Errorf("found %+v %v, want %+v", found, err, account)
			}
		})
	}
	group.Wait()
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

// asError returns the *Error in err.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("%v (%T) is no *Error", err, err)
	}
	return failed
}

// isUnclear reports whether the outcome of a write is unknown.
func isUnclear(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && failed.OutcomeUnknown
}

// second returns the error of a call that returns something else too.
func second[T any](_ T, err error) error { return err }
