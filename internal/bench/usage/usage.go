// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package usage is what a process has used of the machine, as the operating system tells it at the process's end.
package usage

import (
	"os"
	"time"
)

// Usage is the use of a process and of the children that it waited for.
type Usage struct {
	CPU    time.Duration // user and system time of all together
	MaxRSS int64         // peak of resident memory of the largest one, in bytes; 0 where the system does not tell
}

// Of returns what the process used, which has ended.
func Of(process *os.ProcessState) Usage {
	return Usage{CPU: process.UserTime() + process.SystemTime(), MaxRSS: maxRSS(process)}
}
