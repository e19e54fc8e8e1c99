// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import "fmt"

// History adds accounts of the kinds that an old organization may have: from before there was an
// auth_method, made in other ways than through the API, or damaged.
func (s *Server) History() {
	for _, text := range oddAccounts {
		s.PutRaw(text)
	}
}

var oddAccounts = []string{
	// Without an attribute, in each of the ways that an answer can show that.
	odd(1, `"name":"odd_no_domain","auth_method":"oauth"`),
	odd(2, `"name":"odd_null_domain","domain":null,"auth_method":"oauth","client_id":"odd"`),
	odd(3, `"name":"odd_empty_domain","domain":"","auth_method":"","client_id":""`),
	odd(4, `"name":"odd_legacy","domain":"https://odd.okta.com","client_id":null`),
	odd(5, `"name":"odd_null_method","domain":"https://odd.okta.com","auth_method":null`),
	// Names.
	odd(6, `"name":"",`+rest),
	odd(7, rest),
	odd(8, `"name":"odd_twice",`+rest),
	odd(9, `"name":"odd_twice",`+rest),
	odd(10, `"name":" odd white space\t",`+rest),
	odd(11, `"name":"odd_nfd_Zu\u0308rich",`+rest),
	// Ids.
	`{"type":"okta-accounts","attributes":{"name":"odd_no_id",` + rest + `}}`,
	odd(14, `"name":"odd_same_id_1",`+rest),
	odd(14, `"name":"odd_same_id_2",`+rest),
	// JSON of another shape.
	`{"type":"okta-apps","id":"0dd00000-0000-4000-8000-000000000016","attributes":{"name":"odd_type",` + rest + `}}`,
	odd(17, `"name":"odd_number","domain":"https://odd.okta.com","auth_method":"oauth","client_id":7`),
	odd(18, `"name":["odd_list"],"domain":{},"auth_method":true`),
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000019"}`,
	`"odd"`,
	`null`,
}

const rest = `"domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"`

// odd is the JSON of an account with the attributes.
func odd(id int, attributes string) string {
	return fmt.Sprintf(`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-%012d","attributes":{%s}}`, id, attributes)
}
