// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (s *Server) list(req *Request) answer {
	seen := s.read().all
	data := make([]string, 0, len(seen))
	for _, r := range seen {
		data = append(data, encode(r))
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
		return failure(http.StatusNotFound, "Not found")
	}
	return success(http.StatusOK, encode(r))
}

func (s *Server) create(body string) answer {
	in, refusal := decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	a := Account{
		ID: newID(), Name: in["name"], Domain: in["domain"], AuthMethod: in["auth_method"],
		ClientID: in["client_id"], ClientSecret: in["client_secret"], APIKey: in["api_key"],
	}
	messages := a.problems()
	if s.refused != nil && s.refused.MatchString(a.Name) {
		messages = append(messages, "Invalid attribute: name can only contain alphanumeric characters and underscores")
	}
	if len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	// How the real service answers to a name that exists is not known; 409 is the usual status.
	if len(s.accounts.byName[a.Name]) > 0 && !s.is(DuplicateNames) {
		return failure(http.StatusConflict, fmt.Sprintf("An account named %q already exists", a.Name))
	}
	after := &record{Account: a}
	s.write(nil, after)
	return success(http.StatusCreated, encode(after))
}

func (s *Server) update(id, body string) answer {
	before := s.accounts.withID(id)
	if before == nil {
		return failure(http.StatusNotFound, "Not found")
	}
	in, refusal := decode(body)
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
	if messages := a.problems(); len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	if !s.is(KeepID) {
		a.ID = newID()
	}
	after := &record{Account: a}
	s.write(before, after)
	switch {
	case s.is(UpdatesWithoutBody):
		return newAnswer(http.StatusNoContent, htmlType, "")
	case s.is(UpdatesWithoutAttributes):
		return success(http.StatusOK, "{"+member("type", accountType)+","+member("id", a.ID)+"}")
	}
	return success(http.StatusOK, encode(after))
}

func (s *Server) delete(id string) answer {
	before := s.accounts.withID(id)
	if before == nil {
		return failure(http.StatusBadRequest, "Unknown error occurred: ") // not a 404: so the real service does
	}
	s.write(before, nil)
	return newAnswer(http.StatusNoContent, htmlType, "")
}

// problems says in the API's manner why the account is refused.
func (a Account) problems() []string {
	var messages []string
	for name, value := range map[string]string{"name": a.Name, "domain": a.Domain, "auth_method": a.AuthMethod} {
		if value == "" {
			messages = append(messages, "Missing required attribute: "+name)
		}
	}
	if u, err := url.Parse(a.Domain); a.Domain != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		messages = append(messages, "Invalid attribute: domain must be an https URL")
	}
	if a.AuthMethod == "oauth" && (hasNone(a.ClientID) || a.ClientSecret == "") {
		messages = append(messages, "Invalid attributes: oauth needs client_id and client_secret")
	}
	slices.Sort(messages)
	return messages
}

// attributes are the names that a request may set; an id, and whatever the service does not know, is ignored.
var attributes = []string{"name", "domain", "auth_method", "client_id", "client_secret", "api_key"}

// decode reads the attributes in the body of a create or an update; null is as good as "". It returns the API's
// message where it refuses the body.
func decode(body string) (in map[string]string, refusal string) {
	var request struct {
		Data struct {
			Type       string         `json:"type"`
			Attributes map[string]any `json:"attributes"` // a struct would take Name for name
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		return nil, "Invalid request body"
	}
	in = map[string]string{}
	for _, name := range attributes {
		switch value := request.Data.Attributes[name].(type) {
		case string:
			in[name] = value
		case nil:
		default:
			return nil, "Invalid request body"
		}
	}
	if request.Data.Type != accountType {
		refusal = "Invalid type: expected " + accountType
	}
	return in, refusal
}

func quoteSecrets(body string) []string {
	in, _ := decode(body)
	var messages []string
	for _, name := range []string{"client_secret", "api_key"} {
		if in[name] != "" {
			messages = append(messages, "Rejected "+name+": "+in[name])
		}
	}
	return messages
}

// encode writes the account without its secrets. The order of its members changes, as in real answers.
func encode(r *record) string {
	if r.raw != "" {
		return r.raw
	}
	var attributes []string
	for _, a := range [][2]string{
		{"name", r.Name}, {"domain", r.Domain}, {"auth_method", r.AuthMethod}, {"client_id", cmp.Or(r.ClientID, Absent)},
	} {
		switch name, value := a[0], a[1]; value {
		case Absent:
		case Null:
			attributes = append(attributes, fmt.Sprintf("%q:null", name))
		case Empty:
			attributes = append(attributes, member(name, ""))
		default:
			attributes = append(attributes, member(name, value))
		}
	}
	shuffle(attributes)
	members := []string{
		member("type", accountType), member("id", r.ID), `"attributes":{` + strings.Join(attributes, ",") + "}",
	}
	shuffle(members)
	return "{" + strings.Join(members, ",") + "}"
}

func member(name, value string) string {
	text, _ := json.Marshal(value) // a string always can
	return fmt.Sprintf("%q:%s", name, text)
}

func shuffle(s []string) {
	rand.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
