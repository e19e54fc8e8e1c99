// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"context"
	"fmt"
	"time"
)

const (
	backoffBase = 500 * time.Millisecond
	backoffMax  = 15 * time.Second
)

// endsBefore reports whether ctx ends before the wait is over, so that waiting would be in vain.
func endsBefore(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= wait
}

// Sleep waits, and stops at once when ctx ends. An error is the cause of that.
func Sleep(ctx context.Context, wait time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(wait):
		return nil
	}
}

// WithTimeout is context.WithTimeout with a cause that a user understands: "no success within 30s".
func WithTimeout(ctx context.Context, d time.Duration, missing string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, timeoutError(fmt.Sprintf("no %s within %s", missing, d)))
}

// timeoutError is a time that is up.
type timeoutError string

func (e timeoutError) Error() string { return string(e) }

// Is makes it a context.DeadlineExceeded.
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
