package platform_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// change is one event of a subscription to a network.
type change struct {
	Data struct {
		NetworkChanged struct {
			Network struct {
				Name string `json:"name"`
			} `json:"network"`
			Entries []struct {
				ID   string `json:"id"`
				Type string `json:"type"`
			} `json:"entries"`
			Position string `json:"position"`
		} `json:"networkChanged"`
	} `json:"data"`
	Errors []failure `json:"errors"`
}

func (c change) name() string     { return c.Data.NetworkChanged.Network.Name }
func (c change) position() string { return c.Data.NetworkChanged.Position }

// subscription is what comes over Server-Sent Events.
type subscription struct {
	changes chan change // closed when the server completes
	stop    context.CancelFunc
}

// watch subscribes to a network from a position on, or from now.
func (c client) watch(t testing.TB, code, after string) subscription {
	t.Helper()
	argument := ""
	if after != "" {
		argument = `, after: "` + after + `"`
	}
	return c.subscribe(t, `subscription { networkChanged(code: "`+code+`"`+argument+`) { network { name } entries { id type } position } }`)
}

func (c client) subscribe(t testing.TB, doc string) subscription {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	r, err := c.request(ctx, doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s is answered %s", doc, resp.Status)
	}
	s := subscription{make(chan change, 1000), stop}
	go func() {
		defer resp.Body.Close()
		defer close(s.changes)
		kind := ""
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				kind = strings.TrimPrefix(line, "event: ")
			case strings.HasPrefix(line, "data: ") && kind == "next":
				var event change
				if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &event); err != nil {
					event.Errors = []failure{{Message: "not JSON: " + line}}
				}
				s.changes <- event
			case kind == "complete":
				return
			}
		}
	}()
	return s
}

// next is the next change, which must come.
func (s subscription) next(t testing.TB) change {
	t.Helper()
	select {
	case c, open := <-s.changes:
		if !open {
			t.Fatal("the subscription ended where a change was to come")
		}
		if len(c.Errors) > 0 {
			t.Fatalf("the subscription sends errors: %+v", c.Errors)
		}
		return c
	case <-time.After(patience):
		t.Fatalf("no change came within %s", patience)
	}
	panic("unreachable")
}

// quiet fails if something more comes soon.
func (s subscription) quiet(t testing.TB) {
	t.Helper()
	select {
	case c, open := <-s.changes:
		if open {
			t.Fatalf("something came that was sent already: %+v", c)
		}
	case <-time.After(300 * time.Millisecond):
	}
}
