// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
)

// When says on which side of the processing a fault lies.
type When int

const (
	// Before means that the request is not carried out.
	Before When = iota
	// After means that the request is carried out, and then the fault happens.
	After
	// Later means that the fault happens, and the request is carried out only after the next list.
	// Where the fault has no Drop, Hang or Status, that is a 504.
	Later
)

// Fault says which requests it hits and what happens to them. Without Drop, Hang, Status and Later
// it changes the real answer (CutBody, Header, Body, EmptyBody); so the request is carried out,
// Before or After.
type Fault struct {
	Method string // "" = any
	Path   string // as in Count: "" = any, "list", "account", "validate", or a suffix
	Skip   int    // lets so many matching requests pass first
	Times  int    // hits the next so many; 0 = all until Heal
	When   When

	Drop    bool // the connection is reset without an answer
	CutBody bool // the connection is closed in the middle of the body; of the headers, where there is no body
	Hang    bool // no answer until the client leaves or Heal is called; then the connection is reset

	Status    int         // instead of the real one; the body is a JSON error unless Body or EmptyBody is set
	Header    http.Header // set in the answer, over its own
	Body      string      // instead of the answer's own; HTML where it begins with "<", else JSON
	EmptyBody bool        // the answer has no body
}

// Fail adds a fault. A request is hit by one fault at most: the first one added that it matches and
// that is not used up. A request past the rate limit is hit by none.
func (s *Server) Fail(f Fault) {
	f.Times = cmp.Or(f.Times, math.MaxInt)
	if f.When == Later {
		f.Status = cmp.Or(f.Status, http.StatusGatewayTimeout)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal drops all faults and releases the requests that hang.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	close(s.healed)
	s.healed = make(chan struct{})
}

// faultFor returns the fault that hits the request, and counts the hit.
func (s *Server) faultFor(req *Request) Fault {
	for _, f := range s.faults {
		switch {
		case !req.matches(f.Method, f.Path):
		case f.Skip > 0:
			f.Skip--
		case f.Times > 0:
			f.Times--
			return *f
		}
	}
	return Fault{}
}

// prevents reports whether the request is not carried out.
func (f Fault) prevents() bool {
	return f.When == Later || f.When == Before && (f.Drop || f.Hang || f.Status != 0)
}

// change makes the fault's answer of the real one.
func (f Fault) change(a answer) answer {
	if f.Status != 0 {
		a = failure(f.Status, http.StatusText(f.Status))
	}
	if f.EmptyBody || f.Body != "" {
		a = answer{status: a.status, body: f.Body}
	}
	return a
}

// reset ends the connection without an answer. The client sees a reset rather than a clean end.
func reset(w http.ResponseWriter) {
	conn := hijack(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// cut sends the answer without the second half of its body, or without the end of its headers where
// there is no body, and ends the connection.
func cut(w http.ResponseWriter, a answer) {
	response := http.Response{
		ProtoMajor: 1, ProtoMinor: 1, StatusCode: a.status, Header: a.header, Close: true,
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}
	var whole bytes.Buffer
	_ = response.Write(&whole)                                    // a buffer takes everything
	whole.Truncate(whole.Len() - max(len(a.body)/2, len("\r\n"))) // the headers end on an empty line
	conn := hijack(w)
	_, _ = conn.Write(whole.Bytes()) // the client may have left
	_ = conn.Close()
}

// hijack takes over the connection. Where there is none of its own (HTTP/2), the request is
// aborted.
func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}
