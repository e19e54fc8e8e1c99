// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestBadInput has what users get wrong: each is one error that names the attribute, says what to
// write instead and does not show what may be a secret, before any request.
// TestProvider_badConfiguration does the same for the provider block, TestDomainValidator for all
// that a domain cannot be.
func TestBadInput(t *testing.T) {
	t.Parallel()
	accounts, account := inDataSource("okta_accounts"), inDataSource("okta_account")
	long := "hunter2" + strings.Repeat("x", maxSecretBytes-len("hunter2")+1)
	tests := []struct {
		in        input
		attribute string
		values    map[string]any
		advice    string
	}{
		{inResource, "name", map[string]any{"name": ""}, "write the name of the account"},
		{inResource, "name", map[string]any{"name": "Okta_Prod\n"}, "trimspace(…)"},
		{inResource, "name", map[string]any{"name": "\u00a0Okta_Prod"}, "white space"},
		{inResource, "name", map[string]any{"name": "Okta\u0085Prod"}, "control character"},
		{inResource, "name", map[string]any{"name": "Okta\x00Prod"}, "control character"},
		{
			inResource, "domain",
			map[string]any{"domain": "https://me:hunter2@example.okta.com"},
			"a user name or password does not belong",
		},
		{inResource, "auth_method", map[string]any{"auth_method": ""}, `leave it out for the default, "oauth"`},
		{inResource, "auth_method", map[string]any{"auth_method": "oauth "}, "white space"},
		{inResource, "client_id", map[string]any{"client_id": ""}, "leave it out"},
		{inResource, "client_id", map[string]any{"client_id": "\tclient"}, "white space"},
		{inResource, "client_id", map[string]any{"client_id": nil}, "requires client_id"},
		{
			inResource, "auth_method",
			map[string]any{"client_id": nil, "client_secret": nil, "api_key_wo": "hunter2"},
			"add such an account in Datadog and read it",
		},
		{inResource, "client_secret", map[string]any{"client_secret": nil}, "client_secret_wo"},
		{inResource, "client_secret", map[string]any{"client_secret": ""}, "leave it out"},
		{inResource, "client_secret", map[string]any{"client_secret": "hunter2\r\n"}, "trimspace(…)"},
		{inResource, "client_secret", map[string]any{"client_secret": "hunter2\x1b[0m"}, "control character"},
		{inResource, "client_secret", map[string]any{"client_secret": long}, "8193 bytes long"},
		{inResource, "client_secret", map[string]any{"client_secret_wo": "hunter2"}, "Remove one of them"},
		{inResource, "client_secret_wo", map[string]any{"client_secret": nil, "client_secret_wo": ""}, "leave it out"},
		{
			inResource, "client_secret_wo",
			map[string]any{"client_secret": nil, "client_secret_wo": " hunter2"},
			"trimspace(…)",
		},
		{
			inResource, "client_secret_wo",
			map[string]any{"client_secret": nil, "client_secret_wo": strings.Repeat(long, 20)},
			"163860 bytes long",
		},
		{inResource, "client_secret_wo_version", map[string]any{"client_secret_wo_version": "1"}, "needs a value beside it"},
		{
			inResource, "client_secret_wo_version",
			map[string]any{"client_secret": nil, "client_secret_wo": "hunter2", "client_secret_wo_version": ""},
			`such as "1"`,
		},
		{inResource, "api_key", map[string]any{"api_key": ""}, "leave it out"},
		{inResource, "api_key", map[string]any{"api_key": "hunter2\n"}, "trimspace(…)"},
		{inResource, "api_key", map[string]any{"api_key": "hunter2", "api_key_wo": "hunter2"}, "Remove one of them"},
		{inResource, "api_key_wo", map[string]any{"api_key_wo": "hunter2\n"}, "trimspace(…)"},
		{inResource, "api_key_wo", map[string]any{"api_key_wo": long}, "8193 bytes long"},
		{inResource, "api_key_wo_version", map[string]any{"api_key_wo_version": "1"}, "needs a value beside it"},
		{
			inResource, "api_key_wo_version",
			map[string]any{"api_key_wo": "hunter2", "api_key_wo_version": "1\n"},
			"white space",
		},

		{account, "id", map[string]any{}, "Exactly one of"},
		{account, "id", map[string]any{"id": "0a1b", "name": "Okta_Prod"}, "Exactly one of"},
		{account, "id", map[string]any{"id": ""}, "leave it out and write its name"},
		{account, "id", map[string]any{"id": "0a1b\n"}, "white space"},
		{account, "name", map[string]any{"name": ""}, "leave it out and write its id"},
		{account, "name", map[string]any{"name": "Okta\tProd"}, "control character"},

		{accounts, "name_regex", map[string]any{"name_regex": "("}, "missing closing )"},
		{accounts, "name_regex", map[string]any{"name_regex": "(?!prod)"}, "RE2 has no look-ahead"},
		{accounts, "name_regex", map[string]any{"name_regex": `(a)\1`}, "no back-references"},
		{accounts, "name_regex", map[string]any{"name_regex": "a{2000}"}, "invalid repeat count"},
		{accounts, "domain", map[string]any{"domain": ""}, `such as "https://example.okta.com"`},
		{accounts, "domain", map[string]any{"domain": "example.okta.com"}, `write "https://example.okta.com"`},

		{inList, "name_regex", map[string]any{"name_regex": "[z-a]"}, "invalid character class range"},
		{inList, "name_regex", map[string]any{"name_regex": "*"}, "missing argument to repetition"},
		{inList, "domain", map[string]any{"domain": "https://example.okta.com/?"}, `write "https://example.okta.com"`},
		{inList, "domain", map[string]any{"domain": "okta"}, `such as "https://example.okta.com"`},

		{inImport, "ID", map[string]any{"id": ""}, "give the name or the ID of an account"},
		{inImport, "ID", map[string]any{"id": "Okta_Prod\n"}, "trimspace(…)"},
		{inImport, "ID", map[string]any{"id": "Okta\x7fProd"}, "control character"},
		{inImport, "name", map[string]any{"name": ""}, "give the name or the ID of an account"},
		{inImport, "name", map[string]any{"name": "Okta_Prod\t"}, "control character"},
	}
	s := stub.New()
	p := newProtocol(t, s.Start(t))
	for _, tt := range tests {
		t.Run(tt.attribute+"/"+tt.advice, func(t *testing.T) {
			p.t = t
			found := errorsAmong(tt.in(p, tt.values))
			if len(found) == 0 {
				t.Fatal("no error")
			}
			text := found[0].Summary + ": " + found[0].Detail
			if !strings.Contains(text, tt.advice) || strings.Contains(text, "hunter2") {
				t.Errorf("got %q, want %q in it and no secret", text, tt.advice)
			}
			// The CLI prints the line that an error points at: what may be a secret is named in
			// words alone.
			at := tftypes.NewAttributePath().WithAttributeName(tt.attribute)
			value, _ := tt.values[tt.attribute].(string)
			secret := strings.Contains(value, "hunter2")
			named := found[0].Attribute == nil && strings.Contains(text, tt.attribute)
			if pointed := found[0].Attribute.Equal(at) && !secret; !pointed && !named {
				t.Errorf("points at %v, want %v: %q", found[0].Attribute, at, text)
			}
		})
	}
	if requests := s.Requests(); len(requests) > 0 {
		t.Errorf("requests were sent: %+v", requests)
	}
}

// accountsPath is that of all accounts or of one.
var accountsPath = regexp.MustCompile(`^/api/v2/integrations/okta/accounts(/[0-9A-Za-z][0-9A-Za-z._~-]*)?$`)

// TestHostileInput has what no user means to write, in every place where text can be written: the
// provider does not panic, and whatever it is asked for, its requests go to the accounts alone.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	texts := []string{
		"..", "../../v1/validate", "/", "a/b", `a\b`, "%2e%2e%2f", "%00", "a?b=c#d", "a;b", "a b", "\x00", "\xff\xfe",
		"\u202eevil", "ünï-çødé 💥",
		"${path.module}", "%{for}", "'\"`$(id)", "*", "null", strings.Repeat("long", 1<<18), strings.Repeat("(", 1000),
		"https://" + strings.Repeat("a.", 1<<16),
	}
	values := []any{tftypes.UnknownValue, nil}
	for _, text := range texts {
		values = append(values, text)
	}
	for name, place := range map[string]struct {
		in         input
		attributes []string
	}{
		"resource": {inResource, []string{
			"name", "domain", "auth_method", "client_id", "client_secret", "client_secret_wo", "client_secret_wo_version",
			"api_key", "api_key_wo",
			"api_key_wo_version",
		}},
		"data source":  {inDataSource("okta_account"), []string{"id", "name"}},
		"data sources": {inDataSource("okta_accounts"), []string{"name_regex", "domain"}},
		"list":         {inList, []string{"name_regex", "domain"}},
		"import":       {inImport, []string{"id", "name"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.Put(existing())
			url := s.Start(t)
			for _, attribute := range place.attributes {
				for _, value := range values {
					// Each in a provider of its own, which begins without a list.
					place.in(newProtocol(t, url), map[string]any{attribute: value})
				}
			}
			for _, r := range s.Requests() {
				if r.Method != http.MethodGet || r.Query != "" || !accountsPath.MatchString(r.Path) {
					t.Errorf("sent %s %s?%s", r.Method, r.Path, r.Query)
				}
			}
		})
	}
}
