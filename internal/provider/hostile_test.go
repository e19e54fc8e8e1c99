// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// hostileAccount is an answer that would be the one account NAME, but for the changes in pairs of
// old and new.
func hostileAccount(changes ...string) string {
	return `{"data":` + hostileEntry(changes...) + `}`
}

func hostileEntry(changes ...string) string {
	return strings.NewReplacer(changes...).Replace(
		`{"type":"okta-accounts","id":"0a1b","attributes":{"name":"NAME","domain":"https://one.okta.com","auth_method":"oauth"}}`)
}

// hostileAccounts are answers to a request for one account that are none.
var hostileAccounts = map[string]string{
	"array":            `[]`,
	"null":             `null`,
	"null data":        `{"data":null}`,
	"array of data":    `{"data":[]}`,
	"number as id":     hostileAccount(`"0a1b"`, `7`),
	"null id":          hostileAccount(`"0a1b"`, `null`),
	"empty id":         hostileAccount(`0a1b`, ``),
	"path as id":       hostileAccount(`0a1b`, `../../../v1/validate`),
	"number as name":   hostileAccount(`"NAME"`, `7`),
	"null name":        hostileAccount(`"NAME"`, `null`),
	"list as method":   hostileAccount(`"oauth"`, `["oauth"]`),
	"unknown type":     hostileAccount(`okta-accounts`, `users`),
	"no type":          hostileAccount(`"type":"okta-accounts",`, ``),
	"deep":             strings.Repeat(`{"data":`, 1<<17),
	"two documents":    hostileAccount() + hostileAccount(),
	"no attributes":    `{"data":{"type":"okta-accounts","id":"0a1b"}}`,
	"text for objects": `{"data":"okta-accounts"}`,
}

// hostileLists are answers to a request for all accounts.
var hostileLists = map[string]struct {
	body   string
	byName string // what is found under the name: "it", "odd", "two", "none"; "" where this is no list
}{
	"array":           {`[` + hostileEntry() + `]`, ""},
	"null":            {`null`, ""},
	"null data":       {`{"data":null}`, ""},
	"object as data":  {hostileAccount(), ""},
	"deep":            {`{"data":` + strings.Repeat("[", 1<<20), ""},
	"null entry":      {`{"data":[` + hostileEntry() + `,null]}`, "it"},
	"duplicate id":    {`{"data":[` + hostileEntry() + `,` + hostileEntry("NAME", "another") + `]}`, "it"},
	"duplicate name":  {`{"data":[` + hostileEntry() + `,` + hostileEntry("0a1b", "2c3d") + `]}`, "two"},
	"empty id":        {`{"data":[` + hostileEntry("0a1b", "") + `]}`, "odd"},
	"path as id":      {`{"data":[` + hostileEntry("0a1b", "a/b") + `]}`, "odd"},
	"unknown type":    {`{"data":[` + hostileEntry("okta-accounts", "users") + `]}`, "odd"},
	"number as name":  {`{"data":[` + hostileEntry(`"NAME"`, "7") + `]}`, "none"},
	"without a name":  {`{"data":[` + hostileEntry(`"name":"NAME",`, "") + `]}`, "none"},
	"without account": {`{"data":[]}`, "none"},
}

// TestHostileAnswers gives the provider answers that say success and are none: it takes no blank
// and no foreign account into the state, and the next apply puts everything right.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	for _, op := range operations {
		if op.name == "delete" { // whose answer has no body
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			m := &matrix{t: t, op: op}
			for name, list := range hostileLists {
				if op.reads {
					// What is not in the list is asked for by its id, where that is known.
					fails := list.byName != "it" && (op.name != "read" || list.byName != "none")
					m.add(once, faultCase{name: name, fault: stub.Fault{Body: list.body}, readFails: fails})
				}
			}
			for name, body := range hostileAccounts {
				if !op.reads {
					m.add(once, faultCase{name: name, fault: stub.Fault{Body: body}})
					m.add(everything, faultCase{name: name, fault: stub.Fault{Body: body}})
				}
			}
			if !op.reads {
				m.add(once, faultCase{name: "foreign name", fault: stub.Fault{Body: hostileAccount("NAME", "foreign")}, updateFails: true})
			}
			m.run()
		})
	}
}

// TestHostileAnswers_foreignName has an account left out of the list, and the request for its id
// answered with another account. That one is not taken into the state.
func TestHostileAnswers_foreignName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	c := newCLI(t, accountConfig(s.url))
	c.run(0, "apply", "-auto-approve")
	a, _ := s.Account("Okta_Prod")
	s.Fail(stub.Fault{Path: "list", Body: `{"data":[]}`})
	s.Fail(stub.Fault{Path: "account", Body: hostileAccount("NAME", "foreign", "0a1b", a.ID, "one.okta", "foreign.okta")})
	out := c.run(1, "apply", "-refresh-only", "-auto-approve")
	if want := spaced("belongs to an Okta account of another name"); !regexp.MustCompile(want).MatchString(out) {
		t.Errorf("no %q in:\n%s", want, out)
	}
	if got := c.accountsInState()["test"]; got["name"] != a.Name || got["id"] != a.ID || got["domain"] != a.Domain {
		t.Errorf("the state has %v, the service %+v", got, a)
	}
}

// TestHostileAnswers_dataSources does the same to the data sources.
func TestHostileAnswers_dataSources(t *testing.T) {
	t.Parallel()
	read := func(t *testing.T, list, account, source string, config map[string]any) string {
		t.Helper()
		s := stub.New()
		s.Fail(stub.Fault{Path: "list", Body: strings.ReplaceAll(list, "NAME", "Okta_Prod")})
		s.Fail(stub.Fault{Path: "account", Body: strings.ReplaceAll(account, "NAME", "Okta_Prod")})
		var severities []string
		for _, d := range inDataSource(source)(newProtocol(t, s.Start(t)), config) {
			severities = append(severities, d.Severity.String())
		}
		return strings.Join(severities, " ")
	}
	hostileAccounts := maps.Clone(hostileAccounts)
	hostileAccounts["foreign id"] = hostileAccount("0a1b", "2c3d")
	for name, account := range hostileAccounts {
		t.Run("by id/"+name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, `{"data":[]}`, account, "okta_account", map[string]any{"id": "0a1b"}); got != "ERROR" {
				t.Errorf("got %q, want one error", got)
			}
		})
	}
	for name, list := range hostileLists {
		t.Run("by name/"+name, func(t *testing.T) {
			t.Parallel()
			got := read(t, list.body, "", "okta_account", map[string]any{"name": "Okta_Prod"})
			if want := map[string]string{"it": "", "odd": "WARNING", "two": "ERROR", "none": "ERROR", "": "ERROR"}[list.byName]; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
		t.Run("all/"+name, func(t *testing.T) {
			t.Parallel()
			got := read(t, list.body, "", "okta_accounts", nil)
			if isList := list.byName != ""; (got == "") != isList || !isList && got != "ERROR" {
				t.Errorf("got %q of a list: %t", got, isList)
			}
		})
	}
}
