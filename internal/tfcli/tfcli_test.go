// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package tfcli

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestMain makes the test binary a CLI where CLI_VERSION is set.
func TestMain(m *testing.M) {
	version := os.Getenv("CLI_VERSION")
	if version == "" {
		os.Exit(m.Run())
	}
	fmt.Printf("\nWarning: v1 of the settings\n\n%s\non %s\n", version, strings.Join(os.Environ(), " "))
	if os.Args[1] != "version" {
		os.Exit(2)
	}
}

func TestRun(t *testing.T) {
	for _, name := range []string{"TF_LOG", "DD_HOST", "DATADOG_API_KEY", "AWS_ACCESS_KEY_ID"} {
		t.Setenv(name, "of-the-caller")
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := New(path, t.TempDir())
	c.Env = append(c.Env, "CLI_VERSION=OpenTofu v1.12.6-dev")
	version, err := c.Version(t.Context())
	want := (Version{Text: "OpenTofu v1.12.6-dev", OpenTofu: true, Major: 1, Minor: 12})
	if err != nil || version != want {
		t.Errorf("version %+v, error %v, want %+v", version, err, want)
	}
	out, err := c.Run(t.Context(), 2, "plan")
	if err != nil || !strings.Contains(out, "CHECKPOINT_DISABLE=1") || strings.Contains(out, "of-the-caller") {
		t.Errorf("error %v, output %s", err, out)
	}
	_, err = c.Run(t.Context(), 0, "plan")
	if err == nil || !strings.Contains(err.Error(), "`plan` exited with 2, not 0\n\nWarning") {
		t.Errorf("another exit code: error %v", err)
	}
}

func TestFind(t *testing.T) {
	t.Setenv("TF_ACC_TERRAFORM_PATH", "no-such-cli")
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), "none of no-such-cli is there") {
		t.Errorf("error %v", err)
	}
	if found, err := Find(os.Args[0]); err != nil || found == "" {
		t.Errorf("the one that is named: %q, error %v", found, err)
	}
}
