// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"regexp"
	"slices"
)

// Variant is one way in which the real service may differ from what we believe of it. The zero value is none.
type Variant int

const (
	_ Variant = iota
	// KeepID means that an update leaves the id alone.
	KeepID
	// UpdatesWithoutBody are answered with 204.
	UpdatesWithoutBody
	// UpdatesWithoutAttributes are answered with the id alone.
	UpdatesWithoutAttributes
	// RequireAuthMethod means that an update without auth_method is refused with 400 also where the account has none.
	RequireAuthMethod
	// DuplicateNames means that a second account of a name can be created.
	DuplicateNames
)

// Vary makes the service behave in these ways, too, from now on.
func (s *Server) Vary(variants ...Variant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.variants = append(s.variants, variants...)
}

// KeepIDs makes updates leave the id alone.
func (s *Server) KeepIDs() { s.Vary(KeepID) }

// AllowDuplicateNames lets creates make a second account of a name. Of two, Account, Put and Rekey take the older one,
// and Remove both.
func (s *Server) AllowDuplicateNames() { s.Vary(DuplicateNames) }

// StrictNames makes creates refuse names of anything but letters, digits and underscores, as Datadog's page about the
// integration says.
func (s *Server) StrictNames() { s.RefuseNames(regexp.MustCompile(`\W`)) }

// RefuseNames makes creates refuse, with 400, names that the expression matches.
func (s *Server) RefuseNames(refused *regexp.Regexp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = refused
}

// is tells whether the service has the variant. The caller holds s.mu.
func (s *Server) is(v Variant) bool { return slices.Contains(s.variants, v) }
