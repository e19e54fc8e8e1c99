// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const accountType = "okta-accounts"

// resource is an account in JSON.
type resource struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Attributes map[string]any `json:"attributes"`
}

// Account is an account as the stub keeps it, with the secrets that the API takes but never
// returns. It can be compared with ==.
type Account struct {
	ID, Name, Domain, AuthMethod, ClientID, ClientSecret, APIKey string

	raw string // the JSON of PutRaw, shown instead of the rest
}

// attributes are those of the API. Whatever else a request holds is ignored.
func (a *Account) attributes() map[string]*string {
	return map[string]*string{
		"name": &a.Name, "domain": &a.Domain, "auth_method": &a.AuthMethod, "client_id": &a.ClientID,
		"client_secret": &a.ClientSecret, "api_key": &a.APIKey,
	}
}

// secrets are the attributes that answers do not have.
var secrets = []string{"client_secret", "api_key"}

// decode reads the attributes in the body of a create or an update, with null as "", and its id. It
// returns the API's message where it refuses the body.
func (s *Server) decode(body string) (in map[string]string, refusal string) {
	var request struct {
		Data resource `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		return nil, "Invalid request body"
	}
	in = map[string]string{"id": request.Data.ID}
	attributes := (&Account{}).attributes()
	for name, value := range request.Data.Attributes {
		text, isText := value.(string)
		switch _, known := attributes[name]; {
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

func (s *Server) quoteSecrets(body string) (messages []string) {
	in, _ := s.decode(body)
	for _, name := range secrets {
		if in[name] != "" {
			messages = append(messages, "Rejected "+name+": "+in[name])
		}
	}
	return messages
}

// encode writes the account, without its secrets.
func (s *Server) encode(a *Account) string {
	if a.raw != "" {
		return a.raw
	}
	shown := map[string]any{}
	for name, field := range a.attributes() {
		if !slices.Contains(secrets, name) || s.is(ReturnSecrets) {
			shown[name] = cmp.Or(*field, Absent)
		}
	}
	if s.is(ExtraAttributes) {
		shown["status"] = "active"
	}
	return string(object(map[string]any{"type": accountType, "id": a.ID, "attributes": object(shown)}))
}

// object writes the members that are not Absent, in another order each time, as real answers have
// them.
func object(members map[string]any) json.RawMessage {
	var texts []string
	for name, value := range members {
		switch value {
		case Absent:
			continue
		case Null:
			value = nil
		}
		text, _ := json.Marshal(value) // a string, null or an object always can
		texts = append(texts, fmt.Sprintf("%q:%s", name, text))
	}
	return json.RawMessage("{" + strings.Join(texts, ",") + "}")
}
