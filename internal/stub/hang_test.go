// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"context"
	"errors"
	"net/http"
	"syscall"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// cleanups are called by a test, not at its end.
type cleanups []func()

func (c *cleanups) Cleanup(f func()) { *c = append(*c, f) }

// A request hangs, before or after it is carried out, until something ends it. Others are answered
// meanwhile.
func TestHang(t *testing.T) {
	t.Parallel()
	const leaves, heal, stops = "the client leaves", "Heal", "the server stops"
	for name, test := range map[string]struct {
		when stub.When
		end  string
		err  error // nil = any
	}{
		"before":  {stub.Before, leaves, context.Canceled},
		"after":   {stub.After, leaves, context.Canceled},
		"healed":  {stub.After, heal, syscall.ECONNRESET},
		"stopped": {stub.After, stops, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := start(t, s)
			var server cleanups
			c.url, c.client.Transport = s.Start(&server), &http.Transport{}
			decided := make(chan struct{}, 2)
			s.Log = func(stub.Request) { decided <- struct{}{} }
			s.Fail(stub.Fault{Method: "POST", Hang: true, When: test.when})
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			done := make(chan error)
			go func() {
				_, err := c.try(ctx, "POST", accounts, prod)
				done <- err
			}()
			<-decided
			if got := c.do("GET", accounts, ""); got.status != 200 || s.Connections() != 2 {
				t.Errorf("meanwhile: %+v on %d connections", got, s.Connections())
			}
			switch test.end {
			case leaves:
				leave()
			case heal:
				s.Heal()
			case stops:
				server[0]()
			}
			if err := <-done; err == nil || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("got %v, want %v", err, test.err)
			}
			if created := len(s.Accounts()) == 1; created != (test.when == stub.After) {
				t.Errorf("created: %t", created)
			}
			if r := s.Requests(); len(r) != 2 || r[0].Status != 0 {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}
