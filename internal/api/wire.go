// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// The wire format: https://docs.datadoghq.com/api/latest/okta-integration/
const (
	accountsPath = "/api/v2/integrations/okta/accounts"
	validatePath = "/api/v1/validate"
	accountType  = "okta-accounts"

	permissionRead  = "integrations_read"
	permissionWrite = "manage_integrations"
)

type (
	document struct {
		Data resource `json:"data"`
	}
	resource struct {
		Type       string     `json:"type"`
		ID         string     `json:"id,omitempty"`
		Attributes attributes `json:"attributes"`
	}
	attributes struct {
		Name         string `json:"name,omitempty"`
		Domain       string `json:"domain"`
		AuthMethod   string `json:"auth_method"`
		ClientID     string `json:"client_id,omitempty"`
		ClientSecret string `json:"client_secret,omitempty"`
		APIKey       string `json:"api_key,omitempty"`
	}
)

// pathSafe is what an id may look like. The service assigns UUIDs; anything that could lead to another path is none.
var pathSafe = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._~-]*$`)

func encode(a Account, s Secrets) document {
	return document{Data: resource{Type: accountType, Attributes: attributes{
		Name: a.Name, Domain: a.Domain, AuthMethod: a.AuthMethod, ClientID: a.ClientID,
		ClientSecret: s.ClientSecret, APIKey: s.APIKey,
	}}}
}

// account checks what the service answered, so that no blank or misread account ever reaches a state.
func (r resource) account() (Account, error) {
	switch {
	case r.Type != accountType:
		return Account{}, fmt.Errorf("an object of type %q instead of %q", r.Type, accountType)
	case r.ID == "":
		return Account{}, errors.New("an account without an id")
	case !pathSafe.MatchString(r.ID):
		return Account{}, fmt.Errorf("an account with the id %q, which is not one", r.ID)
	case r.Attributes.Name == "" || r.Attributes.Domain == "" || r.Attributes.AuthMethod == "":
		return Account{}, fmt.Errorf("the account %s without a name, domain or auth_method", r.ID)
	}
	return Account{
		ID: r.ID, Name: r.Attributes.Name, Domain: r.Attributes.Domain,
		AuthMethod: r.Attributes.AuthMethod, ClientID: r.Attributes.ClientID,
	}, nil
}

func decodeAccount(body []byte) (Account, error) {
	var answer document
	if err := decode(body, &answer); err != nil {
		return Account{}, err
	}
	return answer.Data.account()
}

func decodeAccounts(body []byte) (map[string]Account, error) {
	var answer struct {
		Data *[]resource `json:"data"`
	}
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	if answer.Data == nil {
		return nil, errors.New("an object without data")
	}
	accounts := make(map[string]Account, len(*answer.Data))
	for _, r := range *answer.Data {
		account, err := r.account()
		if err != nil {
			return nil, err
		}
		if _, twice := accounts[account.ID]; twice {
			return nil, fmt.Errorf("two accounts with the id %s", account.ID)
		}
		accounts[account.ID] = account
	}
	return accounts, nil
}

func decode(body []byte, into any) error {
	if len(body) == 0 {
		return errors.New("an empty body")
	}
	return json.Unmarshal(body, into)
}
