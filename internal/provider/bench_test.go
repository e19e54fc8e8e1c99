// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/datadog-okta/terraform-provider-okta/internal/okta"
	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// BenchmarkPlan is what a plan asks of the provider for one account of many, which does not change:
// validate, read, plan. Every second one has a fingerprint of its secret, the others a version; the
// metric says how much more those with a fingerprint take.
func BenchmarkPlan(b *testing.B) {
	const accounts = 1000
	s := stub.New()
	p := newProtocol(b, s.Start(b))
	schema := p.schemas.ResourceSchemas["okta_account"]
	for n := range accounts {
		s.Put(stub.Account{
			Name: fmt.Sprintf("Okta_%d", n), ID: fmt.Sprintf("id-%d", n),
			Domain: "https://example.okta.com", ClientID: "made-up-client",
		})
	}
	// The private state as the protocol has it.
	private := func(last lastWrite) []byte {
		text, err := json.Marshal(last)
		if err != nil {
			b.Fatal(err)
		}
		text, err = json.Marshal(map[string][]byte{lastWriteKey: text})
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	without := private(lastWrite{LastWrite: okta.LastWrite{Written: time.Unix(0, 0)}})
	with := private(lastWrite{
		LastWrite:    okta.LastWrite{Written: time.Unix(0, 0)},
		Fingerprints: map[string]string{"client_secret": fingerprint("client_secret", "made-up-secret")},
	})

	var took [2]time.Duration
	for n := 0; b.Loop(); n++ {
		kind, data := n%2, without
		values := map[string]any{
			"name": fmt.Sprintf("Okta_%d", n%accounts), "domain": "https://example.okta.com",
			"auth_method": "oauth", "client_id": "made-up-client",
		}
		if kind == 1 {
			data = with
		} else {
			values["client_secret_wo_version"] = "1"
		}
		values["client_secret_wo"] = "made-up-secret"
		config := dynamicValue(b, schema, values)
		values["client_secret_wo"], values["id"] = nil, fmt.Sprintf("id-%d", n%accounts)
		state := dynamicValue(b, schema, values)

		began := time.Now()
		_, err := p.server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: "okta_account", Config: config,
		})
		if err != nil {
			b.Fatal(err)
		}
		read, err := p.server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{
			TypeName: "okta_account", CurrentState: state, Private: data,
		})
		if err != nil {
			b.Fatal(err)
		}
		planned, err := p.server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: "okta_account", Config: config, PriorState: read.NewState,
			ProposedNewState: read.NewState, PriorPrivate: read.Private,
		})
		if err != nil || len(planned.Diagnostics) > 0 {
			b.Fatal(err, planned.Diagnostics)
		}
		took[kind] += time.Since(began)
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "with/without-fingerprint")
}
