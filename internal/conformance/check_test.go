// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// newCheck returns a check of the stub, which notes its pauses instead of waiting.
func newCheck(t *testing.T, s *stub.Server) (c *Check, pauses *[]time.Duration) {
	t.Helper()
	s.LimitRate(10_000, time.Hour)
	c, err := New(environment("DD_HOST", s.Start(t), "DD_API_KEY", stub.APIKey, "DATADOG_APP_KEY", stub.AppKey, "LIVE", "yes"))
	if err != nil {
		t.Fatal(err)
	}
	pauses = new([]time.Duration)
	c.pause = func(d time.Duration) { *pauses = append(*pauses, d) }
	return c, pauses
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		if i := slices.Index(pairs, name); i >= 0 {
			return pairs[i+1]
		}
		return ""
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for problem, getenv := range map[string]func(string) string{
		"DD_API_KEY, DD_APP_KEY, DD_SITE": environment("LIVE", "yes"),
		"LIVE=yes":                        environment("DD_SITE", "datadoghq.eu", "DD_API_KEY", "a", "DD_APP_KEY", "b"),
		"https URL":                       environment("DD_HOST", "http://api.datadoghq.eu", "DD_API_KEY", "a", "DD_APP_KEY", "b", "LIVE", "yes"),
	} {
		if _, err := New(getenv); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%v, want an error about %s", err, problem)
		}
	}
}

// TestRun runs the check on a stub that is as assumed, and on stubs that differ in one assumption each. Rows that
// cannot be asked then are undecided.
func TestRun(t *testing.T) {
	t.Parallel()
	type test struct {
		otherwise string
		turn      any // a stub.Variant, the page size, or names that are refused
		undecided string
	}
	tests := []test{
		{"", stub.Variant("none"), ""},
		{"create_id", stub.TakeID, ""},
		{"create_visible", stub.LateCreates, ""},
		{"create_unknown", stub.RefuseUnknown, ""},
		{"create_oauth", stub.AnyOAuth, ""},
		{"create_method", stub.KnownMethods, ""},
		{"secrets", stub.ReturnSecrets, ""},
		{"attributes", stub.ExtraAttributes, ""},
		{"paging", 1, ""},
		{"name_twice", stub.DuplicateNames, ""},
		{"name_case", stub.FoldNames, ""},
		{"name_upper", "UPPER", ""},
		{"name_hyphen", "-", ""},
		{"name_space", " ", ""},
		{"name_unicode", "ü", ""},
		{"name_nfd", "\u0301", ""},
		{"name_long", ".{100}", ""},
		{"domain_slash", stub.TrimDomains, ""},
		{"domain_case", stub.LowerDomains, ""},
		{"domain_host", stub.OktaDomains, ""},
		{"domain_http", stub.PlainHTTP, ""},
		{"update_id", stub.KeepID, "update_former"},
		{"update_answer", stub.UpdatesWithoutAttributes, ""},
		{"update_answer", stub.UpdatesWithoutBody, "update_id update_former update_visible update_secret update_client_id update_clear"},
		{"update_former", stub.FormerIDs, ""},
		{"update_visible", stub.LateUpdates, ""},
		{"update_secret", stub.RequireSecret, ""},
		{"update_client_id", stub.ClearClientID, ""},
		{"update_clear", stub.ClearNullClientID, ""},
		{"get_missing", stub.GetUnknown400, ""},
		{"delete_missing", stub.DeleteUnknown204, ""},
		{"wrong_keys", stub.WrongKeys401, ""},
		{"rate_limit", stub.NoRateHeaders, ""},
		{"rate_limit", stub.OtherRateHeaders, ""},
	}
	for _, a := range assumptions {
		if !slices.ContainsFunc(tests, func(tt test) bool { return tt.otherwise == a.Key }) {
			t.Errorf("nothing turns %s around", a.Key)
		}
	}
	for _, tt := range tests {
		t.Run(tt.otherwise, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			switch turn := tt.turn.(type) {
			case stub.Variant:
				s.Vary(turn)
			case int:
				s.Page(turn)
			case string:
				s.RefuseNames(regexp.MustCompile(turn))
			}
			other := s.Put(stub.Account{Name: "Somebody_Elses", Domain: "https://example.okta.com", ClientID: "made-up-client"})
			s.Put(stub.Account{Name: Prefix + "earlier", Domain: "https://example.okta.com"})
			c, _ := newCheck(t, s)
			results, err := c.Run(t.Context(), func(Result) {})
			if left := s.Accounts(); err != nil || !slices.Equal(left, []stub.Account{other}) {
				t.Errorf("left: %v, want %v alone; %v", left, other, err)
			}
			for _, r := range results {
				want := AsAssumed
				if r.Key == tt.otherwise {
					want = Otherwise
				} else if slices.Contains(strings.Fields(tt.undecided), r.Key) {
					want = NotDecided
				}
				if r.Verdict != want {
					t.Errorf("%s is %s, want %s: %s", r.Key, r.Verdict, want, r.Seen)
				}
			}
			report, otherwise := Report(c.Host, results)
			if secret := regexp.MustCompile(stub.APIKey + "|" + stub.AppKey + "|" + madeUpSecret + "|Somebody"); secret.MatchString(report) {
				t.Errorf("the report has %q", secret.FindString(report))
			}
			if (otherwise == nil) != (tt.otherwise == "") {
				t.Errorf("otherwise: %v", otherwise)
			}
		})
	}
}

// TestRun_interrupted ends the context in the middle, as Ctrl-C does. No list shows the account that is made then.
func TestRun_interrupted(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.LagReads(1000)
	c, _ := newCheck(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	results, err := c.Run(ctx, func(Result) { cancel() })
	if err == nil || len(results) != 1 || len(s.Accounts()) > 0 {
		t.Errorf("%v, %d results, left: %v", err, len(results), s.Accounts())
	}
}

// TestRun_faults refuses the first account and every DELETE, after a 429.
func TestRun_faults(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.EchoSecrets()
	s.RefuseNames(regexp.MustCompile(Prefix))
	s.Put(stub.Account{Name: Prefix + "stays", Domain: "https://example.okta.com"})
	s.Fail(stub.Fault{Method: http.MethodDelete, Path: "account", Status: http.StatusForbidden, Skip: 1})
	s.Fail(stub.Fault{Path: "list", Status: http.StatusTooManyRequests, Times: 1, Header: http.Header{"X-RateLimit-Reset": {"7"}}})
	c, pauses := newCheck(t, s)
	results, err := c.Run(t.Context(), func(Result) {})
	if err == nil || !strings.Contains(err.Error(), "alphanumeric") || strings.Contains(err.Error(), madeUpSecret) || results != nil {
		t.Errorf("%v, %v, want an error that says why no account can be made", results, err)
	}
	if (*pauses)[0] != 8*time.Second {
		t.Errorf("waits %v after a 429, want the 7 seconds of its header and one more", (*pauses)[0])
	}
	s.Put(stub.Account{Name: Prefix + "stays", Domain: "https://example.okta.com"})
	if err := c.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), Prefix+"stays") {
		t.Errorf("%v, want an error that names the account that is left", err)
	}
	s.Fail(stub.Fault{Path: "list", Status: http.StatusForbidden, Body: `{"errors":["not with ` + stub.APIKey + ` and ` + stub.AppKey + `"]}`})
	if err := c.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), "not with … and …") {
		t.Errorf("%v, want an error without the keys", err)
	}
}
