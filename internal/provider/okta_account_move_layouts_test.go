// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
)

// movedLayout is a way to move accounts: what is in the state, and the configuration that takes it over.
type movedLayout struct {
	left  []leftResource
	moved [][2]string // from, to; SOURCE stands for the type of the source
	each  string      // the number of instances
	name  string      // of each of them
	more  string      // blocks beside that
	only  string      // the only source for which it makes sense
}

// config is the configuration for a source.
func (l movedLayout) config(source string) string {
	text := fmt.Sprintf(`
resource "okta_account" "test" {
  %s
  name          = %s
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`, l.each, l.name) + l.more
	for _, move := range l.moved {
		text += fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", move[0], move[1])
	}
	return strings.ReplaceAll(text, "SOURCE", moveSources[source].resourceType)
}

var movedLayouts = map[string]movedLayout{
	"one": {
		left:  []leftResource{{"a", []any{nil}}},
		moved: [][2]string{{"SOURCE.a", "okta_account.test"}},
		name:  `"Okta_a"`,
	},
	"for_each as a whole": {
		left:  []leftResource{{"old", []any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.test"}},
		each:  `for_each = toset(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"])`,
		name:  `"Okta_${each.key}"`,
	},
	"count as a whole": {
		left:  []leftResource{{"old", []any{0, 1, 2, 3, 4, 5}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.test"}},
		each:  "count = 6",
		name:  `"Okta_${count.index}"`,
	},
	"key by key": {
		left: []leftResource{{"old", []any{"a", "b", "c"}}},
		moved: [][2]string{
			{`SOURCE.old["a"]`, `okta_account.test["a"]`},
			{`SOURCE.old["b"]`, `okta_account.test["b"]`},
			{`SOURCE.old["c"]`, `okta_account.test["c"]`},
		},
		each: `for_each = toset(["a", "b", "c"])`,
		name: `"Okta_${each.key}"`,
	},
	"several resources to keys": {
		left: []leftResource{{"a", []any{nil}}, {"b", []any{nil}}, {"c", []any{nil}}},
		moved: [][2]string{
			{"SOURCE.a", `okta_account.test["a"]`},
			{"SOURCE.b", `okta_account.test["b"]`},
			{"SOURCE.c", `okta_account.test["c"]`},
		},
		each: `for_each = toset(["a", "b", "c"])`,
		name: `"Okta_${each.key}"`,
	},
	"to keys that change in the same run": {
		left: []leftResource{{"old", []any{0, 1, 2}}},
		moved: [][2]string{
			{"SOURCE.old", "okta_account.test"},
			{"okta_account.test[0]", `okta_account.test["zero"]`},
			{"okta_account.test[1]", `okta_account.test["one"]`},
			{"okta_account.test[2]", "okta_account.other"},
		},
		each: `for_each = { zero = "Okta_0", one = "Okta_1" }`,
		name: "each.value",
		more: namedAccount("other", "Okta_2"),
	},
	"by another name of the source": {
		left: []leftResource{{"old", []any{"a", "b"}}},
		moved: [][2]string{
			{"SOURCE.old", "SOURCE.new"},
			{`SOURCE.new["a"]`, `okta_account.test["A"]`},
			{`SOURCE.new["b"]`, `okta_account.test["B"]`},
		},
		each: `for_each = { A = "Okta_a", B = "Okta_b" }`,
		name: "each.value",
	},
	"by an okta_account that is not configured": {
		left:  []leftResource{{"old", []any{"a", "b", "c"}}},
		moved: [][2]string{{"SOURCE.old", "okta_account.between"}, {"okta_account.between", "okta_account.test"}},
		each:  `for_each = toset(["a", "b", "c"])`,
		name:  `"Okta_${each.key}"`,
	},
	"to a new count": {
		only: "our own type",
		left: []leftResource{{"test", []any{nil}}},
		each: "count = 1",
		name: `"Okta_test"`,
	},
}
