// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package clients

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func newPulumi(t *testing.T, s *stub.Server) *client {
	t.Helper()
	c := newClient(t, "pulumi", "pulumi")
	provider := c.build("terraform-provider-okta" + map[bool]string{true: ".exe"}[runtime.GOOS == "windows"])
	c.Env = append(c.Env, "PULUMI_HOME="+filepath.Join(c.home, "pulumi"),
		"PULUMI_BACKEND_URL=file://"+filepath.ToSlash(t.TempDir()),
		"PULUMI_CONFIG_PASSPHRASE=made-up-passphrase", "PULUMI_SKIP_UPDATE_CHECK=true", "NO_COLOR=1", "CI=true")
	// A released CLI downloads the bridge. One that was built here has it in a file beside it.
	if bridge, err := exec.LookPath(filepath.Join(filepath.Dir(c.Path), "dynamic")); err == nil {
		c.run(0, "plugin", "install", "resource", "terraform-provider", "v0.0.0-dev", "--file", bridge)
	}
	c.run(0, "stack", "init", "test")
	c.run(0, "config", "set", "okta:apiUrl", s.Start(t))
	c.run(0, "config", "set", "--secret", "oktaClientSecret", clientSecret)
	c.run(0, "package", "add", "terraform-provider", provider)
	return c
}

func TestPulumi(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newPulumi(t, s)
	c.run(0, "up", "--yes")
	created := wantOne(t, s, "0oa1example2client3id", clientSecret)
	wantWrites(t, s, "POST")
	c.run(0, "preview", "--expect-no-changes")

	c.replace("Pulumi.yaml", "0oa1example2client3id", "0oa4example5client6id")
	c.run(0, "up", "--yes")
	updated := wantOne(t, s, "0oa4example5client6id", clientSecret)
	wantWrites(t, s, "PATCH")
	if updated.ID == created.ID {
		t.Fatal("the update should have given the account another id")
	}
	c.run(0, "refresh", "--yes", "--expect-no-changes")
	c.run(0, "up", "--yes", "--expect-no-changes")
	wantWrites(t, s)

	c.run(0, "config", "set", "--secret", "oktaClientSecret", "made-up-rotated-secret")
	c.run(0, "up", "--yes")
	wantOne(t, s, "0oa4example5client6id", "made-up-rotated-secret")
	wantWrites(t, s, "PATCH")
	if state := c.run(0, "stack", "export"); strings.Contains(state, "made-up-rotated-secret") {
		t.Errorf("the secret can be read in the state:\n%s", state)
	}

	c.run(0, "destroy", "--yes")
	wantWrites(t, s, "DELETE")
	if accounts := s.Accounts(); len(accounts) != 0 {
		t.Errorf("the destroy left %+v", accounts)
	}
}

func TestPulumi_import(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Put(stub.Account{
		Name: "Okta_Prod", Domain: "https://example.okta.com",
		ClientID: "0oa1example2client3id", ClientSecret: "made-up-older-secret",
	})
	c := newPulumi(t, s)
	c.run(0, "import", "okta:index/account:Account", "prod", "Okta_Prod", "--yes", "--protect=false")
	wantWrites(t, s)
	c.run(0, "up", "--yes")
	wantOne(t, s, "0oa1example2client3id", clientSecret)
	wantWrites(t, s, "PATCH") // the secret, of which the state knows nothing after an import
}

// An account whose name stays is replaced by another with deleteBeforeReplace, as in the example.
func TestPulumi_replace(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newPulumi(t, s)
	c.run(0, "up", "--yes")
	c.replace("Pulumi.yaml", "clientId: 0oa1example2client3id", "authMethod: made_up_method")
	c.run(0, "up", "--yes")
	wantOne(t, s, "", clientSecret)
	wantWrites(t, s, "POST", "DELETE", "POST")
}

// A create whose outcome stays unknown leaves nothing in Pulumi's state: the account is imported.
func TestPulumi_unknownOutcome(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newPulumi(t, s)
	c.Env = append(c.Env, "DD_HTTP_CLIENT_RETRY_ENABLED=false")
	s.Fail(stub.Fault{Method: "POST", Drop: true, When: stub.After})
	s.Fail(stub.Fault{Method: "GET", Path: "list", Skip: 2, Status: 500})
	c.run(255, "up", "--yes")
	s.Heal()
	wantOne(t, s, "0oa1example2client3id", clientSecret)
	c.run(0, "import", "okta:index/account:Account", "prod", "Okta_Prod", "--yes", "--protect=false")
	c.run(0, "up", "--yes")
	wantOne(t, s, "0oa1example2client3id", clientSecret)
}
