// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentofu/tofudl"
	"github.com/opentofu/tofudl/mockmirror"
)

const binary = "the binary of a release"

// mirror serves a release 1.0.0, signed with a key of the test's own, through a handler that can
// change the answers.
func mirror(t *testing.T, change func(next http.Handler) http.HandlerFunc) []tofudl.ConfigOpt {
	t.Helper()
	signed := mockmirror.NewFromBinary(t, []byte(binary))
	target, err := url.Parse(strings.TrimSuffix(signed.APIURL(), "/api.json"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(change(httputil.NewSingleHostReverseProxy(target)))
	t.Cleanup(server.Close)
	return []tofudl.ConfigOpt{
		tofudl.ConfigGPGKey(signed.GPGKey()),
		tofudl.ConfigAPIURL(server.URL + "/api.json"),
		tofudl.ConfigDownloadMirrorURLTemplate(server.URL + "/v{{ .Version }}/{{ .Artifact }}"),
	}
}

// forPath changes the answers to requests whose path ends so.
func forPath(suffix string, instead http.HandlerFunc) func(http.Handler) http.HandlerFunc {
	return func(next http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, suffix) {
				instead(w, r)
				return
			}
			next.ServeHTTP(w, r)
		}
	}
}

func unchanged(next http.Handler) http.HandlerFunc { return next.ServeHTTP }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func hang(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestDownload(t *testing.T) {
	for name, test := range map[string]struct {
		change      func(http.Handler) http.HandlerFunc
		version     string
		otherKey    bool
		unreachable bool
		wantErr     string // empty: it is downloaded
	}{
		"a release": {change: unchanged},
		"another archive": {
			change:  forPath(".tar.gz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("malicious")) }),
			wantErr: "invalid checksum",
		},
		"other checksums": {
			change: forPath("_SHA256SUMS", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("malicious"))
			}),
			wantErr: "Signature verification failed",
		},
		"another key":             {change: unchanged, otherKey: true, wantErr: "Signature verification failed"},
		"no signature":            {change: forPath(".gpgsig", status(404)), unreachable: true, wantErr: "404"},
		"no archive":              {change: forPath(".tar.gz", status(502)), unreachable: true, wantErr: "502"},
		"no such release":         {change: unchanged, version: "9.9.9", unreachable: true, wantErr: "No such version"},
		"a login page for a list": {change: forPath("api.json", status(200)), unreachable: true, wantErr: "JSON"},
		"a list that hangs":       {change: forPath("api.json", hang), unreachable: true, wantErr: "no byte came"},
		"an archive that hangs":   {change: forPath(".tar.gz", hang), unreachable: true, wantErr: "no byte came"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := mirror(t, test.change)
			if test.otherKey {
				options[0] = mirror(t, unchanged)[0]
			}
			if test.version == "" {
				test.version = "1.0.0"
			}
			dir := t.TempDir()
			out := filepath.Join(dir, "tofu")
			err := download(t.Context(), test.version, out, 2*time.Second, options...)
			if test.wantErr == "" {
				content, readErr := os.ReadFile(out)
				if err != nil || readErr != nil || string(content) != binary {
					t.Fatalf("error %v, binary %q, %v", err, content, readErr)
				}
				if info, err := os.Stat(out); err != nil || info.Mode().Perm()&0o111 == 0 {
					t.Errorf("it cannot be executed: %v, %v", info.Mode(), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("error %v, want %q", err, test.wantErr)
			}
			if errors.Is(err, errUnreachable) != test.unreachable {
				t.Errorf("error %v: unreachable should be %v", err, test.unreachable)
			}
			if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
				t.Errorf("left behind: %v, %v", files, err)
			}
		})
	}
}
