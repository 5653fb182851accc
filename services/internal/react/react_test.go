package react_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	asks "github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/react"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// A practice of each network's name: invented, to have something to react with.
var reaction = react.Reaction{
	Name: "namesake", By: serve.By{Actor: "person-service", Grants: []ask.Grant{{Role: ask.Steward, Of: ask.England}}},
	To: func(r events.Recorded) []ask.Ask {
		e, err := fact.Family.Decode(r)
		registered, ok := e.(fact.NetworkRegistered)
		if err != nil || !ok {
			return nil
		}
		code := events.Practice(strings.Replace(string(registered.Network), "U", "Z", 1))
		return []ask.Ask{asks.RegisterPractice{Code: code, Name: registered.Name, System: registered.System}}
	},
}

func TestEachFactIsReactedToOnce(t *testing.T) {
	p := start(t)
	p.register("QZ1", "U99001", "U99002")
	stop := p.react()
	p.eventually(t, 2)
	p.register("QZ1", "U99003")
	p.eventually(t, 3)
	stop()
	p.register("QZ1", "U99004") // while nobody reacts
	stop = p.react()
	p.eventually(t, 4)
	stop()
	// Whether the place is remembered or lost, nothing happens twice.
	if err := os.Remove(filepath.Join(p.dir, "reactor", "react-namesake.json")); err != nil {
		t.Fatal(err)
	}
	stop = p.react()
	p.register("QZ1", "U99005")
	p.eventually(t, 5)
	stop()
	if got := p.count(t); got != 5 {
		t.Errorf("%d facts follow from 5", got)
	}
}

type platform struct {
	t      *testing.T
	dir    string
	book   *remote.Book
	caller *serve.Caller
	env    env.Env
}

func start(t *testing.T) *platform {
	dir := t.TempDir()
	nats, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log})
	booktest.Must(t, err)
	t.Cleanup(func() { booktest.Must(t, nats.Stop()) })
	public, private, err := ed25519.GenerateKey(nil)
	booktest.Must(t, err)
	b := booktest.Open(t, dir, nats)
	b.Run("network", network.Run, func(e *env.Env) { e.Signers = []ed25519.PublicKey{public} })

	e := b.Env("gateway", "reactor")
	caller, err := serve.NewCaller(e, private)
	booktest.Must(t, err)
	p := &platform{t, dir, remote.New(e.NATS), caller, e}
	p.ask(asks.RegisterSystem{Given: ask.Given{IdempotencyKey: "s"}, Code: "QZ1", Name: "Demonstration"})
	return p
}

func (p *platform) ask(a ask.Ask) {
	p.t.Helper()
	by := reaction.By
	by.Client = "test"
	var err error
	if by.After, err = p.book.Head(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.caller.Ask(p.t.Context(), a, by); err != nil {
		p.t.Fatal(err)
	}
}

func (p *platform) register(in events.ICB, networks ...events.PCN) {
	p.t.Helper()
	for _, code := range networks {
		p.ask(asks.RegisterNetwork{Given: ask.Given{IdempotencyKey: string(code)}, Code: code, Name: "Network", System: in})
	}
}

func (p *platform) react() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- react.Run(ctx, p.env, p.book, p.caller, reaction) }()
	return func() { p.t.Helper(); cancel(); booktest.Must(p.t, <-ended) }
}

// count is how many practices have been registered, each caused by a network.
func (p *platform) count(t *testing.T) (n int) {
	t.Helper()
	for r, err := range p.book.Range(t.Context(), 0, 0) {
		booktest.Must(t, err)
		if r.Type == (fact.PracticeRegistered{}).EventType() {
			// Known again by whoever decides: the id follows from the cause.
			if want := uuid.NewSHA1(uuid.MustParse(string(r.Cause)), []byte("namesake/0")).String(); string(r.Ask) != want {
				t.Errorf("fact %s was asked for as %s, want %s", r.ID, r.Ask, want)
			}
			n++
		}
	}
	return n
}

func (p *platform) eventually(t *testing.T, want int) {
	t.Helper()
	booktest.Eventually(t, fmt.Sprintf("there are %d reactions", want), func() bool { return p.count(t) == want })
}
