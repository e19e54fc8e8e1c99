// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package stub is the Datadog side of the Okta integration for tests, demonstrations and people who try the
// provider: an http.Handler that keeps accounts in memory, behaves as the real service has been seen to behave,
// records what it is asked, and fails on demand.
package stub

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The credentials that the stub accepts: both keys, or the bearer token instead of them.
const (
	APIKey      = "made-up-datadog-api-key"
	AppKey      = "made-up-datadog-app-key"
	BearerToken = "made-up-datadog-bearer-token"
)

// Account is an account as the stub keeps it, with the secrets that the API takes but never returns.
type Account struct{ ID, Name, Domain, AuthMethod, ClientID, ClientSecret, APIKey string }

// Server is the service. It is safe for concurrent use.
type Server struct {
	mu          sync.Mutex
	accounts    map[string]Account // by name, which is unique in an organization
	keepIDs     bool
	echoSecrets bool
	latency     time.Duration
	limit       rateLimit
	faults      []*fault
	healed      chan struct{} // closed by Heal: what hangs waits for it
	requests    []*Request
	connections int
}

// New returns a service without accounts. Like the real one it gives an account a new id on every update,
// unless KeepIDs is called.
func New() *Server {
	return &Server{accounts: map[string]Account{}, healed: make(chan struct{})}
}

// testingTB is the part of testing.TB that Start needs, so that the package does not import testing.
type testingTB interface {
	Helper()
	Cleanup(cleanup func())
}

// Start serves on a free loopback port until the test ends, and returns the base URL, without a trailing slash.
// It panics where there is no port to be had.
func (s *Server) Start(t testingTB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("stub: no loopback port: %v", err))
	}
	countNew := func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.connections++
		}
	}
	server := &http.Server{Handler: s, ConnState: countNew, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // always ends with http.ErrServerClosed
	t.Cleanup(func() { _ = server.Close() })   // requests that hang see their client leave
	return "http://" + listener.Addr().String()
}

// Connections counts the TCP connections accepted since Start.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Accounts returns every account, sorted by name.
func (s *Server) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	byName := func(a, b Account) int { return cmp.Compare(a.Name, b.Name) }
	return slices.SortedFunc(maps.Values(s.accounts), byName)
}

// Account returns the account of the name, and whether there is one.
func (s *Server) Account(name string) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.accounts[name]
	return a, ok
}

// Put makes a the account of its name, as somebody else would who creates or changes it outside Terraform. An
// empty ID means the id that the account has already, or a new one; an empty AuthMethod means "oauth"; every other
// field is taken as it is. It returns the account as it is kept.
func (s *Server) Put(a Account) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.ID = cmp.Or(a.ID, s.accounts[a.Name].ID, newID())
	a.AuthMethod = cmp.Or(a.AuthMethod, "oauth")
	s.accounts[a.Name] = a
	return a
}

// Remove deletes the account of the name, if there is one, as somebody else would.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, name)
}

// Rekey gives the account of the name a new id, as somebody else's update would, and returns it.
// It panics where there is no such account.
func (s *Server) Rekey(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.accounts[name]
	if !ok {
		panic(fmt.Sprintf("stub: no account %q to re-key", name))
	}
	a.ID = newID()
	s.accounts[name] = a
	return a.ID
}

// KeepIDs makes updates leave the id alone.
func (s *Server) KeepIDs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepIDs = true
}

// EchoSecrets makes every 400 quote the request's client_secret and api_key in its messages.
func (s *Server) EchoSecrets() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.echoSecrets = true
}

// SetLatency delays every request by d before it is looked at. A client that leaves meanwhile changes nothing.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// delay waits for the latency, and tells whether the client is still there.
func (s *Server) delay(ctx context.Context) bool {
	s.mu.Lock()
	latency := s.latency
	s.mu.Unlock()
	if latency > 0 {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// newID returns a random UUID (version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
