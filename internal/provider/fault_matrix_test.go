// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// matrixFaults are the five kinds of faults: before the service carries a request out, after it, in
// the middle of the answer, no answer at all, and a refusal. The client's tests have all the others.
var matrixFaults = map[string]stub.Fault{
	"before":  {Drop: true},
	"after":   {Status: 502, When: stub.After},
	"middle":  {CutBody: true, When: stub.After},
	"hangs":   {Hang: true, When: stub.After},
	"refused": {Status: 403},
}

// operation is what the faults happen to.
type operation struct {
	name         string
	method, path string // of the request that makes the operation
	before       int    // requests before it
	apply        string // arguments of the apply that the faults happen to
	summary      string // of its errors
	reads        bool   // it changes nothing in Datadog
}

var operations = []operation{
	{"create", http.MethodPost, "", 1, "tfplan", summaryCreate, false},
	{"update", http.MethodPatch, "", 0, "tfplan", summaryUpdate, false},
	{"delete", http.MethodDelete, "", 0, "tfplan", summaryDelete, false},
	{"read", http.MethodGet, "list", 0, "-refresh-only -auto-approve", summaryRead, true},
	{"import", http.MethodGet, "list", 0, "-auto-approve", summaryImport, true},
}

// TestFaultMatrix lets every fault happen to every operation, once and until it is healed, with a
// service that shows writes late. Whatever came of it, one more apply then leaves exactly one
// account of each name (none after a destroy), a state that says the same as the service, and
// nothing to plan.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			m := &matrix{t: t, op: op, cli: newCLI(t, "")}
			for name, fault := range matrixFaults {
				once := fault
				once.Method, once.Path, once.Times = op.method, op.path, 1
				m.add(name+"once", once, true)
				fault.Skip = op.before
				m.add(name+"always", fault, false)
			}
			m.run()
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

// cell is one fault, with the service that it happens to.
type cell struct {
	*stub.Server
	url   string
	name  string // of the account, its resource and its provider
	fault stub.Fault
	once  bool // it hits one request
}

func (m *matrix) add(name string, fault stub.Fault, once bool) {
	s := stub.New()
	c := &cell{Server: s, url: s.Start(m.t), name: name, fault: fault, once: once}
	c.LagFor(time.Second)
	m.cells = append(m.cells, c)
}

// run lets the faults happen to the operation, and checks what comes of it, then and after the
// faults.
func (m *matrix) run() {
	m.t.Helper()
	m.prepare()
	for _, c := range m.cells {
		c.Fail(c.fault)
	}
	before := m.cli.accountsInState()
	apply := append([]string{"apply", "-json", "-parallelism=100"}, strings.Fields(m.op.apply)...)
	failures := m.cli.diagnostics("error", apply...)
	after := m.cli.accountsInState()
	for _, c := range m.cells {
		c.Heal()
		failure := ""
		for _, d := range failures {
			if strings.Contains(d.Detail, strconv.Quote(c.name)) {
				failure += d.Summary + ": " + d.Detail
			}
		}
		m.t.Run("during/"+c.name, func(t *testing.T) { c.check(t, m.op, failure, before[c.name], after[c.name]) })
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
		m.t.Run("afterwards/"+c.name, func(t *testing.T) { c.checkSettled(t, m.op, final[c.name]) })
	}
}

// check checks what came of the operation, whose error failure is, or "".
func (c *cell) check(t *testing.T, op operation, failure string, before, after map[string]any) {
	fails := failure != ""
	// What the service carried out and shows late may be an error, which the next apply puts right.
	if refused := c.fault.Status == http.StatusForbidden; c.once && c.fault.When == stub.Before && fails != refused {
		t.Errorf("failed: %t, want %t: %s", fails, refused, failure)
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
		ID: accounts[0].ID, Name: c.name, Domain: "https://first.okta.com", AuthMethod: "oauth",
		ClientID: "made-up-client", ClientSecret: "made-up-first",
	}
	if op.name == "update" {
		want.Domain, want.ClientSecret = "https://second.okta.com", "made-up-second"
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

// The blocks of a cell: its name is %[1]s, its URL %[2]s, and %[3]s a word that an update changes.
const (
	// Some faults last for as long as the operation may take, an attempt at it for a quarter of that.
	matrixProvider = `
provider "%[1]s" {
  api_url                       = "%[2]s"
  api_key                       = "` + stub.APIKey + `"
  app_key                       = "` + stub.AppKey + `"
  http_client_retry_timeout     = 10
  http_client_retry_max_retries = 1
}
`
	matrixAccount = `
resource "okta_account" "%[1]s" {
  provider      = %[1]s
  name          = "%[1]s"
  domain        = "https://%[3]s.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-%[3]s"
}
`
	matrixImport = `
import {
  to = okta_account.%[1]s
  id = "%[1]s"
}
`
)

// prepare does, without any fault, what comes before the operation.
func (m *matrix) prepare() {
	m.t.Helper()
	var names []string
	for _, c := range m.cells {
		names = append(names, c.name)
	}
	m.cli.env = append(m.cli.env, serveReattachable(m.t, names))
	m.configure(matrixProvider+matrixAccount, "first")
	switch m.op.name {
	case "create":
		m.cli.run(0, "plan", "-out=tfplan")
	case "read":
		m.cli.run(0, "apply", "-auto-approve")
	case "update":
		m.cli.run(0, "apply", "-auto-approve")
		m.configure(matrixProvider+matrixAccount, "second")
		m.cli.run(0, "plan", "-out=tfplan")
	case "delete":
		m.cli.run(0, "apply", "-auto-approve")
		m.configure(matrixProvider, "")
		m.cli.run(0, "plan", "-out=tfplan")
	case "import":
		for _, c := range m.cells {
			c.Put(stub.Account{
				Name: c.name, Domain: "https://first.okta.com", ClientID: "made-up-client", ClientSecret: "made-up-first",
			})
		}
		m.configure(matrixProvider+matrixAccount+matrixImport, "first")
	}
}

// configure writes the configuration: with the blocks for each cell.
func (m *matrix) configure(blocks, word string) {
	var required, rest strings.Builder
	for _, c := range m.cells {
		fmt.Fprintf(&required, "    %s = { source = %q }\n", c.name, reattachedSource(c.name))
		fmt.Fprintf(&rest, blocks+"%.0[1]s%.0[2]s%.0[3]s", c.name, c.url, word)
	}
	m.cli.write("main.tf", "terraform {\n  required_providers {\n"+required.String()+"  }\n}\n"+rest.String())
}

// serveReattachable serves providers of the names inside the test process, and returns the
// environment variable that leads the CLI to them: for tests that need so many that starting them
// as plugins in every command would take minutes.
func serveReattachable(t *testing.T, names []string) string {
	t.Helper()
	type address struct{ Network, String string }
	type config struct {
		Protocol        string
		ProtocolVersion int
		Pid             int
		Test            bool
		Addr            address
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	reattach := map[string]config{}
	for _, name := range names {
		started := make(chan *plugin.ReattachConfig)
		running.Go(func() {
			// In this mode it returns at the end without an error.
			_ = tf6server.Serve(reattachedSource(name), providerserver.NewProtocol6(newTestProvider()),
				tf6server.WithDebug(ctx, started, make(chan struct{})), tf6server.WithGoPluginLogger(hclog.NewNullLogger()),
				tf6server.WithLoggingSink(t), tf6server.WithoutLogStderrOverride())
		})
		c := <-started
		reattach[reattachedSource(name)] = config{
			Protocol: string(c.Protocol), ProtocolVersion: c.ProtocolVersion, Pid: c.Pid, Test: c.Test,
			Addr: address{c.Addr.Network(), c.Addr.String()},
		}
	}
	value, err := json.Marshal(reattach)
	if err != nil {
		t.Fatal(err)
	}
	return "TF_REATTACH_PROVIDERS=" + string(value)
}

func reattachedSource(name string) string { return "registry.terraform.io/made-up/" + name }
