// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

package stub

import (
	"bytes"
	"cmp"
	"fmt"
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
// it changes the real answer (CutBody, Header, Body, EmptyBody, Reason); so the request is carried
// out, Before or After.
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
	Reason    string      // instead of the status line's own ("OK"), sent as it is; needs HTTP/1.1
}

// fault is a Fault and the requests that it has let pass and hit so far.
type fault struct {
	Fault
	skipped, hit int
}

// Fail adds a fault. A request is hit by one fault at most: the first one added that it matches and
// that is not used up. A request past the rate limit is hit by none.
func (s *Server) Fail(f Fault) {
	header := http.Header{}
	for name, values := range f.Header { // keys of a literal need not be in canonical form
		header[http.CanonicalHeaderKey(name)] = values
	}
	f.Header = header
	if f.When == Later {
		f.Status = cmp.Or(f.Status, http.StatusGatewayTimeout)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{Fault: f})
}

// Heal drops all faults and releases the requests that hang.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	close(s.healed)
	s.healed = make(chan struct{})
}

// faultFor returns the fault that hits the request, and counts the hit. The caller holds s.mu.
func (s *Server) faultFor(req *Request) Fault {
	for _, f := range s.faults {
		switch {
		case !req.matches(f.Method, f.Path):
		case f.skipped < f.Skip:
			f.skipped++
		case f.Times == 0 || f.hit < f.Times:
			f.hit++
			return f.Fault
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
	switch {
	case f.EmptyBody:
		a = newAnswer(a.status, jsonType, "")
	case strings.HasPrefix(f.Body, "<"):
		a = newAnswer(a.status, htmlType, f.Body)
	case f.Body != "":
		a = newAnswer(a.status, jsonType, f.Body)
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

// writeRaw writes the answer to the connection itself, and ends it: the server of net/http allows
// no reason of one's own and no body that is cut. Where a body to cut is empty, the headers are.
func writeRaw(w http.ResponseWriter, a answer, f Fault) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", a.status, cmp.Or(f.Reason, http.StatusText(a.status)))
	a.header.Set("Connection", "close")
	_ = a.header.Write(&text) // a buffer takes everything
	body := a.body
	if f.CutBody {
		body = body[:len(body)/2]
	}
	if a.body != "" || !f.CutBody {
		fmt.Fprintf(&text, "Content-Length: %d\r\n\r\n%s", len(a.body), body)
	}
	conn := hijack(w)
	_, _ = conn.Write(text.Bytes()) // the client may have left
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
