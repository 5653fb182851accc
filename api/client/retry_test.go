package client_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

// server is a platform that misbehaves as it is told: its nth answer is the nth
// of answers, and the last again after that.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

type request struct {
	body   []byte
	header http.Header
}

func misbehaving(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		n := len(s.requests)
		s.requests = append(s.requests, request{body, r.Header})
		s.mu.Unlock()
		answers[min(n, len(answers)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// seen is what was asked of it so far.
func (s *server) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func refuses(code string) http.HandlerFunc {
	return says(200, `{"data":{"answer":{"receipt":null,"problems":[{"code":"`+code+`","message":"No: `+code+`."}]}}}`)
}

func hangsUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		panic(err)
	}
}

var (
	records = says(200, `{"data":{"answer":{"receipt":{"id":"x","entries":1,"position":"7","visible":true},"problems":[]}}}`)
	join    = network.Join{Practice: "Z99001", Network: "U99001", From: events.Day(2026, 4, 1)}
)

func of(t *testing.T, s *server, options ...client.Option) *client.Client {
	t.Helper()
	return try(client.New(s.URL, client.Token("secret"), options...))(t)
}

// Whatever passes is waited out, and the request that is sent again is the same
// to the byte: one key.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{
		"BUSY": refuses("BUSY"), "STALE": refuses("STALE"), "CONTENDED": refuses("CONTENDED"),
		"UNAVAILABLE": refuses("UNAVAILABLE"), "BOOK_FULL": refuses("BOOK_FULL"),
		"whole": says(200, `{"errors":[{"message":"behind","extensions":{"code":"STALE"}}],"data":null}`),
		"429":   says(429, `slow down`), "502": says(502, `<html>`), "503": says(503, ``), "504": says(504, ``),
		"cut": hangsUp,
	} {
		t.Run(name, func(t *testing.T) {
			s := misbehaving(t, fault, fault, records)
			r, err := of(t, s).Join(t.Context(), join)
			if err != nil || r.ID != "x" || len(s.seen()) != 3 {
				t.Fatalf("%d requests: %+v, %v", len(s.seen()), r, err)
			}
			for _, again := range s.seen()[1:] {
				if string(again.body) != string(s.seen()[0].body) {
					t.Errorf("%s\nand then\n%s", s.seen()[0].body, again.body)
				}
			}
			if key := keyOf(t, s.seen()[0]); len(key) != 36 {
				t.Errorf("the key is %q", key)
			}
		})
	}
}

func keyOf(t *testing.T, r request) string {
	t.Helper()
	var q struct {
		Variables struct {
			Input struct {
				Key string `json:"idempotencyKey"`
			} `json:"input"`
		} `json:"variables"`
	}
	if err := json.Unmarshal(r.body, &q); err != nil {
		t.Fatal(err)
	}
	return q.Variables.Input.Key
}

func TestWhatStaysIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"refusal":      {refuses("MEMBERSHIP_OVERLAPS"), "No: MEMBERSHIP_OVERLAPS."},
		"fault":        {says(200, `{"errors":[{"message":"Something went wrong.","extensions":{"code":"FAULT"}}],"data":null}`), "Something went wrong."},
		"stranger":     {says(401, `{"errors":[{"message":"Sign in first.","extensions":{"code":"UNAUTHENTICATED"}}]}`), "Sign in first."},
		"other server": {says(200, `<html>hello`), "is not a platform"},
		"redirect":     {http.RedirectHandler("http://elsewhere.invalid/", http.StatusFound).ServeHTTP, "302"},
		"too much":     {says(200, strings.Repeat(" ", 9<<20)), "more than 8 MB"},
		"no receipt":   {says(200, `{"data":{"answer":{"receipt":null,"problems":[]}}}`), "neither a receipt"},
		"other shape":  {says(200, `{"data":{"answer":"yes"}}`), "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			s := misbehaving(t, c.answer)
			_, err := of(t, s).Join(t.Context(), join)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(s.seen()) != 1 {
				t.Errorf("%d requests: %v", len(s.seen()), err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the token is in: %v", err)
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	s := misbehaving(t, refuses("BUSY"))
	_, err := of(t, s, client.Retries(3, time.Minute)).Join(t.Context(), join)
	var p *client.Problems
	if !errors.As(err, &p) || !p.Has("BUSY") || !p.Temporary() || len(s.seen()) != 3 {
		t.Errorf("%d requests: %v", len(s.seen()), err)
	}

	s = misbehaving(t, says(503, ""))
	_, err = of(t, s, client.Retries(100, 500*time.Millisecond)).Join(t.Context(), join)
	if !errors.As(err, &p) || p.Status != 503 || len(s.seen()) < 2 || len(s.seen()) > 10 {
		t.Errorf("in time: %d requests: %v", len(s.seen()), err)
	}

	s = misbehaving(t, hangsUp)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err = of(t, s).Join(ctx, join); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("the caller's time: %v", err)
	}

	s.Close()
	if _, err = of(t, s, client.Retries(2, time.Second)).Me(t.Context()); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("nobody there: %v", err)
	}
}

// The pauses grow, and the server may ask for a longer one, within reason.
func TestPauses(t *testing.T) {
	s := misbehaving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(503)
	}, records)
	began := time.Now()
	if _, err := of(t, s).Join(t.Context(), join); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("a second was asked for, and %s waited", took)
	}
}

// What a receipt is given for, every later answer has.
func TestAfterAReceipt(t *testing.T) {
	s := misbehaving(t, records, says(200, `{"data":{"answer":{"receipt":{"id":"y","entries":0,"position":"3"},"problems":[]}}}`))
	c := of(t, s, client.Agent("mill-surgery/1.2"))
	for range 3 {
		try(c.Join(t.Context(), join))(t)
	}
	for i, want := range []string{"", "7", "7"} { // 3 is older
		h := s.seen()[i].header
		if got := h.Get("Openbook-After"); got != want || h.Get("Authorization") != "Bearer secret" || h.Get("User-Agent") != "mill-surgery/1.2" {
			t.Errorf("request %d: after %q, %v", i, got, h)
		}
	}
	if a, b := keyOf(t, s.seen()[0]), keyOf(t, s.seen()[1]); a == b {
		t.Error("two requests, one key")
	}
}

func TestAddresses(t *testing.T) {
	for address, fits := range map[string]bool{
		"https://book.example.nhs.uk": true, "http://127.0.0.1:8080/": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://book.example.nhs.uk": false, "book.example.nhs.uk": false, "https://": false, "ftp://a": false, "https://a:b@c": false, "": false,
	} {
		if _, err := client.New(address, client.Token("t")); (err == nil) != fits {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := client.New("http://book.example.nhs.uk", client.Token("t"), client.PlainHTTP()); err != nil {
		t.Error(err)
	}
	if _, err := client.New("https://a", client.Token("t"), client.CA([]byte("nothing"))); err == nil {
		t.Error("an authority without a certificate")
	}
}

func TestOwnAuthority(t *testing.T) {
	s := httptest.NewUnstartedServer(records)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	if _, err := try(client.New(s.URL, client.Token("t")))(t).Join(t.Context(), join); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("a certificate nobody known signed: %v", err)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	try(try(client.New(s.URL, client.Token("t"), client.CA(ca)))(t).Join(t.Context(), join))(t)
}
