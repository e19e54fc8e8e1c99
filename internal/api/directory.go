// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// listLifetime covers the refresh of a large configuration, and is short beside anything that people do.
	listLifetime = time.Minute

	// adviceTimeout is how long a request may take without which everything goes on as well.
	adviceTimeout = 5 * time.Second
)

// shareReads is switched off by a build tag alone, to measure what the directory saves.
var shareReads = true

// directory answers many reads from one list. Each write of this process is applied to the list, or drops it where the
// write's outcome is unknown.
type directory struct {
	list    func(context.Context) (map[string]Account, error) // by id
	timeout time.Duration                                     // of a list, which outlives the reads that wait for it

	group singleflight.Group

	mu       sync.Mutex
	read     bool               // there was a first read
	single   chan struct{}      // closed when the first read is answered; lists wait for it, on the same connection
	accounts map[string]Account // nil: none at hand; never changed, only replaced
	fetched  time.Time
	epoch    int // counts the drops: a list begun before a drop is not kept after it

	fetching int                        // lists under way
	journal  []func(map[string]Account) // writes since the first of them began
}

// alone reports whether this is the first read, of perhaps only one: then a request for the id is the better one. The
// caller calls done when it is answered.
func (d *directory) alone() (done func(), alone bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !shareReads {
		return func() {}, true
	}
	if d.read || d.fresh() || d.fetching > 0 {
		return nil, false
	}
	d.read, d.single = true, make(chan struct{})
	return sync.OnceFunc(func() { close(d.single) }), true
}

func (d *directory) fresh() bool {
	return d.accounts != nil && time.Since(d.fetched) < listLifetime
}

// all returns every account by its id. The map is shared and must not be changed.
func (d *directory) all(ctx context.Context) (map[string]Account, error) {
	for {
		accounts, err := d.fetch(ctx, d.timeout)
		var hasty *hastyError
		if !errors.As(err, &hasty) {
			return accounts, err
		}
		// The list that was under way was somebody's advice, which repeats nothing. Here it is worth more.
	}
}

// glance is all for advice: it repeats nothing, and waits for adviceTimeout at most.
func (d *directory) glance(ctx context.Context) (map[string]Account, error) {
	ctx, cancel := context.WithTimeout(withoutRepeats(ctx), adviceTimeout)
	defer cancel()
	return d.fetch(ctx, adviceTimeout)
}

// hastyError is the failure of a list that was not repeated.
type hastyError struct{ err error }

func (e *hastyError) Error() string { return e.err.Error() }
func (e *hastyError) Unwrap() error { return e.err }

// fetch returns the list at hand, or joins the one under way, or begins one. A list goes on where the read that began
// it is cancelled, for those that joined it.
func (d *directory) fetch(ctx context.Context, timeout time.Duration) (map[string]Account, error) {
	if err := ctx.Err(); err != nil {
		return nil, failure("list", "", err)
	}
	d.mu.Lock()
	epoch := d.epoch
	if d.fresh() {
		defer d.mu.Unlock()
		return d.accounts, nil
	}
	d.mu.Unlock()

	answer := d.group.DoChan(strconv.Itoa(epoch), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		accounts, err := d.load(ctx, epoch)
		if err != nil && ctx.Value(onceKey{}) != nil {
			err = &hastyError{err: err}
		}
		return accounts, err
	})
	select {
	case <-ctx.Done():
		return nil, failure("list", "", ctx.Err())
	case result := <-answer:
		accounts, _ := result.Val.(map[string]Account)
		return accounts, result.Err
	}
}

func (d *directory) load(ctx context.Context, epoch int) (map[string]Account, error) {
	d.mu.Lock()
	if d.fresh() && d.epoch == epoch { // one ended between the look and here
		defer d.mu.Unlock()
		return d.accounts, nil
	}
	single := d.single
	d.mu.Unlock()
	if single != nil {
		select {
		case <-ctx.Done():
			return nil, failure("list", "", ctx.Err())
		case <-single:
		}
	}

	d.mu.Lock()
	d.fetching++
	begun, since := time.Now(), len(d.journal)
	d.mu.Unlock()

	accounts, err := d.list(ctx)

	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		for _, change := range d.journal[since:] {
			change(accounts)
		}
		if d.epoch == epoch && shareReads {
			d.accounts, d.fetched = accounts, begun
		}
	}
	if d.fetching--; d.fetching == 0 {
		d.journal = nil
	}
	return accounts, err
}

// put notes that the service answered a write with the account, which had the id before, if any.
func (d *directory) put(before string, account Account) {
	d.write(func(accounts map[string]Account) {
		delete(accounts, before)
		accounts[account.ID] = account
	})
}

// remove notes that the service deleted the account with the id.
func (d *directory) remove(id string) {
	d.write(func(accounts map[string]Account) { delete(accounts, id) })
}

func (d *directory) write(change func(map[string]Account)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fetching > 0 {
		d.journal = append(d.journal, change)
	}
	if d.accounts != nil {
		accounts := maps.Clone(d.accounts)
		change(accounts)
		d.accounts = accounts
	}
}

// drop forgets the list, and the one under way: what a write did is unknown, or a look has to be later than now.
func (d *directory) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts = nil
	d.epoch++
}
