// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command tofudl downloads a release of OpenTofu. It writes the binary only after OpenTofu's
// signature of the checksums and the checksum of the archive have been verified.
//
// Its exit code is 3 where there is nothing to verify, because the release cannot be downloaded.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/opentofu/tofudl"
)

// errUnreachable is that of a release that cannot be downloaded.
var errUnreachable = errors.New("cannot be downloaded")

func main() {
	version := flag.String("version", "", "the version, such as 1.12.6")
	out := flag.String("out", "", "the `file` to write")
	flag.Parse()
	began := time.Now()
	fmt.Fprintf(os.Stderr, "OpenTofu %s: looking for the release\n", *version)
	err := download(context.Background(), *version, *out, 10*time.Second)
	if err == nil {
		fmt.Fprintf(os.Stderr, "OpenTofu %s: signature and checksum verified; it is %s, after %.0f s\n",
			*version, *out, time.Since(began).Seconds())
		return
	}
	fmt.Fprintf(os.Stderr, "OpenTofu %s: %v\n", *version, err)
	if errors.Is(err, errUnreachable) {
		os.Exit(3)
	}
	os.Exit(1)
}

// download writes the binary of a version to out. It gives up where no byte comes for as long as
// patience says.
func download(ctx context.Context, version, out string, patience time.Duration, options ...tofudl.ConfigOpt) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	timer := time.AfterFunc(patience, func() { fail(fmt.Errorf("no byte came for %s", patience)) })
	defer timer.Stop()
	client := &http.Client{Transport: transport{fail, timer, patience}}
	downloader, err := tofudl.New(append(options, tofudl.ConfigHTTPClient(client))...)
	if err != nil {
		return err
	}
	binary, err := downloader.Download(ctx, tofudl.DownloadOptVersion(tofudl.Version(version)))
	// First of all what went wrong on the way: the library verifies even a part of an archive, so
	// that its error would say something else.
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %w", errUnreachable, cause)
	}
	var failed *tofudl.RequestFailedError
	var missing *tofudl.NoSuchVersionError
	var unsupported *tofudl.UnsupportedPlatformOrArchitectureError
	switch {
	case errors.As(err, &failed), errors.As(err, &missing), errors.As(err, &unsupported):
		return fmt.Errorf("%w: %w", errUnreachable, err)
	case err != nil:
		return fmt.Errorf("what was downloaded is not what OpenTofu has signed, and nothing of it is kept: %w", err)
	}
	part := out + ".part" // so that the file appears as a whole
	if err = os.WriteFile(part, binary, 0o755); err == nil {
		err = os.Rename(part, out)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	return nil
}

// transport reports what goes wrong with a request and its answer. It sets the timer anew with
// everything that comes.
type transport struct {
	fail     context.CancelCauseFunc
	timer    *time.Timer
	patience time.Duration
}

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.timer.Reset(t.patience)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s answered %s", req.URL, resp.Status)
		_ = resp.Body.Close()
	}
	if err != nil {
		t.fail(err)
		return nil, err
	}
	resp.Body = body{resp.Body, t}
	return resp, nil
}

type body struct {
	io.ReadCloser
	transport
}

func (b body) Read(p []byte) (int, error) {
	b.timer.Reset(b.patience)
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.timer.Stop()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.fail(err)
	}
	return n, err
}
