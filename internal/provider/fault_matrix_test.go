// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// The requests that a fault hits.
const (
	once       = "once"                    // the operation's own, the first time
	always     = "until healed"            // the operation's own, every time
	everything = "everything until healed" // all from the operation's own on
)

// operation is what the faults happen to.
type operation struct {
	name    string
	own     stub.Fault // Method, Path: the request that makes the operation
	before  int        // requests before it
	apply   []string   // arguments of the apply that the faults happen to
	summary string     // of its errors
	reads   bool       // it changes nothing in Datadog
	fails   func(faultCase) bool
}

var operations = []operation{
	{
		name: "create", own: stub.Fault{Method: http.MethodPost}, before: 1, apply: []string{"tfplan"},
		summary: "Unable to create Okta account", fails: func(f faultCase) bool { return f.createFails },
	},
	{
		name: "update", own: stub.Fault{Method: http.MethodPatch}, apply: []string{"tfplan"},
		summary: "Unable to update Okta account", fails: func(f faultCase) bool { return f.updateFails },
	},
	{
		name: "delete", own: stub.Fault{Method: http.MethodDelete}, apply: []string{"tfplan"},
		summary: "Unable to delete Okta account", fails: func(f faultCase) bool { return f.deleteFails },
	},
	{
		name: "read", own: stub.Fault{Method: http.MethodGet, Path: "list"}, apply: []string{"-refresh-only", "-auto-approve"}, reads: true,
		summary: "Unable to read Okta account", fails: func(f faultCase) bool { return f.readFails },
	},
	{
		name: "import", own: stub.Fault{Method: http.MethodGet, Path: "list"}, apply: []string{"-auto-approve"}, reads: true,
		summary: "Unable to import Okta account", fails: func(f faultCase) bool { return f.readFails },
	},
}

// TestFaultMatrix lets every fault happen to every operation. Whatever came of it, one more apply
// then leaves exactly one account of each name (none after a destroy), a state that says the same
// as the service, and nothing to plan.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			elsewhere := stub.New()
			m := &matrix{t: t, op: op}
			for _, f := range faultCases(elsewhere.Start(t)) {
				for _, scope := range []string{once, always, everything} {
					if !f.refused || scope == everything { // nobody can reach a part of what refuses connections
						m.add(scope, f)
					}
				}
			}
			m.run()
			if requests := elsewhere.Requests(); len(requests) > 0 {
				t.Errorf("a redirect was followed to another host: %+v", requests)
			}
		})
	}
}

// matrix is one operation with all the faults that happen to it, in one command of the CLI: each in
// a provider, an account and a service of its own.
type matrix struct {
	t     *testing.T
	op    operation
	cells []*cell
	cli   *cli
}

// cell is one fault in one scope, with the service that it happens to.
type cell struct {
	faultCase
	scope   string
	account string // its name, which is the label of the resource, too
	*site
}

// add returns the new cell, whose fault's body is about the account NAME.
func (m *matrix) add(scope string, f faultCase) {
	account := regexp.MustCompile(`\W+`).ReplaceAllString(scope+"_"+f.name, "_")
	f.fault.Body = strings.ReplaceAll(f.fault.Body, "NAME", account)
	m.cells = append(m.cells, &cell{faultCase: f, scope: scope, account: account, site: newSite(m.t)})
}

// run lets the faults happen to the operation, and checks what comes of it, then and after the
// faults.
func (m *matrix) run() {
	m.t.Helper()
	m.prepare()
	for _, c := range m.cells {
		c.start(m.op)
	}
	before := m.cli.accountsInState()
	failures := m.cli.diagnostics("error", append([]string{"apply", "-json", "-parallelism=100"}, m.op.apply...)...)
	after := m.cli.accountsInState()
	for _, c := range m.cells {
		c.Heal()
		c.listen()
	}
	for _, c := range m.cells {
		failure := ""
		for _, d := range failures {
			if strings.Contains(d.Detail, strconv.Quote(c.account)) {
				failure += d.Summary + ": " + d.Detail
			}
		}
		m.t.Run("during/"+c.account, func(t *testing.T) { c.check(t, m.op, failure, before[c.account], after[c.account]) })
	}

	if m.op.name == "create" {
		for _, c := range m.cells {
			m.cli.importLost(after, c.Accounts())
		}
	}
	m.cli.run(0, "apply", "-auto-approve")
	m.cli.wantEmptyPlan()
	final := m.cli.accountsInState()
	for _, c := range m.cells {
		m.t.Run("afterwards/"+c.account, func(t *testing.T) { c.checkSettled(t, m.op, final[c.account]) })
	}
}

// start lets the fault begin.
func (c *cell) start(op operation) {
	if c.refused {
		c.close()
		return
	}
	fault := c.fault
	switch c.scope {
	case once:
		fault.Method, fault.Path, fault.Times = op.own.Method, op.own.Path, 1
	case always:
		fault.Method, fault.Path = op.own.Method, op.own.Path
	default:
		fault.Skip = op.before
	}
	c.Fail(fault)
}

// check checks what came of the operation, whose error failure is, or "".
func (c *cell) check(t *testing.T, op operation, failure string, before, after map[string]any) {
	fails := failure != ""
	if want := op.fails(c.faultCase); c.scope == once && fails != want {
		t.Errorf("failed: %t, want %t: %s", fails, want, failure)
	}
	switch {
	case fails && !strings.HasPrefix(failure, op.summary):
		t.Errorf("got %q, want %q", failure, op.summary)
	case fails && op.reads && !reflect.DeepEqual(before, after):
		t.Errorf("the state changed from %v to %v", before, after)
	case !fails && !op.reads:
		c.checkSettled(t, op, after)
	}
}

// checkSettled checks that the service has exactly the one account that is wanted, or none after a
// delete, and that the state says the same.
func (c *cell) checkSettled(t *testing.T, op operation, state map[string]any) {
	t.Helper()
	accounts := c.Accounts()
	if op.name == "delete" {
		if len(accounts) > 0 || state != nil {
			t.Errorf("left: %+v, in state: %v", accounts, state)
		}
		return
	}
	if len(accounts) != 1 {
		t.Fatalf("the service has %d accounts: %+v", len(accounts), accounts)
	}
	want := stub.Account{
		ID: accounts[0].ID, Name: c.account, Domain: "https://one.okta.com", AuthMethod: "oauth",
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
		if state[attribute] != value {
			t.Errorf("%s is %v in state, want %v", attribute, state[attribute], value)
		}
	}
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
func (m *matrix) prepare() {
	m.t.Helper()
	m.cli = newCLI(m.t, "")
	var providers []string
	for _, c := range m.cells {
		providers = append(providers, c.provider())
	}
	m.cli.env = append(m.cli.env, serveReattachable(m.t, providers))
	m.configure(matrixAccount)
	if m.op.name == "import" {
		for _, c := range m.cells {
			c.Put(stub.Account{
				Name: c.account, Domain: "https://one.okta.com", ClientID: "made-up-client", ClientSecret: "made-up-secret-1",
			})
		}
		m.configure(matrixAccount + matrixImport)
		return
	}
	if m.op.name != "create" {
		m.cli.run(0, "apply", "-auto-approve")
	}
	switch m.op.name {
	case "create":
		m.cli.run(0, "plan", "-out=tfplan")
	case "update":
		m.configure(strings.NewReplacer("one.okta", "two.okta", "secret-1", "secret-2").Replace(matrixAccount))
		m.cli.run(0, "plan", "-out=tfplan")
	case "delete":
		m.configure("")
		m.cli.run(0, "plan", "-out=tfplan")
	}
}

// provider is the local name of the cell's provider, which can have no underscores.
func (c *cell) provider() string { return strings.ReplaceAll(c.account, "_", "-") }

// configure writes the configuration: with block, which gets the name of the account, for each of
// them.
func (m *matrix) configure(block string) {
	var required, rest strings.Builder
	for _, c := range m.cells {
		fmt.Fprintf(&required, "    %s = { source = %q }\n", c.provider(), reattachedSource(c.provider()))
		// Some faults last for as long as the operation may take, an attempt at it for a quarter of that.
		rest.WriteString(strings.Replace(providerConfig(c.url, "http_client_retry_timeout = 10", "http_client_retry_max_retries = 1"),
			`"okta"`, strconv.Quote(c.provider()), 1))
		rest.WriteString(strings.NewReplacer("PROVIDER", c.provider(), "NAME", c.account).Replace(block))
	}
	m.cli.write("main.tf", "terraform {\n  required_providers {\n"+required.String()+"  }\n}\n"+rest.String())
}
