// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// An interrupt ends every operation at once, in whatever it waits for. Nothing more is sent, no look
// and no repeat, and the next apply ends with one account.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for name, fault := range map[string]stub.Fault{
			"hang before": {Hang: true},
			"hang after":  {Hang: true, When: stub.After},
			"back-off":    {Status: 500},
			"rate limit":  {Status: 429, Header: http.Header{"Retry-After": {"60"}}},
		} {
			t.Run(op.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				inFakeTime(t, func(t *testing.T, s *service) {
					m := &managed{}
					if op.name != "create" {
						if err := m.apply(t.Context(), t, s, &prod); err != nil {
							t.Fatal(err)
						}
					}
					if op.setUp != nil {
						op.setUp(s)
					}
					fault.Method, fault.Path = op.own.Method, op.own.Path
					s.Fail(fault)
					ctx, interrupt := context.WithCancel(t.Context())
					started := time.Now()
					var before int
					time.AfterFunc(time.Millisecond, func() {
						before = len(s.Requests())
						interrupt()
					})
					err := op.run(ctx, t, s, m)
					if !errors.Is(err, context.Canceled) {
						t.Errorf("got %v, want %v", err, context.Canceled)
					}
					if elapsed := time.Since(started); elapsed > time.Millisecond {
						t.Errorf("it went on for %s", elapsed)
					}
					time.Sleep(time.Minute)
					// A list goes on for the reads that share it.
					if after := len(s.Requests()); op.own.Path != "list" && after != before {
						t.Errorf("requests after the interrupt: %+v", s.Requests()[before:])
					}
					s.Heal()
					checkConverges(t, s, m, op.want)
				})
			})
		}
	}
}
