// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Values of Domain, AuthMethod and ClientID for accounts that have none.
const (
	Absent = "(absent)" // the attribute is left out
	Null   = "(null)"   // the attribute is null
)

// hasNone reports whether an attribute is without a value.
func hasNone(value string) bool { return value == "" || value == Absent || value == Null }

// replace returns the accounts with after, as the last one, instead of before. Either may be nil.
// An account that is in a list is never changed itself.
func replace(accounts []*Account, before, after *Account) []*Account {
	accounts = slices.DeleteFunc(slices.Clone(accounts), func(a *Account) bool { return a == before })
	if after != nil {
		accounts = append(accounts, after)
	}
	return accounts
}

// withID returns the first of the accounts that has the id, or nil.
func withID(accounts []*Account, id string) *Account {
	for _, a := range accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// withName returns the first account of the name that did not come from PutRaw, or nil.
func (s *Server) withName(name string) *Account {
	for _, a := range s.accounts {
		if a.Name == name && a.raw == "" {
			return a
		}
	}
	return nil
}

// Accounts returns every account, sorted by name. Those of PutRaw are not among them.
func (s *Server) Accounts() (accounts []Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.raw == "" {
			accounts = append(accounts, *a)
		}
	}
	slices.SortStableFunc(accounts, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	return accounts
}

// Account returns the account of the name, and whether there is one. Of two with the name, it is
// the older one, also for Put and Rekey.
func (s *Server) Account(name string) (Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.withName(name); a != nil {
		return *a, true
	}
	return Account{}, false
}

// Put creates or changes the account of the name, as happens outside Terraform, and returns it. An
// empty ID means the id that the account has already, or a new one; an empty AuthMethod means
// "oauth"; every other field is taken as it is.
func (s *Server) Put(a Account) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.withName(a.Name)
	if before != nil {
		a.ID = cmp.Or(a.ID, before.ID)
	}
	a.ID = cmp.Or(a.ID, s.idFor(a.Name))
	a.AuthMethod = cmp.Or(a.AuthMethod, "oauth")
	s.accounts = replace(s.accounts, before, &a)
	return a
}

// PutRaw adds a JSON value to the accounts as it is, beside accounts of the same name or id. The
// list shows it, and so does a GET where it has an id. An update that the API accepts makes an
// ordinary account of it. It panics where the text is not JSON.
func (s *Server) PutRaw(raw string) {
	if !json.Valid([]byte(raw)) {
		panic("stub: not JSON: " + raw)
	}
	var in resource
	_ = json.Unmarshal([]byte(raw), &in) // what has another type is left out
	a := Account{ID: in.ID, raw: raw}
	for name, field := range a.attributes() {
		*field, _ = in.Attributes[name].(string)
	}
	a.AuthMethod = cmp.Or(a.AuthMethod, Absent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = append(s.accounts, &a)
}

// Raw returns what PutRaw added and has not been changed since, in that order.
func (s *Server) Raw() (texts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.raw != "" {
			texts = append(texts, a.raw)
		}
	}
	return texts
}

// Remove deletes every account of the name, as happens outside Terraform.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = slices.DeleteFunc(s.accounts, func(a *Account) bool { return a.Name == name })
}

// Rekey gives the account of the name a new id, as an update outside Terraform does, and returns
// it. It panics where there is no such account.
func (s *Server) Rekey(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.withName(name)
	if before == nil {
		panic(fmt.Sprintf("stub: no account %q to re-key", name))
	}
	after := *before
	after.ID = newID()
	s.accounts = replace(s.accounts, before, &after)
	return after.ID
}

// idFor returns an id for a new or updated account of the name.
func (s *Server) idFor(name string) string {
	if !s.is(HashIDs) {
		return newID()
	}
	hash := sha256.Sum256([]byte(name))
	return uuid([16]byte(hash[:]))
}

// newID returns a random UUID.
func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return uuid(random)
}

// uuid makes a UUID (version 4) of the bytes.
func uuid(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
