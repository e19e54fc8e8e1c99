// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Package conformance asks Datadog's API whether what this provider assumes of it is true. It speaks
// plain HTTP and JSON: a client that insists on the right answers would not show the others.
package conformance

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// Prefix begins the name of every account that a check makes. No other account is changed.
	Prefix       = "tf_conformance_"
	madeUpSecret = "made-up-client-secret"
	polls        = 60 // half seconds before what does not show is given up
)

// Check is one run on one organization.
type Check struct {
	Name, Host               string          // Name begins the names of this run
	accounts, apiKey, appKey string          // accounts is the URL
	made                     map[string]bool // ids that this run was given
	pause                    func(time.Duration)
}

// New returns a check of the organization that the environment names, if it says that it may be asked.
func New(getenv func(string) string) (*Check, error) {
	env := func(name string) string { return cmp.Or(getenv("DD_"+name), getenv("DATADOG_"+name)) }
	base := env("HOST")
	if base == "" && env("SITE") != "" {
		base = "https://api." + env("SITE")
	}
	var missing []string
	for _, needed := range [][2]string{{"DD_API_KEY", env("API_KEY")}, {"DD_APP_KEY", env("APP_KEY")}, {"DD_SITE (or DD_HOST)", base}} {
		if needed[1] == "" {
			missing = append(missing, needed[0])
		}
	}
	u, err := url.Parse(strings.TrimRight(base, "/") + "/api/v2/integrations/okta/accounts")
	switch {
	case missing != nil:
		return nil, fmt.Errorf("missing in the environment: %s", strings.Join(missing, ", "))
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Hostname() != "127.0.0.1":
		return nil, errors.New("DD_HOST has to be an https URL, such as https://api.datadoghq.com")
	case getenv("LIVE") != "yes":
		return nil, errors.New("nothing has been sent: set LIVE=yes to go on")
	}
	name := Prefix + strings.ToLower(rand.Text()[:8])
	return &Check{name, u.Host, u.String(), env("API_KEY"), env("APP_KEY"), map[string]bool{}, time.Sleep}, nil
}

// Run asks for every assumption. It ends without an account of its own, or the error says what is left.
func (c *Check) Run(ctx context.Context, progress func(Result)) (results []Result, err error) {
	if err := c.Sweep(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Sweep(ctx)) }()
	ordinary := &probe{Check: c, ctx: ctx, name: c.Name}
	if ordinary.create(); ordinary.err != nil {
		return nil, fmt.Errorf("nothing can be asked without an ordinary account: %w", ordinary.err)
	}
	for _, assumption := range assumptions {
		if ctx.Err() != nil {
			return results, errors.New("interrupted")
		}
		p := &probe{Check: c, ctx: ctx, name: c.Name + "_" + assumption.Key}
		result := Result{Assumption: assumption, Verdict: Otherwise}
		if assumption.ask(p) {
			result.Verdict = AsAssumed
		}
		if p.err != nil {
			result.Verdict = NotDecided
			p.seen = append(p.seen, p.err.Error())
		}
		result.Seen = strings.Join(p.seen, "; ")
		progress(result)
		results = append(results, result)
	}
	return results, nil
}

// Sweep deletes the accounts of this run and of earlier ones, also when the context has ended.
func (c *Check) Sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute)
	defer cancel()
	p := &probe{Check: c, ctx: ctx}
	for range polls {
		p.seen = nil
		for _, a := range p.list() {
			if name := a.text("name"); strings.HasPrefix(name, Prefix) {
				p.see("%q", name)
				c.made[a.ID] = true
			}
		}
		if p.err != nil || len(c.made) == 0 {
			return p.err
		}
		for id := range c.made { // the list may lag behind; it shows again what is not deleted
			p.send(http.MethodDelete, id, nil)
			delete(c.made, id)
			p.err = nil
		}
		c.pause(time.Second / 2)
	}
	return fmt.Errorf("accounts are left behind, please delete them: %s", strings.Join(p.seen, ", "))
}

// probe asks for one assumption. After its first error, its methods do nothing.
type probe struct {
	*Check
	ctx  context.Context
	name string // begins the names of its accounts
	seen []string
	err  error // why nothing is decided
}

func (p *probe) see(format string, arguments ...any) {
	if p.err == nil {
		p.seen = append(p.seen, fmt.Sprintf(format, arguments...))
	}
}

// account is one as an answer shows it.
type account struct {
	ID         string
	Attributes attributes
}

type attributes map[string]any

func (a account) text(attribute string) string {
	text, _ := a.Attributes[attribute].(string)
	return text
}

// answer is one of the API, with its account, if it has one.
type answer struct {
	account
	status int
	header http.Header
	body   []byte
	said   string     // for people, without the keys
	sent   attributes // by post
}

// list returns every account that can be read, of all pages.
func (p *probe) list() (all []account) {
	for query := ""; ; {
		a := p.send(http.MethodGet, query, nil)
		var page struct {
			Data  []json.RawMessage
			Links struct{ Next string }
		}
		if err := json.Unmarshal(a.body, &page); p.err == nil && (a.status != 200 || err != nil) {
			p.err = fmt.Errorf("the list is answered with %s", a.said)
		}
		for _, raw := range page.Data {
			var one account
			_ = json.Unmarshal(raw, &one) // odd ones are somebody else's
			all = append(all, one)
		}
		next, err := url.Parse(page.Links.Next) // the keys go to no other host or path
		if err != nil || next.RawQuery == "" || "?"+next.RawQuery == query {
			return all
		}
		query = "?" + next.RawQuery
	}
}

// send sends a request for an id or with a query, and again after a 429.
func (p *probe) send(method, rest string, data any) (a answer) {
	if rest != "" && rest[0] != '?' {
		rest = "/" + url.PathEscape(rest)
	}
	for range 5 {
		if p.ctx.Err() != nil {
			p.err = cmp.Or(p.err, errors.New("interrupted"))
		}
		if p.err != nil {
			return answer{}
		}
		if a, p.err = p.attempt(method, rest, data); p.err != nil || a.status != 429 {
			return a
		}
		wait, _ := strconv.Atoi(cmp.Or(a.header.Get("X-RateLimit-Reset"), a.header.Get("Retry-After"), "5"))
		p.pause(time.Duration(min(max(wait, 0), 300)+1) * time.Second)
	}
	p.err = errors.New("the rate limit is used up")
	return answer{}
}

var client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse // the keys would go along
}}

func (p *probe) attempt(method, rest string, data any) (a answer, err error) {
	var body bytes.Buffer
	if data != nil {
		_ = json.NewEncoder(&body).Encode(map[string]any{"data": data}) // texts always can be
	}
	// What became of a request that is cancelled on its way, nobody knows.
	request, err := http.NewRequestWithContext(context.WithoutCancel(p.ctx), method, p.accounts+rest, &body)
	if err != nil {
		return answer{}, err
	}
	request.Header = http.Header{
		"Dd-Api-Key": {p.apiKey}, "Dd-Application-Key": {p.appKey}, "Content-Type": {"application/json"},
		"Accept": {"application/json"}, "User-Agent": {"terraform-provider-okta-conformance"},
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a = answer{status: response.StatusCode, header: response.Header, said: strconv.Itoa(response.StatusCode)}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, 16<<20))
	_ = json.Unmarshal(a.body, &struct{ Data *account }{&a.account}) // not every answer has one
	if strings.HasPrefix(a.text("name"), Prefix) {
		p.made[a.ID] = true
	}
	if a.status >= 300 {
		text := strings.NewReplacer(p.apiKey, "…", p.appKey, "…", madeUpSecret, "…").Replace(string(a.body))
		a.said += fmt.Sprintf(" %#.300q", strings.TrimSpace(text))
	}
	if a.status >= 500 {
		err = cmp.Or(err, fmt.Errorf("%s is answered with %s", method, a.said))
	}
	return a, err
}

// body is the data of a request for an ordinary account, with the changes made to it.
func body(changes ...attributes) attributes {
	all := attributes{"domain": "https://example.okta.com", "auth_method": "oauth", "client_id": "made-up-client", "client_secret": madeUpSecret}
	for _, change := range changes {
		maps.Copy(all, change)
	}
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == leftOut })
	return attributes{"type": "okta-accounts", "attributes": all}
}

// post asks for an account. The name in the changes is the end of its name.
func (p *probe) post(changes ...attributes) answer {
	data := body(changes...)
	sent, _ := data["attributes"].(attributes)
	end, _ := sent["name"].(string)
	name := p.name + cmp.Or(end, "_"+strings.ToLower(rand.Text()[:4]))
	sent["name"] = name[:min(len(name), 255)]
	a := p.send(http.MethodPost, "", data)
	a.sent = sent
	return a
}

func (p *probe) patch(id string, changes ...attributes) answer {
	return p.send(http.MethodPatch, id, body(changes...))
}

// create is a post that has to succeed.
func (p *probe) create(changes ...attributes) answer { return p.must(p.post(changes...)) }

func (p *probe) must(a answer) answer {
	if p.err == nil && (a.status >= 300 || a.ID == "") {
		p.err = fmt.Errorf("not answered with an account: %s", a.said)
	}
	return a
}

// until waits until something holds, and reports whether it did at once.
func (p *probe) until(what string, holds func() bool) bool {
	start := time.Now()
	for i := range polls {
		if held := holds(); held || p.err != nil {
			when := "at once"
			if i > 0 {
				when = fmt.Sprintf("after %.1f s", time.Since(start).Seconds())
			}
			p.see("%s %s", what, when)
			return i == 0
		}
		p.pause(time.Second / 2)
	}
	p.see("not %s within %.0f s", what, time.Since(start).Seconds())
	return false
}
