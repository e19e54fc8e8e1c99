// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// The troubleshooting guide has a heading for each summary of an error or a warning, and no others of
// that level.
func TestDocs_troubleshooting(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("summaries.go")
	if err != nil {
		t.Fatal(err)
	}
	var summaries, headings []string
	for _, constant := range regexp.MustCompile(`summary\w+ += "(.+)"`).FindAllStringSubmatch(string(source), -1) {
		summaries = append(summaries, constant[1])
	}
	for heading := range markdownHeadings(t, "docs/guides/troubleshooting.md") {
		if text, found := strings.CutPrefix(heading, "### "); found {
			headings = append(headings, text)
		}
	}
	slices.Sort(summaries)
	slices.Sort(headings)
	if !slices.Equal(summaries, headings) {
		t.Errorf("the guide explains\n  %s\nand the summaries are\n  %s",
			strings.Join(headings, "\n  "), strings.Join(summaries, "\n  "))
	}
}

// markdownHeadings are the lines of a file that are headings, outside blocks of code, without marks
// of code in them.
func markdownHeadings(t *testing.T, file string) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	headings, code := map[string]bool{}, false
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "#") {
			headings[strings.ReplaceAll(strings.TrimSpace(line), "`", "")] = true
		}
	}
	return headings
}
