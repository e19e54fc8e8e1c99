// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPicture(t *testing.T) {
	got := picture("before\n\n# " + stepDrift + "\n→ look\n\n  ~ a = \"x\" -> <new>  \n✓ ok\n\n" +
		"# " + stepImport + ", as in x\n")
	want := []string{"# " + stepDrift, "→ look", `  ~ a = "x" -> <new>`, "✓ ok"}
	texts := parse(t, []byte(got)).Texts
	if len(texts) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(texts), len(want), got)
	}
	for i, text := range texts {
		if text.Content != want[i] {
			t.Errorf("line %q, want %q", text.Content, want[i])
		}
	}
}

// TestPictureInChromium holds the picture in README.md against what Chromium makes of it: every
// character, spaces included, is in the column in which the terminal has it.
func TestPictureInChromium(t *testing.T) {
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		t.Skip("make test-svg looks at the picture, with Chromium")
	}
	svg, err := os.ReadFile(filepath.FromSlash("../../../.github/demo.svg"))
	if err != nil {
		t.Fatal(err)
	}
	// The script notes for each text in which columns its first and its last character are, if they
	// are its first and last.
	const script = `<script>
		for (const text of document.querySelectorAll("text")) {
			const count = text.getNumberOfChars(), content = text.textContent;
			const column = i => count > i ? Math.round((text.getStartPositionOfChar(i).x - 20) / 8) : "nowhere";
			text.setAttribute("class", [count, column(content.search(/\S/)), column(content.length - 1)].join(" "));
		}
	</script></svg>`
	page := filepath.Join(t.TempDir(), "demo.svg")
	if err := os.WriteFile(page, []byte(strings.Replace(string(svg), "</svg>", script, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+filepath.ToSlash(page))
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", chromium, err)
	}
	texts := parse(t, dom).Texts
	if want := len(parse(t, svg).Texts); len(texts) != want || want < 20 {
		t.Fatalf("%d lines of %d:\n%s", len(texts), want, dom)
	}
	for _, text := range texts {
		length := utf8.RuneCountInString(text.Content)
		indent := length - utf8.RuneCountInString(strings.TrimLeft(text.Content, " "))
		want := strings.Join([]string{strconv.Itoa(length), strconv.Itoa(indent), strconv.Itoa(length - 1)}, " ")
		if text.Class != want {
			t.Errorf("characters, first and last column %s, want %s: %q", text.Class, want, text.Content)
		}
	}
}

type svgFile struct {
	Texts []struct {
		Content string `xml:",chardata"`
		Class   string `xml:"class,attr"`
	} `xml:"g>text"`
}

func parse(t *testing.T, content []byte) (parsed svgFile) {
	t.Helper()
	if err := xml.Unmarshal(content, &parsed); err != nil {
		t.Fatalf("%v:\n%s", err, content)
	}
	return parsed
}
