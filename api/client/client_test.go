package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// run starts a platform in this process and returns its address.
func run(t *testing.T, c platform.Config) (url string, stop func()) {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	ctx, cancel := context.WithCancel(context.Background())
	started, ended := make(chan platform.Started, 1), make(chan error, 1)
	go func() { ended <- platform.Up(ctx, c, func(s platform.Started) { started <- s }) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	select {
	case s := <-started:
		return s.URL, stop
	case err := <-ended:
		stopped = true
		t.Fatal(err)
	}
	panic("unreachable")
}

// as returns a client of somebody.
func as(t *testing.T, url, data, who string, options ...client.Option) *client.Client {
	t.Helper()
	token, err := platform.Token(platform.Config{Data: data}, who, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(url, client.Token(token), options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// try(f())(t) is what f returns if that is no error.
func try[T any](what T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return what
	}
}

var april = events.Day(2026, time.April, 1)

func TestTheRegistry(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	url, _ := run(t, platform.Config{Data: data})
	c := as(t, url, data, "steward", client.Visible())

	done := func(r client.Receipt, err error) client.Receipt {
		t.Helper()
		if try(r, err)(t); r.Entries != 1 || !r.Visible || r.Ordinal == 0 || r.ID == "" || r.Time.IsZero() {
			t.Errorf("%+v", r)
		}
		if c.Seen() != r.Position {
			t.Errorf("the client has seen %s, the receipt is of %s", c.Seen(), r.Position)
		}
		return r
	}
	done(c.RegisterSystem(ctx, network.RegisterSystem{Code: "QZ1", Name: "Demonstration", Region: "Y59"}))
	done(c.RenameSystem(ctx, network.RenameSystem{Code: "QZ1", Name: "Sampleshire"}))
	done(c.RegisterPlace(ctx, network.RegisterPlace{System: "QZ1", Code: "WEST", Name: "Westt"}))
	done(c.RenamePlace(ctx, network.RenamePlace{System: "QZ1", Code: "WEST", Name: "West"}))
	done(c.RegisterNetwork(ctx, network.RegisterNetwork{Code: "U99001", Name: "Nord", System: "QZ1", Place: "WEST"}))
	before := done(c.RenameNetwork(ctx, network.RenameNetwork{Code: "U99001", Name: "North"}))
	done(c.RegisterPractice(ctx, network.RegisterPractice{Code: "Z99001", Name: "Mill", System: "QZ1"}))
	done(c.RenamePractice(ctx, network.RenamePractice{Code: "Z99001", Name: "The Mill"}))
	done(c.Join(ctx, network.Join{Practice: "Z99001", Network: "U99001", From: april}))
	done(c.Leave(ctx, network.Leave{Practice: "Z99001", Network: "U99001", LastDay: april.AddDays(9)}))

	if s := try(c.System(ctx, "QZ1", client.When{}))(t); s.Name != "Sampleshire" || s.Region != "Y59" || s.Places[0].Name != "West" || s.NetworkCount.Value.String() != "1" {
		t.Errorf("%+v", s)
	}
	if n := try(c.Network(ctx, "U99001", client.When{On: april}))(t); n.Name != "North" || n.Place.Code != "WEST" || n.System.Name != "Sampleshire" || n.PracticeCount.Value.String() != "1" {
		t.Errorf("%+v", n)
	}
	if n := try(c.Network(ctx, "U99001", client.When{AsAt: before.Time.Add(-time.Microsecond)}))(t); n.Name != "Nord" {
		t.Errorf("as at then: %+v", n)
	}
	if m := try(c.Members(ctx, "U99001", client.When{On: april}))(t); len(m) != 1 || m[0].Practice.Name != "The Mill" || m[0].LastDay != april.AddDays(9) {
		t.Errorf("%+v", m)
	}
	if p := try(c.Practice(ctx, "Z99001", client.When{On: april.AddDays(10)}))(t); p.Network != nil || p.Name != "The Mill" {
		t.Errorf("%+v", p)
	}
	if m := try(c.Memberships(ctx, "Z99001", time.Time{}))(t); len(m) != 1 || m[0].Network.Code != "U99001" || m[0].From != april {
		t.Errorf("%+v", m)
	}
	if unknown := try(c.Network(ctx, "U99999", client.When{}))(t); unknown != nil {
		t.Errorf("%+v", unknown)
	}
	var types []string
	for e := range c.Entries(ctx, "practice-Z99001", time.Time{}) {
		types = append(types, e.Type)
	}
	if !slices.Equal(types, []string{"network.practice_registered.v1", "network.practice_renamed.v1", "network.joined.v1", "network.left.v1"}) {
		t.Error(types)
	}
	if me := try(c.Me(ctx))(t); me.Name != "Miriam Oakes" || me.Grants[0].Role != ask.Steward {
		t.Errorf("%+v", me)
	}
	if s := try(c.Status(ctx))(t); s.Recorded != 10 || s.Visible != 10 || s.LagFacts != 0 || len(s.Parked) != 0 {
		t.Errorf("%+v", s)
	}
	if link := try(c.SignInLink(ctx))(t); !strings.HasPrefix(link, url+"/signin?code=") {
		t.Error(link)
	}
}

// More networks than one page holds come page by page, each once.
func TestPages(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	url, _ := run(t, platform.Config{Data: data})
	c := as(t, url, data, "steward")
	try(c.RegisterSystem(ctx, network.RegisterSystem{Code: "QZ1", Name: "One"}))(t)
	try(c.RegisterSystem(ctx, network.RegisterSystem{Code: "QZ2", Name: "Two"}))(t)
	var want []events.PCN
	for i := range 203 {
		code := events.PCN("U" + string([]byte{'9', '0', byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}))
		system := events.ICB("QZ1")
		if i%100 == 99 {
			system = "QZ2"
		} else {
			want = append(want, code)
		}
		try(c.RegisterNetwork(ctx, network.RegisterNetwork{Code: code, Name: "N", System: system}))(t)
	}
	var got []events.PCN
	for n, err := range c.Networks(ctx, "QZ1", client.When{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d of %d: %v", len(got), len(want), got)
	}
}

func TestProblemsAreTyped(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	url, _ := run(t, platform.Config{Data: data})
	c := as(t, url, data, "steward")

	refused := func(err error, code, path string) {
		t.Helper()
		var p *client.Problems
		if !errors.As(err, &p) || !p.Has(code) || p.Reasons[0].Path != path || p.Temporary() || err.Error() != p.Reasons[0].Message {
			t.Errorf("want %s at %q, not %#v", code, path, err)
		}
	}
	_, err := c.RegisterNetwork(ctx, network.RegisterNetwork{Code: "U99001", Name: "North", System: "QZ9"})
	refused(err, "SYSTEM_UNKNOWN", "system")
	_, err = c.RegisterSystem(ctx, network.RegisterSystem{Code: "nope", Name: "North"})
	refused(err, "CODE_INVALID", "code")
	_, err = c.Network(ctx, "nope", client.When{})
	refused(err, "CODE_INVALID", "network")
	_, err = as(t, url, data, "pcn").RegisterSystem(ctx, network.RegisterSystem{Code: "QZ1", Name: "Mine"})
	refused(err, "FORBIDDEN", "answer")
	_, err = try(client.New(url, client.Token("a.b.c")))(t).Me(ctx)
	refused(err, "UNAUTHENTICATED", "")
	for _, err := range c.WatchNetwork(ctx, "U99999", events.Position{}) {
		refused(err, "NETWORK_UNKNOWN", "networkChanged")
	}

	given := ask.Given{IdempotencyKey: "one"}
	first := try(c.RegisterSystem(ctx, network.RegisterSystem{Given: given, Code: "QZ1", Name: "One"}))(t)
	again := try(c.RegisterSystem(ctx, network.RegisterSystem{Given: given, Code: "QZ1", Name: "One"}))(t)
	if first.ID != again.ID {
		t.Errorf("one key, two entries: %s %s", first.ID, again.ID)
	}
	_, err = c.RegisterSystem(ctx, network.RegisterSystem{Given: given, Code: "QZ1", Name: "Other"})
	refused(err, "IDEMPOTENCY_CONFLICT", "idempotencyKey")
	stale := events.Revision(7)
	_, err = c.RenameSystem(ctx, network.RenameSystem{Given: ask.Given{IfRevision: &stale}, Code: "QZ1", Name: "Other"})
	refused(err, "REVISION_CONFLICT", "ifRevision")
}

func TestFreeDocuments(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	url, _ := run(t, platform.Config{Data: data})
	c := as(t, url, data, "steward")

	got, about, err := c.Do(ctx, `mutation($n: String!) { registerSystem(input: {code: "QZ1", name: $n, idempotencyKey: "k", wait: VISIBLE}) { receipt { position } problems { code message } } }`,
		map[string]any{"n": "One"})
	if err != nil || about.AsOf.Position.IsZero() || c.Seen().IsZero() {
		t.Errorf("%s %+v %v", got, about, err)
	}
	got, _, err = c.Do(ctx, `mutation { a: registerSystem(input: {code: "QZ1", name: "Two", idempotencyKey: "l"}) { problems { code message } } }`, nil)
	var p *client.Problems
	if !errors.As(err, &p) || !p.Has("SYSTEM_EXISTS") || !json.Valid(got) || len(got) == 0 {
		t.Errorf("%s %v", got, err)
	}
	_, _, err = c.Do(ctx, `{ nothing }`, nil)
	if !errors.As(err, &p) || !strings.Contains(err.Error(), "nothing") {
		t.Error(err)
	}
}

// A watcher sees the network as it is, then each change, across a restart of
// the platform, and no change twice.
func TestAWatchOutlivesARestart(t *testing.T) {
	data := t.TempDir()
	url, stop := run(t, platform.Config{Data: data})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := as(t, url, data, "steward", client.Retries(50, time.Minute))
	try(c.RegisterSystem(ctx, network.RegisterSystem{Code: "QZ1", Name: "One"}))(t)
	try(c.RegisterNetwork(ctx, network.RegisterNetwork{Given: ask.Given{Wait: ask.Visible}, Code: "U99001", Name: "A", System: "QZ1"}))(t)

	names := make(chan string)
	go func() {
		defer close(names)
		for change, err := range c.WatchNetwork(ctx, "U99001", events.Position{}) {
			if err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				return
			}
			names <- change.Network.Name
		}
	}()
	see := func(want string) {
		t.Helper()
		if got := <-names; got != want {
			t.Fatalf("%q, not %q", got, want)
		}
	}
	rename := func(to string) {
		t.Helper()
		try(c.RenameNetwork(ctx, network.RenameNetwork{Code: "U99001", Name: to}))(t)
	}
	see("A")
	rename("B")
	see("B")
	stop()
	run(t, platform.Config{Data: data, Listen: strings.TrimPrefix(url, "http://")})
	rename("C")
	see("C")
	cancel()
	if last, open := <-names; open {
		t.Errorf("and %q", last)
	}
}
