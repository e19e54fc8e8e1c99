// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// answer is what the service says, before it is sent.
type answer struct {
	status int
	header http.Header // set by decide
	body   string
	errors []string // the body of a failure, instead of body
}

func success(status int, data string) answer {
	return answer{status: status, body: `{"data":` + data + "}\n"}
}

func failure(status int, messages ...string) answer {
	return answer{status: status, errors: messages}
}

// ServeHTTP answers one request: the rate limit first, then a fault, then the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	req := s.record(r, body)
	select {
	case <-time.After(time.Duration(s.latency.Load())):
	case <-r.Context().Done():
	}
	if err != nil || r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the client has left; without this it would count as answered with 200
	}

	a, fault, healed := s.decide(req)
	if s.Log != nil {
		s.Log(*req)
	}
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

// decide carries the request out, unless something prevents it. It returns the answer, the fault
// that hits it, and what a fault that hangs waits for. The request is complete afterwards.
func (s *Server) decide(req *Request) (a answer, fault Fault, healed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	header, allowed := s.countRequest(time.Now())
	if allowed {
		fault = s.faultFor(req)
		if !fault.prevents() {
			a = s.carryOut(req)
		}
		if fault.When == Later {
			s.later = append(s.later, req)
		} else if req.matches(http.MethodGet, "list") {
			for _, late := range s.later {
				s.carryOut(late)
			}
			s.later = nil
		}
		a = fault.change(a)
	} else {
		a = answer{status: http.StatusTooManyRequests, body: "<html><body>429 Too Many Requests</body></html>\n"}
	}
	if a.errors != nil {
		if s.is(EchoSecrets) && a.status == http.StatusBadRequest {
			a.errors = append(a.errors, s.quoteSecrets(req.Body)...)
		}
		text, _ := json.Marshal(map[string][]string{"errors": a.errors}) // strings always can
		a.body = string(text)
	}
	header.Set("Content-Type", "application/json")
	if a.body == "" || strings.HasPrefix(a.body, "<") { // without a body, too: so the real service does
		header.Set("Content-Type", "text/html; charset=utf-8")
	}
	maps.Copy(header, canonical(fault.Header)) // a fault can lie about the limits
	a.header = header
	if !fault.Drop && !fault.Hang {
		req.Status = a.status
	}
	return a, fault, s.healed
}

// carryOut does what the request asks for.
func (s *Server) carryOut(req *Request) answer {
	operation := req.Method + " " + req.target
	switch operation {
	case "GET validate":
		if req.Header.Get("DD-API-KEY") != APIKey {
			return failure(http.StatusForbidden, "Forbidden")
		}
		return answer{status: http.StatusOK, body: `{"valid":true}` + "\n"}
	case "POST token":
		return s.exchange(req.Header.Get("Authorization"))
	}
	if status := s.refusal(req.Header); status != 0 {
		return failure(status, http.StatusText(status))
	}
	switch operation {
	case "GET list", "GET account":
		return s.show(req)
	case "POST list":
		return s.create(req.Body)
	case "PATCH account":
		return s.update(req.id, req.Body)
	case "DELETE account":
		return s.delete(req.id)
	}
	return failure(http.StatusNotFound, "Not found")
}

// canonical returns the header with its names as net/http writes them, which those of a literal
// need not be.
func canonical(header http.Header) http.Header {
	result := http.Header{}
	for name, values := range header {
		result[http.CanonicalHeaderKey(name)] = values
	}
	return result
}
