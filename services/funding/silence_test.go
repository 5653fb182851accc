package funding_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	asks "github.com/ics-openbook/openbook/api/ask/challenge"
	registering "github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/book/booktest"
	"github.com/ics-openbook/openbook/services/funding"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
	"github.com/ics-openbook/openbook/services/network"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

// days is a clock that stands still until it is moved on.
type days struct{ after atomic.Int64 }

func (d *days) Now() time.Time {
	return time.Date(2025, time.July, 1, 11, 0, 0, 0, time.UTC).AddDate(0, 0, int(d.after.Load()))
}

// services are the funding service, as many times as it is started, with a
// registry and a book, all by one clock.
type services struct {
	t      *testing.T
	clock  *days
	book   *booktest.Book
	caller *serve.Caller
	key    ed25519.PublicKey
}

func start(t *testing.T) *services {
	dir := t.TempDir()
	nats, err := natsd.Embedded(natsd.Config{Dir: filepath.Join(dir, "nats"), Log: telemetry.Off().Log})
	booktest.Must(t, err)
	t.Cleanup(func() { booktest.Must(t, nats.Stop()) })
	public, private, err := ed25519.GenerateKey(nil)
	booktest.Must(t, err)
	s := &services{t: t, clock: &days{}, book: booktest.Open(t, dir, nats), key: public}
	s.book.Run("network", network.Run, func(e *env.Env) { e.Signers, e.Clock = []ed25519.PublicKey{public}, s.clock })
	e := s.book.Env("gateway", "gateway")
	e.Clock = s.clock
	s.caller, err = serve.NewCaller(e, private)
	booktest.Must(t, err)
	return s
}

// replica starts the service once more, until stop is called.
func (s *services) replica(name string) (stop func()) {
	s.t.Helper()
	e := s.book.Env("funding", name)
	ready, ended := make(chan struct{}), make(chan error, 1)
	e.Clock, e.Signers, e.Ready = s.clock, []ed25519.PublicKey{s.key}, func() { close(ready) }
	ctx, cancel := context.WithCancel(context.Background())
	go func() { ended <- funding.Run(ctx, e) }()
	select {
	case <-ready:
	case err := <-ended:
		s.t.Fatal(name, err)
	case <-time.After(30 * time.Second):
		s.t.Fatal(name + " is not ready after 30 s")
	}
	return func() { s.t.Helper(); cancel(); booktest.Must(s.t, <-ended) }
}

func (s *services) ask(a ask.Ask, grants ...ask.Grant) error {
	s.t.Helper()
	after, err := s.book.Remote.Head(s.t.Context())
	booktest.Must(s.t, err)
	_, err = s.caller.Ask(s.t.Context(), a, serve.By{Actor: "person-1", Client: "test", Grants: grants, After: after})
	return err
}

// noted are the steps that the book says were let go by, of any challenge.
func (s *services) noted() (all []string) {
	s.t.Helper()
	for r, err := range s.book.Remote.Range(s.t.Context(), 0, 0) {
		booktest.Must(s.t, err)
		if r.Type != (fact.Overdue{}).EventType() {
			continue
		}
		e, err := fact.Family.Decode(r)
		booktest.Must(s.t, err)
		over := e.(fact.Overdue)
		if r.Actor != "platform" || r.Cause == "" || over.By != "" {
			s.t.Errorf("silence is noted by %q, because of %q", r.Actor, r.Cause)
		}
		all = append(all, string(over.Challenge)+" "+string(over.Step)+" "+over.Due.String())
	}
	slices.Sort(all)
	return all
}

func (s *services) eventually(want ...string) {
	s.t.Helper()
	booktest.Eventually(s.t, "silence is noted", func() bool { return len(s.noted()) >= len(want) })
	if got := s.noted(); !slices.Equal(got, want) {
		s.t.Fatalf("noted: %v, want %v", got, want)
	}
}

func given() ask.Given { return ask.Given{IdempotencyKey: uuid.NewString()} }

// Silence becomes a fact by the clock alone: once, whichever replica notes it,
// and also when nobody was there on the day.
func TestSilenceIsNotedOnce(t *testing.T) {
	s := start(t)
	steward := ask.Grant{Role: ask.Steward, Of: ask.England}
	booktest.Must(t, s.ask(registering.RegisterSystem{Given: given(), Code: "QZ1", Name: "Home"}, steward))
	booktest.Must(t, s.ask(registering.RegisterNetwork{Given: given(), Code: "U99001", Name: "One", System: "QZ1"}, steward))
	pcn, finance := ask.Grant{Role: ask.PCN, Of: "network-U99001"}, ask.Grant{Role: ask.Finance, Of: "system-QZ1"}
	open := func(reference, stream string) {
		t.Helper()
		booktest.Must(t, s.ask(asks.OpenChallenge{
			Given: given(), Network: "U99001", System: "QZ1", Year: "2025/26", Reference: reference,
			Missing: &asks.MissingEntry{FundingStream: stream}, Words: "Where is it?",
		}, pcn))
	}
	answer := func(id fact.ID) error {
		return s.ask(asks.AnswerChallenge{
			Owed: asks.Owed{Step: asks.Step{Given: given(), Challenge: id, Words: "It is here."}, System: "QZ1"}, Outcome: fact.Explained,
		}, finance)
	}
	const one, two, three = "U99001-2025-26-C1", "U99001-2025-26-C2", "U99001-2025-26-C3"

	first, second := s.replica("first"), s.replica("second")
	open("C1", "core")
	open("C2", "casp")
	s.clock.after.Store(7) // the last day to acknowledge
	booktest.Must(t, answer(two))
	open("C3", "caip")
	s.clock.after.Store(8)
	s.eventually(one + " ACKNOWLEDGEMENT 2025-07-08")
	second()
	first()

	s.clock.after.Store(29) // the day after the last to answer, with nobody there
	again := s.replica("again")
	both := []string{one + " ACKNOWLEDGEMENT 2025-07-08", one + " ANSWER 2025-07-29", three + " ACKNOWLEDGEMENT 2025-07-15"}
	s.eventually(both...)
	booktest.Must(t, answer(one)) // late, and it stays noted
	s.clock.after.Store(36)       // the day after the third's answer was due
	s.eventually(append(both, three+" ANSWER 2025-08-05")...)
	again()

	defer s.replica("at last")()
	if err := answer(two); err != nil {
		t.Errorf("the same answer again: %v", err)
	}
	if no, is := refuse.From(s.ask(asks.AcknowledgeChallenge{Owed: asks.Owed{Step: asks.Step{Given: given(), Challenge: one}, System: "QZ1"}}, finance)); !is || no.Code != "CHALLENGE_ANSWERED" {
		t.Errorf("an acknowledgement after the answer: %v", no)
	}
	s.eventually(append(both, three+" ANSWER 2025-08-05")...)
}
