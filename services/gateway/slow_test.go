package gateway

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
)

// line is a listener to whom one client comes.
type line struct{ server chan net.Conn }

func (l line) Addr() net.Addr  { return l }
func (l line) Network() string { return "line" }
func (l line) String() string  { return "line" }
func (l line) Close() error    { return nil }

func (l line) Accept() (net.Conn, error) {
	if c, is := <-l.server; is {
		return c, nil
	}
	return nil, net.ErrClosed
}

// A stranger who asks for a page and does not read it is cut off, and so is one
// who does not send the request to its end, or nothing after it.
func TestWhoIsSlowIsCutOff(t *testing.T) {
	for name, sends := range map[string]string{
		"nothing": "", "half a request": "GET /docs/schema HTTP/1.1\r\nHost: ", "half a body": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
		"a request": "GET /docs/schema HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		synctest.Test(t, func(t *testing.T) { // its clock moves on when all wait; who waits for ever fails it
			theirs, ours := net.Pipe()
			l := line{make(chan net.Conn, 1)}
			l.server <- ours
			close(l.server)
			cut := make(chan struct{})
			server := serverOf(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				for {
					if _, err := w.Write(make([]byte, 4<<10)); err != nil {
						return
					}
				}
			}))
			server.ConnState = func(_ net.Conn, s http.ConnState) {
				if s == http.StateClosed {
					close(cut)
				}
			}
			_ = server.Serve(l) // it ends when there is nobody more to come
			if _, err := io.WriteString(theirs, sends); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			<-cut
		})
	}
}
