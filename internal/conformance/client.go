// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answer is one of the API, with its account, if it has one; or an account of a list.
type answer struct {
	ID         string
	Attributes map[string]string // "" for what is no text
	status     int
	header     http.Header
	body       []byte
	said       string     // for people, without keys and secrets
	sent       attributes // by write
}

// list returns every account that can be read.
func (c *check) list() (accounts []answer) {
	for _, p := range c.pages() {
		accounts = append(accounts, p.Data...)
	}
	return accounts
}

type page struct {
	Data  []answer
	Links struct{ Next string }
}

// pages returns the pages of the list, up to the first one without a link or without a new account.
func (c *check) pages() (pages []page) {
	ids := map[string]bool{}
	for query := ""; ; {
		var p page
		a := c.get(query)
		_ = json.Unmarshal(a.body, &p) // odd accounts are somebody else's
		// Without accounts, the list may be refused; see the row list_empty.
		if c.err == nil && p.Data == nil && a.status != http.StatusBadRequest && a.status != http.StatusNotFound {
			c.err = fmt.Errorf("the list is answered with %s", a.said)
		}
		pages = append(pages, p)
		known := len(ids)
		for _, a := range p.Data {
			ids[a.ID] = true
		}
		next, err := url.Parse(p.Links.Next) // the keys go to no other host or path
		if err != nil || next.RawQuery == "" || len(ids) == known {
			return pages
		}
		query = "?" + next.RawQuery
	}
}

// send sends a request for an id or with a query, and again after a 429.
func (c *check) send(method, rest string, data attributes) (a answer) {
	if c.err = cmp.Or(c.err, context.Cause(c.ctx)); c.err != nil {
		return answer{}
	}
	address, body := c.url.String()+rest, bytes.Buffer{}
	if rest != "" && rest[0] != '?' {
		address = c.url.String() + "/" + url.PathEscape(rest)
	}
	if data != nil {
		_ = json.NewEncoder(&body).Encode(attributes{"data": data}) // texts always can be
	}
	// What became of a request that is cancelled on its way, nobody knows.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), time.Minute)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, method, address, &body) // the URL has been parsed before
	request.Header = http.Header{
		"Dd-Api-Key": {c.keys[0]}, "Dd-Application-Key": {c.keys[1]},
		"Content-Type": {"application/json"}, "User-Agent": {"terraform-provider-okta-conformance"},
	}
	response, err := http.DefaultTransport.RoundTrip(request) // takes the keys along to no other address
	if c.err = err; err != nil {
		return answer{}
	}
	defer response.Body.Close()
	a = answer{status: response.StatusCode, header: response.Header, said: fmt.Sprint(response.StatusCode)}
	a.body, c.err = io.ReadAll(io.LimitReader(response.Body, 16<<20))
	_ = json.Unmarshal(a.body, &struct{ Data *answer }{&a}) // not every answer has one
	if a.ID != "" && strings.HasPrefix(a.Attributes["name"], prefix) {
		c.made[a.ID] = a.Attributes["name"]
	}
	if a.status >= 300 {
		redactor := strings.NewReplacer(c.keys[0], "…", c.keys[1], "…", madeUpSecret, "…")
		a.said += fmt.Sprintf(" %#.300q", strings.TrimSpace(redactor.Replace(string(a.body))))
	}
	switch {
	case a.status == 429 && c.refused < 5:
		c.refused++
		wait, _ := time.ParseDuration(cmp.Or(a.header.Get("X-RateLimit-Reset"), a.header.Get("Retry-After"), "5") + "s")
		c.pause(min(max(wait, 0), 5*time.Minute) + time.Second)
		return c.send(method, rest, data)
	case a.status == 429 || a.status >= 500:
		c.err = cmp.Or(c.err, fmt.Errorf("%s is answered with %s", method, a.said))
	}
	c.refused = 0
	return a
}

func (c *check) get(rest string) answer { return c.send(http.MethodGet, rest, nil) }

type attributes map[string]any

// write creates or updates an ordinary account, with the change made to it. The name in a change is
// the end of a name.
func (c *check) write(method, id string, change attributes) answer {
	sent := attributes{
		"name": "", "domain": domain, "auth_method": "oauth",
		"client_id": "made-up-client", "client_secret": madeUpSecret,
	}
	maps.Copy(sent, change)
	sent["name"] = fmt.Sprintf("%.255s", fmt.Sprint(c.name, sent["name"]))
	maps.DeleteFunc(sent, func(name string, value any) bool {
		return value == leftOut || name == "name" && method == http.MethodPatch
	})
	a := c.send(method, id, attributes{"type": "okta-accounts", "attributes": sent})
	a.sent = sent
	return a
}

// create makes an ordinary account.
func (c *check) create() answer { return c.must(c.write(http.MethodPost, "", nil)) }

func (c *check) must(a answer) answer {
	if c.err == nil && (a.status >= 300 || a.ID == "") {
		c.err = fmt.Errorf("not answered with an account: %s", a.said)
	}
	return a
}
