// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package datadog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// AWS is an identity at AWS whose proof Datadog takes instead of keys: keyless access, a preview at
// Datadog.
type AWS struct {
	OrgUUID string // of the Datadog organization
	Region  string // of AWS's Security Token Service; empty for the global one

	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// proof returns the parts of a signed request to AWS. Datadog sends that request in our place, and
// the answer says who signed it. The parts and the spelling of the headers are those of Datadog's own
// client for Go.
func (a *AWS) proof(ctx context.Context, userAgent string) ([]string, error) {
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	host := "sts.amazonaws.com"
	if a.Region != "" {
		host = "sts." + a.Region + ".amazonaws.com"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+host, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = http.Header{
		"Content-Type":  {"application/x-www-form-urlencoded; charset=utf-8"},
		"User-Agent":    {userAgent},
		"x-ddog-org-id": {a.OrgUUID},
	}
	hash, identity := sha256.Sum256([]byte(body)), aws.Credentials{
		AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken,
	}
	signErr := v4.NewSigner().SignHTTP(
		ctx, identity, r, hex.EncodeToString(hash[:]), "sts", cmp.Or(a.Region, "us-east-1"), time.Now())
	// Signed as well, but in Go they are no part of a request's header.
	r.Header["host"], r.Header["Content-Length"] = []string{host}, []string{strconv.Itoa(len(body))}
	header, err := json.Marshal(r.Header)
	encode := base64.StdEncoding.EncodeToString
	parts := []string{encode([]byte(body)), encode(header), r.Method, encode([]byte(r.URL.String()))}
	return parts, errors.Join(signErr, err)
}
