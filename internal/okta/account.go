// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Account is one account of Datadog's Okta integration, as the API shows it. An empty field is one
// that the account does not have: accounts can be older than the API.
type Account struct {
	ID         string
	Name       string
	Domain     string
	AuthMethod string
	ClientID   string

	// Defect says why the account cannot be read in full, for the accounts of List. It is empty for
	// those that Find, Create and Update return: they have an id and a name.
	Defect string
}

// texts are all fields of the account.
func (a *Account) texts() []*string {
	return []*string{&a.ID, &a.Name, &a.Domain, &a.AuthMethod, &a.ClientID, &a.Defect}
}

// Secrets are the two attributes that the API takes but never returns. An empty string is not sent.
type Secrets struct {
	ClientSecret string
	APIKey       string
}

// LastWrite is what is known of the last create or update of an account: reads may not show it yet.
type LastWrite struct {
	Written     time.Time `json:"written,omitzero"`      // zero where that is not known
	Replaced    string    `json:"replaced,omitempty"`    // the id that the account had before, where it got a new one
	Unconfirmed bool      `json:"unconfirmed,omitempty"` // a create that was not answered: there may be no account
}

// writtenNow describes a write that has just ended. The account had the id before.
func writtenNow(before string, after Account) LastWrite {
	w := LastWrite{Written: time.Now().UTC().Truncate(time.Second)}
	if !sameID(before, after.ID) {
		w.Replaced = before
	}
	return w
}

// idKey and nameKey are what ids and names are compared by.
func idKey(id string) string     { return strings.ToLower(id) }
func nameKey(name string) string { return norm.NFC.String(name) }

func sameID(a, b string) bool { return idKey(a) == idKey(b) }

// SameName reports whether two names are the same one. Terraform keeps texts in the Unicode form
// NFC; the service need not.
func SameName(a, b string) bool { return nameKey(a) == nameKey(b) }

// sameAttributes reports whether two accounts of a name are alike in everything else that can be
// read.
func sameAttributes(a, b Account) bool {
	sameDomain := SameDomain(a.Domain, b.Domain)
	a.ID, a.Name, a.Domain = b.ID, b.Name, b.Domain
	return sameDomain && a == b
}

// SameDomain reports whether two domains name the same Okta org: the case of scheme and host, the
// default port and a trailing slash do not matter.
func SameDomain(a, b string) bool {
	return a == b || plainDomain(a) == plainDomain(b)
}

func plainDomain(domain string) string {
	u, err := url.Parse(domain)
	if err != nil || u.Host == "" {
		return domain
	}
	u.Host = strings.ToLower(u.Host) // url.Parse has done so with the scheme
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	u.Path = cmp.Or(strings.TrimSuffix(u.Path, "/"), "/")
	return u.String()
}

// sorted returns a copy of the accounts in an order that does not change.
func sorted(accounts []Account) []Account {
	return slices.SortedFunc(slices.Values(accounts), func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Defect, b.Defect))
	})
}
