package client_test

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/platform"
)

func TestTables(t *testing.T) {
	data := t.TempDir()
	at, _ := run(t, platform.Config{Data: data})
	c := as(t, at, data, "steward", client.Visible())
	try(c.RegisterSystem(t.Context(), network.RegisterSystem{Code: "QZ1", Name: "One"}))(t)
	var out strings.Builder
	if err := c.Table(t.Context(), "systems", url.Values{"on": {"2026-04-01"}}, &out); err != nil {
		t.Fatal(err)
	}
	if rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll(); err != nil || len(rows) != 2 || rows[1][1] != "One" {
		t.Errorf("%v: %q", err, rows)
	}
	var told *client.Problems
	if err := c.Table(t.Context(), "people", nil, io.Discard); !errors.As(err, &told) || !told.Has("LIST_UNKNOWN") {
		t.Errorf("no list: %v", err)
	}
}

func TestTablesThatAreNotWhole(t *testing.T) {
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/csv/broken":
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			_, _ = io.WriteString(w, "a,b\r\n1,2\r\n")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case "/csv/busy":
			if tries++; tries == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "text/csv")
			_, _ = io.WriteString(w, "a\r\n")
		default:
			_, _ = io.WriteString(w, "<p>hello")
		}
	}))
	defer server.Close()
	c, err := client.New(server.URL, client.Token("t"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.Table(t.Context(), "broken", nil, &out); !errors.Is(err, client.ErrBrokeOff) || out.String() != "a,b\r\n1,2\r\n" {
		t.Errorf("broken off: %v, %q", err, out.String())
	}
	out.Reset()
	if err := c.Table(t.Context(), "busy", nil, &out); err != nil || out.String() != "a\r\n" || tries != 2 {
		t.Errorf("busy at first: %v, %q", err, out.String())
	}
	if err := c.Table(t.Context(), "page", nil, io.Discard); !errors.Is(err, client.ErrForeign) {
		t.Errorf("a page: %v", err)
	}
}
