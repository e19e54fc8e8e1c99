// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command gotest runs `go test` with its arguments, and prints a line for each test as it ends, all
// output of those that failed, why tests were skipped, and at least every ten seconds what still
// runs.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	// Ctrl-C is for the tests, which end; what they say then is worth to be seen.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	cmd := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...) //nolint:noctx // it ends by itself
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		printer{os.Stdout, map[string][]string{}, map[string]int{}}.print(lines(out), time.NewTicker(10*time.Second).C)
		err = cmd.Wait()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	} else if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func lines(r io.Reader) <-chan string {
	ch := make(chan string)
	go func() {
		defer close(ch)
		reader := bufio.NewReader(r)
		for {
			line, err := reader.ReadString('\n')
			if line != "" {
				ch <- line
			}
			if err != nil {
				return
			}
		}
	}()
	return ch
}

// event is what `go doc test2json` describes.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type printer struct {
	w      io.Writer
	output map[string][]string // of a package, or of a test that has not ended: its lines
	count  map[string]int      // of tests by action
}

func (p printer) print(lines <-chan string, tick <-chan time.Time) {
	began, quiet := time.Now(), true
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				fmt.Fprintf(p.w, "%d passed, %d failed, %d skipped in %.0f s\n",
					p.count["pass"], p.count["fail"], p.count["skip"], time.Since(began).Seconds())
				return
			}
			var e event
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				e = event{Action: "build-output", Output: line}
			}
			if p.event(e) {
				quiet = false
			}
		case <-tick:
			if quiet {
				p.running(time.Since(began))
			}
			quiet = true
		}
	}
}

// event says whether it has printed anything.
func (p printer) event(e event) bool {
	pkg := e.Package[strings.LastIndex(e.Package, "/")+1:]
	test, _, sub := strings.Cut(e.Test, "/")
	key := e.Package + " " + test
	switch e.Action {
	case "build-output":
		fmt.Fprint(p.w, e.Output)
	case "run":
		p.output[key] = append(p.output[key], "")
		return false
	case "output":
		if test == "" && strings.HasPrefix(e.Output, "acceptance tests with") {
			fmt.Fprint(p.w, e.Output)
			return true
		}
		p.output[key] = append(p.output[key], e.Output)
		return false
	case "pass", "fail", "skip":
		if sub && e.Action != "skip" {
			return false
		}
		return p.end(e, pkg, key)
	default:
		return false
	}
	return true
}

// end prints how a test or a package ended.
func (p printer) end(e event, pkg, key string) bool {
	if e.Test == "" {
		if e.Action == "skip" { // it has no tests
			return false
		}
		if e.Action == "fail" { // with what is left of tests that did not end
			for _, open := range slices.Sorted(maps.Keys(p.output)) {
				if strings.HasPrefix(open, e.Package+" ") {
					fmt.Fprint(p.w, strings.Join(p.output[open], ""))
				}
			}
		}
		maps.DeleteFunc(p.output, func(open string, _ []string) bool { return strings.HasPrefix(open, e.Package+" ") })
		fmt.Fprintf(p.w, "%s %s %.1f s\n", e.Action, e.Package, e.Elapsed)
		return true
	}
	p.count[e.Action]++
	lines := p.output[key]
	why := ""
	if e.Action == "skip" {
		why = ": " + reason(lines)
	}
	fmt.Fprintf(p.w, "%s %s %s %.1f s%s\n", e.Action, pkg, e.Test, e.Elapsed, why)
	if e.Action == "fail" {
		fmt.Fprint(p.w, strings.Join(lines, ""))
	}
	if !strings.Contains(e.Test, "/") {
		delete(p.output, key)
	}
	return true
}

// reason is the last line that a skipped test logged, without file and line.
func reason(lines []string) string {
	for _, line := range slices.Backward(lines) {
		if file, text, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.Contains(file, ".go:") {
			return text
		}
	}
	return "no reason given"
}

func (p printer) running(since time.Duration) {
	var running []string
	for _, key := range slices.Sorted(maps.Keys(p.output)) {
		if _, test, _ := strings.Cut(key, " "); test != "" {
			running = append(running, test)
		}
	}
	what := "compiling"
	if len(running) > 0 {
		what = strings.Join(running[:min(len(running), 3)], ", ")
	}
	if len(running) > 3 {
		what += fmt.Sprintf(" and %d more", len(running)-3)
	}
	fmt.Fprintf(p.w, "... %s, after %.0f s\n", what, since.Seconds())
}
