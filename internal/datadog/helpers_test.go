// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const accountsPath = "/api/v2/integrations/okta/accounts"

// service is a stub in a bubble of fake time, reached over real HTTP on pipes: waits take no time.
type service struct {
	*stub.Server
	config      Config           // of the clients
	handle      http.HandlerFunc // what answers: the stub, unless a test puts something in front of it
	id          string           // of an account that is there
	connections atomic.Int32     // made so far
	refuse      atomic.Bool      // connections
}

// inFakeTime runs a test with a service of its own, in fake time. Where a goroutine waits at a mutex
// while another sends a request, fake time stands still and the test hangs.
func inFakeTime(t *testing.T, test func(t *testing.T, s *service)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, startService(t)) })
}

// subtest is inFakeTime as a parallel subtest.
func subtest(t *testing.T, name string, test func(t *testing.T, s *service)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		inFakeTime(t, test)
	})
}

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{Server: stub.New()}
	s.handle = s.ServeHTTP
	s.id = s.Put(stub.Account{Name: "a", Domain: "https://a.okta.com"}).ID
	listener := pipes(make(chan net.Conn))
	server := &http.Server{
		ReadHeaderTimeout: time.Hour,
		Handler:           http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { s.handle(rw, r) }),
	}
	go func() { _ = server.Serve(listener) }()
	transport := &http.Transport{
		MaxIdleConnsPerHost: idleConnections,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			if s.refuse.Load() {
				return nil, errRefused
			}
			s.connections.Add(1)
			return listener.dial()
		},
	}
	s.config = Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, UserAgent: "test",
		Retry: true, MaxRetries: 3, Timeout: 2 * time.Minute, Transport: transport,
	}
	t.Cleanup(func() {
		synctest.Wait() // for a connection that nobody waits for any more
		transport.CloseIdleConnections()
		_ = server.Close()
		synctest.Wait()
	})
	return s
}

var errRefused = errors.New("connection refused")

// wantRequests compares what arrived at the stub since it was last looked at, in order. "7 POST"
// stands for seven of them in a row.
func wantRequests(t *testing.T, s *service, want ...string) {
	t.Helper()
	var got []string
	requests := s.Requests()
	for len(requests) > 0 {
		name, n := requestName(requests[0]), 1
		for n < len(requests) && requestName(requests[n]) == name {
			n++
		}
		got, requests = append(got, times(n, name)), requests[n:]
	}
	if !slices.Equal(got, want) {
		t.Errorf("the requests were\n  %s\nwant\n  %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
	s.ResetRequests()
}

// requestName is what wantRequests calls a request.
func requestName(r stub.Request) string {
	switch r.Path {
	case validatePath:
		return "key check"
	case delegatedTokenPath:
		return "exchange"
	}
	return r.Method
}

// times names n requests in a row for wantRequests.
func times(n int, request string) string {
	if n == 1 {
		return request
	}
	return fmt.Sprintf("%d %s", n, request)
}

// answerRaw makes the service write text to the connection as it is, its status line too.
func (s *service) answerRaw(t *testing.T, text string) {
	t.Helper()
	s.handle = func(rw http.ResponseWriter, _ *http.Request) { sendRaw(t, rw, text) }
}

func sendRaw(t *testing.T, rw http.ResponseWriter, answer string) {
	t.Helper()
	connection, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(connection, answer) // the client may have left
	_ = connection.Close()
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

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}

// isWrite reports whether a request of the method is not repeated once it may have been carried out.
func isWrite(method string) bool { return method == http.MethodPost || method == http.MethodPatch }

// call sends the request of the method: GET and POST to the accounts, PATCH and DELETE to the one
// with the id. A POST makes an account of that name.
func call(ctx context.Context, c *Client, method, id string) error {
	r := Request{Method: method, Path: accountsPath, Permission: "permission for " + method}
	decode := func(body []byte) error {
		if !json.Valid(body) {
			return errNoJSON
		}
		return nil
	}
	switch method {
	case http.MethodPost:
		r.Body = []byte(`{"data":{"type":"okta-accounts","attributes":{"name":"` + id +
			`","domain":"https://b.okta.com","auth_method":"none"}}}`)
	case http.MethodPatch:
		r.ID = id
		r.Body = []byte(`{"data":{"type":"okta-accounts","attributes":{"domain":"https://b.okta.com","auth_method":"none"}}}`)
	case http.MethodDelete:
		r.ID, decode = id, nil
	}
	return c.Do(ctx, r, decode)
}

var errNoJSON = errors.New("it is no JSON")

func (s *service) call(t *testing.T, c *Client, method string) error {
	t.Helper()
	return call(t.Context(), c, method, s.id)
}

// get sends a GET from a new client.
func (s *service) get(t *testing.T) error {
	t.Helper()
	return s.call(t, s.client(t), http.MethodGet)
}

// asError returns err, which is a *Error.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	failed := AsError(err)
	if !errors.Is(err, failed) {
		t.Fatalf("%v (%T) is no *Error", err, err)
	}
	return failed
}

// wantSuccess checks that there is no error.
func wantSuccess(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// wantTime checks how long do takes.
func wantTime(t *testing.T, want time.Duration, do func()) {
	t.Helper()
	if elapsed := took(do); elapsed != want {
		t.Errorf("it took %s, want %s", elapsed, want)
	}
}

// took returns how long do takes.
func took(do func()) time.Duration {
	started := time.Now()
	do()
	return time.Since(started)
}

// noJitter makes back-off and waits for the rate limit as long as they can be.
func noJitter(limit time.Duration) time.Duration { return limit }

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

// clientOver returns a client of one transport, which waits as long as it can.
func clientOver(tb testing.TB, transport roundTripper) *Client {
	tb.Helper()
	c, err := New(Config{
		BaseURL: "http://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, Timeout: 24 * time.Hour, Retry: true,
		Transport: transport, jitter: noJitter,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// roundTripper is a transport made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
