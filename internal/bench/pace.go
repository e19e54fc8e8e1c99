// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"time"
)

// The rate limit that the pace is measured under, as Datadog's are: windows on the clock.
const (
	pacedLimit   = 100 // requests
	pacedPeriod  = 10 * time.Second
	pacedLatency = 50 * time.Millisecond
)

// pace is the creation of accounts under a rate limit.
type pace struct {
	sample

	accounts int
	minimum  time.Duration
}

// pace creates the accounts with the provider's default settings. They are planned before, so that the CLI's own work does not
// use up a window, and the apply begins with one.
func (b *bench) pace(ctx context.Context, accounts int) (*pace, error) {
	var c cleanups
	defer c.run()
	s, err := b.newSubject(nameThis, b.provider, accounts, pacedLatency, &c)
	if err != nil {
		return nil, err
	}
	progress("apply of %d at %d requests in %s", accounts, pacedLimit, pacedPeriod)
	if _, err := s.run(ctx, "plan", "-out=planned", "-no-color"); err != nil {
		return nil, err
	}
	s.service.LimitRate(pacedLimit, pacedPeriod)
	now := time.Now()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(now.Truncate(pacedPeriod).Add(pacedPeriod).Sub(now)):
	}
	applied, err := s.create(ctx, "apply", "-no-color", "planned")
	if err != nil {
		return nil, err
	}
	return &pace{sample: applied, accounts: accounts, minimum: minimum(applied.began, accounts)}, nil
}

// minimum is the time from began until the window begins that lets the last request through: a creation of each account, and
// one list before, which tells that the names are free.
func minimum(began time.Time, accounts int) time.Duration {
	windows := accounts / pacedLimit // before the one of the last of accounts+1 requests
	if windows == 0 {
		return 0
	}
	return began.Truncate(pacedPeriod).Add(time.Duration(windows) * pacedPeriod).Sub(began)
}
