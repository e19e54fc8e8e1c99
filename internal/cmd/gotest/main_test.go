// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
	"time"
)

func TestPrint(t *testing.T) {
	var out strings.Builder
	input, tick := make(chan string), make(chan time.Time)
	done := make(chan struct{})
	go func() {
		printer{&out, map[string][]string{}, map[string]int{}}.print(input, tick)
		close(done)
	}()
	tick <- time.Now() // nothing has come
	for line := range strings.Lines(`{"Action":"run","Package":"x/one","Test":"TestPass"}
{"Action":"output","Package":"x/one","Test":"TestPass","Output":"of a test that passed\n"}
{"Action":"pass","Package":"x/one","Test":"TestPass","Elapsed":1.25}
{"Action":"run","Package":"x/one","Test":"TestSkip"}
{"Action":"output","Package":"x/one","Test":"TestSkip","Output":"    a_test.go:7: needs 1.14: query\n"}
{"Action":"skip","Package":"x/one","Test":"TestSkip"}
{"Action":"run","Package":"x/one","Test":"TestFail"}
{"Action":"output","Package":"x/one","Test":"TestFail/sub","Output":"    a_test.go:9: got 1\n"}
{"Action":"fail","Package":"x/one","Test":"TestFail/sub"}
{"Action":"fail","Package":"x/one","Test":"TestFail","Elapsed":0.1}
{"Action":"run","Package":"x/one","Test":"TestHangs"}
`) {
		input <- line
	}
	tick <- time.Now() // much has come
	tick <- time.Now() // nothing since
	for line := range strings.Lines(`{"Action":"output","Package":"x/one","Test":"TestHangs","Output":"panic: timed out\n"}
{"Action":"fail","Package":"x/one","Elapsed":600}
no JSON
`) {
		input <- line
	}
	close(input)
	<-done
	const want = `... compiling, after 0 s
pass one TestPass 1.2 s
skip one TestSkip 0.0 s: needs 1.14: query
fail one TestFail 0.1 s
    a_test.go:9: got 1
... TestHangs, after 0 s
panic: timed out
fail x/one 600.0 s
no JSON
1 passed, 1 failed, 1 skipped in 0 s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
