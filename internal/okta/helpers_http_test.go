// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{Server: stub.New(), settle: settleTime}
	s.handle = s.ServeHTTP
	listener := &pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{ReadHeaderTimeout: time.Hour, Handler: http.HandlerFunc(s.front)}
	go func() { _ = server.Serve(listener) }()
	s.open = &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return listener.dial(ctx) },
	}
	s.closed = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}}
	s.config = datadog.Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, UserAgent: "test",
		Retry: true, MaxRetries: 3, Timeout: 2 * time.Minute, Transport: s,
	}
	t.Cleanup(func() {
		time.Sleep(time.Hour) // a list goes on where the read that began it has ended
		s.open.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return s
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
	isAccount := r.URL.Path != accountsPath
	switch {
	case f == nil || f.Method != "" && f.Method != r.Method:
		return false
	case f.Path == "list" && isAccount || f.Path == "account" && !isAccount:
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

// pipeListener serves connections that are pipes in memory.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.connections <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case connection := <-l.connections:
		return connection, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

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

// answerLists makes the service answer lists with these accounts, in JSON, for some time from now on.
// The stub answers all else.
func (s *service) answerLists(accounts string, lasting time.Duration) {
	started := time.Now()
	s.handle = func(rw http.ResponseWriter, r *http.Request) {
		if isList(r) && time.Since(started) < lasting {
			_, _ = io.WriteString(rw, `{"data":[`+accounts+"]}")
			return
		}
		s.ServeHTTP(rw, r)
	}
}

// answerWith makes the service answer every request with the body.
func (s *service) answerWith(format string, values ...any) {
	body := fmt.Sprintf(format, values...)
	s.handle = func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, body) }
}
