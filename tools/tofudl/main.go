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
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/opentofu/tofudl"
)

// errUnreachable is that of a release that cannot be downloaded.
var errUnreachable = errors.New("cannot be downloaded")

// limits bound the time until the list of releases is there, and the time without a byte of a
// download.
type limits struct{ list, stall time.Duration }

func main() {
	version := flag.String("version", "", "the version, such as 1.12.6")
	out := flag.String("out", "", "the `file` to write")
	flag.Parse()
	err := download(context.Background(), *version, *out, limits{list: 10 * time.Second, stall: 20 * time.Second})
	if err != nil {
		fmt.Fprintf(os.Stderr, "OpenTofu %s: %v\n", *version, err)
	}
	switch {
	case errors.Is(err, errUnreachable):
		os.Exit(3)
	case err != nil:
		os.Exit(1)
	}
}

func download(ctx context.Context, version, out string, limit limits, options ...tofudl.ConfigOpt) error {
	began := time.Now()
	transport := &meter{next: &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: limit.list / 2}).DialContext,
	}}
	downloader, err := tofudl.New(append(options, tofudl.ConfigHTTPClient(&http.Client{Transport: transport}))...)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "OpenTofu %s: looking for the release, for at most %s\n", version, limit.list)
	listCtx, cancel := context.WithTimeout(ctx, limit.list)
	releases, err := downloader.ListVersions(listCtx)
	cancel()
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go transport.watch(ctx, stop, limit.stall)
	for _, release := range releases {
		if release.ID != tofudl.Version(version) {
			continue
		}
		binary, err := downloader.DownloadVersion(ctx, release, tofudl.PlatformAuto, tofudl.ArchitectureAuto)
		var unsupported *tofudl.UnsupportedPlatformOrArchitectureError
		if failed := transport.failed.Load(); failed != nil {
			// The library verifies what it has of an archive even then, so that its error would say
			// something else.
			return fmt.Errorf("%w: %w", errUnreachable, *failed)
		} else if errors.As(err, &unsupported) {
			return fmt.Errorf("%w: %w", errUnreachable, err)
		} else if err != nil {
			return fmt.Errorf("what was downloaded is not what OpenTofu has signed, and nothing of it is kept: %w", err)
		}
		if err := write(out, binary); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "OpenTofu %s: signature and checksum verified; it is %s, after %.0f s\n", version, out, time.Since(began).Seconds())
		return nil
	}
	return fmt.Errorf("%w: there is no such release", errUnreachable)
}

// write makes the file appear as a whole.
func write(out string, binary []byte) error {
	file, err := os.CreateTemp(filepath.Dir(out), "tofudl-")
	if err != nil {
		return err
	}
	_, err = file.Write(binary)
	err = errors.Join(err, file.Chmod(0o755), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), out)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// meter counts what is downloaded, and keeps what went wrong with it.
type meter struct {
	next   http.RoundTripper
	bytes  atomic.Int64
	failed atomic.Pointer[error]
}

func (m *meter) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(req)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s answered %s", req.URL, resp.Status)
		_ = resp.Body.Close()
	}
	if err != nil {
		m.failed.CompareAndSwap(nil, &err)
		return nil, err
	}
	resp.Body = body{resp.Body, m}
	return resp, nil
}

type body struct {
	io.ReadCloser
	meter *meter
}

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.meter.bytes.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		b.meter.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

// watch says every few seconds how far the download is, and stops one that has come to a halt.
func (m *meter) watch(ctx context.Context, stop func(), stall time.Duration) {
	ticker := time.NewTicker(stall / 4)
	defer ticker.Stop()
	for before, still := int64(-1), 0; still < 4; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := m.bytes.Load()
		fmt.Fprintf(os.Stderr, "OpenTofu: %.1f MB downloaded\n", float64(now)/1e6)
		if still++; now != before {
			before, still = now, 0
		}
	}
	err := fmt.Errorf("no byte came for %s", stall)
	m.failed.CompareAndSwap(nil, &err)
	stop()
}
