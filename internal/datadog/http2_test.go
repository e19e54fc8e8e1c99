// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// net/http repeats a request by itself after some frames of HTTP/2, without an end. Whether to repeat
// one is decided here alone: a write never is, and all else as often as configured.
func TestResetsOfHTTP2(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(f *http2.Framer, stream uint32) error{
		"PROTOCOL_ERROR": func(f *http2.Framer, stream uint32) error {
			return f.WriteRSTStream(stream, http2.ErrCodeProtocol)
		},
		"REFUSED_STREAM": func(f *http2.Framer, stream uint32) error {
			return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
		},
		"INTERNAL_ERROR": func(f *http2.Framer, stream uint32) error {
			return f.WriteRSTStream(stream, http2.ErrCodeInternal)
		},
		"GOAWAY": func(f *http2.Framer, _ uint32) error { return f.WriteGoAway(0, http2.ErrCodeNo, nil) },
	} {
		for _, method := range methods {
			for _, retries := range []int{0, 2} {
				t.Run(fmt.Sprint(name, " ", method, " ", retries), func(t *testing.T) {
					t.Parallel()
					url, requests := startFrames(t, answer)
					c, _ := overHTTP2(t, url, retries)
					failed := asError(t, call(t.Context(), c, method, "a"))
					want := 1 + retries
					if isWrite(method) {
						want = 1
					}
					if n := int(requests.Load()); n != want || failed.OutcomeUnknown != isWrite(method) {
						t.Errorf("%d requests, want %d: %+v", n, want, failed)
					}
				})
			}
		}
	}
}

// The same holds for many requests at a time, which take over each other's new connections.
func TestResetsOfManyRequests(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodDelete} { // writes cannot be rewound
		for round := range 10 {
			t.Run(fmt.Sprint(method, round), func(t *testing.T) {
				t.Parallel()
				var resets atomic.Int32
				url, requests := startFrames(t, func(f *http2.Framer, stream uint32) error {
					if resets.Add(1)%7 == 0 && stream > 1 {
						return f.WriteGoAway(stream-2, http2.ErrCodeNo, nil)
					}
					return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
				})
				c, _ := overHTTP2(t, url, 2)
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() { _ = call(t.Context(), c, method, fmt.Sprint("a", i)) })
				}
				group.Wait()
				if n := requests.Load(); n > 60 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// startFrames starts an HTTP/2 server that answers each request by a frame, and counts them.
func startFrames(t *testing.T, answer func(f *http2.Framer, stream uint32) error) (url string, requests *atomic.Int32) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{certificate()}, NextProtos: []string{"h2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	requests = &atomic.Int32{}
	serve := func(connection net.Conn) {
		defer connection.Close()
		_, _ = io.ReadFull(connection, make([]byte, len(http2.ClientPreface)))
		f := http2.NewFramer(connection, connection)
		f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		err := f.WriteSettings()
		for err == nil {
			var frame http2.Frame
			frame, err = f.ReadFrame()
			switch frame := frame.(type) {
			case *http2.SettingsFrame:
				if !frame.IsAck() {
					err = f.WriteSettingsAck()
				}
			case *http2.MetaHeadersFrame:
				requests.Add(1)
				err = answer(f, frame.StreamID)
			}
		}
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(connection)
		}
	}()
	return "https://" + listener.Addr().String(), requests
}

// overHTTP2 returns a client that trusts every server, and waits for nothing between its attempts.
func overHTTP2(t *testing.T, url string, retries int) (*Client, *http.Transport) {
	t.Helper()
	transport, ok := newTransport().(*http.Transport)
	if !ok {
		t.Fatal("another transport")
	}
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := New(Config{
		BaseURL: url, APIKey: stub.APIKey, AppKey: stub.AppKey, Retry: true, MaxRetries: retries, Timeout: 2 * time.Minute,
		Transport: transport, jitter: func(time.Duration) time.Duration { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, transport
}

// Requests that share a connection, also one that is new to all of them, are none that are repeated.
func TestRequestsShareAConnection(t *testing.T) {
	t.Parallel()
	s := stub.New()
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	for round := range 2 {
		c, _ := overHTTP2(t, server.URL, 0)
		s.ResetRequests()
		for again := range 2 {
			var group sync.WaitGroup
			for i := range 20 {
				name := fmt.Sprint("a", round, "_", again, "_", i)
				group.Go(func() { wantSuccess(t, call(t.Context(), c, http.MethodPost, name)) })
			}
			group.Wait()
		}
		if n := len(s.Requests()); n != 40 {
			t.Errorf("%d requests", n)
		}
	}
}

// mortalConn is a connection that can die silently: what is written to it goes nowhere.
type mortalConn struct {
	net.Conn
	dead atomic.Bool
}

func (c *mortalConn) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// An HTTP/2 connection that dies silently is found out by a ping, before an attempt's time is up,
// and takes no later request with it.
func TestSilentlyDeadConnection(t *testing.T) {
	t.Parallel()
	// Pipes have no buffer: tickets that nobody reads yet would hold the server up.
	settings := &tls.Config{Certificates: []tls.Certificate{certificate()}, SessionTicketsDisabled: true}
	synctest.Test(t, func(t *testing.T) {
		listener := pipes(make(chan net.Conn))
		server := &http.Server{ReadHeaderTimeout: time.Hour, Handler: stub.New(), TLSConfig: settings}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		t.Cleanup(func() {
			_ = server.Close()
			synctest.Wait()
		})
		c, transport := overHTTP2(t, "https://stub", 1)
		var connections []*mortalConn
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			connection, err := listener.dial()
			connections = append(connections, &mortalConn{Conn: connection})
			return connections[len(connections)-1], err
		}
		wantSuccess(t, call(t.Context(), c, http.MethodGet, ""))
		connections[0].dead.Store(true)
		wantTime(t, 10*time.Second, func() { wantSuccess(t, call(t.Context(), c, http.MethodGet, "")) })
		if n := len(connections); n != 2 {
			t.Errorf("%d connections", n)
		}
	})
}

// A server that says nothing at all is given up after ten seconds. Nothing was sent to it, so that a
// write is repeated too.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, transport := overHTTP2(t, "https://stub", 1)
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, server) }()
			return client, nil
		}
		wantTime(t, 20*time.Second, func() {
			if failed := asError(t, call(t.Context(), c, http.MethodPost, "new")); failed.OutcomeUnknown {
				t.Errorf("got %+v", failed)
			}
		})
	})
}

// certificate returns a certificate that nobody trusts.
func certificate() tls.Certificate {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return server.TLS.Certificates[0]
}

// quiet is the log of servers whose clients do not trust them, or leave.
var quiet = log.New(io.Discard, "", 0)
