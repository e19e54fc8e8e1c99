// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// assumption is something that the provider takes for true of the service.
type assumption struct {
	key, assumed, asked string
	otherwise           string // what would follow for the provider
	ask                 func(*check)
}

const (
	refusal  = "an apply fails with the API's message; say so in the docs"
	spelling = "nothing where only the spelling differs: the provider takes both for the same value"
	late     = "the provider looks again for 15 s; longer needs a longer wait"
	missing  = "GET and DELETE after a DELETE, and of a made-up id"
	domain   = "https://example.okta.com"
)

var apiKey = attributes{
	"name": "_key", "auth_method": "api_key", "api_key": madeUpSecret, "client_id": leftOut, "client_secret": leftOut,
}

var assumptions = []assumption{
	{
		"list_empty", "the list of an organization without accounts is empty", "list, before the first POST",
		"nothing: a create goes on, and data sources say what the service says", func(c *check) {
			var list struct{ Data []any }
			if _ = json.Unmarshal(c.before.body, &list); len(list.Data) > 0 {
				c.err = errors.New("the organization has accounts of its own")
			}
			c.expect(c.before.status == 200, "%s", c.before.said)
		},
	},
	{
		"create_id", "an id in a create is ignored", "POST with an id",
		"an account could be found by an id of our choice", func(c *check) {
			sent, id := c.create().sent, "22222222-2222-4222-8222-222222222222"
			sent["name"] = c.name + "_with_id"
			a := c.must(c.send(http.MethodPost, "", attributes{"type": "okta-accounts", "id": id, "attributes": sent}))
			c.expect(a.ID != id, "the id sent: %t", a.ID == id)
		},
	},
	{"create_visible", "GET and list show a new account at once", "POST, GET, list", late, func(c *check) {
		id := c.create().ID
		got := c.wait("in GET", func() bool { return c.get(id).status == 200 })
		listed := c.wait("in the list", func() bool {
			return slices.ContainsFunc(c.list(), func(a answer) bool { return a.ID == id })
		})
		c.otherwise = !got || !listed
	}},
	{
		"create_again", "the name of a deleted account is free at once, and gets another id", "POST, DELETE, POST",
		"nothing: a create that is refused is repeated, and a known id may come back", func(c *check) {
			id := c.create().ID
			c.send(http.MethodDelete, id, nil)
			a := c.write(http.MethodPost, "", nil)
			c.expect(a.status == 201 && a.ID != id, "%s; the same id: %t", a.said, a.ID == id)
		},
	},
	{
		"create_unknown", "an attribute that the service does not know is ignored", "POST",
		"the provider must never send one too many", creates(201, attributes{"made_up": "made-up"}),
	},
	{
		"create_oauth", "oauth without client_id and client_secret is refused", "POST", "the plan must not demand the two",
		creates(400, attributes{"client_id": leftOut, "client_secret": leftOut}),
	},
	{
		"create_method", "another auth_method than oauth is taken", "POST with made-up words, one of them with an api_key",
		"the message may list the words; name them in docs and plan",
		creates(201, attributes{"auth_method": "made_up"}, apiKey),
	},
	{
		"name_twice", "a name that exists is refused with 409 or 400, and not made again", "POST, POST, list",
		"two accounts have one name: the identity has to be another", func(c *check) {
			name, n := c.create().Attributes["name"], 0
			again := c.write(http.MethodPost, "", nil)
			c.wait("in the list", func() bool {
				n = len(slices.DeleteFunc(c.list(), func(a answer) bool { return a.Attributes["name"] != name }))
				return n > 0
			})
			c.expect((again.status == 409 || again.status == 400) && n == 1, "%s; %d of the name", again.said, n)
		},
	},
	{
		"name_case", "names that differ by case alone are two accounts", "POST, POST",
		"names have to be compared without case", creates(201, attributes{"name": "_A"}, attributes{"name": "_a"}),
	},
	{"name_upper", "a name may have upper case", "POST", refusal, creates(201, attributes{"name": "_UPPER"})},
	{"name_hyphen", "a name may have a hyphen", "POST", refusal, creates(201, attributes{"name": "-hyphen"})},
	{"name_space", "a name may have a space", "POST", refusal, creates(201, attributes{"name": " space"})},
	{
		"name_unicode", "a name may have letters beyond ASCII", "POST", refusal,
		creates(201, attributes{"name": "_Zürich"}),
	},
	{
		"name_nfd", "a name in NFD stays as it is", "POST", "nothing: names are compared in NFC",
		creates(201, attributes{"name": "_Cafe\u0301"}),
	},
	{
		"name_long", "a name may have 255 characters", "POST", refusal,
		creates(201, attributes{"name": strings.Repeat("x", 255)}),
	},
	{
		"domain_slash", "a domain is kept as sent, with a slash and without", "POST, POST", spelling,
		creates(201, attributes{"domain": domain}, attributes{"name": "_slash", "domain": domain + "/"}),
	},
	{
		"domain_case", "a domain in upper case is kept as sent", "POST", spelling,
		creates(201, attributes{"domain": "https://EXAMPLE.okta.com"}),
	},
	{
		"domain_host", "a domain may have another host than okta.com's", "POST", refusal,
		creates(201, attributes{"domain": "https://example.com"}),
	},
	{
		"domain_http", "a domain with http is refused", "POST", "the provider need not refuse it",
		creates(400, attributes{"domain": "http://example.okta.com"}),
	},
	{
		"secrets", "secrets are in no answer", "POST, GET, list, PATCH",
		"their drift could be seen; logs and errors need care", func(c *check) {
			made := c.create()
			update := c.write(http.MethodPatch, made.ID, nil)
			answers := slices.Concat(made.body, c.get(made.ID).body, c.get("").body, update.body)
			n := len(regexp.MustCompile(madeUpSecret+`|"(client_secret|api_key)"\s*:`).FindAll(answers, -1))
			c.expect(n == 0, "%d times", n)
		},
	},
	{
		"attributes", "an account has no attributes that we do not know", "POST", "the provider could manage them",
		func(c *check) {
			others := c.create().Attributes
			for _, known := range strings.Fields("name domain auth_method client_id client_secret api_key") {
				delete(others, known)
			}
			c.expect(len(others) == 0, "others: %q", slices.Sorted(maps.Keys(others)))
		},
	},
	{
		"update_answer", "an update is answered with 200 and the account as it is now", "POST, PATCH",
		"the provider has to look for it", func(c *check) {
			made, domain := c.create(), "https://other.okta.com"
			a := c.write(http.MethodPatch, made.ID, attributes{"domain": domain})
			ok := a.status == 200 && a.Attributes["name"] == made.Attributes["name"] && a.Attributes["domain"] == domain
			c.expect(ok, "%s with %q of %q", a.said, a.Attributes["name"], a.Attributes["domain"])
		},
	},
	{
		"update_id", "an update gives another id", "POST, PATCH", "plans of updates could show the id",
		updates(func(c *check, before, after string) {
			c.expect(before != after, "another: %t", before != after)
		}),
	},
	{
		"update_former", "the former id is gone at once, with 404 or 400", "POST, PATCH, GET",
		"a stale id must not be taken for the account", updates(func(c *check, before, after string) {
			if before == after && c.err == nil {
				c.err = errors.New("the id stays")
			}
			gone := func() bool { return slices.Contains([]int{404, 400}, c.get(before).status) }
			c.otherwise = !c.wait("gone", gone)
		}),
	},
	{
		"update_visible", "the new id is there at once", "POST, PATCH, GET", late,
		updates(func(c *check, _, after string) {
			c.otherwise = !c.wait("there", func() bool { return c.get(after).status == 200 })
		}),
	},
	{
		"update_secret", "an update without client_secret is taken", "POST, PATCH, GET",
		"each update of an oauth account needs it; the plan has to demand it", keeps("client_secret", leftOut),
	},
	{
		"update_client_id", "an update without client_id keeps it", "POST, PATCH, GET",
		"removing it has to be an update, or an error", keeps("client_id", leftOut),
	},
	{
		"update_clear", `a client_id of null or "" keeps it, too`, "POST, PATCH, GET",
		"removing it could be an update instead of a replacement",
		keeps("client_id", json.RawMessage("null"), json.RawMessage(`""`)),
	},
	{
		"get_missing", "GET of an id that is not there is a 404", missing, "what else means gone has to be known",
		misses(http.MethodGet, 404),
	},
	{
		"delete_missing", "DELETE of an id that is not there is a 400 or 404", missing,
		"a destroy takes it for another outcome", misses(http.MethodDelete, 400, 404),
	},
	{
		"rate_limit", "answers have X-RateLimit-Limit, -Name, -Period, -Remaining and -Reset", "list",
		"the provider waits wrongly", func(c *check) {
			header := c.get("").header
			lacks := func(name string) bool { return header.Get("X-RateLimit-"+name) == "" }
			ok := !slices.ContainsFunc(strings.Fields("Limit Name Period Remaining Reset"), lacks)
			maps.DeleteFunc(header, func(name string, _ []string) bool {
				return !strings.Contains(strings.ToLower(name), "ratelimit")
			})
			c.expect(ok, "%.40q", header)
		},
	},
	{
		"wrong_keys", "wrong keys are a 403", "list with another API key, and another application key",
		"errors give the wrong advice", func(c *check) {
			for i, right := range c.keys {
				c.keys[i] = strings.Repeat("0", len(right))
				a := c.get("")
				c.expect(a.status == 403, "%s: %s", [...]string{"API key", "application key"}[i], a.said)
				c.keys[i] = right
			}
		},
	},
	{
		"paging", "the list is one page", "list, page after page",
		"the provider follows links.next while a page brings a new account; another way has to be learned",
		func(c *check) {
			var members map[string]any
			_ = json.Unmarshal(c.get("").body, &members) // then it has none
			pages := c.pages()
			c.expect(len(members) == 1, "members: %q; pages: %d; the last has a next one: %t",
				slices.Sorted(maps.Keys(members)), len(pages), pages[len(pages)-1].Links.Next != "")
		},
	},
}

// creates asks whether creates are answered with the status, and taken as they are sent.
func creates(status int, changes ...attributes) func(*check) {
	return func(c *check) {
		for _, change := range changes {
			a := c.write(http.MethodPost, "", change)
			c.expect(a.status == status, "%s", a.said)
			if a.status == 201 && (a.Attributes["name"] != a.sent["name"] || a.Attributes["domain"] != a.sent["domain"]) {
				c.expect(false, "%q of %q is shown as %q of %q",
					a.sent["name"], a.sent["domain"], a.Attributes["name"], a.Attributes["domain"])
			}
		}
	}
}

// updates makes an account, changes it, and asks about its ids.
func updates(ask func(c *check, before, after string)) func(*check) {
	return func(c *check) {
		before := c.create().ID
		ask(c, before, c.must(c.write(http.MethodPatch, before, nil)).ID)
	}
}

// keeps asks whether updates with the values of an attribute are taken, and the client_id stays.
func keeps(attribute string, values ...any) func(*check) {
	return func(c *check) {
		made := c.create()
		id, clientID := made.ID, made.Attributes["client_id"]
		for _, value := range values {
			a := c.write(http.MethodPatch, id, attributes{attribute: value})
			c.expect(a.status < 300, "%s: %s", value, a.said)
			if a.status < 300 {
				id = c.must(a).ID
				c.wait("there", func() bool { a = c.get(id); return a.status == 200 })
			}
			c.expect(a.Attributes["client_id"] == clientID, "client_id %q", a.Attributes["client_id"])
		}
	}
}

// misses asks how a method answers for an id that is gone, and for one that never was.
func misses(method string, statuses ...int) func(*check) {
	return func(c *check) {
		id := c.create().ID
		c.send(http.MethodDelete, id, nil)
		gone, never := c.send(method, id, nil), c.send(method, "00000000-0000-4000-8000-000000000000", nil)
		ok := slices.Contains(statuses, gone.status) && slices.Contains(statuses, never.status)
		c.expect(ok, "gone: %s; never there: %s", gone.said, never.said)
	}
}
