// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	accountsPath = "/api/v2/integrations/okta/accounts"
	validatePath = "/api/v1/validate"
	accountType  = "okta-accounts"
	jsonType     = "application/json"
	htmlType     = "text/html; charset=utf-8"
	maxBody      = 1 << 20 // bytes of a request
)

// answer is what the service says, before it is sent.
type answer struct {
	status int
	header http.Header
	body   string
	errors []string // the body of a failure, instead of body
}

func newAnswer(status int, contentType, body string) answer {
	return answer{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

func success(status int, data string) answer {
	return newAnswer(status, jsonType, `{"data":`+data+"}\n")
}

func failure(status int, messages ...string) answer {
	a := newAnswer(status, jsonType, "")
	a.errors = messages
	return a
}

// ServeHTTP answers one request: the rate limit first, then a fault, then the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	req := s.record(r, body)
	tooLarge := errors.As(err, new(*http.MaxBytesError))
	if err != nil && !tooLarge || !s.delay(r.Context()) {
		panic(http.ErrAbortHandler) // the client has left; without this it would count as answered with 200
	}

	a, fault, healed := s.decide(req, tooLarge)
	switch {
	case fault.Hang:
		select {
		case <-r.Context().Done():
		case <-healed:
		}
		reset(w)
	case fault.Drop:
		reset(w)
	case fault.CutBody:
		cut(w, a)
	default:
		maps.Copy(w.Header(), a.header)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body) // the client may have left
	}
}

// decide carries the request out, unless something prevents it. It returns the answer, the fault that it meets on
// its way, and what a fault that hangs waits for. The request is complete afterwards.
func (s *Server) decide(req *Request, tooLarge bool) (a answer, fault Fault, healed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limits, within := s.limit.take(time.Now())
	switch {
	case !within:
		a = newAnswer(http.StatusTooManyRequests, htmlType, "<html><body>429 Too Many Requests</body></html>\n")
	case tooLarge:
		a = failure(http.StatusRequestEntityTooLarge, "Request body too large")
	default:
		fault = s.faultFor(req)
		if !fault.prevents() {
			a = s.carryOut(req)
		}
		a = fault.change(a)
	}
	if a.errors != nil {
		if s.echoSecrets && a.status == http.StatusBadRequest {
			a.errors = append(a.errors, quoteSecrets(req.Body)...)
		}
		text, _ := json.Marshal(map[string][]string{"errors": a.errors}) // strings always can
		a.body = string(text)
	}
	if !fault.Drop && !fault.Hang {
		req.Status = a.status
	}
	for _, header := range []http.Header{a.header, fault.Header} { // a fault can lie about the limits
		maps.Copy(limits, header)
	}
	a.header = limits
	return a, fault, s.healed
}

// carryOut does what the request asks for. The caller holds s.mu.
func (s *Server) carryOut(req *Request) answer {
	if req.Path == validatePath && req.Method == http.MethodGet {
		if req.Header.Get("DD-API-KEY") != APIKey {
			return failure(http.StatusForbidden, "Forbidden")
		}
		return newAnswer(http.StatusOK, jsonType, `{"valid":true}`+"\n")
	}
	keys := req.Header.Get("DD-API-KEY") == APIKey && req.Header.Get("DD-APPLICATION-KEY") == AppKey
	if !keys && req.Header.Get("Authorization") != "Bearer "+BearerToken {
		return failure(http.StatusForbidden, "Forbidden")
	}
	if req.Path == accountsPath {
		switch req.Method {
		case http.MethodGet:
			return s.list()
		case http.MethodPost:
			return s.create(req.Body)
		}
	}
	if id, ok := strings.CutPrefix(req.Path, accountsPath+"/"); ok && !strings.Contains(id, "/") {
		id, _ = url.PathUnescape(id) // it comes from a URL that was parsed
		switch req.Method {
		case http.MethodGet:
			return s.get(id)
		case http.MethodPatch:
			return s.update(id, req.Body)
		case http.MethodDelete:
			return s.delete(id)
		}
	}
	return failure(http.StatusNotFound, "Not found")
}

func (s *Server) list() answer {
	data := make([]string, 0, len(s.accounts))
	for _, a := range s.accounts {
		data = append(data, encode(a))
	}
	shuffle(data)
	return success(http.StatusOK, "["+strings.Join(data, ",")+"]")
}

func (s *Server) get(id string) answer {
	a, ok := s.byID(id)
	if !ok {
		return failure(http.StatusNotFound, "Not found")
	}
	return success(http.StatusOK, encode(a))
}

func (s *Server) create(body string) answer {
	in, refusal := decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	a := Account{
		ID: newID(), Name: in.Name, Domain: in.Domain, AuthMethod: in.AuthMethod,
		ClientID: in.ClientID, ClientSecret: in.ClientSecret, APIKey: in.APIKey,
	}
	if messages := a.problems(); len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	// How the real service answers to a name that exists is not known; 409 is the usual status.
	if _, ok := s.accounts[a.Name]; ok {
		return failure(http.StatusConflict, fmt.Sprintf("An account named %q already exists", a.Name))
	}
	s.accounts[a.Name] = a
	return success(http.StatusCreated, encode(a))
}

func (s *Server) update(id, body string) answer {
	a, ok := s.byID(id)
	if !ok {
		return failure(http.StatusNotFound, "Not found")
	}
	in, refusal := decode(body)
	if refusal != "" {
		return failure(http.StatusBadRequest, refusal)
	}
	a.Domain, a.AuthMethod = in.Domain, in.AuthMethod
	a.ClientID = cmp.Or(in.ClientID, a.ClientID)
	a.ClientSecret = cmp.Or(in.ClientSecret, a.ClientSecret)
	a.APIKey = cmp.Or(in.APIKey, a.APIKey)
	if messages := a.problems(); len(messages) > 0 {
		return failure(http.StatusBadRequest, messages...)
	}
	if !s.keepIDs {
		a.ID = newID()
	}
	s.accounts[a.Name] = a
	return success(http.StatusOK, encode(a))
}

func (s *Server) delete(id string) answer {
	a, ok := s.byID(id)
	if !ok {
		return failure(http.StatusBadRequest, "Unknown error occurred: ") // not a 404: so the real service does
	}
	delete(s.accounts, a.Name)
	return newAnswer(http.StatusNoContent, htmlType, "")
}

func (s *Server) byID(id string) (Account, bool) {
	for _, a := range s.accounts {
		if a.ID == id {
			return a, true
		}
	}
	return Account{}, false
}

// problems says in the API's manner why the account is refused.
func (a Account) problems() []string {
	var messages []string
	for name, value := range map[string]string{"name": a.Name, "domain": a.Domain, "auth_method": a.AuthMethod} {
		if value == "" {
			messages = append(messages, fmt.Sprintf("Missing required attribute: %s", name))
		}
	}
	if u, err := url.Parse(a.Domain); a.Domain != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		messages = append(messages, "Invalid attribute: domain must be an https URL")
	}
	if a.AuthMethod == "oauth" && (a.ClientID == "" || a.ClientSecret == "") {
		messages = append(messages, "Invalid attributes: oauth needs client_id and client_secret")
	}
	slices.Sort(messages)
	return messages
}

// input is what a request may set; an id, and whatever the service does not know, is ignored.
type input struct {
	Name         string `json:"name"`
	Domain       string `json:"domain"`
	AuthMethod   string `json:"auth_method"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	APIKey       string `json:"api_key"`
}

// decode reads the body of a create or an update. It returns the API's message where it refuses it.
func decode(body string) (in input, refusal string) {
	var request struct {
		Data struct {
			Type       string `json:"type"`
			Attributes input  `json:"attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		return input{}, "Invalid request body"
	}
	if request.Data.Type != accountType {
		refusal = "Invalid type: expected " + accountType
	}
	return request.Data.Attributes, refusal
}

func quoteSecrets(body string) []string {
	in, _ := decode(body)
	var messages []string
	if in.ClientSecret != "" {
		messages = append(messages, "Rejected client_secret: "+in.ClientSecret)
	}
	if in.APIKey != "" {
		messages = append(messages, "Rejected api_key: "+in.APIKey)
	}
	return messages
}

// encode writes the account without its secrets. The order of its members changes, as in real answers.
func encode(a Account) string {
	attributes := []string{
		member("name", a.Name), member("domain", a.Domain), member("auth_method", a.AuthMethod),
	}
	if a.ClientID != "" {
		attributes = append(attributes, member("client_id", a.ClientID))
	}
	shuffle(attributes)
	members := []string{
		member("type", accountType), member("id", a.ID), `"attributes":{` + strings.Join(attributes, ",") + "}",
	}
	shuffle(members)
	return "{" + strings.Join(members, ",") + "}"
}

func member(name, value string) string {
	text, _ := json.Marshal(value) // a string always can
	return fmt.Sprintf("%q:%s", name, text)
}

func shuffle(s []string) {
	rand.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
