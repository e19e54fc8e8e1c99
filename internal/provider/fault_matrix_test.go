// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// trouble is a fault, and what comes of it.
type trouble struct {
	name    string
	fault   stub.Fault
	refused bool // the connection is

	carriedOut bool // the service does what it was asked, although its answer is lost or says nothing
	garbled    bool // the answer says success, and nothing more that can be understood
	final      bool // it is not repeated where it is an answer to a read or delete
	hopeless   bool // it is never repeated
}

func troubles(elsewhere string) []trouble {
	refusal := func(headers ...string) stub.Fault {
		fault := stub.Fault{Status: http.StatusTooManyRequests, Body: "<html><h1>Slow down</h1></html>", Header: http.Header{}}
		for i := 0; i < len(headers); i += 2 {
			fault.Header.Set(headers[i], headers[i+1])
		}
		return fault
	}
	nameless := `{"data":{"type":"okta-accounts","id":"1","attributes":{"domain":"https://x.okta.com","auth_method":"oauth"}}}`
	return []trouble{
		{name: "connection-refused", refused: true},
		{name: "dropped-before", fault: stub.Fault{Drop: true}},
		{name: "dropped-after", fault: stub.Fault{Drop: true, When: stub.After}, carriedOut: true},
		{name: "cut-in-mid-body", fault: stub.Fault{CutBody: true}, carriedOut: true},
		{name: "500-before", fault: stub.Fault{Status: http.StatusInternalServerError}},
		{name: "502-after", fault: stub.Fault{Status: http.StatusBadGateway, When: stub.After}, carriedOut: true},
		{name: "503-page", fault: stub.Fault{Status: http.StatusServiceUnavailable, Body: "<html><h1>Be right back</h1></html>"}},
		{name: "429-a-second", fault: refusal("X-RateLimit-Remaining", "0", "X-RateLimit-Period", "1", "X-RateLimit-Reset", "1")},
		{name: "429-negative", fault: refusal("X-RateLimit-Remaining", "-1", "X-RateLimit-Period", "-1", "X-RateLimit-Reset", "-1")},
		{name: "429-epoch", fault: refusal("X-RateLimit-Reset", "4102444800", "Retry-After", "99999999999999999999")},
		{name: "429-an-hour", fault: refusal("Retry-After", "3600"), hopeless: true},
		{name: "hang-before", fault: stub.Fault{Hang: true}},
		{name: "hang-after", fault: stub.Fault{Hang: true, When: stub.After}, carriedOut: true},
		{name: "malformed-body", fault: stub.Fault{Body: `{"data":`}, garbled: true},
		{name: "empty-body", fault: stub.Fault{EmptyBody: true}, garbled: true},
		{name: "nameless", fault: stub.Fault{Body: nameless}, garbled: true},
		{name: "redirect", fault: stub.Fault{
			Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere}},
		}, final: true},
	}
}

// The requests that a fault hits.
const (
	once       = "once"                    // the operation's own
	own        = "own-until-healed"        // the same, again and again
	everything = "everything-until-healed" // all from the operation's own on, so that nothing can be looked up either
)

// operation is what the faults happen to.
type operation struct {
	name    string
	method  string   // of its own request
	path    string   // as in stub.Fault
	before  int      // requests that the command sends before it
	apply   []string // arguments of the command that meets the faults
	summary string   // of the errors
	fails   func(scope string, tr trouble) bool
}

func reading(scope string, tr trouble) bool {
	return scope != once || tr.final || tr.garbled || tr.hopeless
}

var operations = []operation{
	{
		name: "create", method: http.MethodPost, before: 1, apply: []string{"tfplan"}, summary: "Unable to create Okta account",
		fails: func(scope string, tr trouble) bool {
			return scope == everything || tr.hopeless || scope == own && !tr.carriedOut && !tr.garbled
		},
	},
	{
		name: "update", method: http.MethodPatch, apply: []string{"tfplan"}, summary: "Unable to update Okta account",
		fails: func(scope string, tr trouble) bool { return scope != once || tr.hopeless },
	},
	{
		name: "delete", method: http.MethodDelete, apply: []string{"tfplan"}, summary: "Unable to delete Okta account",
		fails: func(scope string, tr trouble) bool {
			return !tr.garbled && (scope == everything || tr.final || tr.hopeless || scope == own && !tr.carriedOut)
		},
	},
	{
		name: "read", method: http.MethodGet, path: "account", apply: []string{"-refresh-only", "-auto-approve"},
		summary: "Unable to read Okta account", fails: reading,
	},
	{
		name: "import", method: http.MethodGet, path: "list", apply: []string{"-auto-approve"},
		summary: "Unable to import Okta account", fails: reading,
	},
}

// TestFaultMatrix lets every fault happen to every operation, all the faults of one operation in one command of the CLI: each in
// a provider, an account and a service of its own. Whatever came of it, one more apply then leaves exactly one account of each
// name (none after a destroy), a state that says the same as the service, and nothing to plan.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			elsewhere := stub.New()
			var cases []*faultCase
			for _, tr := range troubles(elsewhere.Start(t)) {
				for _, scope := range []string{once, own, everything} {
					if !tr.refused || scope == everything { // nobody can reach a part of what refuses connections
						cases = append(cases, &faultCase{trouble: tr, name: scope + "-" + tr.name, scope: scope})
					}
				}
			}
			meet(t, op, cases)
			if asked := elsewhere.Requests(); len(asked) > 0 {
				t.Errorf("a redirect was followed to another host: %+v", asked)
			}
		})
	}
}

// meet runs an operation into the faults, and checks what comes of it, and that the next apply puts everything right.
func meet(t *testing.T, op operation, cases []*faultCase) {
	t.Helper()
	w := newMatrix(t, op, cases)
	w.prepare()
	for _, c := range cases {
		c.arm(op)
	}
	before := w.cli.accountsInState()
	parallelism := "-parallelism=100"
	if major, minor := w.cli.version(); op.name == "create" && major == 1 && minor >= 16 {
		// Terraform 1.16 crashes where it writes the state while another create that failed has a state, but is not yet tainted.
		parallelism = "-parallelism=1"
	}
	failures := w.cli.diagnostics("error", append([]string{"apply", "-json", parallelism}, op.apply...)...)
	after := w.cli.accountsInState()
	for _, c := range cases {
		c.Heal()
		c.listen()
	}
	for _, c := range cases {
		t.Run("meets/"+c.name, func(t *testing.T) {
			var failure string
			for _, d := range failures {
				if strings.Contains(d.Detail, strconv.Quote(c.name)) {
					failure += d.Summary + ": " + d.Detail
				}
			}
			fails := failure != ""
			if want := op.fails(c.scope, c.trouble); fails != want {
				t.Fatalf("failed: %t, want %t: %s", fails, want, failure)
			}
			onlyReads := op.name == "read" || op.name == "import" // where one fails, nothing is applied
			switch {
			case fails && !strings.HasPrefix(failure, op.summary):
				t.Errorf("got %q, want %q", failure, op.summary)
			case onlyReads && !reflect.DeepEqual(before[c.name], after[c.name]):
				t.Errorf("the state changed from %v to %v", before[c.name], after[c.name])
			case !onlyReads && !fails:
				c.settled(t, op, after)
			}
		})
	}

	w.cli.run(0, "apply", "-auto-approve")
	w.cli.wantEmptyPlan()
	final := w.cli.accountsInState()
	for _, c := range cases {
		t.Run("converges/"+c.name, func(t *testing.T) { c.settled(t, op, final) })
	}
}

// matrix is one operation with all the faults that happen to it.
type matrix struct {
	op    operation
	cases []*faultCase
	cli   *cli
}

// faultCase is one fault in one scope, with the service behind its provider. Its name is that of the account too.
type faultCase struct {
	trouble
	name  string
	scope string
	*site
}

func newMatrix(t *testing.T, op operation, cases []*faultCase) *matrix {
	t.Helper()
	for _, c := range cases {
		c.site = newSite(t)
	}
	w := &matrix{op: op, cases: cases, cli: newCLI(t, "")}
	w.cli.env = append(w.cli.env, serveReattachable(t, w.providers()))
	return w
}

func (w *matrix) providers() []string {
	var names []string
	for _, c := range w.cases {
		names = append(names, "okta-"+c.name)
	}
	return names
}

// configure writes the configuration: with block, which gets the name of the account, for each of them.
func (w *matrix) configure(block string) {
	var providers, rest strings.Builder
	for i, name := range w.providers() {
		c := w.cases[i]
		fmt.Fprintf(&providers, "    %s = { source = %q }\n", name, reattachedSource(name))
		// Some faults last for as long as the operation may take, an attempt at it for a quarter of that.
		rest.WriteString(strings.Replace(providerConfig(c.url, "http_client_retry_timeout = 10", "http_client_retry_max_retries = 1"),
			`"okta"`, strconv.Quote(name), 1))
		rest.WriteString(strings.NewReplacer("PROVIDER", name, "NAME", c.name).Replace(block))
	}
	w.cli.write("main.tf", "terraform {\n  required_providers {\n"+providers.String()+"  }\n}\n"+rest.String())
}

const (
	matrixAccount = `
resource "okta_account" "NAME" {
  provider      = PROVIDER
  name          = "NAME"
  domain        = "https://one.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret-1"
}
`
	matrixImport = `
import {
  to = okta_account.NAME
  id = "NAME"
}
`
)

// prepare does, without any fault, what comes before the operation.
func (w *matrix) prepare() {
	w.configure(matrixAccount)
	if w.op.name == "import" {
		for _, c := range w.cases {
			c.Put(stub.Account{
				Name: c.name, Domain: "https://one.okta.com", ClientID: "made-up-client", ClientSecret: "made-up-secret-1",
			})
		}
		w.configure(matrixAccount + matrixImport)
		return
	}
	if w.op.name != "create" {
		w.cli.run(0, "apply", "-auto-approve")
	}
	switch w.op.name {
	case "create":
		w.cli.run(0, "plan", "-out=tfplan")
	case "update":
		w.configure(strings.NewReplacer("one.okta", "two.okta", "secret-1", "secret-2").Replace(matrixAccount))
		w.cli.run(0, "plan", "-out=tfplan")
	case "delete":
		w.configure("")
		w.cli.run(0, "plan", "-out=tfplan")
	}
}

func (c *faultCase) arm(op operation) {
	if c.refused {
		c.close()
		return
	}
	fault := c.fault
	if c.scope == everything {
		fault.Skip = op.before
	} else {
		fault.Method, fault.Path = op.method, op.path
	}
	if c.scope == once {
		fault.Times = 1
	}
	c.Fail(fault)
}

// settled checks that the service has exactly the one account that is wanted, or none after a delete, and that the state says
// the same.
func (c *faultCase) settled(t *testing.T, op operation, state map[string]map[string]any) {
	t.Helper()
	attributes, inState := state[c.name]
	accounts := c.Accounts()
	if op.name == "delete" {
		if len(accounts) > 0 || inState {
			t.Errorf("left: %+v, in state: %v", accounts, attributes)
		}
		return
	}
	if len(accounts) != 1 {
		t.Fatalf("the service has %d accounts: %+v", len(accounts), accounts)
	}
	want := stub.Account{
		ID: accounts[0].ID, Name: c.name, Domain: "https://one.okta.com", AuthMethod: "oauth",
		ClientID: "made-up-client", ClientSecret: "made-up-secret-1",
	}
	if op.name == "update" {
		want.Domain, want.ClientSecret = "https://two.okta.com", "made-up-secret-2"
	}
	if accounts[0] != want {
		t.Errorf("the service has %+v, want %+v", accounts[0], want)
	}
	for attribute, value := range map[string]any{
		"id": want.ID, "name": want.Name, "domain": want.Domain, "auth_method": want.AuthMethod,
		"client_id": want.ClientID, "client_secret": want.ClientSecret, "api_key": nil,
	} {
		if attributes[attribute] != value {
			t.Errorf("%s is %v in state, want %v", attribute, attributes[attribute], value)
		}
	}
}
