// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The credentials that the stub accepts: both keys, or the bearer token instead of them, or a token
// that it gave for a proof of an AWS identity (POST /api/v2/delegated-token) for the organization.
const (
	APIKey      = "made-up-datadog-api-key"
	AppKey      = "made-up-datadog-app-key"
	BearerToken = "made-up-datadog-bearer-token"
	OrgUUID     = "0dd0aaaa-0000-4000-8000-00000000000a"
)

// TokenLifetime sets how long tokens given from now on are accepted. The default is 15 minutes.
func (s *Server) TokenLifetime(d time.Duration) { set(s, &s.tokenLifetime, d) }

// ExpireTokens makes the stub answer 401 to all tokens that it has given so far, whatever it said
// about their lifetime.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token := range s.tokens {
		s.tokens[token] = time.Time{}
	}
}

// refusal is the status of a request whose credentials are not accepted; 0 = they are.
func (s *Server) refusal(header http.Header) int {
	token, _ := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	expires, given := s.tokens[token]
	keys := header.Get("DD-API-KEY") == APIKey && header.Get("DD-APPLICATION-KEY") == AppKey
	switch {
	case keys, token == BearerToken, given && time.Now().Before(expires):
		return 0
	case given, s.is(WrongKeys401):
		return http.StatusUnauthorized
	}
	return http.StatusForbidden
}

// exchange gives a token for a proof of an AWS identity.
func (s *Server) exchange(authorization string) answer {
	org, err := checkProof(authorization, time.Now())
	switch {
	case err != nil:
		return failure(http.StatusUnauthorized, "Invalid proof: "+err.Error())
	case org != OrgUUID:
		return failure(http.StatusForbidden, "Forbidden")
	}
	token := "made-up-delegated-token-" + newID()
	expires := time.Now().Add(s.tokenLifetime)
	s.tokens[token] = expires
	return success(http.StatusOK, fmt.Sprintf(
		`{"type":"delegated_token","attributes":{"access_token":%q,"expires":"%d"}}`, token, expires.Unix()))
}

var (
	stsURL       = regexp.MustCompile(`^https://(sts(?:\.([a-z0-9-]+))?\.amazonaws\.com)/?$`)
	awsSignature = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/ ]+/(\d{8})/([a-z0-9-]+)/sts/aws4_request, ` +
		`SignedHeaders=[a-z0-9;-]*host;x-amz-date;[a-z0-9;-]*x-ddog-org-id, Signature=[0-9a-f]{64}$`)
)

// checkProof returns the organization that the proof is for. A proof is the four parts of a signed
// request to AWS, "body|headers|method|URL", of which all but the method are base64. Everything is
// checked but the signature, which only AWS can.
func checkProof(authorization string, now time.Time) (org string, err error) {
	proof, ok := strings.CutPrefix(authorization, "Delegated ")
	parts := strings.Split(proof, "|")
	if !ok || len(parts) != 4 || parts[2] != http.MethodPost {
		return "", errors.New("not of the form Delegated body|headers|POST|URL")
	}
	for _, i := range []int{0, 1, 3} {
		text, err := base64.StdEncoding.DecodeString(parts[i])
		if err != nil {
			return "", fmt.Errorf("part %d is not base64", i+1)
		}
		parts[i] = string(text)
	}
	var header http.Header
	if err := json.Unmarshal([]byte(parts[1]), &header); err != nil {
		return "", errors.New("the headers are not JSON")
	}
	header = canonical(header)
	url := stsURL.FindStringSubmatch(parts[3])
	signed := awsSignature.FindStringSubmatch(header.Get("Authorization"))
	at, err := time.Parse("20060102T150405Z", header.Get("X-Amz-Date"))
	switch {
	case parts[0] != "Action=GetCallerIdentity&Version=2011-06-15":
		return "", errors.New("another body than GetCallerIdentity's")
	case url == nil || header.Get("Host") != url[1]:
		return "", errors.New("not for AWS STS")
	case err != nil || now.Sub(at).Abs() > 15*time.Minute: // as AWS has it
		return "", errors.New("X-Amz-Date is not of the last 15 minutes")
	case signed == nil || signed[1] != at.Format("20060102"):
		return "", errors.New("malformed Authorization")
	case url[2] != "" && signed[2] != url[2]:
		return "", errors.New("signed for another region than the URL's")
	}
	return header.Get("X-Ddog-Org-Id"), nil
}
