// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

const (
	accounts = "/api/v2/integrations/okta/accounts"
	prod     = `{"data":{"type":"okta-accounts","id":"f749daaf-682e-4208-a38d-c9b43162c609","attributes":{"name":"prod",` +
		`"domain":"https://example.okta.com/","auth_method":"oauth","client_id":"me","client_secret":"hush","api_key":"psst"}}}`
	prodUpdate = `{"data":{"type":"okta-accounts","attributes":{"domain":"https://new.okta.com","auth_method":"oauth"}}}`
)

// caller is a client with a connection pool of its own.
type caller struct {
	t       *testing.T
	url     string
	headers map[string]string
	client  *http.Client
}

type reply struct {
	status int
	header http.Header
	body   string
	proto  string
}

func start(t *testing.T, s *stub.Server) caller {
	t.Helper()
	// One connection: without the limit, a request may open another before the last one's is free
	// again.
	transport := &http.Transport{MaxConnsPerHost: 1}
	t.Cleanup(transport.CloseIdleConnections)
	return caller{
		t: t, url: s.Start(t), client: &http.Client{Transport: transport},
		headers: map[string]string{"DD-API-KEY": stub.APIKey, "DD-APPLICATION-KEY": stub.AppKey},
	}
}

// try sends a request. The error is that of the exchange, or of reading the body.
func (c caller) try(ctx context.Context, method, path, body string) (reply, error) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range c.headers {
		request.Header.Set(name, value)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text), response.Proto}, err
}

func (c caller) do(method, path, body string) reply {
	c.t.Helper()
	got, err := c.try(c.t.Context(), method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

// want compares an answer byte for byte.
func (c caller) want(got reply, status int, contentType, body string) {
	c.t.Helper()
	if got.status != status || got.header.Get("Content-Type") != contentType || got.body != body {
		c.t.Fatalf("got %d %s %q, want %d %s %q",
			got.status, got.header.Get("Content-Type"), got.body, status, contentType, body)
	}
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// account decodes the account of an answer, compares all but its id, and returns the id.
func (c caller) account(got reply, status int, attributes map[string]any) string {
	c.t.Helper()
	var body struct{ Data map[string]any }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		c.t.Fatalf("%v in %q", err, got.body)
	}
	id, _ := body.Data["id"].(string)
	want := map[string]any{"type": "okta-accounts", "id": id, "attributes": attributes}
	if got.status != status || got.header.Get("Content-Type") != "application/json" ||
		!strings.HasSuffix(got.body, "}\n") || !reflect.DeepEqual(body.Data, want) {
		c.t.Fatalf("got %d %v %q, want %d %v", got.status, got.header, got.body, status, want)
	}
	if !uuid.MatchString(id) {
		c.t.Fatalf("id %q is no UUID", id)
	}
	return id
}

func attributes(domain string) map[string]any {
	return map[string]any{"name": "prod", "domain": domain, "auth_method": "oauth", "client_id": "me"}
}
