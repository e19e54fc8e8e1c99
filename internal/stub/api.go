// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
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
	case fault.CutBody, fault.Reason != "":
		writeRaw(w, a, fault)
	default:
		maps.Copy(w.Header(), a.header)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body) // the client may have left
	}
}

// decide carries the request out, unless something prevents it. It returns the answer, the fault
// that hits it, and what a fault that hangs waits for. The request is complete afterwards.
func (s *Server) decide(req *Request, tooLarge bool) (a answer, fault Fault, healed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limits, within := s.limit.take(time.Now())
	switch {
	case s.is(NoRateHeaders):
		limits = http.Header{}
	case s.is(OtherRateHeaders):
		limits = withoutX(limits)
	}
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
		if fault.When == Later {
			s.later = append(s.later, req)
		} else if req.matches(http.MethodGet, "list") {
			s.carryOutLater()
		}
		a = fault.change(a)
	}
	if a.errors != nil {
		if s.is(EchoSecrets) && a.status == http.StatusBadRequest {
			a.errors = append(a.errors, s.quoteSecrets(req.Body)...)
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

// carryOutLater carries out the requests that a fault with Later has held back. The caller holds
// s.mu.
func (s *Server) carryOutLater() {
	later := s.later
	s.later = nil
	for _, req := range later {
		s.carryOut(req)
	}
}

// carryOut does what the request asks for. The caller holds s.mu.
func (s *Server) carryOut(req *Request) answer {
	if req.Path == validatePath && req.Method == http.MethodGet {
		if req.Header.Get("DD-API-KEY") != APIKey {
			return failure(http.StatusForbidden, "Forbidden")
		}
		return newAnswer(http.StatusOK, jsonType, `{"valid":true}`+"\n")
	}
	if req.Path == tokenPath && req.Method == http.MethodPost {
		return s.exchange(req)
	}
	if status := s.refusal(req.Header); status != 0 {
		return failure(status, http.StatusText(status))
	}
	if req.Path == accountsPath {
		switch req.Method {
		case http.MethodGet:
			return s.list(req)
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
