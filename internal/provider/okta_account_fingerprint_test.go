// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	first, second := fingerprint("client_secret", "made-up"), fingerprint("client_secret", "made-up")
	if first == second {
		t.Error("two fingerprints have the same salt")
	}
	salt, _, _ := strings.Cut(first, ".")
	if bytes, err := base64.RawStdEncoding.DecodeString(salt); err != nil || len(bytes) != 32 {
		t.Errorf("a salt of %d bytes (%v), want 32", len(bytes), err)
	}
	for name, test := range map[string]struct {
		stored, attribute, value string
		want                     bool
	}{
		"the same":          {first, "client_secret", "made-up", true},
		"with another salt": {second, "client_secret", "made-up", true},
		"another value":     {first, "client_secret", "made-up-2", false},
		"another attribute": {fingerprint("api_key", "made-up"), "client_secret", "made-up", false},
		"nothing stored":    {"", "client_secret", "", false},
		"without a MAC":     {salt, "client_secret", "made-up", false},
		"not base64":        {"?." + salt, "client_secret", "made-up", false},
	} {
		last := lastWrite{Fingerprints: map[string]string{test.attribute: test.stored}}
		if got := last.hasSent(test.attribute, test.value); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

func TestLastWrite_unsent(t *testing.T) {
	t.Parallel()
	text, null, unknown := types.StringValue, types.StringNull(), types.StringUnknown()
	last := lastWrite{Fingerprints: map[string]string{"client_secret": fingerprint("client_secret", "made-up")}}
	for name, test := range map[string]struct {
		value, version types.String
		last           lastWrite
		want           string
	}{
		"none":         {null, null, last, ""},
		"same":         {text("made-up"), null, last, ""},
		"another":      {text("made-up-2"), null, last, "client_secret_wo has changed since"},
		"never sent":   {text("made-up"), null, lastWrite{}, "client_secret_wo was never sent"},
		"unknown":      {unknown, null, last, "client_secret_wo is not known yet"},
		"with version": {text("made-up-2"), text("1"), last, ""},
		"empty":        {text(""), null, last, ""},
	} {
		plan, config := accountModel{ClientSecret: accountSecret{Version: test.version}},
			accountModel{ClientSecret: accountSecret{WriteOnly: test.value}}
		got := strings.Join(test.last.unsent(&plan, &config), "|")
		if !strings.HasPrefix(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// With a version, no fingerprint is kept.
func TestFingerprints_version(t *testing.T) {
	t.Parallel()
	made := types.StringValue("made-up")
	plan := accountModel{ClientSecret: accountSecret{Version: types.StringValue("1")}}
	config := accountModel{ClientSecret: accountSecret{WriteOnly: made}, APIKey: accountSecret{WriteOnly: made}}
	last := lastWrite{Fingerprints: fingerprints(&plan, &config)}
	if len(last.Fingerprints) != 1 || !last.hasSent("api_key", "made-up") {
		t.Errorf("fingerprints %v, want that of the api_key alone", last.Fingerprints)
	}
}

func TestNeedsRequest(t *testing.T) {
	t.Parallel()
	text, null := types.StringValue, types.StringNull()
	sentBefore := lastWrite{Fingerprints: map[string]string{"client_secret": fingerprint("client_secret", "made-up")}}
	for name, test := range map[string]struct {
		stateSecret, stateVersion           types.String
		secret, writeOnly, writeOnlyVersion types.String
		last                                lastWrite
		want                                bool
	}{
		"nothing":                      {null, null, null, null, null, sentBefore, false},
		"plain, the same":              {text("made-up"), null, text("made-up"), null, null, lastWrite{}, false},
		"plain, another":               {text("made-up"), null, text("made-up-2"), null, null, lastWrite{}, true},
		"plain, removed":               {text("made-up"), null, null, null, null, lastWrite{}, false},
		"write-only, sent before":      {null, null, null, text("made-up"), null, sentBefore, false},
		"write-only, another":          {null, null, null, text("made-up-2"), null, sentBefore, true},
		"write-only, the same version": {null, text("1"), null, text("made-up-2"), text("1"), lastWrite{}, false},
		"write-only, another version":  {null, text("1"), null, text("made-up"), text("2"), sentBefore, true},
		"write-only, first version":    {null, null, null, text("made-up"), text("1"), sentBefore, true},
		"write-only, no version more":  {null, text("1"), null, text("made-up"), null, lastWrite{}, true},
		"from plain to write-only":     {text("made-up"), null, null, text("made-up"), null, lastWrite{}, true},
		// As after a move from a generic REST provider whose state shows the secret.
		"from plain to write-only, sent before": {text("made-up"), null, null, text("made-up"), null, sentBefore, false},
		"from write-only to plain":              {null, null, text("made-up"), null, null, sentBefore, true},
		"write-only with its version, removed":  {null, text("1"), null, null, null, lastWrite{}, false},
	} {
		state := accountModel{ClientSecret: accountSecret{Plain: test.stateSecret, Version: test.stateVersion}}
		plan := accountModel{ClientSecret: accountSecret{Plain: test.secret, Version: test.writeOnlyVersion}}
		config := plan
		config.ClientSecret.WriteOnly = test.writeOnly
		if got := needsRequest(&plan, &state, &config, test.last); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// An account that has no domain may get one that is not known yet.
func TestNeedsRequest_unknownValue(t *testing.T) {
	t.Parallel()
	state := accountModel{}
	plan := accountModel{accountData: accountData{Domain: types.StringUnknown()}}
	if !needsRequest(&plan, &state, &plan, lastWrite{}) {
		t.Error("no request for a domain that is not known yet")
	}
}
