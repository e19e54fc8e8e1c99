// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// hostileAccount is an answer that would be the one account NAME, but for the changes in pairs of old and new.
func hostileAccount(changes ...string) string {
	return `{"data":` + hostileEntry(changes...) + `}`
}

func hostileEntry(changes ...string) string {
	return strings.NewReplacer(changes...).Replace(
		`{"type":"okta-accounts","id":"0a1b","attributes":{"name":"NAME","domain":"https://one.okta.com","auth_method":"oauth"}}`)
}

// hostileAccounts are answers to a request for one account that is none, or not the one.
var hostileAccounts = map[string]string{
	"array":            `[]`,
	"null":             `null`,
	"null-data":        `{"data":null}`,
	"array-of-data":    `{"data":[]}`,
	"number-as-id":     hostileAccount(`"0a1b"`, `7`),
	"null-id":          hostileAccount(`"0a1b"`, `null`),
	"empty-id":         hostileAccount(`0a1b`, ``),
	"path-as-id":       hostileAccount(`0a1b`, `../../../v1/validate`),
	"number-as-name":   hostileAccount(`"NAME"`, `7`),
	"null-name":        hostileAccount(`"NAME"`, `null`),
	"null-domain":      hostileAccount(`"https://one.okta.com"`, `null`),
	"empty-method":     hostileAccount(`"oauth"`, `""`),
	"list-as-method":   hostileAccount(`"oauth"`, `["oauth"]`),
	"unknown-type":     hostileAccount(`okta-accounts`, `users`),
	"no-type":          hostileAccount(`"type":"okta-accounts",`, ``),
	"deep":             strings.Repeat(`{"data":`, 1<<17),
	"two-documents":    hostileAccount() + hostileAccount(),
	"no-attributes":    `{"data":{"type":"okta-accounts","id":"0a1b"}}`,
	"text-for-objects": `{"data":"okta-accounts"}`,
}

// hostileLists are answers to a request for all accounts.
var hostileLists = map[string]string{
	"array":           `[` + hostileEntry() + `]`,
	"null":            `null`,
	"null-data":       `{"data":null}`,
	"object-as-data":  hostileAccount(),
	"null-entry":      `{"data":[` + hostileEntry() + `,null]}`,
	"duplicate-id":    `{"data":[` + hostileEntry() + `,` + hostileEntry("NAME", "another") + `]}`,
	"duplicate-name":  `{"data":[` + hostileEntry() + `,` + hostileEntry("0a1b", "2c3d") + `]}`,
	"empty-id":        `{"data":[` + hostileEntry("0a1b", "") + `]}`,
	"path-as-id":      `{"data":[` + hostileEntry("0a1b", "a/b") + `]}`,
	"number-as-name":  `{"data":[` + hostileEntry(`"NAME"`, "7") + `]}`,
	"unknown-type":    `{"data":[` + hostileEntry("okta-accounts", "users") + `]}`,
	"without-a-name":  `{"data":[` + hostileEntry(`"name":"NAME",`, "") + `]}`,
	"without-account": `{"data":[]}`,
	"deep":            `{"data":` + strings.Repeat("[", 1<<20),
}

// TestHostileAnswers gives the provider answers that say success and are none: it takes no blank and no foreign account into the
// state, and the next apply finds everything as it was.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		answers := map[string]string{}
		switch op.name {
		case "create", "update":
			maps.Copy(answers, hostileAccounts)
			answers["foreign-name"] = hostileAccount("NAME", "foreign")
		case "read":
			maps.Copy(answers, hostileAccounts)
			answers["foreign-id"] = hostileAccount()
		case "import":
			answers = hostileLists
		case "delete": // whose answer has no body
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			var cases []*faultCase
			for label, answer := range answers {
				for _, scope := range []string{own, everything} {
					name := scope + "-" + label
					cases = append(cases, &faultCase{name: name, scope: scope, trouble: trouble{
						garbled: true, fault: stub.Fault{Body: strings.ReplaceAll(answer, "NAME", name)},
					}})
				}
			}
			meet(t, op, cases)
		})
	}
}

// TestHostileAnswers_foreignName has the request for the account's id answered with another account. The account is looked for by
// its name then.
func TestHostileAnswers_foreignName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := newCLI(t, accountConfig(s.url))
	c.run(0, "apply", "-auto-approve")
	a, _ := s.Account("Okta-Prod")
	s.Fail(stub.Fault{
		Method: http.MethodGet, Path: "account", Body: hostileAccount("NAME", "foreign", "0a1b", a.ID, "one.okta", "foreign.okta"),
	})
	c.run(0, "apply", "-refresh-only", "-auto-approve")
	if got := c.accountsInState()["test"]; got["name"] != a.Name || got["id"] != a.ID || got["domain"] != a.Domain {
		t.Errorf("the state has %v, the service %+v", got, a)
	}
}

// TestHostileAnswers_dataSources does the same to the data sources.
func TestHostileAnswers_dataSources(t *testing.T) {
	t.Parallel()
	read := func(t *testing.T, answer, source string, config map[string]any) {
		t.Helper()
		s := stub.New()
		s.Fail(stub.Fault{Body: strings.ReplaceAll(answer, "NAME", "Okta-Prod")})
		server, diagnostics := configure(t, map[string]any{
			"api_key": stub.APIKey, "app_key": stub.AppKey, "api_url": s.Start(t), "http_client_retry_enabled": false,
		}, nil)
		if len(diagnostics) > 0 {
			t.Fatal(diagnostics[0])
		}
		schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: source, Config: dynamicValue(t, schemas.DataSourceSchemas[source], config),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Diagnostics) != 1 || got.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
			t.Errorf("got %v, want one error", got.Diagnostics)
		}
	}
	for name, answer := range hostileAccounts {
		t.Run("by id/"+name, func(t *testing.T) {
			t.Parallel()
			read(t, answer, "okta_account", map[string]any{"id": "0a1b"})
		})
	}
	for name, answer := range hostileLists {
		t.Run("by name/"+name, func(t *testing.T) {
			t.Parallel()
			read(t, answer, "okta_account", map[string]any{"name": "Okta-Prod"})
		})
		if name != "duplicate-name" && name != "without-account" { // which are lists
			t.Run("all/"+name, func(t *testing.T) {
				t.Parallel()
				read(t, answer, "okta_accounts", nil)
			})
		}
	}
}
