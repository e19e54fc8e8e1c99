// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package api

import (
	"errors"
	"strings"
	"testing"
)

// Only what needs an odd account itself says what is odd about it.
func TestOddAccountsThemselves(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.History()
		c := s.client(t)
		const id = "0dd00000-0000-4000-8000-0000000000"
		for _, test := range []struct {
			query Query
			err   error
			text  string
			want  Account
		}{
			{query: Query{Name: "odd_no_domain"}, want: Account{ID: id + "01", Name: "odd_no_domain", AuthMethod: "oauth"}},
			{query: Query{Name: "odd_null_domain"}, want: Account{ID: id + "02", Name: "odd_null_domain", AuthMethod: "oauth", ClientID: "odd"}},
			{query: Query{Name: "odd_empty_domain"}, want: Account{ID: id + "03", Name: "odd_empty_domain"}},
			{query: Query{Name: "odd_legacy"}, want: Account{ID: id + "04", Name: "odd_legacy", Domain: "https://odd.okta.com"}},
			{query: Query{Name: "odd_null_method"}, want: Account{ID: id + "05", Name: "odd_null_method", Domain: "https://odd.okta.com"}},
			{query: Query{ID: id + "06"}, err: ErrMalformed, text: "it has no name"},
			{query: Query{Name: "odd_twice"}, err: ErrAmbiguous, text: id + "08"},
			{query: Query{ID: id + "09"}, want: Account{ID: id + "09", Name: "odd_twice", Domain: "https://odd.okta.com", AuthMethod: "oauth", ClientID: "odd"}},
			{query: Query{ID: id + "14"}, err: ErrAmbiguous, text: "odd_same_id_2"},
			{query: Query{ID: id + "14", Name: "odd_same_id_1"}, want: Account{ID: id + "14", Name: "odd_same_id_1", Domain: "https://odd.okta.com", AuthMethod: "oauth", ClientID: "odd"}},
			{query: Query{Name: "odd_no_id"}, err: ErrMalformed, text: "it has no id"},
			{query: Query{Name: "odd_type"}, err: ErrMalformed, text: `its type is "okta-apps"`},
			{query: Query{Name: "odd_number"}, err: ErrMalformed, text: "its client_id is no string"},
			{query: Query{ID: id + "19"}, err: ErrMalformed, text: "it has no name"},
			{query: Query{Name: "odd white space"}, err: ErrNotFound},
		} {
			found, err := c.Find(t.Context(), test.query)
			if !errors.Is(err, test.err) || found != test.want || test.err != nil && !strings.Contains(err.Error(), test.text) {
				t.Errorf("%+v: found %+v %v", test.query, found, err)
			}
			if errors.Is(test.err, ErrMalformed) && len(asError(t, err).Found) != 1 {
				t.Errorf("%+v: %v does not hold the account", test.query, err)
			}
		}
		listed, err := c.List(t.Context())
		if err != nil || len(listed) != len(s.Raw()) {
			t.Errorf("listed %d of %d, %v", len(listed), len(s.Raw()), err)
		}
		wantRequests(t, s, "GET list")
	})
}
