// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

// History adds accounts of the kinds that an old organization may have: from before there was an auth_method, made
// in other ways than through the API, or damaged. None of them is of a configuration's making.
func (s *Server) History() {
	for _, text := range oddAccounts {
		s.PutRaw(text)
	}
}

var oddAccounts = []string{
	// From before there was an auth_method and a client_id, in each of the shapes that may be shown in.
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000001","attributes":{"name":"odd_no_domain","auth_method":"oauth"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000002","attributes":{"name":"odd_null_domain","domain":null,"auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000003","attributes":{"name":"odd_empty_domain","domain":"","auth_method":"","client_id":""}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000004","attributes":{"name":"odd_legacy","domain":"https://odd.okta.com","client_id":null}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000005","attributes":{"name":"odd_null_method","domain":"https://odd.okta.com","auth_method":null}}`,
	// Names.
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000006","attributes":{"name":"","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000007","attributes":{"domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000008","attributes":{"name":"odd_twice","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000009","attributes":{"name":"odd_twice","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000010","attributes":{"name":" odd white space\t","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000011","attributes":{"name":"odd_nfd_Zu\u0308rich","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000012","attributes":{"name":"odd_Name","Name":"odd_other","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	// Ids.
	`{"type":"okta-accounts","attributes":{"name":"odd_no_id","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000014","attributes":{"name":"odd_same_id_1","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000014","attributes":{"name":"odd_same_id_2","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	// JSON of another shape.
	`{"type":"okta-apps","id":"0dd00000-0000-4000-8000-000000000016","attributes":{"name":"odd_type","domain":"https://odd.okta.com","auth_method":"oauth","client_id":"odd"}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000017","attributes":{"name":"odd_number","domain":"https://odd.okta.com","auth_method":"oauth","client_id":7}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000018","attributes":{"name":["odd_list"],"domain":{},"auth_method":true}}`,
	`{"type":"okta-accounts","id":"0dd00000-0000-4000-8000-000000000019"}`,
	`"odd"`,
	`null`,
}
