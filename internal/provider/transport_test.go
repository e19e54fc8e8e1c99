// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// tlsSite is a stub behind TLS.
type tlsSite struct {
	*stub.Server
	url, address string
}

// newTLSSite writes the certificate of the site into the file ca.pem of the CLI's directory.
func newTLSSite(t *testing.T, c *cli) tlsSite {
	t.Helper()
	s := stub.New()
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that refuse the certificate
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	c.write("ca.pem", string(certificate))
	return tlsSite{Server: s, url: server.URL, address: server.Listener.Addr().String()}
}

// TestTransport_certificates has a service whose certificate the system does not know: no request
// gets there until SSL_CERT_FILE says that it is to be trusted.
func TestTransport_certificates(t *testing.T) {
	t.Parallel()
	c := newCLI(t, "")
	s := newTLSSite(t, c)
	c.write("main.tf", providerConfig(s.url, "http_client_retry_max_retries = 0")+accountBlock())

	out := c.run(1, "apply", "-auto-approve")
	if !regexp.MustCompile(spaced("Unable to create Okta account.*certificate signed by unknown authority")).MatchString(out) {
		t.Errorf("the certificate is not named:\n%s", out)
	}
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("requests were sent: %+v", requests)
	}

	needsCertificateFile(t)
	c.env = append(c.env, "SSL_CERT_FILE="+c.dir+"/ca.pem")
	c.run(0, "apply", "-auto-approve")
	c.wantEmptyPlan()
	c.run(0, "destroy", "-auto-approve")
	if created, left := s.Count(http.MethodPost, ""), s.Accounts(); created != 1 || len(left) > 0 {
		t.Errorf("%d accounts created, left: %+v", created, left)
	}
}

// TestTransport_proxy has a service that can be reached through a proxy alone: its name resolves
// nowhere.
func TestTransport_proxy(t *testing.T) {
	t.Parallel()
	needsCertificateFile(t)
	c := newCLI(t, "")
	s := newTLSSite(t, c)
	proxy := &tunnels{to: s.address}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	const host = "api.example.com" // the certificate of httptest is for it too
	c.write("main.tf", providerConfig("https://"+host)+accountBlock())
	c.env = append(c.env, "SSL_CERT_FILE="+c.dir+"/ca.pem", "HTTPS_PROXY="+server.URL)

	c.run(0, "apply", "-auto-approve")
	if accounts := s.Accounts(); len(accounts) != 1 {
		t.Errorf("the service has %+v", accounts)
	}
	if targets := proxy.asked(); len(targets) == 0 || strings.ReplaceAll(strings.Join(targets, ""), host+":443", "") != "" {
		t.Errorf("the proxy was asked for %v, want %s:443 alone", targets, host)
	}
}

// needsCertificateFile skips the rest of a test where Go takes the certificates from the system
// alone.
func needsCertificateFile(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("SSL_CERT_FILE does not count on " + runtime.GOOS)
	}
}

// tunnels is a proxy that answers CONNECT, and leads wherever it is asked to one address.
type tunnels struct {
	to string

	mu      sync.Mutex
	targets []string
}

func (p *tunnels) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.targets
}

func (p *tunnels) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.targets = append(p.targets, r.Host)
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
		return
	}
	target, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", p.to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = target.Close() }()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	go func() { _, _ = io.Copy(target, buffered) }() // ends with either connection
	_, _ = io.Copy(client, target)
}
