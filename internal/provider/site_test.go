// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"net"
	"net/http"
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

// site is a stub at an address that can be closed and opened again.
type site struct {
	*stub.Server
	t       *testing.T
	url     string
	address string
	server  *http.Server // nil while it is closed
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Server: stub.New(), t: t}
	s.listen()
	t.Cleanup(s.close)
	return s
}

// listen opens the address, unless it is open.
func (s *site) listen() {
	s.t.Helper()
	if s.server != nil {
		return
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", cmp.Or(s.address, "127.0.0.1:0"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	s.url = "http://" + s.address
	s.server = &http.Server{Handler: s.Server, ReadHeaderTimeout: time.Minute}
	go func(server *http.Server) { _ = server.Serve(listener) }(s.server) // always ends with http.ErrServerClosed
}

// close makes the address refuse connections.
func (s *site) close() {
	if s.server != nil {
		_ = s.server.Close()
		s.server = nil
	}
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

// accountsInState returns the attributes of the accounts in the state, by the labels of the
// resources.
func (c *cli) accountsInState() map[string]map[string]any {
	c.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Mode, Type, Name string
					Values           map[string]any
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(c.run(0, "show", "-json")), &state); err != nil {
		c.t.Fatal(err)
	}
	accounts := map[string]map[string]any{}
	for _, r := range state.Values.RootModule.Resources {
		if r.Mode == "managed" && strings.HasPrefix(r.Type, "okta_") {
			accounts[r.Name] = r.Values
		}
	}
	return accounts
}

// importLost does what the error of a create says where the CLI takes no state with it: it imports the accounts,
// whose names are the labels of their resources, that the state does not have.
func (c *cli) importLost(state map[string]map[string]any, accounts []stub.Account) {
	c.t.Helper()
	if c.takesPartialState() {
		return
	}
	for _, account := range accounts {
		if state[account.Name] == nil {
			c.run(0, "import", "okta_account."+account.Name, account.Name)
		}
	}
}
