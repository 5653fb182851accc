// Package client is how a network's own system talks to the platform. It sends
// asks and gives receipts back; it tries again what is worth trying again, so
// that a request is recorded once however often it had to be sent.
//
//	c, err := client.New("https://book.example.nhs.uk", client.Token(token), client.Visible())
//	receipt, err := c.Join(ctx, network.Join{Practice: "A81001", Network: "U12345", From: day})
//
// An error is a [*Problems] if the platform turned the request down, wraps
// [ErrUnreachable] if no answer came, and is the context's own if that is done.
package client

//go:generate go tool genqlient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
)

// Client talks to one platform. It may be used by many goroutines at once.
type Client struct {
	url    string // without a slash at the end
	token  TokenSource
	http   *http.Client
	tls    *tls.Config // of http
	plain  bool        // whether tokens may go unencrypted to other machines
	wait   ask.Wait    // of asks that do not say
	tries  uint
	within time.Duration
	quiet  time.Duration // how long a stream may be silent
	agent  string
	told   func(Receipt) // of every receipt, or nil

	mu   sync.Mutex
	seen events.Position // the newest of all receipts
}

// TokenSource gives the bearer token to send. It is asked before each attempt,
// so that it can hand out a fresh one when the last is about to end.
type TokenSource func(context.Context) (string, error)

// Token is a source of one token.
func Token(token string) TokenSource {
	return func(context.Context) (string, error) { return token, nil }
}

// Option changes how a client works.
type Option func(*Client) error

// Visible makes every ask wait until the replica that answers shows what was
// recorded, two seconds at most, unless the ask itself says otherwise.
func Visible() Option { return set(func(c *Client) { c.wait = ask.Visible }) }

// Receipts has told called with the receipt of every mutation: possibly from many
// goroutines at once. Those of the same request, sent again, come again.
func Receipts(told func(Receipt)) Option { return set(func(c *Client) { c.told = told }) }

// Retries bounds how often a request is sent, and for how long new attempts are
// begun; the last may take [Patience] more. Unless told, 8 times within 30 s.
func Retries(times uint, within time.Duration) Option {
	return set(func(c *Client) { c.tries, c.within = max(1, times), within })
}

// CA believes servers whose certificate one of these signed, in PEM form, and
// no others.
func CA(pem []byte) Option {
	return func(c *Client) error {
		c.tls.RootCAs = x509.NewCertPool()
		if !c.tls.RootCAs.AppendCertsFromPEM(pem) {
			return errors.New("there is no certificate in what was given as the authority's: it must be in PEM form")
		}
		return nil
	}
}

// After begins with a position seen elsewhere: every answer is at least as new.
func After(p events.Position) Option { return set(func(c *Client) { c.seen = p }) }

// Agent names the program in the User-Agent header.
func Agent(name string) Option { return set(func(c *Client) { c.agent = name }) }

// PlainHTTP allows sending tokens unencrypted to another machine, where
// something else keeps them from being read on the way.
func PlainHTTP() Option { return set(func(c *Client) { c.plain = true }) }

func set(do func(*Client)) Option {
	return func(c *Client) error { do(c); return nil }
}

// Patience is how long one attempt may take.
const Patience = 15 * time.Second

// New returns a client of the platform at an address such as
// https://book.example.nhs.uk. It connects to nothing yet.
func New(address string, token TokenSource, options ...Option) (*Client, error) {
	c := &Client{token: token, tls: &tls.Config{MinVersion: tls.VersionTLS12}, tries: 8, within: 30 * time.Second, quiet: quiet, agent: "openbook-client"}
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q is not the address of a platform: write it as https://book.example.nhs.uk", address)
	case u.User != nil:
		return nil, errors.New("the address holds a password: leave it out, and give a token")
	case u.Scheme == "http" && !c.plain && !loopback(u.Hostname()):
		return nil, fmt.Errorf("%s would send your token unencrypted to another machine: write https", address)
	}
	c.url = strings.TrimSuffix(u.Scheme+"://"+u.Host+u.Path, "/")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = c.tls
	c.http = &http.Client{
		Transport: transport,
		// A redirect would lose the request on its way, or lead it elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Seen is the newest position the client knows of: no answer is older. Another
// client can go on from it by [After].
func (c *Client) Seen() events.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

func (c *Client) saw(p events.Position) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Compare(c.seen) > 0 {
		c.seen = p
	}
}
