// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
)

// The wire format: https://docs.datadoghq.com/api/latest/okta-integration/
const (
	accountsPath = "/api/v2/integrations/okta/accounts"
	accountType  = "okta-accounts"

	permissionRead  = "integrations_read"
	permissionWrite = "manage_integrations"

	maxAccounts = 100_000 // of a list; what is longer is not that of an organization
)

// The requests of the API; those about one account take its id, writes a body.
var (
	listRequest   = datadog.Request{Method: http.MethodGet, Path: accountsPath, Permission: permissionRead}
	readRequest   = datadog.Request{Method: http.MethodGet, Path: accountsPath, Permission: permissionRead}
	createRequest = datadog.Request{Method: http.MethodPost, Path: accountsPath, Permission: permissionWrite}
	updateRequest = datadog.Request{Method: http.MethodPatch, Path: accountsPath, Permission: permissionWrite}
	deleteRequest = datadog.Request{Method: http.MethodDelete, Path: accountsPath, Permission: permissionWrite}
)

// validID is what an id may look like. The service assigns UUIDs; anything that could lead to
// another path is none.
var validID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._~-]*$`)

// resource is an account as JSON:API has it.
type resource[A any] struct {
	Type       string `json:"type"`
	ID         string `json:"id,omitempty"`
	Attributes A      `json:"attributes"`
}

// document is a request or an answer about one thing.
type document[D any] struct {
	Data D `json:"data"`
}

// shown are the attributes of an account that the API shows.
type shown struct {
	Name       string `json:"name,omitempty"`
	Domain     string `json:"domain,omitempty"`
	AuthMethod string `json:"auth_method,omitempty"`
	ClientID   string `json:"client_id,omitempty"`
}

// sent are those that it takes.
type sent struct {
	shown
	ClientSecret string `json:"client_secret,omitempty"`
	APIKey       string `json:"api_key,omitempty"`
}

// encode writes the body of a create or, without a name, of an update. What is empty is not sent.
func encode(a Account, s Secrets) []byte {
	body, _ := json.Marshal(document[resource[sent]]{resource[sent]{Type: accountType, Attributes: sent{
		shown:        shown{Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID},
		ClientSecret: s.ClientSecret, APIKey: s.APIKey,
	}}}) // strings always can
	return body
}

// decodeAccount reads the answer to a request about one account. It is strict: no blank or misread
// account ever reaches a state.
func decodeAccount(body []byte) (Account, error) {
	var answer document[json.RawMessage]
	if err := json.Unmarshal(body, &answer); err != nil {
		return Account{}, err
	}
	if answer.Data == nil {
		return Account{}, errors.New("an object without data")
	}
	account := parseAccount(answer.Data)
	if account.Defect != "" {
		return Account{}, errors.New("an incomplete account: " + account.Defect)
	}
	return account, nil
}

// parseAccount reads one account as far as it can be read. Accounts may be older than the API, so
// that all but the id and the name can be missing.
func parseAccount(raw json.RawMessage) Account {
	var r resource[shown]
	var defects []string
	// An attribute of another type leaves the others readable.
	if err := json.Unmarshal(raw, &r); err != nil {
		defect := "it is no JSON object"
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
			defect = fmt.Sprintf("its %s is of type %s", wrong.Field, wrong.Value)
		}
		defects = append(defects, defect)
	}
	switch {
	case r.ID == "":
		defects = append(defects, "it has no id")
	case !validID.MatchString(r.ID):
		defects = append(defects, "its id is none that Datadog gives")
	}
	if r.Attributes.Name == "" {
		defects = append(defects, "it has no name")
	}
	if r.Type != accountType {
		defects = append(defects, "its type is not "+accountType)
	}
	return Account{
		ID: r.ID, Name: r.Attributes.Name, Domain: r.Attributes.Domain,
		AuthMethod: r.Attributes.AuthMethod, ClientID: r.Attributes.ClientID,
		Defect: strings.Join(defects, ", "),
	}
}

// page is one answer to a list.
type page struct {
	Data  accounts `json:"data"`
	Links struct {
		Next string `json:"next"`
	} `json:"links"`
}

// accounts are those of a page. Some that cannot be read do not fail it.
type accounts []Account

// UnmarshalJSON reads one account after the other, so that a list that is far too long takes no
// memory.
func (all *accounts) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return errors.New("its data is no list")
	}
	*all = accounts{}
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return err
		}
		if len(*all) == maxAccounts {
			return fmt.Errorf("it has more than %d accounts", maxAccounts)
		}
		*all = append(*all, parseAccount(raw))
	}
	return nil
}

// decodePage reads a page of the list, and the query of the next one if it names one.
func decodePage(body []byte) (all []Account, next string, err error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, "", err
	}
	if p.Data == nil {
		return nil, "", errors.New("an object without data")
	}
	// Of the link, the query is enough: its host could be one that must not see the keys.
	link, err := url.Parse(p.Links.Next)
	if err != nil {
		return nil, "", err
	}
	return p.Data, link.RawQuery, nil
}

func quote(text string) string { return fmt.Sprintf("%q", datadog.Clean(text)) }
