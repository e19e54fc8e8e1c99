// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

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
func TestDeadConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{Server: stub.New()}
		accounts := s.putMany(20)
		listener := newPipeListener()
		server := &http.Server{
			ReadHeaderTimeout: time.Hour, Handler: s.Server,
			// Pipes have no buffer: tickets that nobody reads yet would hold the server up.
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificateFor(t, "stub")}, SessionTicketsDisabled: true},
		}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		t.Cleanup(func() {
			_ = server.Close()
			synctest.Wait()
		})
		transport, ok := newTransport().(*http.Transport)
		if !ok {
			t.Fatal("another transport")
		}
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
		var connections []*mortalConn
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			connection, err := listener.dial(ctx)
			connections = append(connections, &mortalConn{Conn: connection})
			return connections[len(connections)-1], err
		}
		t.Cleanup(transport.CloseIdleConnections)
		c, err := New(Config{
			BaseURL: "https://stub", APIKey: stub.APIKey, AppKey: stub.AppKey, Retry: true, MaxRetries: 1, Timeout: 2 * time.Minute, transport: transport,
		})
		if err != nil {
			t.Fatal(err)
		}
		findAll(t, c, accounts)
		time.Sleep(listLifetime + 1)
		connections[0].dead.Store(true)
		started := time.Now()
		findAll(t, c, accounts)
		if elapsed := time.Since(started); elapsed > 15*time.Second || len(connections) != 2 {
			t.Errorf("it took %s and %d connections", elapsed, len(connections))
		}
	})
}

// certificateFor returns a certificate of its own authority.
func certificateFor(t *testing.T, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: names}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Neither a certificate that is not trusted nor a proxy writes to the terminal.
func TestNetworkErrorsHaveNoControlCharacters(t *testing.T) {
	t.Parallel()
	const esc = "\x1b]0;title\x07\x1b[31m"
	evil := httptest.NewUnstartedServer(http.NotFoundHandler())
	evil.TLS = &tls.Config{Certificates: []tls.Certificate{certificateFor(t, esc+"evil")}}
	evil.Config.ErrorLog = quiet
	evil.StartTLS()
	t.Cleanup(evil.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		sendRaw(t, rw, "HTTP/1.1 407 "+esc+"evil\r\n\r\n")
	}))
	t.Cleanup(proxy.Close)
	proxyURL, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]Config{
		"certificate": {BaseURL: strings.Replace(evil.URL, "127.0.0.1", "localhost", 1)},
		"proxy":       {BaseURL: "https://stub", transport: &http.Transport{Proxy: http.ProxyURL(proxyURL)}},
	} {
		config.Timeout = time.Minute
		c, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(second(c.List(t.Context())))
		if !strings.Contains(text, "evil") || slices.ContainsFunc([]rune(text), func(r rune) bool { return r < ' ' }) {
			t.Errorf("%s: %q", name, text)
		}
	}
}
