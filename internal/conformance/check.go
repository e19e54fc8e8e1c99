// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command conformance asks Datadog's API whether what this provider assumes of it is true. It
// speaks plain HTTP and JSON: a client that insists on the right answers would not show the others.
// With arguments, it runs them as a command instead, under the same precautions. The command's
// accounts have to have names that begin with $LIVE_NAME.
package main

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
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	prefix       = "tf_conformance_" // begins the name of every account that a check makes; no other one is changed
	madeUpSecret = "made-up-client-secret"
	leftOut      = "left out" // instead of a value: the request does not have the attribute
	polls        = 60         // half seconds before what does not show is given up
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once
		fmt.Println("Interrupted: deleting what was made.")
	})
	fmt.Printf("This makes accounts of the Okta integration in a Datadog organization, with made-up credentials, and deletes them again.\n"+
		"Their names begin with %s. Leftovers of that prefix from earlier runs are deleted first. No other account is changed.\n\n", prefix)
	c, err := newCheck(ctx, os.Getenv)
	if err == nil {
		err = c.run(os.Stdout, "bin/conformance.md", os.Args[1:]...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		os.Exit(1)
	}
}

// check is a run on one organization. A copy of it asks for one assumption; after its first error
// it sends nothing.
type check struct {
	ctx       context.Context
	name      string            // begins the names of its accounts
	url       *url.URL          // of the accounts
	keys      [2]string         // the API key and the application key
	made      map[string]string // names of accounts that are to be deleted, by id
	pause     func(time.Duration)
	refused   int // 429s in a row
	seen      []string
	otherwise bool
	err       error // why nothing is decided
}

// newCheck returns a check of the organization that the environment names, if it says that it may
// be asked.
func newCheck(ctx context.Context, getenv func(string) string) (*check, error) {
	env := func(name string) string { return cmp.Or(getenv("DD_"+name), getenv("DATADOG_"+name)) }
	key, app, host, site := env("API_KEY"), env("APP_KEY"), env("HOST"), getenv("DD_SITE")
	needed := map[string]string{"DD_API_KEY": key, "DD_APP_KEY": app, "DD_SITE (or DD_HOST)": host + site}
	maps.DeleteFunc(needed, func(_, value string) bool { return value != "" })
	u, err := url.Parse(strings.TrimRight(cmp.Or(host, "https://api."+site), "/") + "/api/v2/integrations/okta/accounts")
	switch {
	case len(needed) > 0:
		return nil, fmt.Errorf("missing in the environment: %s", strings.Join(slices.Sorted(maps.Keys(needed)), ", "))
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Hostname() != "127.0.0.1":
		return nil, errors.New("DD_HOST has to be an https URL, such as https://api.datadoghq.com")
	case getenv("LIVE") != "yes":
		return nil, errors.New("nothing has been sent: set LIVE=yes to go on")
	}
	name := prefix + strings.ToLower(rand.Text()[:8])
	return &check{ctx: ctx, name: name, url: u, keys: [2]string{key, app}, made: map[string]string{}, pause: time.Sleep}, nil
}

// run asks for every assumption, or runs the command. It leaves no account of a check behind, or
// the error says which.
func (c *check) run(w io.Writer, file string, command ...string) (err error) {
	if err := c.sweep(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.sweep()) }()
	if len(command) == 0 {
		return c.ask(w, file)
	}
	cmd := exec.CommandContext(c.ctx, command[0], command[1:]...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, time.Minute
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), "LIVE_NAME="+c.name), w, os.Stderr
	return cmd.Run()
}

// sweep deletes the accounts of this run and of earlier ones, also when the context has ended.
func (c *check) sweep() error {
	p := *c
	p.ctx = context.WithoutCancel(c.ctx)
	for range polls {
		for id := range c.made { // before the list, which may lag behind; it shows again what is not deleted
			if p.send(http.MethodDelete, id, nil); p.err == nil {
				delete(c.made, id)
			}
			p.err = nil
		}
		for _, a := range p.list("") {
			if a.ID != "" && strings.HasPrefix(a.Attributes["name"], prefix) {
				c.made[a.ID] = a.Attributes["name"]
			}
		}
		if p.err != nil || len(c.made) == 0 {
			return p.err
		}
		c.pause(time.Second / 2)
	}
	return fmt.Errorf("accounts are left behind, please delete them: %q", slices.Sorted(maps.Values(c.made)))
}

// ask asks for every assumption. It writes each verdict to w, and a table to paste into an issue to
// the file, without keys and without names of other accounts. The error is there where an
// assumption does not hold.
func (c *check) ask(w io.Writer, file string) (err error) {
	if first := *c; first.create().ID == "" {
		return fmt.Errorf("nothing can be asked without an ordinary account: %w", first.err)
	}
	fmt.Fprintf(w, "Asking %s:\n\n", c.url.Host)
	report := fmt.Sprintf("Conformance check of %s, %s\n\n", c.url.Host, time.Now().UTC().Format(time.DateOnly)) +
		"| | Assumed | Asked | Seen | Verdict |\n| --- | --- | --- | --- | --- |\n"
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;", "@", "@\u200b")
	for _, a := range assumptions {
		if c.ctx.Err() != nil {
			break
		}
		p, verdict := *c, "as assumed"
		p.name += "_" + a.key
		a.ask(&p)
		if p.err != nil {
			verdict = "not decided"
			p.seen = append(p.seen, p.err.Error())
		} else if p.otherwise {
			verdict = "otherwise"
			err = errors.Join(err, fmt.Errorf("%s is otherwise: %s", a.key, a.otherwise))
		}
		seen := strings.Join(p.seen, "; ")
		fmt.Fprintf(w, "%-11s  %-16s  %s\n", verdict, a.key, seen)
		verdict = strings.Replace(verdict, "otherwise", "**otherwise**: "+a.otherwise, 1)
		report += fmt.Sprintf("| %s | %s | %s | %s | %s |\n", a.key, a.assumed, a.asked, cell.Replace(seen), verdict)
	}
	fmt.Fprintf(w, "\nThe report for an issue is %s; please paste it.\n", file)
	return errors.Join(err, context.Cause(c.ctx), os.WriteFile(file, []byte(report), 0o644))
}

// expect notes what is seen, and whether it is as assumed.
func (c *check) expect(ok bool, format string, arguments ...any) {
	if c.err == nil {
		c.seen = append(c.seen, fmt.Sprintf(format, arguments...))
		c.otherwise = c.otherwise || !ok
	}
}

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

// list returns every account that can be read, of the page and those that follow.
func (c *check) list(query string) []answer {
	var page struct {
		Data  []answer
		Links struct{ Next string }
	}
	a := c.get(query)
	_ = json.Unmarshal(a.body, &page) // odd accounts are somebody else's
	if c.err == nil && page.Data == nil {
		c.err = fmt.Errorf("the list is answered with %s", a.said)
	}
	next, err := url.Parse(page.Links.Next) // the keys go to no other host or path
	if err != nil || next.RawQuery == "" || "?"+next.RawQuery == query {
		return page.Data
	}
	return append(page.Data, c.list("?"+next.RawQuery)...)
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
	sent := attributes{"name": "", "domain": domain, "auth_method": "oauth", "client_id": "made-up-client", "client_secret": madeUpSecret}
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

// wait waits until something holds, notes when it did, and tells whether that was at once.
func (c *check) wait(what string, holds func() bool) (atOnce bool) {
	start, when := time.Now(), "at once"
	for range polls {
		if holds() || c.err != nil {
			c.expect(true, "%s %s", what, when)
			return when == "at once"
		}
		c.pause(time.Second / 2)
		when = fmt.Sprintf("within %.1f s", time.Since(start).Seconds())
	}
	c.expect(true, "not %s %s", what, when)
	return false
}
