// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command conformance asks Datadog's API whether what this provider assumes of it is true. It
// speaks plain HTTP and JSON: a client that insists on the right answers would not show the others.
// With arguments, it runs them as a command instead, under the same precautions. The command's
// accounts have to have names that begin with $LIVE_NAME.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
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
	fmt.Printf("This creates accounts of the Okta integration in a Datadog organization, with made-up credentials,\n"+
		"and deletes them again. Their names begin with %s. Leftovers of earlier runs, which have\n"+
		"that prefix, are deleted first. No other account is changed.\n\n", prefix)
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
	before    answer            // the list before the first account
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
	return &check{
		ctx: ctx, name: name, url: u, keys: [2]string{key, app}, made: map[string]string{}, pause: time.Sleep,
	}, nil
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
		for _, a := range p.list() {
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

// ask asks for every assumption. It writes each verdict to w, with a line for README.md at the end,
// and a table to paste into an issue to the file, without keys and without names of other accounts.
// It returns an error where an assumption does not hold.
func (c *check) ask(w io.Writer, file string) (err error) {
	first := *c
	c.before = first.get("")
	if first.create().ID == "" {
		return fmt.Errorf("nothing can be asked without an ordinary account: %w", first.err)
	}
	fmt.Fprintf(w, "Asking %s:\n\n", c.url.Host)
	today, verdicts := time.Now().UTC().Format(time.DateOnly), map[string]int{}
	report := fmt.Sprintf("Conformance check of %s, %s\n\n", c.url.Host, today) +
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
		verdicts[verdict]++
		seen := strings.Join(p.seen, "; ")
		fmt.Fprintf(w, "%-11s  %-16s  %s\n", verdict, a.key, seen)
		verdict = strings.Replace(verdict, "otherwise", "**otherwise**: "+a.otherwise, 1)
		report += fmt.Sprintf("| %s | %s | %s | %s | %s |\n", a.key, a.assumed, a.asked, cell.Replace(seen), verdict)
	}
	fmt.Fprintf(w, "\nThe report for an issue is %s; please paste it.\n", file)
	if c.ctx.Err() == nil {
		fmt.Fprintf(w, "The line for the Status of README.md:\n\n"+
			"The last `make live` was on %s: %d assumptions as assumed, %d otherwise, %d not decided.\n",
			today, verdicts["as assumed"], verdicts["otherwise"], verdicts["not decided"])
	}
	return errors.Join(err, context.Cause(c.ctx), os.WriteFile(file, []byte(report), 0o644))
}

// expect notes what is seen, and whether it is as assumed.
func (c *check) expect(ok bool, format string, arguments ...any) {
	if c.err == nil {
		c.seen = append(c.seen, fmt.Sprintf(format, arguments...))
		c.otherwise = c.otherwise || !ok
	}
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
