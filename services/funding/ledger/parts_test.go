package ledger_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/book/sqlite"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/store"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// large is 3,000 open accounts with the longest names there are, as the ledger
// of the year before has sent them, and a registry that knows their holders.
func large() (all facts, known registry.State) {
	const networks, purposes, each = 75, 40, 200
	known = registry.Evolve(known, registered.SystemRegistered{System: system, Name: "Home"})
	stream := fact.Stream(strings.Repeat("s", 60))
	var arriving []fact.Posting
	for n := range networks {
		code := events.PCN(fmt.Sprintf("U%05d", n))
		known = registry.Evolve(known, registered.NetworkRegistered{Network: code, Name: "Network", System: system})
		for p := range purposes {
			arriving = append(arriving, fact.Posting{Amount: 9_999_999_999_99, Account: fact.Account{
				Holder: code.Entity(), Stage: fact.StageCommitted, Stream: stream, Purpose: fact.Purpose(fmt.Sprintf("%060d", n*purposes+p)),
			}})
		}
	}
	for in := range slices.Chunk(arriving, each) {
		all = append(all, fact.CarriedForward{Head: fact.Head{Ledger: books, Number: len(all) + 1}, To: next, Arriving: in})
	}
	return all, known
}

// kept is ledgers in a book on disk, and what one has sent another by it.
type kept struct {
	t     *testing.T
	store store.Store
	*decider.Decider[ledger.State, fact.Event]
	known ledger.Known
}

func keep(t *testing.T, known ledger.Known) *kept {
	t.Helper()
	s, err := sqlite.Open(sqlite.Options{Path: filepath.Join(t.TempDir(), "book.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	k := &kept{t: t, store: s, known: known}
	k.restart()
	return k
}

// restart forgets all that is not on disk.
func (k *kept) restart() { k.Decider = decider.New("funding", k.store, fact.Family, ledger.Evolve) }

// state is a ledger with its history, as it is on disk.
func (k *kept) state(of fact.Ledger) (s ledger.State, all facts) {
	k.t.Helper()
	for r, err := range k.store.ReadStream(k.t.Context(), of.Stream(), 0) {
		if err != nil {
			k.t.Fatal(err)
		}
		e, err := fact.Family.Decode(r)
		if err != nil {
			k.t.Fatal(err)
		}
		s, all = ledger.Evolve(s, e), append(all, e)
	}
	if err := s.Sound(); err != nil {
		k.t.Fatal(err)
	}
	return s, all
}

func newAsk() decider.Asked { return decider.Asked{ID: events.ID(uuid.NewString()), Hash: "input"} }

func (k *kept) ask(of fact.Ledger, asked decider.Asked, decide when) (decider.Receipt, error) {
	return k.Transact(k.t.Context(), of.Stream(), asked, decide)
}

// until asks until nothing more follows, and says how often that was.
func (k *kept) until(of fact.Ledger, decide when) (n int) {
	k.t.Helper()
	for ; n < 100; n++ {
		r, err := k.ask(of, newAsk(), decide)
		if err != nil {
			k.t.Fatalf("part %d: %v", n+1, err)
		}
		if r.Entries == 0 {
			return n
		}
	}
	k.t.Fatal("no end")
	return n
}

func (k *kept) carryIn(to fact.Ledger, from events.Year) when {
	_, all := k.state(fact.Ledger{System: system, Year: from})
	known := k.known
	known.Sent = sent(all)
	return doing(ledger.CarryIn, known, funding.CarryIn{Ledger: funding.Ledger{System: system, Year: to.Year}, FromSystem: system, FromYear: from})
}

// A ledger with more in it than one append takes is closed in several, each of
// which stands, until there is nothing left; and arrives so.
func TestALargeLedgerIsClosed(t *testing.T) {
	before, bodies := large()
	afterwards := fact.Ledger{System: system, Year: next.Year.Next()}
	k := keep(t, ledger.Known{By: maker, Today: afterwards.Year.Next().First(), Registry: bodies, Terms: noTerms{}})
	known := k.known
	known.Sent = sent(before)
	if n := k.until(next, doing(ledger.CarryIn, known, funding.CarryIn{Ledger: funding.Ledger{System: system, Year: next.Year}, FromSystem: system, FromYear: books.Year})); n < 2 {
		t.Errorf("3,000 accounts arrive in %d appends", n)
	}
	full, _ := k.state(next)
	closing := doing(ledger.Close, k.known, funding.CloseYear{Ledger: funding.Ledger{System: system, Year: next.Year}})

	first := newAsk()
	begun, err := k.ask(next, first, closing)
	if err != nil || begun.Entries == 0 || slices.Contains(begun.Types, "funding.year_closed.v1") {
		t.Fatalf("%+v, %v", begun, err)
	}
	if again, err := k.ask(next, first, closing); err != nil || again.Revision != begun.Revision {
		t.Errorf("the same ask again is answered %+v, %v", again, err)
	}
	k.restart()
	in := upon("U00074", "H1", 1) // whose money is still there
	in.Year, in.On = next.Year, next.Year.First()
	if _, err := k.ask(next, newAsk(), doing(ledger.Hold, k.known, funding.HoldFunding{Upon: in})); !errors.Is(err, ledger.ErrYearEnding) {
		t.Errorf("meanwhile: %v", err)
	}
	if _, err := k.ask(next, newAsk(), doing(ledger.CarryIn, known, funding.CarryIn{Ledger: funding.Ledger{System: system, Year: next.Year}, FromSystem: system, FromYear: books.Year})); !errors.Is(err, ledger.ErrYearEnding) {
		t.Errorf("what arrives meanwhile: %v", err)
	}
	k.until(next, closing)
	empty, _ := k.state(next)
	for _, p := range empty.Balances() {
		if !p.Stage.Final() {
			t.Fatalf("%+v is left", p)
		}
	}

	// It arrives where it was, also in a ledger that is closed itself.
	if n := k.until(afterwards, k.carryIn(afterwards, next.Year)); n < 2 {
		t.Errorf("3,000 accounts arrive in %d appends", n)
	}
	arrived, _ := k.state(afterwards)
	if diff := differ(full.Balances(), arrived.Balances()); diff != "" {
		t.Error(diff)
	}
	k.until(afterwards, doing(ledger.Close, k.known, funding.CloseYear{Ledger: funding.Ledger{System: system, Year: afterwards.Year}}))
	late := keep(t, k.known)
	late.until(next, doing(ledger.Close, k.known, funding.CloseYear{Ledger: funding.Ledger{System: system, Year: next.Year}}))
	late.until(next, doing(ledger.CarryIn, known, funding.CarryIn{Ledger: funding.Ledger{System: system, Year: next.Year}, FromSystem: system, FromYear: books.Year}))
	late.until(afterwards, late.carryIn(afterwards, next.Year))
	through, _ := late.state(afterwards)
	if diff := differ(full.Balances(), through.Balances()); diff != "" {
		t.Error("through a closed ledger: " + diff)
	}
}

// differ says what differs of what is open in two ledgers.
func differ(a, b []fact.Posting) string {
	open := func(all []fact.Posting) []fact.Posting {
		return slices.DeleteFunc(slices.Clone(all), func(p fact.Posting) bool { return p.Stage.Final() })
	}
	if a, b := open(a), open(b); !slices.Equal(a, b) {
		return fmt.Sprintf("%d accounts are open in one, %d in the other, or otherwise", len(a), len(b))
	}
	return ""
}

// However much there is, in whatever pieces it has come and is asked to go, a
// ledger is lawful at every moment, takes nothing else while it is being closed,
// and what was open in one year is in the next.
func TestYearsEndInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{books: map[fact.Ledger]*history{}, known: by(maker)}
		first, second := w.ledger(books), w.ledger(next)
		pieces := came(t)
		in := funding.CarryIn{Ledger: funding.Ledger{System: system, Year: books.Year}, FromSystem: system, FromYear: "2024/25"}
		onwards := funding.CarryIn{Ledger: funding.Ledger{System: system, Year: next.Year}, FromSystem: system, FromYear: books.Year}
		k := w.known
		k.Sent = func(from, to fact.Ledger) []fact.CarriedForward {
			if from.Year == "2024/25" {
				return pieces
			}
			return w.sent(from, to)
		}
		carry := func(b *history, a funding.CarryIn) func() ([]fact.Event, error) {
			return func() ([]fact.Event, error) { return ledger.CarryIn(b.state, k, a) }
		}
		w.until(t, first, carry(first, in))
		open := first.state.Balances()
		for ends := false; !ends; {
			if rapid.Bool().Draw(t, "carry") {
				got, err := carry(second, onwards)()
				w.enter(t, second, got, err)
			}
			got, err := ledger.Close(first.state, k, funding.CloseYear{Ledger: in.Ledger})
			w.enter(t, first, got, err)
			if len(got) == 0 {
				t.Fatalf("no part: %v", err)
			}
			_, ends = got[len(got)-1].(fact.YearClosed)
			if _, err := ledger.Receive(first.state, k, funding.ReceiveFunding{Act: act("E1", 1)}); !errors.Is(err, ledger.ErrYearEnding) && !errors.Is(err, ledger.ErrYearClosed) {
				t.Fatalf("meanwhile: %v", err)
			}
		}
		w.until(t, second, carry(second, onwards))
		if diff := differ(open, second.state.Balances()); diff != "" {
			t.Fatal(diff)
		}
		w.arrived(t)
	})
}

// came is any number of open accounts, in pieces of any size that may come.
func came(t *rapid.T) (pieces []fact.CarriedForward) {
	stages := []fact.Stage{fact.StagePaid, fact.StageAllocated, fact.StageHeld, fact.StageCommitted, fact.StageOffered}
	n := 0
	for rapid.IntRange(0, 6).Draw(t, "another") > 0 {
		e := fact.CarriedForward{Head: fact.Head{Ledger: fact.Ledger{System: system, Year: "2024/25"}, Number: len(pieces) + 1}, To: books}
		for range rapid.IntRange(1, 200).Draw(t, "accounts") {
			stage := stages[n%len(stages)]
			e.Arriving = append(e.Arriving, fact.Posting{Amount: 1 + events.GBP(n), Account: fact.Account{
				Holder: networks[n%2].Entity(), Stage: stage, Stream: streams[n%3], Purpose: fact.Purpose(fmt.Sprint("purpose-", n/20)),
			}})
			n++
		}
		pieces = append(pieces, e)
	}
	return pieces
}
