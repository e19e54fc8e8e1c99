// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestBadInput has what users get wrong: each is one error that names the attribute, says what to
// write instead and does not show what may be a secret, before any request.
// TestProvider_badConfiguration does the same for the provider block.
func TestBadInput(t *testing.T) {
	t.Parallel()
	accounts, account := inDataSource("okta_accounts"), inDataSource("okta_account")
	long := "hunter2" + strings.Repeat("x", maxSecretBytes-len("hunter2")+1)
	type test struct {
		in        input
		attribute string
		values    block
		advice    string
	}
	tests := []test{
		{inResource, "name", block{"name": ""}, "write the name of the account"},
		{inResource, "name", block{"name": "Okta_Prod\n"}, "trimspace(…)"},
		{inResource, "name", block{"name": "\u00a0Okta_Prod"}, "white space"},
		{inResource, "name", block{"name": "Okta\u0085Prod"}, "control character"},
		{inResource, "name", block{"name": "Okta\x00Prod"}, "control character"},
		{inResource, "auth_method", block{"auth_method": ""}, `leave it out for the default, "oauth"`},
		{inResource, "auth_method", block{"auth_method": "oauth "}, "white space"},
		{inResource, "client_id", block{"client_id": ""}, "leave it out"},
		{inResource, "client_id", block{"client_id": "\tclient"}, "white space"},
		{inResource, "client_id", block{"client_id": nil}, "requires client_id"},
		{
			inResource, "auth_method",
			block{"client_id": nil, "client_secret": nil, "api_key_wo": "hunter2"},
			"add such an account in Datadog and read it",
		},
		{inResource, "client_secret", block{"client_secret": nil}, "client_secret_wo"},
		{inResource, "client_secret", block{"client_secret": ""}, "leave it out"},
		{inResource, "client_secret", block{"client_secret": "hunter2\r\n"}, "trimspace(…)"},
		{inResource, "client_secret", block{"client_secret": "hunter2\x1b[0m"}, "control character"},
		{inResource, "client_secret", block{"client_secret": long}, "8193 bytes long"},
		{inResource, "client_secret", block{"client_secret_wo": "hunter2"}, "Remove one of them"},
		{inResource, "client_secret_wo", block{"client_secret": nil, "client_secret_wo": ""}, "leave it out"},
		{inResource, "client_secret_wo", block{"client_secret": nil, "client_secret_wo": " hunter2"}, "trimspace(…)"},
		{
			inResource, "client_secret_wo",
			block{"client_secret": nil, "client_secret_wo": strings.Repeat(long, 20)},
			"163860 bytes long",
		},
		{inResource, "client_secret_wo_version", block{"client_secret_wo_version": "1"}, "needs a value beside it"},
		{
			inResource, "client_secret_wo_version",
			block{"client_secret": nil, "client_secret_wo": "hunter2", "client_secret_wo_version": ""},
			`such as "1"`,
		},
		{inResource, "api_key", block{"api_key": ""}, "leave it out"},
		{inResource, "api_key", block{"api_key": "hunter2\n"}, "trimspace(…)"},
		{inResource, "api_key", block{"api_key": "hunter2", "api_key_wo": "hunter2"}, "Remove one of them"},
		{inResource, "api_key_wo", block{"api_key_wo": "hunter2\n"}, "trimspace(…)"},
		{inResource, "api_key_wo", block{"api_key_wo": long}, "8193 bytes long"},
		{inResource, "api_key_wo_version", block{"api_key_wo_version": "1"}, "needs a value beside it"},
		{inResource, "api_key_wo_version", block{"api_key_wo": "hunter2", "api_key_wo_version": "1\n"}, "white space"},

		{account, "id", block{}, "Exactly one of"},
		{account, "id", block{"id": "0a1b", "name": "Okta_Prod"}, "Exactly one of"},
		{account, "id", block{"id": ""}, "leave it out and write its name"},
		{account, "id", block{"id": "0a1b\n"}, "white space"},
		{account, "name", block{"name": ""}, "leave it out and write its id"},
		{account, "name", block{"name": "Okta\tProd"}, "control character"},

		{accounts, "name_regex", block{"name_regex": "("}, "missing closing )"},
		{accounts, "name_regex", block{"name_regex": "(?!prod)"}, "RE2 has no look-ahead"},
		{accounts, "name_regex", block{"name_regex": `(a)\1`}, "no back-references"},
		{accounts, "name_regex", block{"name_regex": "a{2000}"}, "invalid repeat count"},
		{accounts, "domain", block{"domain": ""}, `such as "https://example.okta.com"`},
		{accounts, "domain", block{"domain": "example.okta.com"}, `write "https://example.okta.com"`},

		{inList, "name_regex", block{"name_regex": "[z-a]"}, "invalid character class range"},
		{inList, "name_regex", block{"name_regex": "*"}, "missing argument to repetition"},
		{inList, "domain", block{"domain": "https://example.okta.com/?"}, `write "https://example.okta.com"`},
		{inList, "domain", block{"domain": "okta"}, `such as "https://example.okta.com"`},

		{inImport, "ID", block{"id": ""}, "give the name or the ID of an account"},
		{inImport, "ID", block{"id": "Okta_Prod\n"}, "trimspace(…)"},
		{inImport, "ID", block{"id": "Okta\x7fProd"}, "control character"},
		{inImport, "name", block{"name": ""}, "give the name or the ID of an account"},
		{inImport, "name", block{"name": "Okta_Prod\t"}, "control character"},
	}
	for _, d := range domains {
		if d.advice != "" {
			tests = append(tests, test{inResource, "domain", block{"domain": d.domain}, d.advice})
		}
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
		"\u202eevil", "ünï-çødé 💥", "${path.module}", "%{for}", "'\"`$(id)", "*", "null",
		strings.Repeat("long", 1<<18), strings.Repeat("(", 1000), "https://" + strings.Repeat("a.", 1<<16),
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
			"api_key", "api_key_wo", "api_key_wo_version",
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

// domains are what users may write, with a fragment of the advice where it is refused.
var domains = []struct{ domain, advice string }{
	{"https://example.okta.com", ""},
	{"https://example.okta.com/", ""},
	{"https://Example.OKTA.com", ""},
	{"HTTPS://example.okta.com", ""},
	{"https://example.okta.com:8443", ""},
	{"https://example.oktapreview.com", ""},
	{"https://sso.example.co.uk", ""},
	{"https://xn--exmple-cua.okta.com", ""},
	{"https://192.0.2.1", ""},
	{"https://[2001:db8::1]:8443", ""},

	{"", `write the URL of the Okta org`},
	{"example.okta.com", `write "https://example.okta.com"`},
	{"example.okta.com/", `write "https://example.okta.com/"`},
	{"http://example.okta.com", `write "https://example.okta.com"`},
	{"ftp://example.okta.com", `write "https://example.okta.com"`},
	{"https://example.okta.com/app", `write "https://example.okta.com"`},
	{"https://example.okta.com//", `write "https://example.okta.com"`},
	{"https://example.okta.com/?", `write "https://example.okta.com"`},
	{"https://example.okta.com?a=hunter2", `write "https://example.okta.com"`},
	{"https://example.okta.com#top", `write "https://example.okta.com"`},
	{"https://example.okta.com#", `write "https://example.okta.com"`},
	{"https://admin:hunter2@example.okta.com", "a user name or password does not belong"},
	{" https://example.okta.com", "white space"},
	{"https://example.okta.com\n", "white space"},
	{"https://exa mple.okta.com", "white space"},
	{"https://example.okta.com\x00", "control character"},
	{"https://", "valid host name"},
	{"https:///", "valid host name"},
	{"https://:443", "valid host name"},
	{"https://example.okta.com:", "valid host name"},
	{"https://example.okta.com:0", "valid host name"},
	{"https://example.okta.com:99999", "valid host name"},
	{"https://example.okta.com:https", "valid host name"},
	{"https://-example.okta.com", "valid host name"},
	{"https://example..okta.com", "valid host name"},
	{"https://exämple.okta.com", "valid host name"},
	{"https://[::1", "valid host name"},
	{"https://" + strings.Repeat("a", 64) + ".okta.com", "valid host name"},
	{"https://" + strings.Repeat("a.", 130) + "com", "valid host name"},
	{"//example.okta.com", `write "https://example.okta.com"`},
	{"okta", `write the URL of the Okta org`},
	{"https%3A%2F%2Fexample.okta.com", "valid host name"},
}

func TestDomain_accepted(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, stub.New().Start(t))
	for _, d := range domains {
		if found := errorsAmong(inResource(p, block{"domain": d.domain})); d.advice == "" && len(found) > 0 {
			t.Errorf("%s is refused: %v", d.domain, found)
		}
	}
}

// FuzzDomain holds whatever is accepted to what the API and the comparison of domains rely on, and
// whatever is refused to an error that can be printed.
func FuzzDomain(f *testing.F) {
	for _, tt := range domains {
		f.Add(tt.domain)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		if err := checkDomain(domain); err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q: control characters in %q", domain, err)
			}
			return
		}
		u, err := url.Parse(domain)
		if err != nil {
			t.Fatalf("%q is accepted but: %v", domain, err)
		}
		if u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
			strings.Trim(u.Path, "/")+u.RawQuery+u.Fragment != "" {
			t.Errorf("%q is accepted with parts that do not belong there: %#v", domain, u)
		}
		if other := "https://" + strings.ToUpper(u.Host) + "/"; !okta.SameDomain(domain, other) {
			t.Errorf("%q is not the same as %q", domain, other)
		}
	})
}
