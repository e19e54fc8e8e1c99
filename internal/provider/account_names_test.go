// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// interleave calls f with every order of the steps of two resources that keeps the order within
// each.
func interleave(first, second []string, f func(order []string)) {
	var walk func(a, b, order []string)
	walk = func(a, b, order []string) {
		if len(a) == 0 && len(b) == 0 {
			f(order)
			return
		}
		if len(a) > 0 {
			walk(a[1:], b, append(order[:len(order):len(order)], a[0]))
		}
		if len(b) > 0 {
			walk(a, b[1:], append(order[:len(order):len(order)], b[0]))
		}
	}
	walk(first, second, nil)
}

// Whatever order the CLI plans two resources in, there is one warning where one creates an account
// of the name that the other one has, and none where an account is replaced.
func TestAccountNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second []string
		want          int
	}{
		"renamed":                {[]string{"read", "delete"}, []string{"create"}, 1},
		"renamed, no refresh":    {[]string{"delete"}, []string{"create"}, 1},
		"two of a name":          {[]string{"read", "keep"}, []string{"create"}, 1},
		"two, one other renamed": {[]string{"read", "rename"}, []string{"create"}, 1},
		"two, both renamed":      {[]string{"read", "rename"}, []string{"create", "create again"}, 1},
		"tainted":                {[]string{"read", "create"}, nil, 0},
		"tainted, another too":   {[]string{"read", "create"}, []string{"create"}, 1},
		"destroyed":              {[]string{"read", "delete"}, nil, 0},
		"gone":                   {[]string{"read", "gone", "create"}, nil, 0},
		"kept":                   {[]string{"read", "keep"}, nil, 0},
	} {
		interleave(test.first, test.second, func(order []string) {
			names, warnings := newAccountNames(), 0
			warn := func(conflict bool) {
				if conflict {
					warnings++
				}
			}
			for _, step := range order {
				switch step {
				case "read":
					names.note("Okta_Prod", holderRead)
				case "gone":
					names.note("Okta_Prod", holderGone)
				case "keep", "delete", "rename":
					warn(names.plan("Okta_Prod"))
				case "create again":
					names.claim("Okta_Prod") // the second plan of a replacement, whose warnings the CLI drops
				case "create":
					managed, conflict := names.claim("Okta_Prod")
					warn(conflict || !managed) // what is not known to be managed is looked up, and found
				}
			}
			if warnings != test.want {
				t.Errorf("%s, in the order %v: %d warnings, want %d", name, order, warnings, test.want)
			}
		})
	}
}

func namedAccount(label, name string) string {
	return fmt.Sprintf(`
resource "okta_account" %q {
  name          = %q
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, label, name)
}

// A resource that is renamed without a moved block: one warning, which names it first.
func TestAccOktaAccount_renamedWithoutMoved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		arguments     []string
		want          int
	}{
		"without moved": {namedAccount("b", "Okta_Prod"), namedAccount("a", "Okta_Prod"), nil, 1},
		"other way":     {namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), nil, 1},
		"one at a time": {namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), []string{"-parallelism=1"}, 1},
		"not refreshed": {namedAccount("a", "Okta_Prod"), namedAccount("b", "Okta_Prod"), []string{"-refresh=false"}, 1},
		"with moved": {
			namedAccount("a", "Okta_Prod"),
			namedAccount("b", "Okta_Prod") + "moved {\n  from = okta_account.a\n  to = okta_account.b\n}\n", nil, 0,
		},
		"second of the name": {
			namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod") + namedAccount("b", "Okta_Prod"), nil, 1,
		},
		"name of another one": {
			namedAccount("a", "Okta_A") + namedAccount("b", "Okta_B"), namedAccount("a", "Okta_A") + namedAccount("b", "Okta_A"), nil, 1,
		},
		"names swapped": {
			namedAccount("a", "Okta_A") + namedAccount("b", "Okta_B"),
			namedAccount("a", "Okta_B") + namedAccount("b", "Okta_A"), nil, 2,
		},
		"replaced":  {namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod"), []string{"-replace=okta_account.a"}, 0},
		"destroyed": {namedAccount("a", "Okta_Prod"), namedAccount("a", "Okta_Prod"), []string{"-destroy"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			url := s.Start(t)
			c := newCLI(t, providerConfig(url)+test.before)
			c.run(0, "apply", "-auto-approve")
			s.ResetRequests()
			c.write("main.tf", providerConfig(url)+test.after)
			var details []string
			for _, d := range c.diagnostics("warning", append([]string{"plan", "-json"}, test.arguments...)...) {
				if d.Summary == existsSummary {
					details = append(details, d.Detail)
				}
			}
			if len(details) != test.want {
				t.Errorf("%d warnings, want %d: %q", len(details), test.want, details)
			}
			for _, detail := range details {
				moved, imported := strings.Index(detail, "moved {"), strings.Index(detail, "import {")
				if moved < 0 || imported >= 0 && imported < moved {
					t.Errorf("the warning does not name moved first:\n%s", detail)
				}
			}
			if writes := s.Count("POST", "") + s.Count("PATCH", "") + s.Count("DELETE", ""); writes > 0 {
				t.Errorf("%d writes in a plan", writes)
			}
		})
	}
}

// The CLI plans the create of the new resource between the refresh and the deletion of the old one.
func TestAccountModifyPlan_createBeforeDelete(t *testing.T) {
	t.Parallel()
	s := stub.New()
	account := s.Put(existing())
	server, problems := configure(t, map[string]any{"api_url": s.Start(t), "api_key": stub.APIKey, "app_key": stub.AppKey}, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	schema := schemas.ResourceSchemas["okta_account"]
	values := map[string]any{
		"name": account.Name, "domain": account.Domain, "client_id": account.ClientID, "client_secret": account.ClientSecret,
	}
	config := dynamicValue(t, schema, values)
	values["id"], values["auth_method"] = account.ID, account.AuthMethod
	state := dynamicValue(t, schema, values)
	none, err := tfprotov6.NewDynamicValue(schema.ValueType(), tftypes.NewValue(schema.ValueType(), nil))
	if err != nil {
		t.Fatal(err)
	}

	read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "okta_account", CurrentState: state})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatal(err, read.Diagnostics)
	}
	created, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "okta_account", PriorState: &none, ProposedNewState: config, Config: config,
	})
	if err != nil || len(created.Diagnostics) > 0 {
		t.Fatal(err, created.Diagnostics)
	}
	deleted, err := server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "okta_account", PriorState: state, ProposedNewState: &none, Config: &none,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(deleted.Diagnostics) != 1 || deleted.Diagnostics[0].Summary != existsSummary {
		t.Errorf("diagnostics %v, want one: %s", deleted.Diagnostics, existsSummary)
	}
}

// An imported account is its own as well when it is replaced.
func TestAccOktaAccount_importedThenReplaced(t *testing.T) {
	t.Parallel()
	s := stub.New()
	c := newCLI(t, accountConfig(s.Start(t)))
	s.Put(existing())
	c.run(0, "import", address, "Okta_Prod")
	if out := c.run(0, "plan", "-replace="+address); strings.Contains(out, existsSummary) {
		t.Errorf("a warning about its own account:\n%s", out)
	}
}

// An account that is imported under another name than the configuration's, or one that is not known
// yet: the error says why a new account is asked for.
func TestAccOktaAccount_importedUnderAnotherName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ configured, want string }{
		"another": {`"Okta_Typo"`, `the configuration says "Okta_Typo"`},
		"unknown": {"terraform_data.name.output", "the configuration has one that is not known yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, accountConfig(s.Start(t), attributes{"name": test.configured, "client_secret": ""})+`
resource "terraform_data" "name" {
  input = "Okta_Prod"
}
`)
			s.Put(existing())
			c.run(0, "import", address, "Okta_Prod")
			out := c.run(1, "plan")
			want := `Missing client secret.*under the name "Okta_Prod", and ` + test.want + `.*write its name: name = "Okta_Prod"`
			if !matches(want, out) {
				t.Errorf("no error %q:\n%s", want, out)
			}
		})
	}
}

// A plan of new accounts that cannot look for their names says so once, and stays a plan.
func TestAccOktaAccount_namesUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault stub.Fault
		want  string
	}{
		"forbidden":    {stub.Fault{Status: 403}, "integrations_read"},
		"server error": {stub.Fault{Status: 500}, "500 Internal Server Error"},
		"HTML":         {stub.Fault{Body: "<html>made-up login</html>"}, "cannot be understood"},
		"dropped":      {stub.Fault{Drop: true}, "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			c := newCLI(t, providerConfig(s.Start(t), "http_client_retry_enabled = false")+firstAndSecond)
			s.Fail(test.fault)
			out := c.run(0, "plan", "-parallelism=1")
			if want := "Unable to look for existing Okta accounts.*" + test.want; !matches(want, out) || strings.Count(out, "Unable to look") != 1 {
				t.Errorf("not one warning %q:\n%s", want, out)
			}
		})
	}
}
