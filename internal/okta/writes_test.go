// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// writeCase is a create, update or delete of the account prod, and what comes of it.
type writeCase struct {
	id      string           // instead of the account's
	faults  []stub.Fault     // of one method after the other
	prepare func(s *service) // more that happens before
	arrives func(s *service) // what happens when its own request arrives
	err     error            // nil: no particular one
	status  int              // of the error; 0: no particular one
	unknown bool             // its outcome
	text    string           // all of the error
	want    string           // the requests
	took    time.Duration
}

const (
	looked    = `Looking for "prod" in the list of accounts failed: 403 Forbidden`
	forbidden = "GET list, GET validate"
)

// on makes a fault of the method's requests, so many times; 0: all.
func on(method string, times int, fault stub.Fault) stub.Fault {
	fault.Method, fault.Times = method, times
	return fault
}

func creates() map[string]writeCase {
	exists := func(data string) func(*service) { return func(s *service) { s.PutRaw(data) } }
	cases := map[string]writeCase{
		"exists": {
			prepare: exists(accountJSON()), err: ErrExists, want: "GET list",
			text: `create "prod": ` + ErrExists.Error() + `: "prod" with the id "id-1"`,
		},
		"exists and is odd": {prepare: exists(accountJSON(`"prod-client"`, "7")), err: ErrExists, want: "GET list"},
		"is free":           {want: "GET list, POST"},
		// Not ours, even where it is the same: each POST was answered.
		"is made meanwhile":      {arrives: theirs("prod-client"), err: ErrExists, want: "GET list, POST, GET list"},
		"another made meanwhile": {arrives: theirs("x"), err: ErrExists, want: "GET list, POST, GET list"},
		"refused, 403":           {faults: []stub.Fault{post(403)}, status: 403, want: "GET list, POST, GET validate"},
		"refused, 404":           {faults: []stub.Fault{post(404)}, status: 404, want: "GET list, POST"},
	}
	for _, status := range []int{400, 409, 422} {
		cases[fmt.Sprintf("refused, %d", status)] = writeCase{
			faults: []stub.Fault{post(status)}, status: status, want: "GET list, POST, GET list",
		}
	}
	for status, took := range map[int]time.Duration{400: settleTime, 403: 0, 404: 0, 409: settleTime, 422: settleTime} {
		cases[fmt.Sprintf("lost, then %d", status)] = writeCase{
			faults: []stub.Fault{lost, post(status)}, status: status, unknown: true, took: took,
		}
	}
	maps.Copy(cases, unansweredCreates())
	return cases
}

var (
	lost   = on("POST", 1, stub.Fault{Drop: true})
	post   = func(status int) stub.Fault { return on("POST", 0, stub.Fault{Status: status}) }
	theirs = func(clientID string) func(*service) {
		return func(s *service) {
			s.Put(stub.Account{
				Name: "prod", Domain: prod.Domain, AuthMethod: "oauth", ClientID: clientID, ClientSecret: "theirs",
			})
		}
	}
)

// hasLessTime leaves an operation less than twice the settle time. Half of it is for the answer.
func hasLessTime(s *service) { s.config.Timeout = 20 * time.Second }

// hasNoTime leaves an operation no time to wait for anything.
func hasNoTime(s *service) { s.config.Timeout = time.Microsecond }

func unansweredCreates() map[string]writeCase {
	return map[string]writeCase{
		"lost, the same is there": {
			faults: []stub.Fault{lost}, arrives: theirs("prod-client"), want: "GET list, POST, GET list",
		},
		// It may be ours all the same.
		"lost, another is there": {
			faults: []stub.Fault{lost}, arrives: theirs("x"), err: ErrExists, unknown: true, want: "GET list, POST, GET list",
		},
		"lost, several are there": {
			faults: []stub.Fault{lost}, err: ErrAmbiguous, unknown: true, want: "GET list, POST, GET list",
			arrives: func(s *service) { s.PutRaw(accountJSON()); s.PutRaw(accountJSON("id-1", "id-2")) },
		},
		"lost": {faults: []stub.Fault{lost}, want: "GET list, POST, GET list, POST"},
		"lost each time": {
			faults: []stub.Fault{post(500)}, status: 500, unknown: true,
			want: "GET list" + strings.Repeat(", POST, GET list", 4),
		},
		"lost, and no time is left": {
			faults: []stub.Fault{post(500)}, prepare: hasNoTime, status: 500, err: context.DeadlineExceeded, unknown: true,
			want: "GET list, POST, GET list",
		},
		"cannot look before": {faults: []stub.Fault{{Path: "list", Status: 403}}, status: 403, text: looked, want: forbidden},
		"cannot look after": {
			faults: []stub.Fault{post(502), {Path: "list", Skip: 1, Status: 403}}, status: 502, unknown: true,
			text: `create "prod": 502 Bad Gateway: ` + looked, want: "GET list, POST, " + forbidden,
		},
		"lost, then refused, with less time": {
			faults: []stub.Fault{lost, post(409)}, status: 409, unknown: true, prepare: hasLessTime, took: 10 * time.Second,
		},
		"lost, look refused": {
			faults: []stub.Fault{post(500), {Method: "GET", Skip: 1, Status: 410}}, status: 500, unknown: true,
			want: "GET list, POST, GET list",
		},
		"refused, cannot look": {
			faults: []stub.Fault{post(422), {Path: "list", Method: "GET", Skip: 1, Status: 403}}, status: 422,
			text: `create "prod": 422 Unprocessable Entity: ` + looked, want: "GET list, POST, " + forbidden,
		},
		"look refused": {faults: []stub.Fault{{Method: "GET", Status: 400}}, want: "GET list, POST"},
		"look and create refused": {
			faults: []stub.Fault{{Method: "GET", Status: 410}, post(422)}, status: 422, want: "GET list, POST, GET list",
		},
	}
}

func deletes() map[string]writeCase {
	del := func(status int) stub.Fault { return on("DELETE", 0, stub.Fault{Status: status}) }
	list := stub.Fault{Path: "list", Status: 403}
	remove := func(s *service) { s.Remove("prod") }
	rekey := func(change func(*stub.Account)) func(*service) {
		return func(s *service) {
			a, _ := s.Account("prod")
			a.ID = s.Rekey("prod")
			change(&a)
			s.Put(a)
		}
	}
	cases := map[string]writeCase{
		"as it is":    {want: "DELETE"},
		"gone":        {prepare: remove, want: "DELETE, GET list"},
		"without id":  {id: "-", want: "GET list, DELETE"},
		"gone, no id": {id: "-", prepare: remove, want: "GET list"},
		"re-keyed":    {prepare: rekey(func(*stub.Account) {}), want: "DELETE, GET list, DELETE"},
		"spelled so": {
			prepare: rekey(func(a *stub.Account) { a.Domain = "https://PROD.okta.com/" }), want: "DELETE, GET list, DELETE",
		},
		"other domain": {
			prepare: rekey(func(a *stub.Account) { a.Domain = "https://x.okta.com" }), err: ErrChanged, want: "DELETE, GET list",
		},
		"re-keyed again": { // not left behind without an error
			prepare: rekey(func(*stub.Account) {}), err: ErrChanged, want: "DELETE, GET list, DELETE, GET list",
			arrives: func(s *service) { s.beforeArrival("DELETE", func() { s.Rekey("prod") }) },
		},
		"refused, 403": {faults: []stub.Fault{del(403)}, status: 403, want: "DELETE, GET validate"},
		"refused, 409": {faults: []stub.Fault{del(409)}, status: 409, want: "DELETE"},
		// The service can mean something else by it than that the id is gone.
		"gone, but in the list to the end": {faults: []stub.Fault{del(400)}, status: 400, took: settleTime},
		"cannot look": {
			faults: []stub.Fault{del(404), list}, status: 404, text: `delete "prod": 404 Not Found: ` + looked,
			want: "DELETE, " + forbidden,
		},
		"cannot look, no id": {
			id: "-", faults: []stub.Fault{list}, text: `delete "prod": no account can have this id: ` + looked, want: forbidden,
		},
	}
	maps.Copy(cases, unansweredDeletes())
	return cases
}

func unansweredDeletes() map[string]writeCase {
	del := func(status int) stub.Fault { return on("DELETE", 0, stub.Fault{Status: status}) }
	hide := func(s *service) { s.answerLists("") }
	login := on("DELETE", 0, stub.Fault{Status: 200, Body: "<html>Please sign in</html>"})
	return map[string]writeCase{
		// Where no answer says that the id is gone, a list without the account does not either.
		"lost each time": {
			faults: []stub.Fault{del(500)}, prepare: hide, status: 500, want: "4 DELETE, GET list, GET account",
		},
		"408 each time": {
			faults: []stub.Fault{del(408)}, prepare: hide, status: 408, want: "4 DELETE, GET list, GET account",
		},
		"dropped each time": {
			faults: []stub.Fault{on("DELETE", 0, stub.Fault{Drop: true})}, prepare: hide,
			err: io.EOF, want: "4 DELETE, GET list, GET account",
		},
		"a login page": {faults: []stub.Fault{login}, err: datadog.ErrMalformed, want: "DELETE, GET list"},
		"a login page, hidden": {
			faults: []stub.Fault{login}, prepare: hide, err: datadog.ErrMalformed, want: "DELETE, GET list, GET account",
		},
		"carried out, 200": {
			faults: []stub.Fault{on("DELETE", 0, stub.Fault{Status: 200, EmptyBody: true, When: stub.After})},
			want:   "DELETE, GET list, GET account",
		},
	}
}

func TestWrites(t *testing.T) {
	t.Parallel()
	for method, cases := range map[string]map[string]writeCase{
		"POST": creates(), "PATCH": updates(), "DELETE": deletes(),
	} {
		for name, test := range cases {
			subtest(t, method+"/"+name, func(t *testing.T, s *service) { checkWrite(t, s, method, test) })
		}
	}
}

func checkWrite(t *testing.T, s *service, method string, test writeCase) {
	account := prod.Account
	if method != "POST" {
		account = s.put("prod")
	}
	if test.prepare != nil {
		test.prepare(s)
	}
	if test.arrives != nil {
		s.beforeArrival(method, func() { test.arrives(s) })
	}
	for _, fault := range test.faults {
		s.Fail(fault)
	}
	if test.id != "" {
		account.ID = strings.Trim(test.id, "-")
	}
	other := s.put("other")
	started := time.Now()
	last, err := write(t.Context(), s.client(t), method, account)
	switch isWanted := test.err == nil && test.status == 0 && test.text == ""; {
	case isWanted != (err == nil):
		t.Errorf("got %v", err)
	case err == nil && method == "DELETE":
		if _, ok := s.Account("prod"); ok {
			t.Error("it is left behind")
		}
	case err == nil:
		if last.Written != started.UTC().Truncate(time.Second) || last.Unconfirmed {
			t.Errorf("the last write is %+v", last)
		}
	default:
		checkWriteError(t, s, asError(t, err), last, test, method)
	}
	if elapsed := time.Since(started).Truncate(5 * time.Second); elapsed != test.took {
		t.Errorf("it took %s", elapsed)
	}
	if test.want != "" {
		wantRequests(t, s, strings.Split(test.want, ", ")...)
	}
	if s.is("other") != other {
		t.Error("another was touched")
	}
}

func checkWriteError(t *testing.T, s *service, failed *Error, last LastWrite, test writeCase, method string) {
	if test.err != nil && !errors.Is(failed, test.err) || test.status != 0 && !hasStatus(failed, test.status) ||
		failed.OutcomeUnknown != test.unknown || test.text != "" && failed.Error() != test.text || failed.Account != "prod" {
		t.Errorf("got %v, outcome unknown: %t", failed, failed.OutcomeUnknown)
	}
	if !errors.Is(test.err, ErrNotFound) && errors.Is(failed, ErrNotFound) {
		t.Errorf("an account that may be there is called gone: %v", failed)
	}
	if test.unknown && (last.Unconfirmed != (method == "POST") || time.Since(last.Written) > time.Minute) {
		t.Errorf("the last write is %+v", last)
	}
	if is, ok := s.Account("prod"); ok && (errors.Is(test.err, ErrChanged) || errors.Is(test.err, ErrExists)) &&
		failed.Found[0] != visible(is) {
		t.Errorf("the error has %+v, the service has %+v", failed.Found, is)
	}
}

// write is the operation that a method stands for.
func write(ctx context.Context, c *Client, method string, a Account) (last LastWrite, err error) {
	switch method {
	case "POST":
		_, last, err = c.Create(ctx, a, prod.Secrets)
	case "PATCH":
		_, last, err = c.Update(ctx, a, prod.Secrets)
	default:
		err = c.Delete(ctx, a, LastWrite{})
	}
	return last, err
}
