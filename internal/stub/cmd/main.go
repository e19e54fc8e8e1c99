// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

// Command cmd serves the stub, so that the provider can be tried without a Datadog account.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8765", "address to serve; port 0 takes a free one")
	history := flag.Bool("history", false,
		"begin with the accounts of an old organization: three that can be adopted, and odd ones")
	strictNames := flag.Bool("strict-names", false, "refuse new names of anything but letters, digits and underscores")
	flag.Parse()
	service := stub.New()
	if *history {
		service.History()
		const secret = "made-up-client-secret"
		// Those of the guide about adopting an organization, so that it can be followed to the letter.
		service.Put(stub.Account{
			Name: "Okta_Prod", Domain: "https://example.okta.com", ClientID: "0oa1example2client3id", ClientSecret: secret,
		})
		service.Put(stub.Account{
			Name: "Okta_Staging", Domain: "https://staging.okta.com", ClientID: "0oa9made8by7hand6", ClientSecret: secret,
		})
		service.Put(stub.Account{Name: "Okta_Legacy", Domain: "https://legacy.okta.com", AuthMethod: stub.Absent})
	}
	if *strictNames {
		service.RefuseNames(regexp.MustCompile(`\W`)) // as Datadog's page about the integration has it
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", *addr)
	if err != nil {
		log.Fatalf("%v (-addr 127.0.0.1:0 takes a free port)", err)
	}
	url := "http://" + listener.Addr().String()
	fmt.Printf(usage, url, stub.APIKey, stub.AppKey)
	service.Log = func(r stub.Request) { log.Println(r.Method, r.Path, r.Status) }
	server := &http.Server{Handler: service, ReadHeaderTimeout: time.Minute}
	log.Fatal(server.Serve(listener))
}

// The provider refuses plain http:// except to this machine, so the URL works for loopback alone.
const usage = `A stand-in for Datadog's Okta integration serves %[1]s, until Ctrl-C. Its accounts are in memory only.

Point the provider at it with

  provider "okta" {
    api_url = "%[1]s"
    api_key = "%[2]s"
    app_key = "%[3]s"
  }

or, with an empty provider block, with

  export DD_HOST=%[1]s DD_API_KEY=%[2]s DD_APP_KEY=%[3]s
  unset DD_BEARER_TOKEN DATADOG_BEARER_TOKEN DD_CLOUD_PROVIDER_TYPE DATADOG_CLOUD_PROVIDER_TYPE

which also unsets what the provider would use instead of the keys. DD_SITE may stay as it is.
Every request is printed below. -help shows what else the stand-in can do.

`
