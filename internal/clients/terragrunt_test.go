// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package clients

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
	"github.com/datadog-okta/terraform-provider-okta/internal/tfcli"
)

func newTerragrunt(t *testing.T, s *stub.Server) *client {
	t.Helper()
	c := newClient(t, "terragrunt", "terragrunt")
	terraform, err := tfcli.Find("")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		c.build(".terraform.d", "plugins", host, "datadog-okta", "okta", "0.1.0", platform, "terraform-provider-okta_v0.1.0")
	}
	c.Env = append(c.Env, "DD_HOST="+s.Start(t), "TF_VAR_okta_client_secret="+clientSecret,
		"TF_PLUGIN_CACHE_DIR="+t.TempDir(),
		"TG_TF_PATH="+terraform, "TG_NON_INTERACTIVE=true", "TG_NO_COLOR=true")
	return c
}

// in runs a command in the directory of a unit.
func (c *client) in(unit string, arguments ...string) string {
	c.t.Helper()
	return c.run(0, append([]string{"--working-dir", filepath.Join(c.Dir, unit)}, arguments...)...)
}

func TestTerragrunt(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newTerragrunt(t, s)
	c.run(0, "run", "--all", "apply")
	created := wantOne(t, s, "0oa1example2client3id", clientSecret)
	wantWrites(t, s, "POST")

	// The plan of the unit that uses the account is saved before the update, and holds after it.
	c.replace("account/terragrunt.hcl", "0oa1example2client3id", "0oa4example5client6id")
	plans := t.TempDir()
	c.run(0, "run", "--all", "plan", "--out-dir", plans)
	c.run(0, "run", "--all", "apply", "--out-dir", plans)
	updated := wantOne(t, s, "0oa4example5client6id", clientSecret)
	wantWrites(t, s, "PATCH")
	if updated.ID == created.ID {
		t.Fatal("the update should have given the account another id")
	}
	for _, unit := range []string{"account", "report"} {
		c.in(unit, "plan", "-detailed-exitcode")
	}
	if out := c.in("account", "state", "show", "okta_account.this"); !strings.Contains(out, updated.ID) {
		t.Errorf("the state is %s, want the id %s", out, updated.ID)
	}

	c.in("account", "state", "rm", "okta_account.this")
	c.in("account", "import", "okta_account.this", "Okta_Prod")
	wantWrites(t, s)
	c.in("account", "apply", "-auto-approve")
	wantWrites(t, s, "PATCH") // the secret, of which the state knows nothing after an import
	c.in("account", "plan", "-detailed-exitcode")

	c.run(0, "run", "--all", "destroy")
	wantWrites(t, s, "DELETE")
	if accounts := s.Accounts(); len(accounts) != 0 {
		t.Errorf("the destroy left %+v", accounts)
	}
}
