package platform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform"
)

// One submission goes the whole way.
func TestTheBookWalks(t *testing.T) {
	up := start(t, platform.Config{Data: t.TempDir()})
	steward := up.signIn(t, "steward:england")

	registered := steward.must(t, `mutation {
		s: registerSystem(input: {code: "QZ1", name: "Demonstration", region: "Y59", idempotencyKey: "s"}) { receipt { id entries revision position visible } problems { code message } }
		n: registerNetwork(input: {code: "U99001", name: "North", system: "QZ1", idempotencyKey: "n", wait: VISIBLE}) { receipt { id entries visible ordinal } problems { code message } network { name system { name } } }
	}`)
	t.Log(registered)
	got := steward.must(t, `{ network(code: "U99001") { name code system { name networkCount { value } } practiceCount { value unit } } me { name grants { role of } } status { recorded relayed visible lagFacts } entries(about: "network-U99001", first: 10) { nodes { type ordinal actor data } } networks(first: 3) { totalCount nodes { code } } }`)
	t.Log(got)
}

type running struct {
	platform.Started
}

func start(t *testing.T, c platform.Config) running {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if testing.Verbose() {
		c.Log = os.Stderr
	}
	ctx, stop := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() { ended <- platform.Up(ctx, c, func(s platform.Started) { started <- s }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case s := <-started:
		return running{s}
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	panic("unreachable")
}

type client struct {
	http *http.Client
	url  string
}

func (r running) signIn(t *testing.T, role string) client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := client{&http.Client{Jar: jar, Timeout: 10 * time.Second}, r.URL}
	for _, link := range r.Links {
		if link.Role == role {
			resp, err := c.http.Get(link.URL)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			return c
		}
	}
	t.Fatalf("no sample person is %s", role)
	return c
}

func (c client) must(t *testing.T, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Post(c.url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out bytes.Buffer
	if _, err := out.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || strings.Contains(out.String(), `"errors"`) {
		t.Fatal(fmt.Sprint(resp.Status, " ", out.String()))
	}
	return out.String()
}
