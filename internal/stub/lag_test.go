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

// TestLag follows scripts of requests, which name the ids a, b, c in the order of their making. What
// stands behind an equals sign is the status of the answer, or the ids that the list shows.
func TestLag(t *testing.T) {
	t.Parallel()
	reads := func(s *stub.Server) { s.LagReads(2) }
	for name, test := range map[string]struct {
		lag    func(*stub.Server)
		script string
	}{
		"reads": {reads, `POST=201 list= GET/a=404 list=a
			PATCH/a=200 GET/a=200 GET/b=404 GET/b=200 GET/a=404
			DELETE/b=204 DELETE/b=400 list=b GET/b=200 list=`},
		"writes that follow each other": {
			reads, `POST=201 list= PATCH/a=200 DELETE/b=204 POST=201 list= list=a list=c`,
		},
		"a later write shows": { // and is not taken back with an earlier one that does not
			reads, `POST=201 PATCH/a=200 LagReads/0 PATCH/b=200 list=c`,
		},
		"Put shows": {reads, `POST=201 Put list=b`},
		"time":      {func(s *stub.Server) { s.LagFor(2 * time.Second) }, `POST=201 list= sleep list= sleep list=a`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := stub.New()
				test.lag(s)
				follow(inFakeTime(t, s), s, test.script)
			})
		})
	}
}

func follow(c caller, s *stub.Server, script string) {
	var ids []string
	for i, step := range strings.Fields(script) {
		step, want, _ := strings.Cut(step, "=")
		method, letter, _ := strings.Cut(step, "/")
		path, got := accounts, ""
		if n := strings.Index("abc", letter); letter != "" && n >= 0 {
			path += "/" + ids[n]
		}
		switch method {
		case "list":
			for _, text := range c.listed(accounts) {
				n := slices.IndexFunc(ids, func(id string) bool { return strings.Contains(text, id) })
				got += "abc"[n : n+1]
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
