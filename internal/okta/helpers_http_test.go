// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
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

	transport *http.Transport
	mu        sync.Mutex
	refused   *stub.Fault // of it Method, Path, Skip and Times: the requests whose connection is refused
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

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{Server: stub.New(), settle: settleTime}
	s.handle = s.ServeHTTP
	listener := pipes(make(chan net.Conn))
	server := &http.Server{
		ReadHeaderTimeout: time.Hour,
		Handler:           http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { s.handle(rw, r) }),
	}
	go func() { _ = server.Serve(listener) }()
	s.transport = &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			if address != "stub:80" {
				return nil, fmt.Errorf("nobody may call %s", address)
			}
			return listener.dial()
		},
	}
	s.config = datadog.Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, UserAgent: "test",
		Retry: true, MaxRetries: 3, Timeout: 2 * time.Minute, Transport: s,
	}
	t.Cleanup(func() {
		time.Sleep(time.Hour) // a list goes on where the read that began it has ended
		s.transport.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return s
}

// pipes is a listener whose connections are pipes in memory.
type pipes chan net.Conn

func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }
func (p pipes) Close() error   { close(p); return nil }

func (p pipes) Accept() (net.Conn, error) {
	if connection, ok := <-p; ok {
		return connection, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) dial() (net.Conn, error) {
	client, server := net.Pipe()
	p <- server
	return client, nil
}

// RoundTrip sends a request of a client to the stub, unless its connection is to be refused.
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	f := s.refused
	isRefused := f != nil && (f.Method == "" || f.Method == r.Method) && (f.Path == "" || (f.Path == "list") == isList(r))
	switch {
	case isRefused && f.Skip > 0:
		f.Skip--
		isRefused = false
	case isRefused && f.Times == 1:
		s.refused = nil
	}
	s.mu.Unlock()
	if isRefused {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return s.transport.RoundTrip(r)
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

// wantRequests compares what arrived at the stub, in order, with "GET list", "GET account", "POST",
// "PATCH", "DELETE" and "GET validate". "7 POST" stands for seven of them in a row.
func wantRequests(t *testing.T, s *service, want ...string) {
	t.Helper()
	var got []string
	requests := s.Requests()
	for len(requests) > 0 {
		name, n := requestName(requests[0]), 1
		for n < len(requests) && requestName(requests[n]) == name {
			n++
		}
		if requests = requests[n:]; n > 1 {
			name = fmt.Sprintf("%d %s", n, name)
		}
		got = append(got, name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the requests were\n  %s\nwant\n  %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func requestName(r stub.Request) string {
	switch {
	case r.Method != http.MethodGet:
		return r.Method
	case r.Path == accountsPath:
		return "GET list"
	case strings.HasPrefix(r.Path, accountsPath):
		return "GET account"
	}
	return "GET " + strings.TrimPrefix(r.Path, "/api/v1/")
}

// isList reports whether a request is for the list.
func isList(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.Path == accountsPath }

// beforeArrival does something before the service looks at the next request of the method.
func (s *service) beforeArrival(method string, do func()) {
	s.handle = func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == method {
			s.handle = s.ServeHTTP
			do()
		}
		s.ServeHTTP(rw, r)
	}
}

// accountJSON is the JSON of an account, with what is to be replaced in it.
func accountJSON(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"type":"okta-accounts","id":"id-1","attributes":` +
		`{"name":"prod","domain":"https://prod.okta.com","auth_method":"oauth","client_id":"prod-client"}}`)
}

// answerLists makes the service answer lists with these accounts, in JSON, until it is healed.
func (s *service) answerLists(accounts string) {
	s.Fail(stub.Fault{Method: http.MethodGet, Path: "list", Body: `{"data":[` + accounts + "]}"})
}
