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
	"sync/atomic"
	"time"
)

// Server is the service. It is safe for concurrent use.
type Server struct {
	// Log, where it is set, is called with each request once it is decided. Set it before the first.
	Log func(Request)

	connections atomic.Int64
	latency     atomic.Int64 // a time.Duration

	// mu guards all below. Exported methods, set, record and decide take it, and all other methods
	// run while it is held.
	mu            sync.Mutex
	accounts      []*Account // in the order of writing; neither their ids nor their names are unique
	former        []*Account // with FormerIDs: as they were before updates
	lagReads      int
	lagPeriod     time.Duration
	pending       []*write // in order
	variants      []Variant
	refused       *regexp.Regexp // names; nil = none
	reserveNames  int
	reserved      map[string]int // how many creates of a deleted name are still refused
	limit         rateLimit
	pageSize      int                  // 0 = no pages
	tokens        map[string]time.Time // until when they are accepted
	tokenLifetime time.Duration
	faults        []*Fault      // with what is left of their Skip and Times
	later         []*Request    // still to be carried out
	healed        chan struct{} // closed by Heal: what hangs waits for it
	requests      []*Request
}

// New returns a service without accounts that behaves as the real one is believed to.
func New() *Server {
	return &Server{
		healed: make(chan struct{}), reserved: map[string]int{},
		tokens: map[string]time.Time{}, tokenLifetime: 15 * time.Minute,
	}
}

// set changes a setting of the service.
func set[T any](s *Server, setting *T, value T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*setting = value
}

// Start serves on a free loopback port until the test ends, and returns the base URL, without a
// trailing slash. It panics where no port is free.
func (s *Server) Start(t interface{ Cleanup(cleanup func()) }) string {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("stub: no loopback port: %v", err))
	}
	countNew := func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	server := &http.Server{Handler: s, ConnState: countNew, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // always ends with http.ErrServerClosed
	t.Cleanup(func() { _ = server.Close() })   // requests that hang see their client leave
	return "http://" + listener.Addr().String()
}

// Connections counts the TCP connections accepted since Start.
func (s *Server) Connections() int { return int(s.connections.Load()) }

// SetLatency delays every request by d before it is looked at. A client that leaves meanwhile
// changes nothing.
func (s *Server) SetLatency(d time.Duration) { s.latency.Store(int64(d)) }
