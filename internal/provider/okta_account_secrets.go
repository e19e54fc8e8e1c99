// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
)

// lastWrite is what the private state of a resource keeps of its last create or update.
type lastWrite struct {
	okta.LastWrite

	// Fingerprints of the write-only secrets that were sent without a version, by the name of the
	// plain attribute.
	Fingerprints map[string]string `json:"fingerprints,omitempty"`
}

// lastWriteKey is its key in the private state.
const lastWriteKey = "last_write"

// privateState is that of a request or a response of the framework.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// loadLastWrite reads the private state. It has nothing for an account that was imported, or written by
// an old version of the provider.
func loadLastWrite(ctx context.Context, private privateState) (last lastWrite) {
	text, _ := private.GetKey(ctx, lastWriteKey) // no error: the key is a valid one
	if json.Unmarshal(text, &last) != nil {
		return lastWrite{} // the secrets are then sent once more
	}
	return last
}

func (w lastWrite) save(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	text, _ := json.Marshal(w) // no error: every time and text has a JSON form
	diags.Append(private.SetKey(ctx, lastWriteKey, text)...)
}

// fingerprints are those of the write-only secrets that were sent without a version.
func fingerprints(plan, config *accountModel) map[string]string {
	sent := map[string]string{}
	planned := plan.secrets()
	for i, configured := range config.secrets() {
		if value := configured.WriteOnly.ValueString(); value != "" && planned[i].Version.IsNull() {
			sent[configured.name] = fingerprint(configured.name, value)
		}
	}
	return sent
}

// fingerprint identifies a secret without revealing it: a random salt, and the MAC of attribute and
// value under that salt.
func fingerprint(attribute, value string) string {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails
	return encodeFingerprint(salt, attribute, value)
}

func encodeFingerprint(salt []byte, attribute, value string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(attribute + "\x00" + value))
	return base64.RawStdEncoding.EncodeToString(salt) + "." + base64.RawStdEncoding.EncodeToString(mac.Sum(nil))
}

// hasSent reports whether this value was sent last.
func (w lastWrite) hasSent(attribute, value string) bool {
	encoded, _, _ := strings.Cut(w.Fingerprints[attribute], ".")
	salt, err := base64.RawStdEncoding.DecodeString(encoded)
	return err == nil && hmac.Equal([]byte(w.Fingerprints[attribute]), []byte(encodeFingerprint(salt, attribute, value)))
}

// unsent returns a reason for each write-only secret without a version that has to be sent, or may
// have to be. It uses the planned versions, since ignore_changes may hold back the configured ones.
func (w lastWrite) unsent(plan, config *accountModel) (reasons []string) {
	planned := plan.secrets()
	for i, configured := range config.secrets() {
		value := configured.WriteOnly
		_, sentBefore := w.Fingerprints[configured.name]
		switch {
		case value.ValueString() == "" && !value.IsUnknown(), !planned[i].Version.IsNull():
		case value.IsUnknown():
			reasons = append(reasons, configured.name+"_wo is not known yet; the apply sends it if it has changed.")
		case !sentBefore:
			reasons = append(reasons, configured.name+"_wo was never sent from this state; the apply sends it once.")
		case !w.hasSent(configured.name, value.ValueString()):
			reasons = append(reasons, configured.name+"_wo has changed since it was last sent; the apply sends the new value.")
		}
	}
	return reasons
}

// needsRequest reports whether an update changes anything in Datadog. Removing a secret or its version
// from the configuration does not: the API has no way to clear a secret.
func needsRequest(plan, state, config *accountModel, last lastWrite) bool {
	if plan.accountData != state.accountData || len(last.unsent(plan, config)) > 0 {
		return true
	}
	planned, prior := plan.secrets(), state.secrets()
	for i, configured := range config.secrets() {
		value, changed := planned[i].Plain, !planned[i].Plain.Equal(prior[i].Plain)
		if !configured.WriteOnly.IsNull() { // without a version, unsent has decided
			value, changed = configured.WriteOnly, !planned[i].Version.IsNull() && !planned[i].Version.Equal(prior[i].Version)
		}
		if changed && (value.IsUnknown() || value.ValueString() != "") {
			return true
		}
	}
	return false
}
