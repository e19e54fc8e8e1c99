// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"slices"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/datadog"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// Advice for many new accounts takes one list, which may be older than what this process wrote. What it
// deleted is not taken.
func TestLookUp(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		c, prod, dev := s.client(t), s.put("prod"), s.put("dev")
		for _, name := range []string{"prod", "new"} {
			found, err := c.LookUp(t.Context(), name)
			if want := name == "prod"; err != nil || slices.Contains(found, prod) != want || len(found) > 1 {
				t.Errorf("%s: %v %v", name, found, err)
			}
		}
		if err := c.Delete(t.Context(), dev, LastWrite{}); err != nil {
			t.Fatal(err)
		}
		if found, err := c.LookUp(t.Context(), "dev"); err != nil || len(found) > 0 {
			t.Errorf("what was deleted: %v %v", found, err)
		}
		wantRequests(t, s, "GET list", "DELETE")

		s.Fail(stub.Fault{Method: "GET", Status: 403})
		_, err := s.client(t).LookUp(t.Context(), "prod")
		if failed, ok := errors.AsType[*datadog.Error](err); !ok || failed.Status != 403 {
			t.Errorf("a list that is refused: %v", err)
		}
	})
}

// What an account has that is a secret of ours is not for a text.
func TestLookUpShowsNoSecrets(t *testing.T) {
	t.Parallel()
	inFakeTime(t, func(t *testing.T, s *service) {
		s.Put(stub.Account{Name: "prod", Domain: stub.APIKey, ClientID: stub.AppKey})
		found, err := s.client(t).LookUp(t.Context(), "prod")
		if err != nil || len(found) != 1 || found[0].Domain == stub.APIKey || found[0].ClientID == stub.AppKey {
			t.Errorf("found %+v %v", found, err)
		}
	})
}
