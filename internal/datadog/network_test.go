// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
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

// TestMain prints the answer to a GET instead of running tests where the environment says so: what
// the system says about certificates and proxies is read once a process.
func TestMain(m *testing.M) {
	base := os.Getenv("TEST_GET_FROM")
	if base == "" {
		os.Exit(m.Run())
	}
	c, err := New(Config{BaseURL: base, APIKey: stub.APIKey, AppKey: stub.AppKey, Timeout: 2 * time.Minute})
	if err != nil {
		panic(err)
	}
	err = c.Do(context.Background(), Request{Method: http.MethodGet, Path: accountsPath}, func(body []byte) error {
		_, err := os.Stdout.Write(body)
		return err
	})
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// getInProcess sends a GET from a process with the environment.
func getInProcess(t *testing.T, base string, environment ...string) (string, error) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary)
	command.Env = append(environment, "TEST_GET_FROM="+base)
	output, err := command.CombinedOutput()
	return string(output), err
}

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
	server, authority := startTLS(t, s)
	output, err := getInProcess(t, server.URL)
	if err == nil || !strings.Contains(output, "certificate") || len(s.Requests()) != 0 {
		t.Errorf("without the authority: %v, %d requests, %s", err, len(s.Requests()), output)
	}
	output, err = getInProcess(t, server.URL, "SSL_CERT_FILE="+authority)
	if err != nil || !strings.HasPrefix(output, `{"data":[]`) {
		t.Errorf("with the authority: %v, %s", err, output)
	}
}

// An address with https instead of http is found out from the error.
func TestPlainServerBehindHTTPS(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BaseURL: strings.Replace(stub.New().Start(t), "http:", "https:", 1), Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := call(t.Context(), c, http.MethodGet, ""); !errors.Is(err, http.ErrSchemeMismatch) {
		t.Error(err)
	}
}

// startProxy returns the URL of a proxy to the address, and the number of its tunnels.
func startProxy(t *testing.T, address string) (string, *atomic.Int32) {
	t.Helper()
	tunnels := &atomic.Int32{}
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
	return proxy.URL, tunnels
}

// HTTPS_PROXY and NO_PROXY are honoured; the proxy sees neither the keys nor the path.
func TestProxy(t *testing.T) {
	t.Parallel()
	server, authority := startTLS(t, stub.New())
	proxy, tunnels := startProxy(t, strings.TrimPrefix(server.URL, "https://"))
	// The test certificate is one for example.com too, which is reached through the proxy alone.
	output, err := getInProcess(t, "https://example.com", "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy)
	if err != nil || tunnels.Load() != 1 {
		t.Errorf("%v, %d tunnels, %s", err, tunnels.Load(), output)
	}
	output, err = getInProcess(t, server.URL, "SSL_CERT_FILE="+authority, "HTTPS_PROXY="+proxy, "NO_PROXY=127.0.0.1")
	if err != nil || tunnels.Load() != 1 {
		t.Errorf("without the proxy: %v, %d tunnels, %s", err, tunnels.Load(), output)
	}
}

// A proxy's password is a secret, as it is and as it stands in the proxy's URL.
func TestProxyPassword(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		sendRaw(t, rw, "HTTP/1.1 407 who is proxy/hush or proxy%2Fhush\r\n\r\n")
	}))
	t.Cleanup(proxy.Close)
	at := strings.Replace(proxy.URL, "http://", "http://user:proxy%2Fhush@", 1)
	output, err := getInProcess(t, "https://example.com", "HTTPS_PROXY="+at)
	if err == nil || output != "who is (sensitive value) or (sensitive value)" {
		t.Errorf("%v: %s", err, output)
	}
}
