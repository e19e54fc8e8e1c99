// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// run runs a check of the stub. It does not wait in its pauses.
func run(ctx context.Context, t *testing.T, s *stub.Server, pause func(time.Duration)) (terminal, report string, err error) {
	t.Helper()
	c, err := newCheck(ctx, environment{"DD_HOST": s.Start(t), "DD_API_KEY": stub.APIKey, "DATADOG_APP_KEY": stub.AppKey, "LIVE": "yes"}.get)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = pause
	var b bytes.Buffer
	file := filepath.Join(t.TempDir(), "report.md")
	err = c.run(&b, file)
	text, _ := os.ReadFile(file) // there need not be one
	return b.String(), string(text), err
}

func TestNewCheck_refuses(t *testing.T) {
	t.Parallel()
	for problem, env := range map[string]environment{
		"DD_API_KEY, DD_APP_KEY, DD_SITE": {"LIVE": "yes"},
		"LIVE=yes":                        {"DD_SITE": "datadoghq.eu", "DD_API_KEY": "a", "DD_APP_KEY": "b"},
		"https URL":                       {"DD_HOST": "http://api.datadoghq.eu", "DD_API_KEY": "a", "DD_APP_KEY": "b", "LIVE": "yes"},
	} {
		if _, err := newCheck(t.Context(), env.get); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%v, want an error about %s", err, problem)
		}
	}
}

// TestAsk runs the check on a stub that is as assumed, and on stubs that differ in one assumption
// each.
func TestAsk(t *testing.T) {
	t.Parallel()
	turns := []any{ // a row, and what turns it around: a stub.Variant, names that are refused, or the page size
		"", stub.Variant("none"),
		"create_id", stub.TakeID, "create_visible", stub.LateCreates, "create_unknown", stub.RefuseUnknown,
		"create_oauth", stub.AnyOAuth, "create_method", stub.KnownMethods,
		"name_twice", stub.DuplicateNames, "name_case", stub.FoldNames, "name_upper", "UPPER", "name_hyphen", "-",
		"name_space", " ", "name_unicode", "ü", "name_nfd", "\u0301", "name_long", "^.{255}$",
		"domain_slash", stub.TrimDomains, "domain_case", stub.LowerDomains, "domain_host", stub.OktaDomains,
		"domain_http", stub.PlainHTTP, "secrets", stub.ReturnSecrets, "attributes", stub.ExtraAttributes,
		"update_answer", stub.UpdatesWithoutAttributes, "update_answer", stub.UpdatesWithoutBody,
		"update_id", stub.KeepID, "update_former", stub.FormerIDs, "update_visible", stub.LateUpdates,
		"update_secret", stub.RequireSecret, "update_client_id", stub.ClearClientID, "update_clear", stub.ClearNullClientID,
		"get_missing", stub.GetUnknown400, "delete_missing", stub.DeleteUnknown204, "wrong_keys", stub.WrongKeys401,
		"rate_limit", stub.NoRateHeaders, "rate_limit", stub.OtherRateHeaders, "paging", 1,
	}
	undecided := map[any]string{ // what cannot be asked then
		stub.KeepID:             "update_former",
		stub.UpdatesWithoutBody: "update_id update_former update_visible update_secret update_client_id update_clear",
	}
	for _, a := range assumptions {
		if !slices.Contains(turns, any(a.key)) {
			t.Errorf("nothing turns %s around", a.key)
		}
	}
	for test := range slices.Chunk(turns, 2) {
		t.Run(fmt.Sprint(test[0]), func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.LimitRate(10_000, time.Hour)
			switch turn := test[1].(type) {
			case stub.Variant:
				s.Vary(turn)
			case string:
				s.RefuseNames(regexp.MustCompile(turn))
			case int:
				s.Page(turn)
			}
			other := s.Put(stub.Account{Name: "Somebody_Elses", Domain: domain, ClientID: "made-up-client"})
			s.Put(stub.Account{Name: prefix + "earlier", Domain: domain})
			terminal, report, err := run(t.Context(), t, s, func(time.Duration) {})
			if left := s.Accounts(); !slices.Equal(left, []stub.Account{other}) {
				t.Errorf("left: %v, want %v alone", left, other)
			}
			wantErr := "<nil>"
			for _, a := range assumptions {
				verdict := "as assumed"
				if a.key == test[0] {
					verdict, wantErr = "otherwise", a.key+" is otherwise: "+a.otherwise
				} else if slices.Contains(strings.Fields(undecided[test[1]]), a.key) {
					verdict = "not decided"
				}
				if !strings.Contains(terminal, fmt.Sprintf("\n%-11s  %-16s  ", verdict, a.key)) {
					t.Errorf("%s is not %s:\n%s", a.key, verdict, terminal)
				}
			}
			if fmt.Sprint(err) != wantErr || strings.Contains(report, "**otherwise**") == (err == nil) {
				t.Errorf("%v, want %s, as in the report:\n%s", err, wantErr, report)
			}
			if secret := regexp.MustCompile(stub.APIKey + "|" + stub.AppKey + "|" + madeUpSecret + "|Somebody"); secret.MatchString(report) {
				t.Errorf("the report has %q", secret.FindString(report))
			}
		})
	}
}

// TestAsk_interrupted ends the context in the second row, as Ctrl-C does. No list shows the
// accounts that are made then.
func TestAsk_interrupted(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.LagReads(1000)
	ctx, cancel := context.WithCancel(t.Context())
	terminal, report, err := run(ctx, t, s, func(time.Duration) { cancel() })
	if err == nil || strings.Count(report, "\n| ") != 4 || len(s.Accounts()) > 0 {
		t.Errorf("%v, left: %v, after:\n%s", err, s.Accounts(), terminal)
	}
}

// TestAsk_faults refuses the first account and every DELETE, after a 429.
func TestAsk_faults(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.Vary(stub.EchoSecrets)
	s.RefuseNames(regexp.MustCompile(prefix))
	s.Fail(stub.Fault{Method: http.MethodDelete, Path: "account", Status: http.StatusForbidden, Skip: 1})
	s.Fail(stub.Fault{Path: "list", Status: http.StatusTooManyRequests, Times: 1, Header: http.Header{"X-RateLimit-Reset": {"7"}}})
	var pauses []time.Duration
	for _, want := range []string{"alphanumeric", prefix + "stays", "not with … and …"} {
		s.Put(stub.Account{Name: prefix + "stays", Domain: domain})
		_, report, err := run(t.Context(), t, s, func(d time.Duration) { pauses = append(pauses, d) })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), madeUpSecret) || report != "" {
			t.Errorf("%v, %q, want an error about %s", err, report, want)
		}
		if want == prefix+"stays" {
			s.Fail(stub.Fault{Path: "list", Status: http.StatusForbidden, Body: `{"errors":["not with ` + stub.APIKey + ` and ` + stub.AppKey + `"]}`})
		}
	}
	if n := s.Count(http.MethodPost, "list"); pauses[0] != 8*time.Second || n != 1 {
		t.Errorf("waits %v after a 429, want the 7 s of its header and one more; %d creates, want none after a failed sweep", pauses[0], n)
	}
}
