// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// show answers a read.
func (s *Server) show(req *Request) answer {
	seen := s.read()
	switch {
	case len(seen) == 0 && s.is(NoAccounts400):
		return failure(http.StatusBadRequest, notInstalled)
	case len(seen) == 0 && s.is(NoAccounts404):
		return failure(http.StatusNotFound, notInstalled)
	case req.target == "list":
		return s.list(seen, req)
	}
	return s.get(seen, req.id)
}

const notInstalled = "Okta Integration not yet installed" // as other integrations say it

func (s *Server) list(seen []*Account, req *Request) answer {
	var data []string
	for _, a := range seen {
		data = append(data, s.encode(a))
	}
	if s.pageSize > 0 { // in the order of writing, so that no account is left out
		return s.page(data, req)
	}
	rand.Shuffle(len(data), func(i, j int) { data[i], data[j] = data[j], data[i] })
	return success(http.StatusOK, "["+strings.Join(data, ",")+"]")
}

// Page makes lists show size accounts each, with links.next to the rest, which is null on the last
// page, and numbers in meta.pagination. Zero ends that.
func (s *Server) Page(size int) { set(s, &s.pageSize, size) }

// page answers with the part of a list that the request asks for.
func (s *Server) page(data []string, req *Request) answer {
	const parameter = "page[offset]"
	query, _ := url.ParseQuery(req.Query) // what is malformed is left out
	offset, _ := strconv.Atoi(query.Get(parameter))
	offset = max(offset, 0)
	end := offset + s.pageSize

	next := "null"
	if end < len(data) || s.is(EndlessPages) {
		query.Set(parameter, strconv.Itoa(end))
		link := req.sent + "?" + query.Encode()
		if !s.is(RelativeLinks) {
			link = req.origin + link
		}
		next = strconv.Quote(link)
	}
	pagination := fmt.Sprintf(`{"type":"offset_limit","offset":%d,"next_offset":%d,"limit":%d,"total":%d}`,
		offset, end, s.pageSize, len(data)) // as in the list of teams
	data = data[min(offset, len(data)):min(end, len(data))]
	body := fmt.Sprintf(`{"data":[%s],"links":{"next":%s},"meta":{"pagination":%s}}`+"\n",
		strings.Join(data, ","), next, pagination)
	return answer{status: http.StatusOK, body: body}
}

func (s *Server) get(seen []*Account, id string) answer {
	a := cmp.Or(withID(seen, id), withID(s.former, id))
	switch {
	case a != nil:
		return success(http.StatusOK, s.encode(a))
	case s.is(GetUnknown400):
		return failure(http.StatusBadRequest, "Invalid account id")
	}
	return failure(http.StatusNotFound, "Not found")
}

func (s *Server) create(body string) answer {
	in, refusal := s.decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	var a Account
	for name, field := range a.attributes() {
		*field = in[name]
	}
	if s.is(TakeID) {
		a.ID = in["id"]
	}
	a.ID = cmp.Or(a.ID, s.idFor(a.Name))
	messages := s.problems(a)
	if s.refused != nil && s.refused.MatchString(a.Name) {
		messages = append(messages, "Invalid attribute: name can only contain alphanumeric characters and underscores")
	}
	if len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	taken := slices.ContainsFunc(s.accounts, func(other *Account) bool { return other.Name == a.Name })
	reserved := s.reserved[a.Name] > 0
	s.reserved[a.Name]--
	if reserved || taken && !s.is(DuplicateNames) { // how the real service answers is not known; 409 is the usual status
		return failure(http.StatusConflict, fmt.Sprintf("An account named %q already exists", a.Name))
	}
	return success(http.StatusCreated, s.encode(s.keep(nil, a)))
}

func (s *Server) update(id, body string) answer {
	before := withID(s.accounts, id)
	if before == nil {
		return failure(http.StatusNotFound, "Not found")
	}
	in, refusal := s.decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	a := *before
	for name, field := range a.attributes() { // what is not sent stays
		*field = cmp.Or(in[name], *field)
	}
	a.raw, a.Name, a.Domain = "", before.Name, in["domain"]
	// An account from before there was an auth_method can go on without one.
	if !hasNone(before.AuthMethod) {
		a.AuthMethod = in["auth_method"]
	}
	messages := s.problems(a)
	if s.is(RequireSecret) && in["client_secret"] == "" {
		messages = append(messages, missing+"client_secret")
	}
	if len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	value, sent := in["client_id"]
	if s.is(ClearClientID) && !sent || s.is(ClearNullClientID) && sent && value == "" {
		a.ClientID = ""
	}
	if !s.is(KeepID) {
		a.ID = s.idFor(a.Name)
	}
	if s.is(FormerIDs) {
		s.former = slices.Insert(s.former, 0, before) // the latest first
	}
	return success(http.StatusOK, s.encode(s.keep(before, a)))
}

func (s *Server) delete(id string) answer {
	before := withID(s.accounts, id)
	switch {
	case before != nil:
		s.write(before, nil)
		s.reserved[before.Name] = s.reserveNames
	case !s.is(DeleteUnknown204):
		return failure(http.StatusBadRequest, "Unknown error occurred: ") // so the real service does
	}
	return answer{status: http.StatusNoContent}
}

// keep stores what a request makes of the account before, which is nil for a new one.
func (s *Server) keep(before *Account, a Account) *Account {
	if s.is(TrimDomains) {
		a.Domain = strings.TrimSuffix(a.Domain, "/")
	}
	if s.is(LowerDomains) {
		a.Domain = strings.ToLower(a.Domain)
	}
	s.write(before, &a)
	return &a
}

const missing = "Missing required attribute: "

// problems says in the API's manner why the account is refused.
func (s *Server) problems(a Account) []string {
	var messages []string
	for name, value := range map[string]string{"name": a.Name, "domain": a.Domain, "auth_method": a.AuthMethod} {
		if value == "" {
			messages = append(messages, missing+name)
		}
	}
	u, err := url.Parse(a.Domain)
	switch {
	case a.Domain == "": // missing
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !s.is(PlainHTTP)):
		messages = append(messages, "Invalid attribute: domain must be an https URL")
	case s.is(OktaDomains) && !strings.HasSuffix(strings.ToLower(u.Hostname()), ".okta.com"):
		messages = append(messages, "Invalid attribute: domain must be https://<your_domain>.okta.com")
	}
	if a.AuthMethod == "oauth" && !s.is(AnyOAuth) && (hasNone(a.ClientID) || a.ClientSecret == "") {
		messages = append(messages, "Invalid attributes: oauth needs client_id and client_secret")
	}
	if s.is(KnownMethods) && a.AuthMethod != "oauth" && a.AuthMethod != "okta_token" && !hasNone(a.AuthMethod) {
		messages = append(messages, "Invalid attribute: auth_method must be one of: oauth, okta_token")
	}
	slices.Sort(messages)
	return messages
}
