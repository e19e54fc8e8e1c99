// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
)

// Account is an account as the stub keeps it, with the secrets that the API takes but never
// returns. It can be compared with ==.
type Account struct{ ID, Name, Domain, AuthMethod, ClientID, ClientSecret, APIKey string }

// Values of Domain, AuthMethod and ClientID for accounts that have none, in the three shapes that
// an answer can give to that.
const (
	Absent = "(absent)" // the attribute is left out
	Null   = "(null)"   // the attribute is null
	Empty  = "(empty)"  // the attribute is ""
)

// hasNone reports whether an attribute is without a value, in any of the shapes.
func hasNone(value string) bool {
	return value == "" || value == Absent || value == Null || value == Empty
}

// record is one account of the organization. It is not changed: a write puts another one in its
// place.
type record struct {
	Account

	raw string // the JSON of PutRaw, shown instead of the Account
}

// accountTable has every record, in the order of writing, and finds them by id and by name. Neither
// is unique.
type accountTable struct {
	all          []*record
	byID, byName map[string][]*record
}

func newAccountTable() accountTable {
	return accountTable{byID: map[string][]*record{}, byName: map[string][]*record{}}
}

// replace takes before out and puts after in. Either may be nil.
func (t *accountTable) replace(before, after *record) {
	if before != nil {
		is := func(r *record) bool { return r == before }
		t.all = slices.DeleteFunc(t.all, is)
		t.byID[before.ID] = slices.DeleteFunc(t.byID[before.ID], is)
		t.byName[before.Name] = slices.DeleteFunc(t.byName[before.Name], is)
	}
	if after != nil {
		t.all = append(t.all, after)
		t.byID[after.ID] = append(t.byID[after.ID], after)
		t.byName[after.Name] = append(t.byName[after.Name], after)
	}
}

// withID returns the first record of the id, or nil.
func (t *accountTable) withID(id string) *record {
	if records := t.byID[id]; id != "" && len(records) > 0 {
		return records[0]
	}
	return nil
}

// withName returns the first record of the name that did not come from PutRaw, or nil.
func (t *accountTable) withName(name string) *record {
	for _, r := range t.byName[name] {
		if r.raw == "" {
			return r
		}
	}
	return nil
}

// Accounts returns every account, sorted by name. Those of PutRaw are not among them.
func (s *Server) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var accounts []Account
	for _, r := range s.accounts.all {
		if r.raw == "" {
			accounts = append(accounts, r.Account)
		}
	}
	slices.SortStableFunc(accounts, func(a, b Account) int { return cmp.Compare(a.Name, b.Name) })
	return accounts
}

// Account returns the account of the name, and whether there is one. Of two with the name, it is
// the older one, also for Put and Rekey.
func (s *Server) Account(name string) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.accounts.withName(name); r != nil {
		return r.Account, true
	}
	return Account{}, false
}

// Put creates or changes the account of the name, as happens outside Terraform, and returns it. An
// empty ID means the id that the account has already, or a new one; an empty AuthMethod means
// "oauth"; every other field is taken as it is.
func (s *Server) Put(a Account) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.accounts.withName(a.Name)
	if before != nil {
		a.ID = cmp.Or(a.ID, before.ID)
	}
	a.ID = cmp.Or(a.ID, newID())
	a.AuthMethod = cmp.Or(a.AuthMethod, "oauth")
	s.accounts.replace(before, &record{Account: a})
	return a
}

// PutRaw adds a JSON value to the accounts as it is, beside accounts of the same name or id. The
// list shows it, and so does a GET where it has an id. An update that the API accepts makes an
// ordinary account of it. It panics where the text is not JSON.
func (s *Server) PutRaw(text string) {
	if !json.Valid([]byte(text)) {
		panic("stub: not JSON: " + text)
	}
	var object, attributes map[string]any
	_ = json.Unmarshal([]byte(text), &object) // it need not be an object
	attributes, _ = object["attributes"].(map[string]any)
	r := &record{raw: text}
	r.ID, _ = object["id"].(string)
	r.AuthMethod = Absent
	for name, field := range map[string]*string{
		"name": &r.Name, "domain": &r.Domain, "auth_method": &r.AuthMethod, "client_id": &r.ClientID,
	} {
		if value, _ := attributes[name].(string); value != "" {
			*field = value
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts.replace(nil, r)
}

// Raw returns what PutRaw added and has not been changed since, in that order.
func (s *Server) Raw() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, r := range s.accounts.all {
		if r.raw != "" {
			texts = append(texts, r.raw)
		}
	}
	return texts
}

// Remove deletes every account of the name, as happens outside Terraform.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Clone(s.accounts.byName[name]) {
		s.accounts.replace(r, nil)
	}
}

// Rekey gives the account of the name a new id, as an update outside Terraform does, and returns
// it. It panics where there is no such account.
func (s *Server) Rekey(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.accounts.withName(name)
	if before == nil {
		panic(fmt.Sprintf("stub: no account %q to re-key", name))
	}
	a := before.Account
	a.ID = newID()
	s.accounts.replace(before, &record{Account: a})
	return a.ID
}

// newID returns a random UUID (version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
