// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (s *Server) list(req *Request) answer {
	seen := s.read().all
	data := make([]string, 0, len(seen))
	for _, r := range seen {
		data = append(data, s.encode(r))
	}
	if s.pageSize > 0 { // in the order of writing, so that no account is left out
		return s.page(data, req)
	}
	shuffle(data)
	return success(http.StatusOK, "["+strings.Join(data, ",")+"]")
}

func (s *Server) get(id string) answer {
	r := s.read().withID(id)
	if r == nil {
		r = s.former[id]
	}
	switch {
	case r != nil:
		return success(http.StatusOK, s.encode(r))
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
	a := Account{
		Name: in["name"], Domain: in["domain"], AuthMethod: in["auth_method"],
		ClientID: in["client_id"], ClientSecret: in["client_secret"], APIKey: in["api_key"],
	}
	if s.is(TakeID) {
		a.ID = in["id"]
	}
	a.ID = cmp.Or(a.ID, newID())
	if s.is(LowerNames) {
		a.Name = strings.ToLower(a.Name)
	}
	messages := s.problems(a)
	if s.refused != nil && s.refused.MatchString(a.Name) {
		messages = append(messages, "Invalid attribute: name can only contain alphanumeric characters and underscores")
	}
	if len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	if s.taken(a.Name) {
		status := http.StatusConflict // how the real service answers is not known; this is the usual status
		if s.is(Duplicate400) {
			status = http.StatusBadRequest
		}
		return failure(status, fmt.Sprintf("An account named %q already exists", a.Name))
	}
	after := s.keep(nil, a)
	return success(http.StatusCreated, s.encode(after))
}

func (s *Server) update(id, body string) answer {
	before := s.accounts.withID(id)
	if before == nil {
		return failure(http.StatusNotFound, "Not found")
	}
	in, refusal := s.decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	a := before.Account
	a.Domain = in["domain"]
	// An account from before there was an auth_method can go on without one.
	if in["auth_method"] != "" || !hasNone(a.AuthMethod) || s.is(RequireAuthMethod) {
		a.AuthMethod = in["auth_method"]
	}
	a.ClientID = cmp.Or(in["client_id"], a.ClientID)
	a.ClientSecret = cmp.Or(in["client_secret"], a.ClientSecret)
	a.APIKey = cmp.Or(in["api_key"], a.APIKey)
	messages := s.problems(a)
	if s.is(RequireSecret) && in["client_secret"] == "" {
		messages = append(messages, missing+"client_secret")
	}
	if s.is(RequireClientID) && in["client_id"] == "" {
		messages = append(messages, missing+"client_id")
	}
	if len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	value, sent := in["client_id"]
	if s.is(ClearClientID) && !sent || s.is(ClearNullClientID) && sent && value == "" {
		a.ClientID = ""
	}
	if !s.is(KeepID) {
		a.ID = newID()
	}
	if s.is(FormerIDs) {
		s.former[id] = before
	}
	after := s.keep(before, a)
	switch {
	case s.is(UpdatesWithoutBody):
		return newAnswer(http.StatusNoContent, htmlType, "")
	case s.is(UpdatesWithoutAttributes):
		return success(http.StatusOK, "{"+member("type", accountType)+","+member("id", a.ID)+"}")
	}
	return success(http.StatusOK, s.encode(after))
}

func (s *Server) delete(id string) answer {
	before := s.accounts.withID(id)
	switch {
	case before != nil:
		s.write(before, nil)
	case s.is(DeleteUnknown404):
		return failure(http.StatusNotFound, "Not found")
	case !s.is(DeleteUnknown204):
		return failure(http.StatusBadRequest, "Unknown error occurred: ") // so the real service does
	}
	return newAnswer(http.StatusNoContent, htmlType, "")
}

// keep stores what a request makes of the account before, which is nil for a new one.
func (s *Server) keep(before *record, a Account) *record {
	if s.is(TrimDomains) {
		a.Domain = strings.TrimSuffix(a.Domain, "/")
	}
	if s.is(LowerDomains) {
		a.Domain = strings.ToLower(a.Domain)
	}
	after := &record{Account: a}
	s.write(before, after)
	return after
}

// taken reports whether there is an account of the name that keeps another one from being made.
func (s *Server) taken(name string) bool {
	if s.is(FoldNames) {
		return slices.ContainsFunc(s.accounts.all, func(r *record) bool { return strings.EqualFold(r.Name, name) })
	}
	return len(s.accounts.byName[name]) > 0 && !s.is(DuplicateNames)
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
