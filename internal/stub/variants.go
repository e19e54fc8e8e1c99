// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"regexp"
	"slices"
)

// Variant is one way in which the real service may differ from what we believe of it, in words.
type Variant string

// Variants of creates.
const (
	TakeID         Variant = "a create takes the id of the request"
	HashIDs        Variant = "an id is a hash of the name: updates keep it, and a new account of the name has it again"
	LateCreates    Variant = "the next three reads after a create do not show it"
	DuplicateNames Variant = "a second account of a name can be created"
	FoldNames      Variant = "a name is taken where it differs by case alone, too"
	TrimDomains    Variant = "domains are kept without a slash at the end"
	LowerDomains   Variant = "domains are kept in lower case"
	PlainHTTP      Variant = "domains may begin with http://"
	OktaDomains    Variant = "domains of other hosts than okta.com's are refused"
	AnyOAuth       Variant = "oauth is accepted without client_id and client_secret"
	KnownMethods   Variant = "another auth_method is refused, with the words that there are"
	RefuseUnknown  Variant = "attributes that the service does not know are refused"
)

// Variants of updates.
const (
	KeepID                   Variant = "an update leaves the id alone"
	FormerIDs                Variant = "the id from before an update still answers a GET"
	LateUpdates              Variant = "the next three reads after an update show neither the old account nor the new one"
	UpdatesWithoutBody       Variant = "updates are answered with 204"
	UpdatesWithoutAttributes Variant = "updates are answered with the id alone"
	RequireSecret            Variant = "an update needs client_secret"
	ClearClientID            Variant = "an update without client_id clears it"
	ClearNullClientID        Variant = "an update with a client_id of null or empty clears it"
)

// Variants of everything else.
const (
	EchoSecrets      Variant = "a 400 quotes the secrets of the request"
	ReturnSecrets    Variant = "answers have client_secret and api_key"
	ExtraAttributes  Variant = "answers have an attribute that is not documented"
	NoAccounts400    Variant = "reads are a 400 while there is no account"
	NoAccounts404    Variant = "reads are a 404 while there is no account"
	GetUnknown400    Variant = "a GET of an id that does not exist is a 400"
	DeleteUnknown204 Variant = "a DELETE of an id that does not exist is a 204"
	WrongKeys401     Variant = "wrong keys are a 401"
	RelativeLinks    Variant = "pages link to the next one by its path alone"
	EndlessPages     Variant = "every page links to a next one, the last and an empty one too"
	NoLinks          Variant = "pages have no links: only meta says that there is more"
	NoRateHeaders    Variant = "answers say nothing of the rate limit"
	OtherRateHeaders Variant = "the headers about the rate limit begin with RateLimit-"
)

// Vary makes the service behave in these ways, too, from now on.
func (s *Server) Vary(variants ...Variant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.variants = append(s.variants, variants...)
}

// RefuseNames makes creates refuse, with 400, names that the expression matches.
func (s *Server) RefuseNames(refused *regexp.Regexp) { set(s, &s.refused, refused) }

// ReserveNames makes the next n creates of a name after its DELETE answer 409, as if the name were
// taken.
func (s *Server) ReserveNames(n int) { set(s, &s.reserveNames, n) }

// is reports whether the service has the variant.
func (s *Server) is(v Variant) bool { return slices.Contains(s.variants, v) }
