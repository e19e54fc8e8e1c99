// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// TestReadsAfterWrites follows scripts of requests. They name the ids a, b, c, in the order in which
// creates, updates and Put give them. After an equals sign comes the status of the answer, or the
// ids in the list.
func TestReadsAfterWrites(t *testing.T) {
	t.Parallel()
	lag := func(s *stub.Server) { s.LagReads(2) }
	vary := func(v stub.Variant) func(*stub.Server) { return func(s *stub.Server) { s.Vary(v) } }
	for name, test := range map[string]struct {
		prepare func(*stub.Server)
		script  string
	}{
		"lag": {lag, `POST=201 list= GET/a=404 list=a
			PATCH/a=200 GET/a=200 GET/b=404 GET/b=200 GET/a=404
			DELETE/b=204 DELETE/b=400 list=b GET/b=200 list=`},
		"writes that follow each other": {
			lag, `POST=201 list= PATCH/a=200 DELETE/b=204 POST=201 list= list=a list=c`,
		},
		"a later write shows": { // and is not taken back with an earlier one that does not
			lag, `POST=201 PATCH/a=200 LagReads/0 PATCH/b=200 list=c`,
		},
		"Put shows": {lag, `POST=201 Put list=b`},
		"a time": {
			func(s *stub.Server) { s.LagFor(2 * time.Second) }, `POST=201 list= sleep list= sleep list=a`,
		},
		"reserved names": {
			func(s *stub.Server) { s.ReserveNames(2) },
			`POST=201 DELETE/a=204 POST=409 Put POST=409 POST=201 DELETE/c=204 POST=409`,
		},
		"LateCreates": {vary(stub.LateCreates), `POST=201 list= GET/a=404 list= GET/a=200`},
		"LateUpdates": {vary(stub.LateUpdates), `POST=201 PATCH/a=200 list= GET/b=404 list= GET/b=200 list=b`},
		"HashIDs":     {vary(stub.HashIDs), `POST=201 Put PATCH/a=200 list=ab DELETE/a=204 POST=201 list=ab`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stub.New()
				test.prepare(s)
				follow(inFakeTime(t, s), s, test.script)
			})
		})
	}
}

func follow(c caller, s *stub.Server, script string) {
	const letters = "abcdef"
	var ids []string
	for i, step := range strings.Fields(script) {
		step, want, _ := strings.Cut(step, "=")
		method, letter, _ := strings.Cut(step, "/")
		path, got := accounts, ""
		if n := strings.Index(letters, letter); letter != "" && n >= 0 && n < len(ids) {
			path += "/" + ids[n]
		}
		switch method {
		case "list":
			body := c.do("GET", accounts, "").body
			for i, id := range ids {
				if slices.Index(ids, id) == i && strings.Contains(body, id) {
					got += letters[i : i+1]
				}
			}
		case "sleep":
			time.Sleep(time.Second)
		case "LagReads":
			s.LagReads(0)
		case "Put":
			ids = append(ids, s.Put(stub.Account{Name: "by", Domain: "https://a.okta.com"}).ID)
		default:
			body := map[string]string{"POST": prod, "PATCH": prodUpdate}[method]
			got = strconv.Itoa(c.do(method, path, body).status)
			if a, exists := s.Account("prod"); exists && body != "" {
				ids = append(ids, a.ID)
			}
		}
		if got != want {
			c.t.Errorf("step %d, %s: got %s, want %s", i, step, got, want)
		}
	}
}
