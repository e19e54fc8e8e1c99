// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// proof is a good one, as made at the time, but for the change.
func proof(at time.Time, old, instead string) string {
	at = at.UTC()
	headers := fmt.Sprintf(`{"Content-Type":["application/x-www-form-urlencoded; charset=utf-8"],"X-Amz-Date":["%s"],`+
		`"x-ddog-org-id":["%s"],"host":["sts.eu-west-1.amazonaws.com"],"X-Amz-Security-Token":["made-up"],`+
		`"Authorization":["AWS4-HMAC-SHA256 Credential=AKIDMADEUP/%s/eu-west-1/sts/aws4_request, `+
		`SignedHeaders=content-type;host;x-amz-date;x-ddog-org-id, Signature=%s"]}`,
		at.Format("20060102T150405Z"), stub.OrgUUID, at.Format("20060102"), strings.Repeat("0a", 32))
	const url = "https://sts.eu-west-1.amazonaws.com"
	parts := []string{"Action=GetCallerIdentity&Version=2011-06-15", headers, "POST", url}
	for i, part := range parts {
		parts[i] = strings.Replace(part, old, instead, 1)
		if i != 2 {
			parts[i] = base64.StdEncoding.EncodeToString([]byte(parts[i]))
		}
	}
	return strings.Join(parts, "|")
}

func TestDelegatedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := stub.New()
		c := inFakeTime(t, s)
		send := func(method, path, authorization string) reply {
			c.headers = map[string]string{"Authorization": authorization}
			return c.do(method, path, "")
		}
		token := func() string {
			got := send("POST", "/api/v2/delegated-token", "Delegated "+proof(time.Now(), "", ""))
			var body struct {
				Data struct{ Attributes map[string]string }
			}
			err := json.Unmarshal([]byte(got.body), &body)
			expires := fmt.Sprint(time.Now().Add(15 * time.Minute).Unix())
			if err != nil || got.status != 200 || body.Data.Attributes["expires"] != expires {
				t.Fatalf("%v in %+v, want to expire at %s", err, got, expires)
			}
			return body.Data.Attributes["access_token"]
		}
		list := func(token string, want int) {
			t.Helper()
			if got := send("GET", accounts, "Bearer "+token); got.status != want {
				t.Errorf("got %+v, want %d", got, want)
			}
		}
		first := token()
		list(first, 200)
		time.Sleep(15*time.Minute - 1)
		list(first, 200)
		second := token()
		time.Sleep(time.Nanosecond)
		list(first, 401)
		list(second, 200)
		s.ExpireTokens()
		list(second, 401)
		list(token(), 200)
		list(first+"x", 403)

		s.TokenLifetime(time.Second)
		now := time.Now()
		got := send("POST", "/api/v2/delegated-token", "Delegated "+proof(now, "", ""))
		if !strings.Contains(got.body, fmt.Sprintf(`"%d"`, now.Unix()+1)) || s.Count("POST", "token") != 4 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestProofsOfIdentity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, now := inFakeTime(t, stub.New()), time.Now()
		today := now.UTC().Format("20060102")
		for name, test := range map[string]struct {
			authorization string
			status        int
			message       string
		}{
			"no proof":              {"Bearer " + proof(now, "", ""), 401, "form"},
			"three parts":           {"Delegated a|b|POST", 401, "form"},
			"no base64":             {"Delegated a|b|POST|c", 401, "base64"},
			"GET":                   {"Delegated " + proof(now, "POST", "GET"), 401, "form"},
			"no JSON":               {"Delegated " + proof(now, "{", ""), 401, "JSON"},
			"another action":        {"Delegated " + proof(now, "GetCallerIdentity", "GetSessionToken"), 401, "body"},
			"another host":          {"Delegated " + proof(now, "https://sts.eu", "https://sts.example.eu"), 401, "STS"},
			"another host header":   {"Delegated " + proof(now, `["sts.eu`, `["sts.us`), 401, "STS"},
			"another region":        {"Delegated " + proof(now, "/eu-west-1/", "/us-east-1/"), 401, "region"},
			"old":                   {"Delegated " + proof(now.Add(-16*time.Minute), "", ""), 401, "Date"},
			"of the future":         {"Delegated " + proof(now.Add(16*time.Minute), "", ""), 401, "Date"},
			"no date":               {"Delegated " + proof(now, "X-Amz-Date", "X-Date"), 401, "Date"},
			"signed another day":    {"Delegated " + proof(now, today+"/", "20060102/"), 401, "Authorization"},
			"a short signature":     {"Delegated " + proof(now, "0a0a", "0a"), 401, "Authorization"},
			"organization unsigned": {"Delegated " + proof(now, ";x-ddog-org-id", ""), 401, "Authorization"},
			"another organization":  {"Delegated " + proof(now, stub.OrgUUID, "1"+stub.OrgUUID[1:]), 403, "Forbidden"},
		} {
			c.headers = map[string]string{"Authorization": test.authorization}
			got := c.do("POST", "/api/v2/delegated-token", "")
			if got.status != test.status || !strings.Contains(got.body, test.message) || strings.Contains(got.body, `token"`) {
				t.Errorf("%s: got %+v, want %d with %q", name, got, test.status, test.message)
			}
		}
	})
}
