// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"syscall"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func TestHangOnce(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	c.client.Transport = &http.Transport{} // opens a second connection while the first hangs
	s.Fail(stub.Fault{Method: "GET", Path: "list", Hang: true, Times: 1})
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.try(ctx, "GET", accounts, "")
		done <- err
	}()
	for len(s.Requests()) == 0 {
		runtime.Gosched()
	}
	if got := c.do("GET", accounts, ""); got.status != 200 || s.Connections() != 2 {
		t.Errorf("meanwhile: %+v on %d connections", got, s.Connections())
	}
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	for _, when := range []stub.When{stub.Before, stub.After} {
		s := stub.New()
		c := start(t, s)
		s.Fail(stub.Fault{Method: "POST", Hang: true, When: when})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := c.try(ctx, "POST", accounts, prod)
			done <- err
		}()
		for len(s.Requests()) == 0 || when == stub.After && len(s.Accounts()) == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		s.Heal()
		if created := len(s.Accounts()) == 1; created != (when == stub.After) {
			t.Errorf("created: %t", created)
		}
		if r := s.Requests(); len(r) != 1 || r[0].Status != 0 {
			t.Errorf("recorded %+v", r)
		}
	}
}

func TestHealReleasesWhatHangs(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := start(t, s)
	s.Fail(stub.Fault{Hang: true, When: stub.After})
	done := make(chan error)
	go func() {
		_, err := c.try(t.Context(), "POST", accounts, prod)
		done <- err
	}()
	for len(s.Accounts()) == 0 { // it hangs once it has been carried out
		runtime.Gosched()
	}
	s.Heal()
	if err := <-done; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}

func TestStoppingReleasesWhatHangs(t *testing.T) {
	t.Parallel()
	s := stub.New()
	done := make(chan error)
	t.Run("server", func(t *testing.T) {
		c := start(t, s)
		s.Fail(stub.Fault{Hang: true, When: stub.After})
		go func() {
			_, err := c.try(context.WithoutCancel(t.Context()), "POST", accounts, prod)
			done <- err
		}()
		for len(s.Accounts()) == 0 {
			runtime.Gosched()
		}
	})
	if err := <-done; err == nil {
		t.Error("answered")
	}
}
