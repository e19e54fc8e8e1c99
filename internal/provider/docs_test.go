// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// summaries are those of all errors and warnings of this package; "…" stands for what varies.
var summaries = []string{
	"Address of an admin console",
	"Conflicting … and …_wo",
	"Conflicting provider arguments",
	"Invalid …",
	"Invalid name",
	"Invalid provider configuration",
	"Missing …",
	"Missing …_wo",
	"Missing auth_method",
	"Missing client secret",
	"Missing client_id",
	"More Okta accounts than the list may show",
	"Okta account cannot be read in full",
	"Okta account exists already",
	"Okta account is gone",
	"Okta account not managed by this resource",
	"Okta account updated without its client secret",
	"Okta account without …",
	"Okta accounts left out",
	"Secret kept in the state",
	"Secret of an Okta account to be sent",
	"Unable to configure the Datadog client",
	"Unable to create Okta account",
	"Unable to delete Okta account",
	"Unable to import Okta account",
	"Unable to list Okta accounts",
	"Unable to look for existing Okta accounts",
	"Unable to move to okta_account",
	"Unable to read Okta account",
	"Unable to update Okta account",
	"Unexpected provider data",
	"auth_method changes to its default",
}

// variablePart is what stands in a summary for the name of an attribute and the like.
var variablePart = regexp.MustCompile(`…|%\w`)

// The guide has a heading for each summary of an error or a warning, and no other headings of that
// level.
func TestDocs_troubleshooting(t *testing.T) {
	t.Parallel()
	explains := func(heading, summary string) bool {
		pattern := variablePart.ReplaceAllString(regexp.QuoteMeta(summary), ".+")
		return heading == summary ||
			!slices.Contains(summaries, heading) && regexp.MustCompile("^"+pattern+"$").MatchString(heading)
	}
	var headings []string
	for heading := range markdownHeadings(t, "docs/guides/troubleshooting.md") {
		if text, found := strings.CutPrefix(heading, "### "); found {
			headings = append(headings, text)
		}
	}
	for _, summary := range summaries {
		if !slices.ContainsFunc(headings, func(heading string) bool { return explains(heading, summary) }) {
			t.Errorf("the troubleshooting guide does not explain %q", summary)
		}
	}
	for _, heading := range headings {
		if !slices.ContainsFunc(summaries, func(summary string) bool { return explains(heading, summary) }) {
			t.Errorf("the troubleshooting guide explains %q, which is no summary any more", heading)
		}
	}
}

// Links lead to pages and headings that exist. Those of the index are absolute: the Registry serves
// it from an address that no relative link fits that also fits on GitHub.
func TestDocs_links(t *testing.T) {
	t.Parallel()
	const github = "https://github.com/datadog-okta/terraform-provider-okta/blob/main/"
	pages, err := filepath.Glob(root + "/templates/*/*.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, root+"/templates/index.md.tmpl", root+"/README.md", root+"/SECURITY.md", root+"/CONTRIBUTING.md")
	link := regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)
	for _, page := range pages {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		file := docsPage(filepath.ToSlash(strings.TrimPrefix(page, root+"/")))
		for _, found := range link.FindAllStringSubmatch(string(content), -1) {
			target, anchor := found[1], strings.TrimPrefix(found[2], "#")
			switch inRepository, absolute := strings.CutPrefix(target, github); {
			case absolute:
				target = inRepository
			case strings.Contains(target, "://"):
				continue
			case target == "":
				target = file
			case file == "docs/index.md":
				t.Errorf("%s: the link to %s has to be absolute", file, target)
				continue
			default:
				target = path.Join(path.Dir(file), target)
			}
			source := templateOf(target)
			if _, err := os.Stat(root + "/" + source); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, target)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(t, source), anchor) {
				t.Errorf("%s: %s has no heading #%s", file, target, anchor)
			}
		}
	}
}

// docsPage is the page that a template makes, templateOf the template that a page is made from;
// other files are themselves.
func docsPage(file string) string {
	if name, found := strings.CutPrefix(file, "templates/"); found {
		return "docs/" + strings.TrimSuffix(name, ".tmpl")
	}
	return file
}

func templateOf(file string) string {
	if name, found := strings.CutPrefix(file, "docs/"); found {
		return "templates/" + name + ".tmpl"
	}
	return file
}

func anchors(t *testing.T, file string) []string {
	t.Helper()
	others := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	var found []string
	for heading := range markdownHeadings(t, file) {
		text := strings.ToLower(strings.TrimSpace(strings.TrimLeft(heading, "#")))
		found = append(found, strings.ReplaceAll(others.ReplaceAllString(text, ""), " ", "-"))
	}
	return found
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
