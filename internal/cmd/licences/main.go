// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command licences prints the licence of each component of a CycloneDX bill of materials, and exits with code 1 where
// there is none, or one that has not been looked at.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// accepted are the licences under which a module may be compiled into the provider, which itself is under MPL-2.0.
// BSD-Source-Code is what cyclonedx-gomod takes the BSD-3-Clause of golang.org/x for.
var accepted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-Source-Code", "ISC", "MIT", "MPL-2.0"}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: licences BOM.json")
	}
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var bom struct {
		Components []struct {
			Name, Version string
			Evidence      struct {
				Licenses []struct{ License struct{ ID string } }
			}
		}
	}
	if err := json.Unmarshal(content, &bom); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	if len(bom.Components) == 0 {
		log.Fatalf("%s has no components", os.Args[1])
	}
	refused := 0
	for _, c := range bom.Components {
		var found []string
		for _, l := range c.Evidence.Licenses {
			found = append(found, l.License.ID)
		}
		verdict := ""
		if !slices.ContainsFunc(found, func(id string) bool { return slices.Contains(accepted, id) }) {
			verdict = "  <- not among " + strings.Join(accepted, ", ")
			refused++
		}
		fmt.Printf("%-60s %-40s %s%s\n", c.Name, c.Version, strings.Join(found, ", "), verdict)
	}
	if refused > 0 {
		log.Fatalf("%d of %d modules need a look at their licence", refused, len(bom.Components))
	}
}
