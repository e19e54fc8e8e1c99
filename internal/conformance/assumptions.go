// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Assumption is something that the provider takes for true of the service.
type Assumption struct {
	Key, Assumed, Asked string
	Otherwise           string // what would follow for the provider
	ask                 func(*probe) bool
}

// The verdicts.
const (
	AsAssumed  = "as assumed"
	Otherwise  = "otherwise"
	NotDecided = "not decided"
)

// Result is an assumption and what was seen of it.
type Result struct {
	Assumption
	Verdict, Seen string
}

const (
	refusal  = "an apply fails with the API's message; say so in the docs"
	spelling = "nothing where only the spelling differs, which the provider takes for the same value"
	missing  = "GET and DELETE after a DELETE, and of a made-up id"
)

var (
	bare   = attributes{"client_id": leftOut, "client_secret": leftOut}
	apiKey = attributes{"auth_method": "api_key", "api_key": madeUpSecret, "client_id": leftOut, "client_secret": leftOut}
)

var assumptions = []Assumption{
	{"create_id", "an id in a create is ignored", "POST with an id", "an account could be found by an id of our choice", func(p *probe) bool {
		data := body(attributes{"name": p.name})
		data["id"] = "22222222-2222-4222-8222-222222222222"
		id := p.must(p.send(http.MethodPost, "", data)).ID
		p.see("the id sent: %t", id == data["id"])
		return id != data["id"]
	}},
	{"create_visible", "GET and list show a new account at once", "POST, GET, list", "the provider looks again for 15 s; longer needs a longer wait", func(p *probe) bool {
		id := p.create().ID
		got := p.until("in GET", func() bool { return p.send(http.MethodGet, id, nil).status == 200 })
		listed := p.until("in the list", func() bool { return slices.ContainsFunc(p.list(), func(a account) bool { return a.ID == id }) })
		return got && listed
	}},
	{"create_unknown", "an attribute that the service does not know is ignored", "POST", "the provider must never send one too many", creates(201, attributes{"made_up": "made-up"})},
	{"create_oauth", "oauth without client_id and client_secret is refused", "POST", "the plan must not demand the two", creates(400, bare)},
	{"create_method", "another auth_method than oauth is taken", "POST with made-up words, one of them with an api_key", "the message may list the words; name them in docs and plan", creates(201, attributes{"auth_method": "made_up"}, apiKey)},
	{"name_twice", "a name that exists is refused with 409 or 400, and not made again", "POST, POST, list", "two accounts have one name: the identity has to be another", func(p *probe) bool {
		name := p.create(attributes{"name": "_same"}).text("name")
		again, n := p.post(attributes{"name": "_same"}), 0
		p.until("in the list", func() bool {
			n = len(slices.DeleteFunc(p.list(), func(a account) bool { return a.text("name") != name }))
			return n > 0
		})
		p.see("%s; %d of the name", again.said, n)
		return (again.status == 409 || again.status == 400) && n == 1
	}},
	{"name_case", "names that differ by case alone are two accounts", "POST, POST", "names have to be compared without case", creates(201, attributes{"name": "_A"}, attributes{"name": "_a"})},
	{"name_upper", "a name may have upper case", "POST", refusal, creates(201, attributes{"name": "_UPPER"})},
	{"name_hyphen", "a name may have a hyphen", "POST", refusal, creates(201, attributes{"name": "-hyphen"})},
	{"name_space", "a name may have a space", "POST", refusal, creates(201, attributes{"name": " space"})},
	{"name_unicode", "a name may have letters beyond ASCII", "POST", refusal, creates(201, attributes{"name": "_Zürich"})},
	{"name_nfd", "a name in NFD stays as it is", "POST", "nothing: names are compared in NFC", creates(201, attributes{"name": "_Cafe\u0301"})},
	{"name_long", "a name may have 255 characters", "POST", refusal, creates(201, attributes{"name": strings.Repeat("x", 255)})},
	{"domain_slash", "a domain is kept as sent, with a slash and without", "POST, POST", spelling, creates(201, attributes{"domain": "https://example.okta.com"}, attributes{"domain": "https://example.okta.com/"})},
	{"domain_case", "a domain in upper case is kept as sent", "POST", spelling, creates(201, attributes{"domain": "https://EXAMPLE.okta.com"})},
	{"domain_host", "a domain may have another host than okta.com's", "POST", refusal, creates(201, attributes{"domain": "https://example.com"})},
	{"domain_http", "a domain with http is refused", "POST", "the provider need not refuse it", creates(400, attributes{"domain": "http://example.okta.com"})},
	{"secrets", "secrets are in no answer", "POST, GET, list, PATCH", "their drift could be seen; logs and errors need care", func(p *probe) bool {
		made := p.create()
		n, leak := 0, regexp.MustCompile(madeUpSecret+`|"(client_secret|api_key)"\s*:`)
		for _, a := range []answer{made, p.send(http.MethodGet, made.ID, nil), p.send(http.MethodGet, "", nil), p.patch(made.ID)} {
			n += len(leak.FindAll(a.body, -1))
		}
		p.see("%d times", n)
		return n == 0
	}},
	{"attributes", "an account has no attributes that we do not know", "POST", "the provider could manage them", func(p *probe) bool {
		others := p.create().Attributes
		for _, known := range strings.Fields("name domain auth_method client_id client_secret api_key") {
			delete(others, known)
		}
		p.see("others: %q", slices.Sorted(maps.Keys(others)))
		return len(others) == 0
	}},
	{"update_answer", "an update is answered with 200 and the account as it is now", "POST, PATCH", "the provider has to look for it", func(p *probe) bool {
		made, domain := p.create(), "https://other.okta.com"
		a := p.patch(made.ID, attributes{"domain": domain})
		p.see("%s with %q of %q", a.said, a.text("name"), a.text("domain"))
		return a.status == 200 && a.text("name") == made.text("name") && a.text("domain") == domain
	}},
	{"update_id", "an update gives another id", "POST, PATCH", "plans of updates could show the id", func(p *probe) bool {
		before := p.create().ID
		after := p.must(p.patch(before)).ID
		p.see("another: %t", before != after)
		return before != after
	}},
	{"update_former", "the former id is gone at once, with 404 or 400", "POST, PATCH, GET", "a stale id must not be taken for the account", func(p *probe) bool {
		before := p.create().ID
		if p.must(p.patch(before)).ID == before && p.err == nil {
			p.err = errors.New("the id stays")
		}
		return p.until("gone", func() bool { return slices.Contains([]int{404, 400}, p.send(http.MethodGet, before, nil).status) })
	}},
	{"update_visible", "the new id is there at once", "POST, PATCH, GET", "the provider looks again for 15 s; longer needs a longer wait", func(p *probe) bool {
		id := p.must(p.patch(p.create().ID)).ID
		return p.until("there", func() bool { return p.send(http.MethodGet, id, nil).status == 200 })
	}},
	{"update_secret", "an update without client_secret is taken", "POST, PATCH, GET", "each update of an oauth account needs it; the plan has to demand it", keeps("client_secret", leftOut)},
	{"update_client_id", "an update without client_id keeps it", "POST, PATCH, GET", "removing it has to be an update, or an error", keeps("client_id", leftOut)},
	{"update_clear", `a client_id of null or "" keeps it, too`, "POST, PATCH, GET", "removing it could be an update instead of a replacement", keeps("client_id", "null", `""`)},
	{"get_missing", "GET of an id that is not there is a 404", missing, "what else means gone has to be known", misses(http.MethodGet, 404)},
	{"delete_missing", "DELETE of an id that is not there is a 400 or 404", missing, "a destroy takes it for another outcome", misses(http.MethodDelete, 400, 404)},
	{"rate_limit", "answers have X-RateLimit-Limit, -Name, -Period, -Remaining and -Reset", "list", "the provider waits wrongly", func(p *probe) bool {
		header := p.send(http.MethodGet, "", nil).header
		for _, name := range slices.Sorted(maps.Keys(header)) {
			if strings.Contains(strings.ToLower(name), "ratelimit") {
				p.see("%s %.40q", name, header.Get(name))
			}
		}
		return !slices.ContainsFunc(strings.Fields("Limit Name Period Remaining Reset"), func(name string) bool { return header.Get("X-RateLimit-"+name) == "" })
	}},
	{"wrong_keys", "wrong keys are a 403", "list with another API key, and another application key", "errors give the wrong advice", func(p *probe) bool {
		api, app := *p.Check, *p.Check
		api.apiKey, app.appKey = strings.Repeat("0", 32), strings.Repeat("0", 40)
		a, b := probe{Check: &api, ctx: p.ctx}, probe{Check: &app, ctx: p.ctx}
		wrongAPI, wrongApp := a.send(http.MethodGet, "", nil), b.send(http.MethodGet, "", nil)
		p.err = errors.Join(a.err, b.err)
		p.see("API key: %s; application key: %s", wrongAPI.said, wrongApp.said)
		return wrongAPI.status == 403 && wrongApp.status == 403
	}},
	{"paging", "the list is one page", "list", "the provider follows links.next; another way has to be learned", func(p *probe) bool {
		var members map[string]any
		_ = json.Unmarshal(p.send(http.MethodGet, "", nil).body, &members) // then it has none
		p.see("members: %q", slices.Sorted(maps.Keys(members)))
		return len(members) == 1
	}},
}

// creates asks whether creates are answered with the status, and taken as they are sent.
func creates(status int, changes ...attributes) func(*probe) bool {
	return func(p *probe) bool {
		ok := true
		for _, change := range changes {
			a := p.post(change)
			ok = ok && a.status == status
			p.see("%s", a.said)
			for _, attribute := range []string{"name", "domain"} {
				if shown := a.text(attribute); a.status == 201 && shown != a.sent[attribute] {
					p.see("%q is shown as %q", a.sent[attribute], shown)
					ok = false
				}
			}
		}
		return ok
	}
}

// literal is a value in JSON.
type literal string

// leftOut is that of an attribute that a request does not have.
const leftOut literal = "left out"

func (l literal) MarshalJSON() ([]byte, error) { return []byte(l), nil }

// keeps asks whether updates with the values of an attribute are taken, and the client_id stays.
func keeps(attribute string, values ...literal) func(*probe) bool {
	return func(p *probe) bool {
		ok := true
		for _, value := range values {
			made := p.create()
			shown := p.patch(made.ID, attributes{attribute: value})
			p.see("%s: %s", value, shown.said)
			if shown.status < 300 {
				id := p.must(shown).ID
				p.until("there", func() bool { shown = p.send(http.MethodGet, id, nil); return shown.status == 200 })
				p.see("client_id %q", shown.text("client_id"))
			}
			ok = ok && shown.text("client_id") == made.text("client_id")
		}
		return ok
	}
}

// misses asks how a method answers for an id that is gone, and for one that never was.
func misses(method string, statuses ...int) func(*probe) bool {
	return func(p *probe) bool {
		id := p.create().ID
		p.send(http.MethodDelete, id, nil)
		gone, never := p.send(method, id, nil), p.send(method, "00000000-0000-4000-8000-000000000000", nil)
		p.see("gone: %s; never there: %s", gone.said, never.said)
		return slices.Contains(statuses, gone.status) && slices.Contains(statuses, never.status)
	}
}

// Report is a table to paste into an issue, without keys and without names of other accounts. The error is there
// where an assumption does not hold.
func Report(host string, results []Result) (markdown string, otherwise error) {
	var b strings.Builder
	fmt.Fprintf(&b, "Conformance check of %s, %s\n\n", host, time.Now().UTC().Format(time.DateOnly))
	b.WriteString("| | Assumed | Asked | Seen | Verdict |\n| --- | --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;", "@", "@\u200b")
	for _, r := range results {
		if r.Verdict == Otherwise {
			otherwise = errors.Join(otherwise, fmt.Errorf("%s is otherwise: %s", r.Key, r.Otherwise))
			r.Verdict = "**otherwise**: " + r.Otherwise
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Key, r.Assumed, r.Asked, cell.Replace(r.Seen), r.Verdict)
	}
	return b.String(), otherwise
}
