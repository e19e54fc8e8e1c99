// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// world is a stub in a bubble of fake time, reached over real HTTP on pipes: waits take no time.
type world struct {
	*stub.Server
	cfg       Config
	handle    http.HandlerFunc // what answers: the stub, unless a test puts something else in front of it
	dials     atomic.Int32     // connections made
	strangers atomic.Int32     // requests that went to another host

	open, closed *http.Transport // to the stub, and to a port where nobody listens

	mu      sync.Mutex
	refused *stub.Fault // of it Method, Path, Skip and Times: the requests that meet the closed port
}

func inFakeTime(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Server: stub.New()}
	w.handle = w.ServeHTTP
	listener := &pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{ReadHeaderTimeout: time.Hour, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Host != "stub" {
			w.strangers.Add(1)
		}
		w.handle(rw, r)
	})}
	go func() { _ = server.Serve(listener) }()
	w.open = &http.Transport{
		MaxIdleConnsPerHost: idleConnections,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			w.dials.Add(1)
			client, connection := net.Pipe()
			select {
			case listener.connections <- connection:
				return client, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}
	w.closed = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}}
	w.cfg = Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, UserAgent: "test",
		Retry: true, MaxRetries: 3, Timeout: 2 * time.Minute, base: w,
	}
	t.Cleanup(func() {
		time.Sleep(time.Hour) // a list goes on where the read that began it has ended
		w.open.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return w
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.refuses(r) {
		return w.closed.RoundTrip(r)
	}
	return w.open.RoundTrip(r)
}

func (w *world) refuses(r *http.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.refused
	switch {
	case f == nil || f.Method != "" && f.Method != r.Method:
		return false
	case f.Path == "list" && r.URL.Path != accountsPath || f.Path == "account" && !strings.HasPrefix(r.URL.Path, accountsPath+"/"):
		return false
	case f.Skip > 0:
		f.Skip--
		return false
	case f.Times == 1:
		w.refused = nil
	}
	return true
}

// refuse makes requests meet a closed port instead of the stub.
func (w *world) refuse(f stub.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = &f
}

// Heal ends every fault, refused connections too.
func (w *world) Heal() {
	w.mu.Lock()
	w.refused = nil
	w.mu.Unlock()
	w.Server.Heal()
}

// client returns a new client: what a new provider process has.
func (w *world) client(t *testing.T) *Client {
	t.Helper()
	c, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// put makes an account outside, and returns it as the API shows it.
func (w *world) put(name string) Account {
	return visible(w.Put(stub.Account{
		Name: name, Domain: "https://" + name + ".okta.com", ClientID: name + "-client", ClientSecret: "set outside",
	}))
}

func visible(a stub.Account) Account {
	return Account{ID: a.ID, Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID}
}

// pipeListener serves connections that are pipes in memory.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
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

// prod is an account as a configuration asks for it.
var prod = wanted{
	Account: Account{Name: "prod", Domain: "https://prod.okta.com", AuthMethod: "oauth", ClientID: "prod-client"},
	Secrets: Secrets{ClientSecret: "prod-client-secret", APIKey: "prod-okta-token"},
}

// wantCounts compares the number of requests at the stub, method by method.
func (w *world) wantCounts(t *testing.T, lists, gets, posts, patches, deletes int) {
	t.Helper()
	for _, count := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "list", lists},
		{http.MethodGet, "account", gets},
		{http.MethodPost, "list", posts},
		{http.MethodPatch, "account", patches},
		{http.MethodDelete, "account", deletes},
	} {
		if got := w.Count(count.method, count.path); got != count.want {
			t.Errorf("%d requests %s %s, want %d", got, count.method, count.path, count.want)
		}
	}
}

// asError returns the error of the request in err.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("%v (%T) is no *Error", err, err)
	}
	return failed
}
