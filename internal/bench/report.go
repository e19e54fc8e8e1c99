// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// write prints the result as Markdown.
func (r *result) write(w io.Writer) {
	fmt.Fprintf(w, "Run on %s (%d cores, %s/%s) with %s and %s; each value is the median of its repeats. The provider's CPU time is\n"+
		"that of all its starts in a command, its memory the peak of the largest; the command's include the provider's.\n"+
		"In parentheses: as a multiple of the empty provider's.\n",
		cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, r.bench.cliVersion, r.bench.goVersion)
	r.writeGoals(w)
	fmt.Fprint(w, "\n## Plan without changes\n\n")
	writeTable(w, r.plans)
	fmt.Fprint(w, "\n## Apply that creates all accounts\n\n")
	writeTable(w, r.applies)
	fmt.Fprint(w, "\n## Start-up (`providers schema -json`)\n\n")
	writeTable(w, r.starts)
	if p := r.paced; p != nil {
		fmt.Fprintf(w, "\n## Rate limit\n\n%d accounts created under %d requests in %s: %s, where the limit alone takes %s; "+
			"%d requests, %d of them refused (429).\n",
			p.accounts, pacedLimit, pacedPeriod, seconds(p.wall), seconds(p.minimum), p.requests, p.refused)
	}
}

// goal is a bound that a measurement should keep.
type goal struct {
	what       string
	got, bound float64
	unit       string
}

// goals are those for the largest number of accounts and the largest latency that were measured.
func (r *result) goals() []goal {
	var goals []goal
	if plan, empty, ok := r.largestPlan(); ok {
		what := fmt.Sprintf("plan of %d at %s: ", plan.accounts, plan.latency)
		goals = append(goals,
			goal{what + "wall time", ratio(plan.wall, empty.wall), 1.2, "×"},
			goal{what + "the provider's CPU time", ratio(plan.provider.CPU, empty.provider.CPU), 1.3, "×"},
			goal{what + "the provider's memory", ratio(plan.provider.MaxRSS, empty.provider.MaxRSS), 1.3, "×"},
			goal{what + "requests", float64(plan.requests), 2, ""},
			goal{what + "connections", float64(plan.connections), 1, ""},
		)
	}
	empty, this := r.starts[0], r.starts[1]
	goals = append(goals,
		goal{"start-up: wall time", ratio(this.wall, empty.wall), 1.1, "×"},
		goal{"start-up: the provider's memory", ratio(this.provider.MaxRSS, empty.provider.MaxRSS), 1.2, "×"},
	)
	if p := r.paced; p != nil {
		if p.minimum > 0 {
			what := fmt.Sprintf("creating %d under the rate limit: wall time to the limit's own minimum", p.accounts)
			goals = append(goals, goal{what, ratio(p.wall, p.minimum), 1.1, "×"})
		}
		share := 100 * float64(p.refused) / float64(p.requests)
		goals = append(goals, goal{fmt.Sprintf("creating %d under the rate limit: 429s", p.accounts), share, 1, "%"})
	}
	return goals
}

// largestPlan returns this provider's plan of the most accounts at the longest latency, and the empty provider's.
func (r *result) largestPlan() (largest, empty row, ok bool) {
	for _, plan := range r.plans {
		if plan.name == nameThis && plan.accounts >= largest.accounts && plan.latency >= largest.latency {
			largest, ok = plan, true
		}
	}
	return largest, emptyOf(r.plans, largest.accounts), ok
}

func emptyOf(rows []row, accounts int) row {
	for _, r := range rows {
		if r.name == nameEmpty && r.accounts == accounts {
			return r
		}
	}
	return row{}
}

func (r *result) writeGoals(w io.Writer) {
	fmt.Fprint(w, "\n| goal | at most | measured | |\n| --- | ---: | ---: | --- |\n")
	for _, g := range r.goals() {
		verdict := "pass"
		if g.got > g.bound {
			verdict = "**fail**"
		}
		fmt.Fprintf(w, "| %s | %.3g %s | %.3g %s | %s |\n", g.what, g.bound, g.unit, g.got, g.unit, verdict)
	}
}

func writeTable(w io.Writer, rows []row) {
	fmt.Fprint(w, "| accounts | | latency | requests | 429s | connections | wall time | provider: CPU | memory | command: CPU | memory |\n"+
		"| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, r := range rows {
		empty := emptyOf(rows, r.accounts)
		latency, cpu, memory := "–", "–", "–"
		if r.name == nameThis || r.name == nameWithout {
			latency = r.latency.String()
		}
		if r.name != nameBuiltIn {
			cpu = times(seconds(r.provider.CPU), ratio(r.provider.CPU, empty.provider.CPU))
			memory = times(mebibytes(r.provider.MaxRSS), ratio(r.provider.MaxRSS, empty.provider.MaxRSS))
		}
		cells := []string{
			fmt.Sprint(r.accounts), r.name, latency,
			fmt.Sprint(r.requests), fmt.Sprint(r.refused), fmt.Sprint(r.connections),
			times(seconds(r.wall), ratio(r.wall, empty.wall)), cpu, memory,
			times(seconds(r.command.CPU), ratio(r.command.CPU, empty.command.CPU)),
			times(mebibytes(r.command.MaxRSS), ratio(r.command.MaxRSS, empty.command.MaxRSS)),
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

func ratio[T int64 | time.Duration](a, b T) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func times(value string, ratio float64) string {
	return fmt.Sprintf("%s (%.2f)", value, ratio)
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func mebibytes(bytes int64) string {
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// cpuModel is the processor's name where Linux tells it.
func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "a processor of unknown name"
}
