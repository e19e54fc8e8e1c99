// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command demo walks through a session with the provider: the real CLI, the configurations of
// examples/, and a stand-in for Datadog's API on a free loopback port. It checks the result of each
// command and stops at the first surprise with exit code 1. It is run from the root of the
// repository.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func main() {
	cli := flag.String("cli", "",
		"the `path` of the terraform or tofu to run (default: $TF_ACC_TERRAFORM_PATH, else one on PATH)")
	provider := flag.String("provider", "bin/terraform-provider-okta", "the provider: a binary, or the zip of a release")
	svg := flag.String("svg", "", "a `file` for a picture of a part of the session")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *cli, *provider, *svg)
	stop()
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = errors.New("interrupted")
		}
		fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, cli, provider, svg string) error {
	datadog := stub.New()
	server := httptest.NewServer(datadog)
	defer server.Close()
	dir, err := os.MkdirTemp("", "okta-demo")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var out io.Writer = os.Stdout
	var shown bytes.Buffer
	if svg != "" {
		out = io.MultiWriter(out, &shown)
	}
	s, err := newSession(ctx, out, cli, provider, dir, server.URL)
	if err != nil {
		return err
	}
	start := time.Now()
	walk(s, datadog)
	if requests := datadog.Requests(); len(requests) > 0 {
		s.summary(len(requests), requests[0].Header.Get("User-Agent"), time.Since(start))
	}
	if s.err != nil || svg == "" {
		return s.err
	}
	return os.WriteFile(svg, []byte(picture(shown.String())), 0o644)
}
