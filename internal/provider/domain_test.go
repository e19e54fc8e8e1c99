// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

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
	{"https://example.okta.com?a=b", `write "https://example.okta.com"`},
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

func TestDomainValidator(t *testing.T) {
	t.Parallel()
	for _, tt := range domains {
		t.Run(tt.domain, func(t *testing.T) {
			t.Parallel()
			diags := validateDomain(t, tt.domain)
			if tt.advice == "" {
				if diags.HasError() {
					t.Fatalf("refused: %v", diags)
				}
				return
			}
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
			}
			detail := diags[0].Detail()
			if !strings.HasPrefix(detail, "domain: ") || !strings.Contains(detail, tt.advice) {
				t.Errorf("detail %q, want it to name domain and to contain %q", detail, tt.advice)
			}
			if strings.Contains(detail, "hunter2") {
				t.Errorf("detail %q shows a password", detail)
			}
			at, pointed := diags[0].(diag.DiagnosticWithPath)
			if holdsSecret := strings.ContainsAny(tt.domain, "@?"); pointed == holdsSecret {
				t.Errorf("points at an attribute: %t, want %t", pointed, !holdsSecret)
			} else if pointed && !at.Path().Equal(path.Root("domain")) {
				t.Errorf("points at %s", at.Path())
			}
		})
	}
}

func validateDomain(t testing.TB, domain string) diag.Diagnostics {
	t.Helper()
	req := validator.StringRequest{Path: path.Root("domain"), ConfigValue: types.StringValue(domain)}
	var resp validator.StringResponse
	domainValidator.ValidateString(t.Context(), req, &resp)
	return resp.Diagnostics
}

// FuzzDomain holds whatever is accepted to what the API and the comparison of domains rely on, and
// whatever is refused to an error that can be printed.
func FuzzDomain(f *testing.F) {
	for _, tt := range domains {
		f.Add(tt.domain)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		diags := validateDomain(t, domain)
		if diags.HasError() {
			for _, d := range diags {
				if strings.ContainsFunc(d.Detail(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Errorf("%q: control characters in %q", domain, d.Detail())
				}
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
