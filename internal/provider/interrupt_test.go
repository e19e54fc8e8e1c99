// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestInterrupt presses Ctrl-C while the second of two accounts waits for something that would take
// half a minute or longer: that ends it, it keeps the first, and the next apply ends with one
// account of each name.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	limited := stub.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"90"}}}
	busy := stub.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"90"}}}
	as := func(fault stub.Fault, method, path string, skip int) stub.Fault {
		fault.Method, fault.Path, fault.Skip = method, path, skip
		return fault
	}
	hangAfter := stub.Fault{Hang: true, When: stub.After}
	accounts := func(n int) func(*stub.Server) bool {
		return func(s *stub.Server) bool { return len(s.Accounts()) == n }
	}
	answered := func(status int) func(*stub.Server) bool {
		return func(s *stub.Server) bool {
			return slices.ContainsFunc(s.Requests(), func(r stub.Request) bool { return r.Status == status })
		}
	}
	for name, test := range map[string]struct {
		operation string // create, update, delete
		faults    []stub.Fault
		waits     func(s *stub.Server) bool // it is where it is to be interrupted
	}{
		"create hangs after it was carried out": {"create", []stub.Fault{as(hangAfter, "POST", "", 1)}, accounts(2)},
		"create backs off": { // in the look after an answer that says nothing
			"create",
			[]stub.Fault{as(stub.Fault{Status: 500, When: stub.After}, "POST", "", 1), as(busy, "GET", "list", 1)},
			answered(503),
		},
		"update waits for the rate limit":       {"update", []stub.Fault{as(limited, "PATCH", "", 1)}, answered(429)},
		"delete hangs after it was carried out": {"delete", []stub.Fault{as(hangAfter, "DELETE", "", 1)}, accounts(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newCLI(t, twoAccounts(url, "one"))
			switch test.operation {
			case "create":
				c.run(0, "plan", "-out=tfplan")
			case "update":
				c.run(0, "apply", "-auto-approve")
				c.write("main.tf", twoAccounts(url, "two"))
				c.run(0, "plan", "-out=tfplan")
			case "delete":
				c.run(0, "apply", "-auto-approve")
				c.run(0, "plan", "-destroy", "-out=tfplan")
			}

			s.ResetRequests()
			for _, fault := range test.faults {
				s.Fail(fault)
			}
			out := c.interrupt(func() bool { return test.waits(s) }, "apply", "tfplan")
			if !matches("Unable to "+test.operation+" Okta account.*The operation was interrupted", out) {
				t.Errorf("the interrupt is not mentioned:\n%s", out)
			}
			state := c.accountsInState()
			if test.operation == "delete" { // in the opposite order
				if state["second"] != nil || state["first"] == nil {
					t.Errorf("the state does not keep what is left, nothing else: %v", state)
				}
			} else if first, _ := s.Account("first"); state["first"]["id"] != first.ID {
				t.Errorf("the state has %v, the service %+v", state["first"], first)
			}

			s.Heal()
			if test.operation == "delete" {
				c.run(0, "destroy", "-auto-approve")
				if left := s.Accounts(); len(left) > 0 || len(c.accountsInState()) > 0 {
					t.Errorf("left: %+v", left)
				}
				return
			}
			if test.operation == "create" {
				c.importLost(state, s.Accounts())
			}
			c.run(0, "apply", "-auto-approve")
			c.wantEmptyPlan()
			if accounts := s.Accounts(); len(accounts) != 2 {
				t.Errorf("the service has %+v", accounts)
			}
			c.wantInState(s.Accounts()...)
		})
	}
}

// twoAccounts is a configuration of two accounts, the second after the first.
func twoAccounts(url, domain string) string {
	return providerConfig(url) + fmt.Sprintf(`
resource "okta_account" "first" {
  name          = "first"
  domain        = "https://%[1]s.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}

resource "okta_account" "second" {
  name          = "second"
  domain        = "https://%[1]s.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
  depends_on    = [okta_account.first]
}
`, domain)
}

// interrupt presses Ctrl-C as soon as the command is where it is to be, and returns what it printed
// until it ended.
func (c *cli) interrupt(ready func() bool, arguments ...string) string {
	c.t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(c.t.Context(), os.Getenv("TF_ACC_TERRAFORM_PATH"), arguments...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as in a terminal, where all of them get the signal
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !ready() {
		select {
		case err := <-ended:
			c.t.Fatalf("it ended before it was interrupted: %v\n%s", err, out.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		c.t.Fatal(err)
	}
	// Its output tells whether the interrupt ended it, or the time for an operation.
	c.t.Logf("it was interrupted: %v", <-ended)
	return out.String()
}
