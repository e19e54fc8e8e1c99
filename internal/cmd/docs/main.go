// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command docs finishes the pages that tfplugindocs has written into a directory: as they are read
// on GitHub or, with -registry, as they are read in the Terraform Registry.
//
// What stands between lines with <!-- github --> and <!-- /github --> is for GitHub alone, such as
// how to install the provider before its first release. The Registry keeps the pages of a release
// for good.
package main

import (
	"flag"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// registryURL is where the Registry shows docs/index.md. It does not rewrite relative links between
// pages, so there they are absolute.
const registryURL = "https://registry.terraform.io/providers/datadog-okta/okta/latest/docs"

var (
	githubMarker = regexp.MustCompile(`(?m)^<!-- /?github -->\n`)
	githubBlock  = regexp.MustCompile(`(?ms)^<!-- github -->\n.*?^<!-- /github -->\n`)
	relativeLink = regexp.MustCompile(`\]\(([^)#:\s]+)\.md(#[^)\s]*)?\)`)
)

func main() {
	log.SetFlags(0)
	forRegistry := flag.Bool("registry", false, "write the pages as they are in the Registry")
	flag.Parse()
	if err := finish(flag.Arg(0), *forRegistry); err != nil {
		log.Fatal(err)
	}
}

func finish(dir string, forRegistry bool) error {
	return filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		page, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		finished := github(string(text))
		if forRegistry {
			finished = registry(filepath.ToSlash(page), string(text))
		}
		return os.WriteFile(file, []byte(finished), 0o644)
	})
}

// github is a page as it is on GitHub.
func github(text string) string {
	return githubMarker.ReplaceAllString(text, "")
}

// registry is a page, such as guides/leaving.md, as it is in the Registry.
func registry(page, text string) string {
	text = githubBlock.ReplaceAllString(text, "")
	return relativeLink.ReplaceAllStringFunc(text, func(link string) string {
		parts := relativeLink.FindStringSubmatch(link)
		target := "/" + path.Join(path.Dir(page), parts[1])
		return "](" + registryURL + strings.TrimSuffix(target, "/index") + parts[2] + ")"
	})
}
