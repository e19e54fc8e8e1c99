// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"archive/zip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datadog-okta/terraform-provider-okta/internal/stub"
)

// A secret of these tests has a part before and after the mark that every form of escaping changes,
// and a mark that none does: wherever the secret is written, in whatever form, the mark is found.
const (
	markAPIKey       = "markOfDatadogAPIKey"
	markAppKey       = "markOfDatadogAppKey"
	markBearer       = "markOfDatadogBearerToken"
	markClientSecret = "markOfClientSecret"
	markOktaToken    = "markOfOktaAPIToken"
	markAWSKeyID     = "markOfAWSAccessKeyID"
	markAWSSecret    = "markOfAWSSecretAccessKey"
	markAWSSession   = "markOfAWSSessionToken"
	markDelegated    = "made-up-delegated-token" // the beginning of what the stub gives for a proof
)

func headerSecret(mark string) string { return `q"<&'\` + mark + `%2F+>~` }
func bodySecret(mark, version string) string {
	return `q"<&'\ ü` + mark + `${x} %{y} 💥` + version + `>`
}

// leakTest runs commands with all logging on, and searches whatever they write.
type leakTest struct {
	*cli
	s    *stub.Server
	keys []string          // to Datadog
	kept map[string]string // the mark of each secret that the configuration keeps in state, by its attribute there
}

func newLeakTest(t *testing.T, keys []string, kept map[string]string, environment []string) *leakTest {
	t.Helper()
	w := &leakTest{s: stub.New(), keys: keys, kept: kept}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for header, values := range map[string][2]string{
			"DD-API-KEY":         {headerSecret(markAPIKey), stub.APIKey},
			"DD-APPLICATION-KEY": {headerSecret(markAppKey), stub.AppKey},
			"Authorization":      {"Bearer " + headerSecret(markBearer), "Bearer " + stub.BearerToken},
		} {
			if r.Header.Get(header) == values[0] {
				r.Header.Set(header, values[1]) // the stub knows no others
			}
		}
		w.s.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.cli = newCLI(t, "")
	w.env = append(w.env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.dir, "trace.log"), "DD_HOST="+server.URL,
		"DD_HTTP_CLIENT_RETRY_ENABLED=false")
	w.env = append(w.env, environment...)
	return w
}

// secrets are those of the account in a version of it; write-only ones have none.
func (w *leakTest) secrets(version string) []string {
	if w.kept == nil {
		version = ""
	}
	return []string{bodySecret(markClientSecret, version), bodySecret(markOktaToken, version)}
}

// do runs a command, searches what it printed and left, and returns what it printed.
func (w *leakTest) do(wantExit int, arguments ...string) string {
	w.t.Helper()
	out := w.run(wantExit, arguments...)
	step := strings.Join(arguments, " ")
	if slices.Contains(arguments, "-json") {
		w.searchJSON(step, []byte(out))
	} else {
		w.search(step, []byte(out))
	}
	err := filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".tf") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := "after " + step + ": " + entry.Name()
		switch {
		case strings.Contains(entry.Name(), ".tfstate"):
			w.searchJSON(name, content)
		case entry.Name() == "tfplan":
			w.searchPlan(name, path)
		default:
			w.search(name, content)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *leakTest) search(where string, content []byte, except ...string) {
	w.t.Helper()
	for _, mark := range []string{
		markAPIKey, markAppKey, markBearer, markClientSecret, markOktaToken,
		markAWSKeyID, markAWSSecret, markAWSSession, markDelegated,
	} {
		if slices.Contains(except, mark) {
			continue
		}
		if i := strings.Index(string(content), mark); i >= 0 {
			w.t.Errorf("%s: %s in …%s…", where, mark, content[max(0, i-200):min(len(content), i+100)])
		}
	}
}

// searchJSON allows a secret in the attribute that keeps it, and nowhere else.
func (w *leakTest) searchJSON(where string, content []byte) {
	w.t.Helper()
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		w.t.Fatalf("%s: %v in %s", where, err, content)
	}
	w.searchValue(where, value, nil)
}

func (w *leakTest) searchValue(path string, value any, except []string) {
	w.t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for name, item := range value {
			allowed := except
			if mark, kept := w.kept[name]; kept {
				allowed = append(slices.Clone(except), mark)
			}
			w.search(path, []byte(name))
			w.searchValue(path+"."+name, item, allowed)
		}
	case []any:
		for _, item := range value {
			w.searchValue(path+"[]", item, except)
		}
	case string:
		w.search(path, []byte(value), except...)
	}
}

// searchPlan searches the parts of a plan file: a copy of the configuration is none of what is
// searched, and where a secret is kept in state by choice, it is in the plan for the state too.
func (w *leakTest) searchPlan(where, path string) {
	w.t.Helper()
	plan, err := zip.OpenReader(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = plan.Close() }()
	var except []string
	for _, mark := range w.kept {
		except = append(except, mark)
	}
	for _, file := range plan.File {
		if strings.HasSuffix(file.Name, ".tf") || strings.HasPrefix(file.Name, "tfconfig/m-") {
			continue
		}
		part, err := file.Open()
		if err != nil {
			w.t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			w.t.Fatal(err)
		}
		w.search(where+": "+file.Name, content, except...)
	}
}

// quote encodes a text with every secret in it that the provider is sure to know: beside its keys
// those of the account in the version that it sends or has in state, none where that is "".
func (w *leakTest) quote(encode func(string) string, version string) string {
	secrets := w.keys
	if version != "" {
		secrets = append(slices.Clone(secrets), w.secrets(version)...)
	}
	return encode(strings.Join(secrets, " "))
}

func jsonString(text string) string { return string(toJSON(text)) }

// fails runs a command that fails for a fault, with want in its error.
func (w *leakTest) fails(method string, fault stub.Fault, want string, arguments ...string) {
	w.t.Helper()
	fault.Method = method
	w.s.Fail(fault)
	out := w.do(1, arguments...)
	if !regexp.MustCompile(spaced(want)).MatchString(out) {
		w.t.Errorf("%v: no %q in:\n%s", arguments, want, out)
	}
	w.s.Heal()
}
