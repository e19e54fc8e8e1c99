// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestMain lists the accounts instead of running tests where the environment says so: what the
// system says about certificates and proxies is read once a process.
func TestMain(m *testing.M) {
	base := os.Getenv("TEST_LIST_ACCOUNTS_OF")
	if base == "" {
		os.Exit(m.Run())
	}
	timeout, err := time.ParseDuration(cmp.Or(os.Getenv("TEST_TIMEOUT"), "2m"))
	if err != nil {
		panic(err)
	}
	c, err := New(Config{BaseURL: base, APIKey: stub.APIKey, AppKey: stub.AppKey, Retry: true, MaxRetries: 1, Timeout: timeout})
	if err != nil {
		panic(err)
	}
	accounts, err := c.List(context.Background())
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	for _, account := range accounts {
		_, _ = os.Stdout.WriteString(account.Name + "\n")
	}
	os.Exit(0)
}

// listInProcess lists the accounts in a process with the environment.
func listInProcess(t *testing.T, base string, environment ...string) (string, error) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary)
	command.Env = append(environment, "TEST_LIST_ACCOUNTS_OF="+base)
	output, err := command.CombinedOutput()
	return string(output), err
}

// quiet is the log of servers whose clients do not trust them.
var quiet = log.New(io.Discard, "", 0)

// startTLS serves over TLS, and returns its URL and the file of the authority.
func startTLS(t *testing.T, handler http.Handler) (server *httptest.Server, authority string) {
	t.Helper()
	server = httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	authority = filepath.Join(t.TempDir(), "authority.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, authority
}

// The certificates that the system trusts decide, and nothing is sent to a server that has none of
// them.
func TestCertificates(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Put(stub.Account{Name: "over_TLS", Domain: "https://a.okta.com"})
	server, authority := startTLS(t, s)

	output, err := listInProcess(t, server.URL)
	if err == nil || !strings.Contains(output, "certificate") || len(s.Requests()) != 0 {
		t.Errorf("without the authority: %v, %d requests, %s", err, len(s.Requests()), output)
	}
	output, err = listInProcess(t, server.URL, "SSL_CERT_FILE="+authority)
	if err != nil || output != "over_TLS\n" {
		t.Errorf("with the authority: %v, %s", err, output)
	}
}

// An address with https instead of http is found out from the error.
func TestPlainServerBehindHTTPS(t *testing.T) {
	t.Parallel()
	url := strings.Replace(stub.New().Start(t), "http:", "https:", 1)
	c, err := New(Config{BaseURL: url, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.List(t.Context()); !errors.Is(err, http.ErrSchemeMismatch) {
		t.Error(err)
	}
}

// HTTPS_PROXY and NO_PROXY are honoured; the proxy sees neither the keys nor the path.
func TestProxy(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Put(stub.Account{Name: "over_a_proxy", Domain: "https://a.okta.com"})
	server, authority := startTLS(t, s)
	address := strings.TrimPrefix(server.URL, "https://")

	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" || r.Header.Get("DD-API-KEY") != "" {
			t.Errorf("the proxy was asked %s %s %v", r.Method, r.Host, r.Header)
			return
		}
		tunnels.Add(1)
		upstream, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		defer upstream.Close()
		client, _, err := http.NewResponseController(rw).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer client.Close()
		_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(upstream, client) }()
		_, _ = io.Copy(client, upstream)
	}))
	t.Cleanup(proxy.Close)

	// The test certificate is one for example.com too, which is reached through the proxy alone.
	output, err := listInProcess(t, "https://example.com", "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy.URL)
	if err != nil || output != "over_a_proxy\n" || tunnels.Load() != 1 {
		t.Errorf("%v, %d tunnels, %s", err, tunnels.Load(), output)
	}
	output, err = listInProcess(t, server.URL, "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=127.0.0.1")
	if err != nil || output != "over_a_proxy\n" || tunnels.Load() != 1 {
		t.Errorf("without the proxy: %v, %d tunnels, %s", err, tunnels.Load(), output)
	}
}

// Over real connections too, one is enough for a refresh, and refused ones are errors that say so.
func TestRealConnections(t *testing.T) {
	t.Parallel()
	s := &service{Server: stub.New()}
	accounts := s.putMany(200)
	s.config = Config{BaseURL: s.Start(t), APIKey: stub.APIKey, AppKey: stub.AppKey, Retry: true, Timeout: 2 * time.Minute}
	findAll(t, s.client(t), accounts)
	if connections, requests := s.Connections(), len(s.Requests()); connections != 1 || requests != 1 {
		t.Errorf("%d connections, %d requests", connections, requests)
	}

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.config.BaseURL = "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.client(t).Create(t.Context(), prod.Account, prod.Secrets)
	if failed := asError(t, err); failed.Status != 0 || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v", err)
	}
}
