// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// The wire format: https://docs.datadoghq.com/api/latest/okta-integration/
const (
	accountsPath = "/api/v2/integrations/okta/accounts"
	validatePath = "/api/v1/validate"
	accountType  = "okta-accounts"

	permissionRead  = "integrations_read"
	permissionWrite = "manage_integrations"
)

// validID is what an id may look like. The service assigns UUIDs; anything that could lead to
// another path is none.
var validID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._~-]*$`)

// encode writes the body of a create or, without a name, of an update. What is empty is not sent.
func encode(a Account, s Secrets) []byte {
	type attributes struct {
		Name         string `json:"name,omitempty"`
		Domain       string `json:"domain,omitempty"`
		AuthMethod   string `json:"auth_method,omitempty"`
		ClientID     string `json:"client_id,omitempty"`
		ClientSecret string `json:"client_secret,omitempty"`
		APIKey       string `json:"api_key,omitempty"`
	}
	body, _ := json.Marshal(map[string]any{"data": map[string]any{"type": accountType, "attributes": attributes{
		Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID,
		ClientSecret: s.ClientSecret, APIKey: s.APIKey,
	}}}) // strings always can
	return body
}

// object is a JSON object. Its keys are compared exactly, where encoding/json would take "Name" for
// "name".
type object map[string]json.RawMessage

// text returns the string under key. It is empty where there is none, or null.
func (o object) text(key string) (string, error) {
	var text string
	if raw, ok := o[key]; ok && json.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("its %s is no string", key)
	}
	return text, nil
}

// decodeAccount reads the answer to a request about one account. It is strict: no blank or misread
// account ever reaches a state.
func decodeAccount(body []byte) (Account, error) {
	var answer object
	if err := json.Unmarshal(body, &answer); err != nil {
		return Account{}, syntaxError(body, err)
	}
	account := parseAccount(answer["data"])
	if account.Defect != "" {
		return Account{}, errors.New("an account of which the API says too little: " + account.Defect)
	}
	return account, nil
}

// parseAccount reads one account as far as it can be read. Accounts may be older than the API, so
// that all but the id and the name can be missing.
func parseAccount(raw json.RawMessage) Account {
	var resource, attributes object
	if err := json.Unmarshal(raw, &resource); err != nil || resource == nil {
		return Account{Defect: "it is no JSON object"}
	}
	var defects []string
	text := func(o object, key string) string {
		value, err := o.text(key)
		if err != nil {
			defects = append(defects, err.Error())
		}
		return value
	}
	if kind := text(resource, "type"); kind != accountType {
		defects = append(defects, fmt.Sprintf("its type is %s instead of %q", quote(kind), accountType))
	}
	if raw, ok := resource["attributes"]; ok {
		if err := json.Unmarshal(raw, &attributes); err != nil {
			defects = append(defects, "its attributes are no JSON object")
		}
	}
	account := Account{
		ID: text(resource, "id"), Name: text(attributes, "name"), Domain: text(attributes, "domain"),
		AuthMethod: text(attributes, "auth_method"), ClientID: text(attributes, "client_id"),
	}
	switch {
	case account.ID == "":
		defects = append(defects, "it has no id")
	case !validID.MatchString(account.ID):
		defects = append(defects, fmt.Sprintf("its id %s is no id", quote(account.ID)))
	}
	if account.Name == "" {
		defects = append(defects, "it has no name")
	}
	account.Defect = strings.Join(defects, ", ")
	return account
}

// page is one answer to a list.
type page struct {
	accounts []Account
	next     string // the query of the next page; empty on the last one
	meta     any    // what else it says of the list
}

// decodePage reads a page of the list of the API at base. Accounts that cannot be read do not fail
// it; an answer that does not have all accounts, and does not say where the others are, does.
func decodePage(body []byte, base *url.URL) (page, error) {
	var answer struct {
		Data  *[]json.RawMessage `json:"data"`
		Meta  any                `json:"meta"`
		Links struct {
			Next json.RawMessage `json:"next"`
		} `json:"links"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return page{}, syntaxError(body, err)
	}
	if answer.Data == nil {
		return page{}, errors.New("an object without data")
	}
	p := page{meta: answer.Meta, accounts: make([]Account, 0, len(*answer.Data))}
	for _, raw := range *answer.Data {
		p.accounts = append(p.accounts, parseAccount(raw))
	}
	var err error
	p.next, err = nextQuery(answer.Links.Next, base)
	return p, err
}

// nextQuery returns the query of a link to the next page: a string or, as JSON:API also allows, an
// object with href. A link that leads elsewhere is not followed, since the keys would go there.
func nextQuery(raw json.RawMessage, base *url.URL) (string, error) {
	if text := string(raw); text == "" || text == "null" || text == `""` {
		return "", nil
	}
	var link string
	var with struct{ Href string }
	if json.Unmarshal(raw, &link) != nil && json.Unmarshal(raw, &with) == nil {
		link = with.Href
	}
	next, err := base.JoinPath(accountsPath).Parse(link)
	if err != nil || !strings.EqualFold(next.Host, base.Host) || !strings.HasSuffix(next.Path, accountsPath) || next.RawQuery == "" {
		return "", fmt.Errorf("the list goes on at %s, which is not the list's own address, so that it cannot be read to its end", quote(link))
	}
	return next.RawQuery, nil
}

// saysMore reports whether what the last page says of the list is that there are more accounts than
// were counted, under one of the names that APIs have for it.
func saysMore(meta any, count int) bool {
	members, _ := meta.(map[string]any)
	for key, value := range members {
		number, _ := value.(float64)
		text, _ := value.(string)
		more := false
		switch key = strings.ToLower(key); {
		case strings.Contains(key, "page") && strings.Contains(key, "total"), key == "pages", key == "last_page":
			more = number > 1
		case strings.Contains(key, "total"), key == "count":
			more = number > float64(count)
		case strings.HasPrefix(key, "next"), key == "after", key == "cursor", key == "has_more", key == "more":
			more = number > 0 || text != "" || value == true
		}
		if more || saysMore(value, count) {
			return true
		}
	}
	return false
}

// syntaxError says what is wrong with a body that is not the JSON expected.
func syntaxError(body []byte, err error) error {
	if len(body) == 0 {
		return errors.New("an empty body")
	}
	return err
}
