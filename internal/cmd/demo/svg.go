// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Sizes in the picture, in pixels.
const (
	charWidth  = 8
	lineHeight = 18
	margin     = 20
)

// picture draws the part of a session in which an account drifts and is put right, as an SVG. Each
// line is a text of its own that preserves its spaces: on a group of texts, Chromium ignores that.
func picture(session string) string {
	_, session, _ = strings.Cut(session, stepDrift)
	session, _, _ = strings.Cut(session, "\n# "+stepImport)
	lines := strings.Split(strings.TrimSpace("# "+stepDrift+session), "\n")
	var texts strings.Builder
	width := 0
	for i, line := range lines {
		line = strings.TrimRight(line, " ")
		length := utf8.RuneCountInString(line)
		if width = max(width, length); length == 0 {
			continue
		}
		fmt.Fprintf(&texts, `<text xml:space="preserve" x="%d" y="%d" textLength="%d"%s>%s</text>`+"\n",
			margin, margin+lineHeight*i+13, length*charWidth, style(line), html.EscapeString(line))
	}
	width, height := 2*margin+width*charWidth, 2*margin+lineHeight*len(lines)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" `+
		`width="%[1]d" height="%[2]d" role="img" `+
		`aria-label="A session of make demo: drift is shown, applied away, and the new id is in the state">
<rect width="%[1]d" height="%[2]d" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="#c9d1d9">
%[3]s</g>
</svg>
`, width, height, texts.String())
}

// style is by what a line begins with.
func style(line string) string {
	first, rest, _ := strings.Cut(line, " ")
	switch {
	case first == "#", first == "$": // a step, a command
		return ` fill="#ffffff" font-weight="bold"`
	case first == "→":
		return ` fill="#56d4dd"`
	case first == "✓":
		return ` fill="#3fb950"`
	case first == "" && strings.HasPrefix(strings.TrimLeft(rest, " "), "~ "): // a change in a plan
		return ` fill="#e3b341"`
	}
	return ""
}
