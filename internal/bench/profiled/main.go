// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command profiled is the provider, but writes what each of its processes spent, as profiles for `go tool pprof`, into the
// directory BENCH_PROFILES:
//
//	go build -o /tmp/profiled ./internal/bench/profiled
//	BENCH_PROFILES=/tmp/profiles go run ./internal/bench -n 1000 -provider /tmp/profiled
//	go tool pprof -top /tmp/profiles/cpu-*
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/datadog-okta/terraform-provider-okta/internal/provider"
)

func main() {
	runtime.MemProfileRate = 64 << 10 // bytes: finer than the default, for a short life, and still cheap beside what it measures
	if err := serve(os.Getenv("BENCH_PROFILES")); err != nil {
		log.Fatal(err)
	}
}

func serve(dir string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	cpu, err := create(dir, "cpu")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = providerserver.Serve(context.Background(), provider.New("profiled"), providerserver.ServeOpts{
		Address: "registry.terraform.io/datadog-okta/okta",
	})
	pprof.StopCPUProfile()
	memory, createErr := create(dir, "memory")
	if createErr != nil {
		return errors.Join(err, cpu.Close(), createErr)
	}
	return errors.Join(err, cpu.Close(), pprof.Lookup("allocs").WriteTo(memory, 0), memory.Close())
}

func create(dir, kind string) (*os.File, error) {
	return os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", kind, os.Getpid())))
}
