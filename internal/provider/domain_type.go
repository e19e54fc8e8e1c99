// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/datadog-okta/terraform-provider-okta/internal/api"
)

var (
	_ basetypes.StringTypable                    = domainType{}
	_ basetypes.StringValuableWithSemanticEquals = domainValue{}
	_ planmodifier.String                        = sameDomainModifier{}
)

// domainType is the type of an attribute that holds the URL of an Okta org: a string, of which
// several spellings are the same value. It does not validate: the API's own values pass through it
// too. domainValidator checks what users write.
type domainType struct {
	basetypes.StringType
}

func (t domainType) Equal(o attr.Type) bool {
	other, ok := o.(domainType)
	return ok && t.StringType.Equal(other.StringType)
}

func (t domainType) String() string { return "domainType" }

func (t domainType) ValueType(context.Context) attr.Value { return domainValue{} }

func (t domainType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return domainValue{StringValue: in}, nil
}

func (t domainType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	str, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("unexpected value type %T", value)
	}
	return domainValue{StringValue: str}, nil
}

// domainValue is a value of domainType.
type domainValue struct {
	basetypes.StringValue
}

func (v domainValue) Type(context.Context) attr.Type { return domainType{} }

func (v domainValue) Equal(o attr.Value) bool {
	other, ok := o.(domainValue)
	return ok && v.StringValue.Equal(other.StringValue)
}

// StringSemanticEquals keeps the spelling of the configuration and of the state where the API
// answers with another one of the same Okta org.
func (v domainValue) StringSemanticEquals(_ context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	prior, ok := other.(domainValue)
	return ok && api.SameDomain(v.ValueString(), prior.ValueString()), nil
}

// keepSameDomain plans the state's spelling where the configuration has another one of the same
// Okta org. Semantic equality alone does not: the framework asks for it when it reads and applies,
// not when it plans.
func keepSameDomain() planmodifier.String {
	return sameDomainModifier{"Another spelling of the same domain is no change."}
}

type sameDomainModifier struct{ description }

func (sameDomainModifier) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if api.SameDomain(req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// checkDomain returns an error that says what to write instead where domain is not the URL of an
// Okta org: https, a host, perhaps a port, perhaps one slash at the end.
func checkDomain(domain string) error {
	const example = `write the URL of the Okta org, such as "https://example.okta.com"`
	switch {
	case domain == "":
		return errors.New("it is empty: " + example)
	case strings.Contains(domain, "@"):
		return errors.New("a user name or password does not belong in it: " + example)
	case strings.ContainsFunc(domain, isSpaceOrControl):
		return errors.New("it contains white space or a control character: " + example)
	}
	u, err := url.Parse(domain)
	switch {
	case !strings.Contains(domain, "://") && strings.Contains(domain, ".") && isHostname(strings.TrimSuffix(domain, "/")):
		return fmt.Errorf("it has no scheme: write %q", "https://"+domain)
	case err != nil || !hasValidHost(u):
		return errors.New("it is not a URL with a valid host name: " + example)
	case u.Scheme != "https":
		return fmt.Errorf("it is not an https URL: write %q", "https://"+u.Host)
	case (u.Path != "" && u.Path != "/") || strings.ContainsAny(domain, "?#"):
		return fmt.Errorf("something follows the host name: write %q", "https://"+u.Host)
	}
	return nil
}
