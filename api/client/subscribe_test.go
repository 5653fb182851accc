package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/client"
)

// streams sends events and then either ends well or breaks.
func streams(complete bool, payloads ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, ":\n\n")
		for _, p := range payloads {
			fmt.Fprintf(w, "event: next\ndata: %s\n\n: ping\n\n", p)
		}
		if complete {
			fmt.Fprint(w, "event: complete\n\n")
		}
	}
}

func at(position string) string { return `{"data":{"changed":{"position":"` + position + `"}}}` }

const document = `subscription($after: Position) { changed(after: $after) { position } }`

func collect(t *testing.T, c *client.Client, document string, variables map[string]any) (got []string, last error) {
	t.Helper()
	for data, err := range c.Subscribe(t.Context(), document, variables) {
		if err != nil {
			return got, err
		}
		got = append(got, string(data))
	}
	return got, nil
}

// A lost connection is made again, after the last change that came.
func TestSubscriptionsResume(t *testing.T) {
	s := misbehaving(t, streams(false, at("1"), at("2")), hangsUp, says(503, ""), streams(false), streams(true, at("3")))
	mine := map[string]any{"x": 1.0}
	got, err := collect(t, of(t, s), document, mine)
	if err != nil || len(got) != 3 || len(mine) != 1 {
		t.Fatalf("%v %v", got, err)
	}
	for i, want := range []any{nil, "2", "2", "2", "2"} {
		var q struct{ Variables map[string]any }
		if err := json.Unmarshal(s.seen()[i].body, &q); err != nil || q.Variables["after"] != want || q.Variables["x"] != 1.0 {
			t.Errorf("request %d: %v %v", i, q, err)
		}
	}
	if h := s.seen()[0].header.Get("Accept"); h != "text/event-stream" {
		t.Error(h)
	}
}

func TestSubscriptionsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc
		requests int
		want     string
	}{
		"nobody there any more": {[]http.HandlerFunc{streams(false, at("1")), hangsUp}, 3, "does not answer"},
		"too many":              {[]http.HandlerFunc{says(200, `{"errors":[{"message":"full","extensions":{"code":"TOO_MANY_SUBSCRIBERS"}}]}`)}, 3, "full"},
		"refused":               {[]http.HandlerFunc{streams(true, `{"data":null,"errors":[{"message":"Unknown network.","extensions":{"code":"NETWORK_UNKNOWN"}}]}`)}, 1, "Unknown network."},
		"stranger":              {[]http.HandlerFunc{says(401, `{"errors":[{"message":"Sign in.","extensions":{"code":"UNAUTHENTICATED"}}]}`)}, 1, "Sign in."},
		"not a stream":          {[]http.HandlerFunc{says(200, `{"data":{"a":1}}`)}, 1, "is the document a subscription"},
		"nonsense":              {[]http.HandlerFunc{streams(true, `{`)}, 3, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			s := misbehaving(t, c.answers...)
			_, err := collect(t, of(t, s, client.Retries(3, time.Minute)), document, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(s.seen()) != c.requests {
				t.Errorf("%d requests: %v", len(s.seen()), err)
			}
		})
	}
}

// Being too slow, or a sign-in that has ended, costs a new connection and no
// change.
func TestSubscriptionsSurviveTheirEnd(t *testing.T) {
	over := func(code string) string {
		return `{"data":null,"errors":[{"message":"over","extensions":{"code":"` + code + `"}}]}`
	}
	s := misbehaving(t, streams(true, at("1"), over("SLOW_READER")), streams(true, over("UNAUTHENTICATED")), streams(true, at("2")))
	if got, err := collect(t, of(t, s), document, nil); err != nil || len(got) != 2 {
		t.Error(got, err)
	}
}

func TestWhoStopsReadingIsLeftAlone(t *testing.T) {
	s := misbehaving(t, streams(false, at("1"), at("2")))
	for range of(t, s).Subscribe(t.Context(), document, nil) {
		break
	}
	if len(s.seen()) != 1 {
		t.Errorf("%d requests", len(s.seen()))
	}
}

func TestNoTokenNoRequest(t *testing.T) {
	s := misbehaving(t, records)
	c := try(client.New(s.URL, func(context.Context) (string, error) { return "", errors.New("the vault is closed") }))(t)
	if _, err := c.Me(t.Context()); err == nil || !strings.Contains(err.Error(), "the vault is closed") || len(s.seen()) != 0 {
		t.Errorf("%d requests: %v", len(s.seen()), err)
	}
}

func TestIsSubscription(t *testing.T) {
	for doc, is := range map[string]bool{
		document: true, "{ me { name } }": false, "mutation { a }": false, "subscription {": false, "": false,
		"fragment F on Query { me } subscription S { a }": true,
	} {
		if client.IsSubscription(doc) != is {
			t.Error(doc)
		}
	}
}

// A connection over which nothing comes any more, not even pings, is given up.
func TestSilenceIsTheEnd(t *testing.T) {
	silent := func(w http.ResponseWriter, r *http.Request) {
		streams(false, at("1"))(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	s := misbehaving(t, silent, streams(true, at("2")))
	if got, err := collect(t, of(t, s, client.Quiet(100*time.Millisecond)), document, nil); err != nil || len(got) != 2 {
		t.Error(got, err)
	}
}
