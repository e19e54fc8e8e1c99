// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

// movedLayouts are ways to move accounts: what is in the state, and the configuration that takes it
// over.
var movedLayouts = map[string]struct {
	left   []leftResource
	config string // SOURCE stands for the type of the source
	only   string // the only source for which it makes sense
}{
	"one": {
		left: []leftResource{{"a", []any{nil}}},
		config: `
moved {
  from = SOURCE.a
  to   = okta_account.test
}

resource "okta_account" "test" {
  name          = "Okta_a"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"for_each as a whole": {
		left: []leftResource{{"old", []any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}}},
		config: `
moved {
  from = SOURCE.old
  to   = okta_account.test
}

resource "okta_account" "test" {
  for_each = toset(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"])

  name          = "Okta_${each.key}"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"count as a whole": {
		left: []leftResource{{"old", []any{0, 1, 2, 3, 4, 5}}},
		config: `
moved {
  from = SOURCE.old
  to   = okta_account.test
}

resource "okta_account" "test" {
  count = 6

  name          = "Okta_${count.index}"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"key by key": {
		left: []leftResource{{"old", []any{"a", "b", "c"}}},
		config: `
moved {
  from = SOURCE.old["a"]
  to   = okta_account.test["a"]
}

moved {
  from = SOURCE.old["b"]
  to   = okta_account.test["b"]
}

moved {
  from = SOURCE.old["c"]
  to   = okta_account.test["c"]
}

resource "okta_account" "test" {
  for_each = toset(["a", "b", "c"])

  name          = "Okta_${each.key}"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"several resources to keys": {
		left: []leftResource{{"a", []any{nil}}, {"b", []any{nil}}, {"c", []any{nil}}},
		config: `
moved {
  from = SOURCE.a
  to   = okta_account.test["a"]
}

moved {
  from = SOURCE.b
  to   = okta_account.test["b"]
}

moved {
  from = SOURCE.c
  to   = okta_account.test["c"]
}

resource "okta_account" "test" {
  for_each = toset(["a", "b", "c"])

  name          = "Okta_${each.key}"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"to keys that change in the same run": {
		left: []leftResource{{"old", []any{0, 1, 2}}},
		config: `
moved {
  from = SOURCE.old
  to   = okta_account.test
}

moved {
  from = okta_account.test[0]
  to   = okta_account.test["zero"]
}

moved {
  from = okta_account.test[1]
  to   = okta_account.test["one"]
}

moved {
  from = okta_account.test[2]
  to   = okta_account.other
}

resource "okta_account" "test" {
  for_each = { zero = "Okta_0", one = "Okta_1" }

  name          = each.value
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}

resource "okta_account" "other" {
  name          = "Okta_2"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"by another name of the source": {
		left: []leftResource{{"old", []any{"a", "b"}}},
		config: `
moved {
  from = SOURCE.old
  to   = SOURCE.new
}

moved {
  from = SOURCE.new["a"]
  to   = okta_account.test["A"]
}

moved {
  from = SOURCE.new["b"]
  to   = okta_account.test["B"]
}

resource "okta_account" "test" {
  for_each = { A = "Okta_a", B = "Okta_b" }

  name          = each.value
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"by an okta_account that is not configured": {
		left: []leftResource{{"old", []any{"a", "b", "c"}}},
		config: `
moved {
  from = SOURCE.old
  to   = okta_account.between
}

moved {
  from = okta_account.between
  to   = okta_account.test
}

resource "okta_account" "test" {
  for_each = toset(["a", "b", "c"])

  name          = "Okta_${each.key}"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
	"to a new count": {
		only: "our own type",
		left: []leftResource{{"test", []any{nil}}},
		config: `
resource "okta_account" "test" {
  count = 1

  name          = "Okta_test"
  domain        = "https://example.okta.com"
  client_id     = "made-up-client"
  client_secret = "made-up-secret"
}
`,
	},
}
