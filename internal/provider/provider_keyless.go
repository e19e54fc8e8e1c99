// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

const cloudTypeAWS = "aws"

// aws returns the identity at AWS that is exchanged for a token, or nil where it is not known yet
// whether that is what is wanted, or the configuration wants another cloud.
func (s settings) aws(use func(setting) string, diags *diag.Diagnostics) *api.AWS {
	if use(s.cloudType) != cloudTypeAWS {
		return nil
	}
	const why = "Keyless access, which cloud_provider_type or DD_CLOUD_PROVIDER_TYPE asks for, needs org_uuid and all three values of " +
		"temporary AWS credentials: access key ID, secret access key and session token. It reads no profile and no file."
	s.orgUUID.require(diags, "Datadog organization UUID", why)
	s.awsAccessKeyID.require(diags, "AWS access key ID", why)
	s.awsSecretAccessKey.require(diags, "AWS secret access key", why)
	s.awsSessionToken.require(diags, "AWS session token", why)
	return &api.AWS{
		OrgUUID:         use(s.orgUUID),
		Region:          use(s.cloudRegion),
		AccessKeyID:     use(s.awsAccessKeyID),
		SecretAccessKey: use(s.awsSecretAccessKey),
		SessionToken:    use(s.awsSessionToken),
	}
}

func checkCloudType(text string) error {
	if text != cloudTypeAWS {
		return fmt.Errorf("it is %q: write %q, the only cloud whose identities Datadog's keyless access takes", text, cloudTypeAWS)
	}
	return nil
}

var (
	cloudRegion = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
	uuid        = regexp.MustCompile(`^(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
)

// checkCloudRegion accepts what can be a label of the host name of AWS's Security Token Service.
func checkCloudRegion(text string) error {
	if !cloudRegion.MatchString(text) {
		return errors.New(`it is not a region of AWS: write one such as "us-east-1", or leave the argument out`)
	}
	return nil
}

func checkOrgUUID(text string) error {
	if !uuid.MatchString(text) {
		return errors.New("it is not a UUID: write the organization's UUID, such as 01234567-89ab-cdef-0123-456789abcdef, not its name or " +
			"its public id")
	}
	return nil
}
