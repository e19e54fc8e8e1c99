// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// pipeListener serves connections that are pipes in memory.
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
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

// holdLists lets the service carry lists out, and holds the answer of each back until release is
// called with its index.
func (s *service) holdLists() (release func(index int)) {
	held := make([]chan struct{}, 3)
	next := make(chan int, len(held))
	for i := range held {
		held[i] = make(chan struct{})
		next <- i
	}
	s.handle = func(rw http.ResponseWriter, r *http.Request) {
		if !isList(r) {
			s.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		<-held[<-next]
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
	return func(index int) { close(held[index]) }
}

// beforeAnswer lets the next request of the method be carried out, and does something before its
// answer leaves.
func (s *service) beforeAnswer(method string, do func()) {
	s.around(method, func() {}, do)
}

// beforeArrival does something before the service looks at the next request of the method.
func (s *service) beforeArrival(method string, do func()) {
	s.around(method, do, func() {})
}

func (s *service) around(method string, before, after func()) {
	s.handle = func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			s.ServeHTTP(rw, r)
			return
		}
		s.handle = s.ServeHTTP
		before()
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		after()
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
}

// sendRaw writes an answer to the connection as it is, its status line too.
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

// headerWriter changes headers before they are sent.
type headerWriter struct {
	http.ResponseWriter
	change func(http.Header)
}

func (w *headerWriter) WriteHeader(status int) {
	w.change(w.Header())
	w.ResponseWriter.WriteHeader(status)
}

// roundTripper is a transport made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// accountJSON is the JSON of an account, with what is to be replaced in it.
func accountJSON(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(
		`{"type":"okta-accounts","id":"id-1","attributes":{"name":"prod","domain":"https://prod.okta.com","auth_method":"oauth","client_id":"c"}}`)
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
