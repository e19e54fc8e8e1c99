// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// attributes are the names that a request may set; whatever else it holds is ignored.
var attributes = []string{"name", "domain", "auth_method", "client_id", "client_secret", "api_key"}

// decode reads the attributes in the body of a create or an update, with null as "", and its id. It
// returns the API's message where it refuses the body.
func (s *Server) decode(body string) (in map[string]string, refusal string) {
	var request struct {
		Data struct {
			Type       string         `json:"type"`
			ID         string         `json:"id"`
			Attributes map[string]any `json:"attributes"` // a struct would take Name for name
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		return nil, "Invalid request body"
	}
	in = map[string]string{"id": request.Data.ID}
	for name, value := range request.Data.Attributes {
		text, isText := value.(string)
		switch known := slices.Contains(attributes, name); {
		case !known && s.is(RefuseUnknown):
			return nil, "Unknown attribute: " + name
		case !known:
		case !isText && value != nil:
			return nil, "Invalid request body"
		default:
			in[name] = text
		}
	}
	if request.Data.Type != accountType {
		refusal = "Invalid type: expected " + accountType
	}
	return in, refusal
}

func (s *Server) quoteSecrets(body string) []string {
	in, _ := s.decode(body)
	var messages []string
	for _, name := range []string{"client_secret", "api_key"} {
		if in[name] != "" {
			messages = append(messages, "Rejected "+name+": "+in[name])
		}
	}
	return messages
}

// encode writes the account, without its secrets. The order of its members changes, as in real
// answers.
func (s *Server) encode(r *record) string {
	if r.raw != "" {
		return r.raw
	}
	values := [][2]string{
		{"name", r.Name}, {"domain", r.Domain}, {"auth_method", r.AuthMethod}, {"client_id", cmp.Or(r.ClientID, Absent)},
	}
	if s.is(ReturnSecrets) {
		values = append(values, [][2]string{
			{"client_secret", cmp.Or(r.ClientSecret, Absent)}, {"api_key", cmp.Or(r.APIKey, Absent)},
		}...)
	}
	if s.is(ExtraAttributes) {
		values = append(values, [2]string{"status", "active"})
	}
	var attributes []string
	for _, a := range values {
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
