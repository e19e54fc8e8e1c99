// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package usage

import (
	"os"
	"runtime"
	"syscall"
)

func maxRSS(process *os.ProcessState) int64 {
	rusage, ok := process.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak := int64(rusage.Maxrss) //nolint:unconvert // it is an int32 on 32-bit systems
	if runtime.GOOS == "darwin" {
		return peak
	}
	return peak << 10 // everywhere else in KiB
}
