// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root      = "../../../"
	githubURL = "https://github.com/datadog-okta/terraform-provider-okta/blob/main/"
)

// The pages, by their place below docs/, such as guides/leaving.md.
func templates(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(root + "templates/*/*.tmpl")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %q, %v", files, err)
	}
	pages := map[string]string{}
	for _, file := range append(files, root+"templates/index.md.tmpl") {
		name := strings.TrimPrefix(filepath.ToSlash(file), root+"templates/")
		pages[strings.TrimSuffix(name, ".tmpl")] = read(t, file)
	}
	return pages
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	check := func(file, text string) {
		for _, link := range links(text) {
			target, absolute := strings.CutPrefix(link.target, githubURL)
			switch {
			case absolute:
			case strings.Contains(target, "://"):
				continue
			case target == "":
				target = file
			default:
				target = path.Join(path.Dir(file), target)
			}
			wantTarget(t, file, target, link.anchor, github)
		}
	}
	for page, text := range templates(t) {
		text = github(text)
		if strings.Contains(text, "github -->") {
			t.Errorf("%s: a marker is left", page)
		}
		check("docs/"+page, text)
	}
	const others = "README.md SECURITY.md CONTRIBUTING.md .github/DEBUGGING.md .github/RELEASING.md"
	for _, file := range strings.Fields(others) {
		check(file, read(t, root+file))
	}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	for page, text := range templates(t) {
		text = registry(page, text)
		for _, unwanted := range []string{"github -->", "not in a registry yet", "not yet released"} {
			if strings.Contains(text, unwanted) {
				t.Errorf("%s says %q", page, unwanted)
			}
		}
		for _, link := range links(text) {
			inRegistry, internal := strings.CutPrefix(link.target, registryURL)
			inRepository, onGitHub := strings.CutPrefix(link.target, githubURL)
			switch {
			case internal && inRegistry == "":
				wantTarget(t, page, "docs/index.md", link.anchor, unlinked)
			case internal:
				wantTarget(t, page, "docs"+inRegistry+".md", link.anchor, unlinked)
			case onGitHub:
				wantTarget(t, page, inRepository, link.anchor, github)
			case link.target == "":
				wantTarget(t, page, "docs/"+page, link.anchor, unlinked)
			case !strings.Contains(link.target, "://"):
				t.Errorf("%s: the link to %s is relative", page, link.target)
			}
		}
	}
}

func TestRegistryLinks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ page, link, want string }{
		{"index.md", "](guides/leaving.md)", "](" + registryURL + "/guides/leaving)"},
		{"guides/leaving.md", "](../resources/account.md#import)", "](" + registryURL + "/resources/account#import)"},
		{"guides/leaving.md", "](../index.md)", "](" + registryURL + ")"},
		{"guides/leaving.md", "](rotating-secrets.md)", "](" + registryURL + "/guides/rotating-secrets)"},
		{"guides/leaving.md", "](#here)", "](#here)"},
		{"guides/leaving.md", "](" + githubURL + "SECURITY.md#x)", "](" + githubURL + "SECURITY.md#x)"},
	} {
		if got := registry(test.page, test.link); got != test.want {
			t.Errorf("%s in %s becomes %s, want %s", test.link, test.page, got, test.want)
		}
	}
}

// unlinked is the Registry's form of a page, of which only the headings matter.
func unlinked(text string) string {
	return registry("", text)
}

type link struct{ target, anchor string }

func links(text string) []link {
	var found []link
	for _, match := range regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`).FindAllStringSubmatch(text, -1) {
		found = append(found, link{match[1], match[2]})
	}
	return found
}

// wantTarget checks that a link leads to a file, and to a heading in it if it names one.
func wantTarget(t *testing.T, page, target, anchor string, form func(string) string) {
	t.Helper()
	file := target
	if name, generated := strings.CutPrefix(target, "docs/"); generated {
		file = "templates/" + name + ".tmpl"
	}
	if _, err := os.Stat(root + file); err != nil {
		t.Errorf("%s: the link to %s leads nowhere", page, target)
		return
	}
	if anchor != "" && !slices.Contains(anchors(form(read(t, root+file))), anchor) {
		t.Errorf("%s: %s has no heading #%s", page, target, anchor)
	}
}

// anchors are what a link can name: the headings outside blocks of code.
func anchors(text string) []string {
	dropped := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	var found []string
	code := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if heading, isHeading := strings.CutPrefix(line, "#"); isHeading && !code {
			heading = strings.ToLower(strings.TrimSpace(strings.TrimLeft(heading, "#")))
			found = append(found, strings.ReplaceAll(dropped.ReplaceAllString(heading, ""), " ", "-"))
		}
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
