// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package stub is a stand-in for Datadog's side of the Okta integration: an http.Handler that keeps
// accounts in memory, behaves as the real service has been seen to behave, records its requests,
// and fails on demand.
package stub

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Server is the service. It is safe for concurrent use.
type Server struct {
	mu            sync.Mutex
	accounts      accountTable
	former        map[string]*record // with FormerIDs: by the id before an update
	lag           lag
	pending       []*write // in order
	variants      []Variant
	refused       *regexp.Regexp // names; nil = none
	latency       time.Duration
	limit         rateLimit
	pageSize      int // 0 = no pages
	pageLinks     Links
	tokens        map[string]time.Time // until when they are accepted
	tokenLifetime time.Duration
	faults        []*fault
	later         []*Request    // still to be carried out
	healed        chan struct{} // closed by Heal: what hangs waits for it
	requests      []*Request
	connections   int
}

// New returns a service without accounts that behaves as the real one is believed to, except for
// the variants.
func New(variants ...Variant) *Server {
	return &Server{
		variants: variants, accounts: newAccountTable(), former: map[string]*record{}, healed: make(chan struct{}),
		tokens: map[string]time.Time{}, tokenLifetime: 15 * time.Minute,
	}
}

// locked runs f while no request is decided.
func (s *Server) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// testingTB is the part of testing.TB that Start needs, so that the package does not import
// testing.
type testingTB interface {
	Helper()
	Cleanup(cleanup func())
}

// Start serves on a free loopback port until the test ends, and returns the base URL, without a
// trailing slash. It panics where no port is free.
func (s *Server) Start(t testingTB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("stub: no loopback port: %v", err))
	}
	countNew := func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.locked(func() { s.connections++ })
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

// SetLatency delays every request by d before it is looked at. A client that leaves meanwhile
// changes nothing.
func (s *Server) SetLatency(d time.Duration) { s.locked(func() { s.latency = d }) }

// delay waits for the latency, and reports whether the client is still there.
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
