// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/bench/usage"
)

// Names of those compared, as the tables show them.
const (
	nameBuiltIn = "`terraform_data`"
	nameEmpty   = "empty provider"
	nameThis    = "**this provider**"
	nameWithout = "this, no directory"
)

// row is the median of the repeats of one command.
type row struct {
	sample

	name     string
	accounts int
	latency  time.Duration
	repeats  int
}

// result is everything that was measured.
type result struct {
	bench          *bench
	plans, applies []row
	starts         []row
	paced          *pace // nil: left out
}

func (b *bench) measure(ctx context.Context, o options) (*result, error) {
	all := &result{bench: b}
	var err error
	if all.starts, err = b.startUp(ctx, o); err != nil {
		return nil, err
	}
	for _, accounts := range o.accounts {
		plans, applies, err := b.plansAndApplies(ctx, accounts, o)
		if err != nil {
			return nil, err
		}
		all.plans = append(all.plans, plans...)
		all.applies = append(all.applies, applies...)
	}
	if o.paced > 0 {
		all.paced, err = b.pace(ctx, o.paced)
	}
	return all, err
}

// startUp measures a command that does little but start the plugin.
func (b *bench) startUp(ctx context.Context, o options) ([]row, error) {
	repeats := 15
	if o.quick {
		repeats = 3
	}
	var c cleanups
	defer c.run()
	var subjects []*subject
	for name, plugin := range map[string]string{nameEmpty: b.empty, nameThis: b.provider} {
		s, err := b.newSubject(name, plugin, 1, 0, &c)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, s)
	}
	slices.SortFunc(subjects, func(a, b *subject) int { return -cmp.Compare(a.name, b.name) })
	progress("providers schema: %d times each", repeats)
	return rounds(subjects, repeats, func(s *subject) (sample, error) {
		return s.run(ctx, "providers", "schema", "-json")
	})
}

// plansAndApplies measures the creation of the accounts, and plans of what it has left.
func (b *bench) plansAndApplies(ctx context.Context, accounts int, o options) (plans, applies []row, err error) {
	var c cleanups
	defer c.run()
	type kind struct {
		name, plugin string
		latency      time.Duration
	}
	kinds := []kind{{name: nameBuiltIn}, {name: nameEmpty, plugin: b.empty}} // they send nothing: one latency is all
	for _, latency := range o.latencies {
		kinds = append(kinds, kind{nameThis, b.provider, latency}, kind{nameWithout, b.withoutDirectory, latency})
	}
	var subjects []*subject
	for _, k := range kinds {
		s, err := b.newSubject(k.name, k.plugin, accounts, k.latency, &c)
		if err != nil {
			return nil, nil, err
		}
		subjects = append(subjects, s)
	}

	repeats := repeatsOf(accounts, o.quick)
	progress("apply of %d: %d times each", accounts, repeats.apply)
	applies, err = rounds(subjects, repeats.apply, func(s *subject) (sample, error) { return s.apply(ctx) })
	if err != nil {
		return nil, nil, err
	}
	progress("plan of %d: %d times each", accounts, repeats.plan)
	plans, err = rounds(subjects, repeats.plan, func(s *subject) (sample, error) { return s.plan(ctx) })
	return plans, applies, err
}

type repeats struct{ plan, apply int }

func repeatsOf(accounts int, quick bool) repeats {
	switch {
	case quick && accounts > 10:
		return repeats{plan: 2, apply: 1}
	case quick:
		return repeats{plan: 1, apply: 1}
	case accounts <= 10:
		return repeats{plan: 7, apply: 5}
	case accounts <= 200:
		return repeats{plan: 5, apply: 3}
	default:
		return repeats{plan: 3, apply: 1}
	}
}

// rounds measures the subjects in turn, so that whatever else the machine does meets them alike.
func rounds(subjects []*subject, repeats int, one func(*subject) (sample, error)) ([]row, error) {
	samples := make([][]sample, len(subjects))
	for range repeats {
		for i, s := range subjects {
			measured, err := one(s)
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], measured)
		}
	}
	var rows []row
	for i, s := range subjects {
		rows = append(rows, row{sample: medians(samples[i]), name: s.name, accounts: s.accounts, latency: s.latency, repeats: repeats})
	}
	return rows, nil
}

// medians takes the median of each value by itself.
func medians(samples []sample) sample {
	return sample{
		wall: median(samples, func(s sample) time.Duration { return s.wall }),
		command: usage.Usage{
			CPU:    median(samples, func(s sample) time.Duration { return s.command.CPU }),
			MaxRSS: median(samples, func(s sample) int64 { return s.command.MaxRSS }),
		},
		provider: usage.Usage{
			CPU:    median(samples, func(s sample) time.Duration { return s.provider.CPU }),
			MaxRSS: median(samples, func(s sample) int64 { return s.provider.MaxRSS }),
		},
		requests:    median(samples, func(s sample) int { return s.requests }),
		refused:     median(samples, func(s sample) int { return s.refused }),
		connections: median(samples, func(s sample) int { return s.connections }),
	}
}

// median is the lower one of the two in the middle where the number is even.
func median[T cmp.Ordered](samples []sample, value func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
