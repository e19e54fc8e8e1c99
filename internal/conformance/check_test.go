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
func run(
	ctx context.Context, t *testing.T, s *stub.Server, pause func(time.Duration),
) (terminal, report string, err error) {
	t.Helper()
	c, err := newCheck(ctx, environment{
		"DD_HOST": s.Start(t), "DD_API_KEY": stub.APIKey, "DATADOG_APP_KEY": stub.AppKey, "LIVE": "yes",
	}.get)
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
		"https URL": {
			"DD_HOST": "http://api.datadoghq.eu", "DD_API_KEY": "a", "DD_APP_KEY": "b", "LIVE": "yes",
		},
	} {
		if _, err := newCheck(t.Context(), env.get); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%v, want an error about %s", err, problem)
		}
	}
}

// TestAsk runs the check on a stub that is as assumed, and on stubs that differ in one way each.
func TestAsk(t *testing.T) {
	t.Parallel()
	type server = stub.Server
	vary := func(v stub.Variant) func(*server) { return func(s *server) { s.Vary(v) } }
	refuse := func(names string) func(*server) {
		return func(s *server) { s.RefuseNames(regexp.MustCompile(names)) }
	}
	lastPage := func(s *server) { s.Page(1); s.Vary(stub.EndlessPages) }
	noAnswer := func(s *server) { // to the second update, which is that of the row
		s.Fail(stub.Fault{Method: http.MethodPatch, Skip: 1, Times: 1, EmptyBody: true})
	}
	turned := map[string]bool{}
	for _, test := range []struct {
		otherwise string // the rows that are
		turn      func(*server)
		undecided string // the rows that cannot be asked then, beside list_empty
	}{
		{"", func(*server) {}, ""},
		{"list_empty", vary(stub.NoAccounts400), ""},
		{"list_empty", vary(stub.NoAccounts404), ""},
		{"create_id", vary(stub.TakeID), ""},
		{"create_visible", vary(stub.LateCreates), ""},
		{"create_again", func(s *server) { s.ReserveNames(1) }, ""},
		{"create_again update_id", vary(stub.HashIDs), "update_former"},
		{"create_unknown", vary(stub.RefuseUnknown), ""},
		{"create_oauth", vary(stub.AnyOAuth), ""},
		{"create_method", vary(stub.KnownMethods), ""},
		{"name_twice", vary(stub.DuplicateNames), ""},
		{"name_case", refuse("_a$"), ""},
		{"name_upper", refuse("UPPER"), ""},
		{"name_hyphen", refuse("-"), ""},
		{"name_space", refuse(" "), ""},
		{"name_unicode", refuse("ü"), ""},
		{"name_nfd", refuse("\u0301"), ""},
		{"name_long", refuse("^.{255}$"), ""},
		{"domain_slash", vary(stub.TrimDomains), ""},
		{"domain_case", vary(stub.LowerDomains), ""},
		{"domain_host", vary(stub.OktaDomains), ""},
		{"domain_http", vary(stub.PlainHTTP), ""},
		{"secrets", vary(stub.ReturnSecrets), ""},
		{"attributes", vary(stub.ExtraAttributes), ""},
		{"update_answer", noAnswer, ""},
		{"update_id", vary(stub.KeepID), "update_former"},
		{"update_former", vary(stub.FormerIDs), ""},
		{"update_visible", vary(stub.LateUpdates), ""},
		{"update_secret", vary(stub.RequireSecret), ""},
		{"update_client_id", vary(stub.ClearClientID), ""},
		{"update_clear", vary(stub.ClearNullClientID), ""},
		{"get_missing", vary(stub.GetUnknown400), ""},
		{"delete_missing", vary(stub.DeleteUnknown204), ""},
		{"wrong_keys", vary(stub.WrongKeys401), ""},
		{"rate_limit", vary(stub.NoRateHeaders), ""},
		{"paging", func(s *server) { s.Page(1) }, ""},
		{"paging", lastPage, ""},
	} {
		otherwise := strings.Fields(test.otherwise)
		for _, row := range otherwise {
			turned[row] = true
		}
		t.Run(test.otherwise, func(t *testing.T) {
			t.Parallel()
			s := stub.New()
			s.LimitRate(10_000, time.Hour)
			test.turn(s)
			undecided := strings.Fields(test.undecided)
			if test.otherwise != "" && test.otherwise != "list_empty" { // otherwise the organization has no account
				s.Put(stub.Account{Name: "Somebody_Elses", Domain: domain, ClientID: "made-up-client"})
				undecided = append(undecided, "list_empty")
			}
			others := s.Accounts()
			s.Put(stub.Account{Name: prefix + "earlier", Domain: domain})
			terminal, report, err := run(t.Context(), t, s, func(time.Duration) {})
			if left := s.Accounts(); !slices.Equal(left, others) {
				t.Errorf("left: %v, want %v alone", left, others)
			}
			wantVerdicts(t, terminal, err, otherwise, undecided)
			if strings.Contains(report, "**otherwise**") == (err == nil) {
				t.Errorf("%v, and the report is:\n%s", err, report)
			}
			secret := regexp.MustCompile(stub.APIKey + "|" + stub.AppKey + "|" + madeUpSecret + "|Somebody")
			if secret.MatchString(report) {
				t.Errorf("the report has %q", secret.FindString(report))
			}
		})
	}
	for _, a := range assumptions {
		if !turned[a.key] {
			t.Errorf("nothing turns %s around", a.key)
		}
	}
}

// wantVerdicts looks at the verdict of each row, their numbers in the last line, and the error.
func wantVerdicts(t *testing.T, terminal string, err error, otherwise, undecided []string) {
	t.Helper()
	var problems []string
	for _, a := range assumptions {
		verdict := "as assumed"
		switch {
		case slices.Contains(otherwise, a.key):
			verdict = "otherwise"
			problems = append(problems, a.key+" is otherwise: "+a.otherwise)
		case slices.Contains(undecided, a.key):
			verdict = "not decided"
		}
		if !strings.Contains(terminal, fmt.Sprintf("\n%-11s  %-16s  ", verdict, a.key)) {
			t.Errorf("%s is not %s:\n%s", a.key, verdict, terminal)
		}
	}
	line := fmt.Sprintf(": %d assumptions as assumed, %d otherwise, %d not decided.\n",
		len(assumptions)-len(otherwise)-len(undecided), len(otherwise), len(undecided))
	if !strings.HasSuffix(terminal, line) {
		t.Errorf("does not end with %q:\n%s", line, terminal)
	}
	if want := strings.Join(problems, "\n"); err == nil && want != "" || err != nil && err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestAsk_interrupted ends the context in the third row, as Ctrl-C does. No list shows the
// accounts that are made then.
func TestAsk_interrupted(t *testing.T) {
	t.Parallel()
	s := stub.New()
	s.LagReads(1000)
	ctx, cancel := context.WithCancel(t.Context())
	terminal, report, err := run(ctx, t, s, func(time.Duration) { cancel() })
	if err == nil || strings.Count(report, "\n| ") != 5 || strings.Contains(terminal, "README") || len(s.Accounts()) > 0 {
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
	s.Fail(stub.Fault{
		Path: "list", Status: http.StatusTooManyRequests, Times: 1, Header: http.Header{"X-RateLimit-Reset": {"7"}},
	})
	var pauses []time.Duration
	for _, want := range []string{"alphanumeric", prefix + "stays", "not with … and …"} {
		s.Put(stub.Account{Name: prefix + "stays", Domain: domain})
		_, report, err := run(t.Context(), t, s, func(d time.Duration) { pauses = append(pauses, d) })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), madeUpSecret) || report != "" {
			t.Errorf("%v, %q, want an error about %s", err, report, want)
		}
		if want == prefix+"stays" {
			body := `{"errors":["not with ` + stub.APIKey + ` and ` + stub.AppKey + `"]}`
			s.Fail(stub.Fault{Path: "list", Status: http.StatusForbidden, Body: body})
		}
	}
	if n := s.Count(http.MethodPost, "list"); pauses[0] != 8*time.Second || n != 1 {
		t.Errorf("waits %v after a 429, want the 7 s of its header and one more", pauses[0])
		t.Errorf("%d creates, want none after a failed sweep", n)
	}
}
