package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

var closeYear = do(ledger.Close, maker, funding.CloseYear{Ledger: act("", 0).Ledger})

func sent(all facts) func(from, to fact.Ledger) []fact.CarriedForward {
	return func(from, to fact.Ledger) (out []fact.CarriedForward) {
		for _, e := range all {
			if e, is := e.(fact.CarriedForward); is && e.Ledger == from && e.To == to {
				out = append(out, e)
			}
		}
		return out
	}
}

func carryIn(into events.Year, from facts) when {
	k := by(maker)
	k.Sent = sent(from)
	before := events.Year("2025/26")
	if into == "2027/28" {
		before = "2026/27"
	}
	return doing(ledger.CarryIn, k, funding.CarryIn{Ledger: funding.Ledger{System: system, Year: into}, FromSystem: system, FromYear: before})
}

func TestYearEnd(t *testing.T) {
	end := func(n int) fact.Head {
		return fact.Head{Ledger: books, Number: n, On: books.Year.Last(), Party: home, By: maker}
	}
	begin := func(n int) fact.Head {
		return fact.Head{Ledger: next, Number: n, On: next.Year.First(), Party: home, By: maker}
	}
	transit := func(amount int) fact.Posting {
		return fact.Posting{Account: core("ledger-QZ1-2025-26", fact.StageTransit), Amount: pounds(amount)}
	}
	in := func(holder events.Entity, stage fact.Stage, amount int) fact.Posting {
		return fact.Posting{Account: core(holder, stage), Amount: pounds(amount)}
	}
	kept := []when{
		received, allocated, requested, paid, confirmed,
		do(ledger.Declare, maker, funding.DeclareUnderspend{Own: own(one, "D1", 300)}),
		do(ledger.Retain, maker, funding.RetainUnderspend{Upon: upon(one, "K1", 300)}),
	}
	given := told(t, kept...)
	closed := told(t, append(kept[:7:7], closeYear)...)
	arriving := []fact.Posting{in(network, fact.StageAllocated, 200), in(network, fact.StagePaid, 100), in(network, fact.StageConfirmed, 300), in(home, fact.StagePot, 400)}
	forward := fact.CarriedForward{Head: end(8), To: next, Arriving: arriving, Postings: []fact.Posting{
		in(network, fact.StageAllocated, -200), in(network, fact.StagePaid, -100), in(network, fact.StageRetained, -300), in(home, fact.StagePot, -400), transit(1000),
	}}
	inwards := fact.CarriedIn{Head: begin(1), From: books, Entry: 8, Postings: append([]fact.Posting{transit(-1000)}, arriving...)}
	promiseTo := func(p events.PCN, ref string) when {
		return do(ledger.Allocate, maker, funding.AllocateFunding{Upon: upon(p, ref, 100)})
	}
	gone := told(t, received, promiseTo(moved, "A2"), promiseTo(merged, "A3"))
	behalf := do(ledger.SpendOnBehalf, maker, funding.SpendOnBehalf{Upon: upon(one, "O1", 600), For: "training"})
	open := told(t, received, allocated, behalf, closeYear)
	merging := funding.MoveToSuccessor{Ledger: act("", 0).Ledger, Network: merged, On: books.Year.Last(), Reference: "M1"}
	early := merging
	early.On = july
	stands := merging
	stands.Network = two
	closeOn := func(day events.Date) when {
		k := by(maker)
		k.Today = day
		return doing(ledger.Close, k, funding.CloseYear{Ledger: act("", 0).Ledger})
	}
	check(t, []test{
		{Name: "closes into the next", Given: given, When: closeYear, Then: facts{forward, fact.YearClosed{Head: end(9)}}},
		{Name: "without anything left", When: closeYear, Then: facts{fact.YearClosed{Head: end(1)}}},
		{Name: "on its last day", Given: given, When: closeOn(books.Year.Last()), Refused: ledger.ErrYearRuns},
		{Name: "the day after", When: closeOn(next.Year.First()), Then: facts{fact.YearClosed{Head: end(1)}}},
		{Name: "in which it arrives", When: carryIn("2026/27", closed), Then: facts{inwards}},
		{Name: "what was never sent", When: carryIn("2026/27", given), Refused: ledger.ErrNothingSent},
		{Name: "after which nothing more is entered", Given: closed, When: do(ledger.Hold, maker, funding.HoldFunding{Upon: upon(one, "H1", 1)}), Refused: ledger.ErrYearClosed},
		{Name: "nor requested", Given: closed, When: takeBack, Refused: ledger.ErrYearClosed},
		{Name: "nor approved", Given: told(t, received, allocated, requested, closeYear), When: approve(checker, 3), Refused: ledger.ErrYearClosed},
		{Name: "nor reversed", Given: closed, When: do(ledger.Reverse, maker, funding.ReverseEntry{Answer: about(1)}), Refused: ledger.ErrYearClosed},
		{Name: "a network that has moved takes its money along, a merged one's is its successor's", Given: gone, When: closeYear, Then: facts{
			fact.CarriedForward{Head: end(4), To: next, Arriving: []fact.Posting{in(network, fact.StageAllocated, 100), in(home, fact.StagePot, 800)}, Postings: []fact.Posting{
				in("network-U99003", fact.StageAllocated, -100), in(home, fact.StagePot, -800), transit(900),
			}},
			fact.CarriedForward{Head: end(5), To: fact.Ledger{System: "QZ2", Year: "2026/27"}, Arriving: []fact.Posting{in("network-U99004", fact.StageAllocated, 100)}, Postings: []fact.Posting{
				in("network-U99004", fact.StageAllocated, -100), transit(100),
			}},
			fact.YearClosed{Head: end(6)},
		}},
		{Name: "what was spent for a network may still be acknowledged", Given: open, When: do(ledger.AcknowledgeSpending, maker, funding.AcknowledgeSpending{OwnAnswer: ownAbout(one, 3)}), Then: facts{
			fact.SpendingAcknowledged{Answer: fact.Answer{Head: seen(6, network, maker), Entry: 3, Postings: transfer(600, network, fact.StageSpentFor, fact.StageSpentBySystem)}},
		}},
		{Name: "or refused, and then goes on at once", Given: open, When: do(ledger.RefuseSpending, maker, funding.RefuseSpending{OwnAnswer: ownAbout(one, 3)}), Then: facts{
			fact.SpendingRefused{Answer: fact.Answer{Head: seen(6, network, maker), Entry: 3, Postings: transfer(600, network, fact.StageSpentFor, fact.StageHeld)}},
			fact.CarriedForward{
				Head: fact.Head{Ledger: books, Number: 7, On: books.Year.Last(), Party: network, By: maker}, To: next,
				Postings: []fact.Posting{in(network, fact.StageHeld, -600), transit(600)}, Arriving: []fact.Posting{in(network, fact.StageHeld, 600)},
			},
		}},
		{Name: "a merged network's money moves to its successor", Given: gone, When: do(ledger.MoveToSuccessor, maker, merging), Then: facts{fact.MovedToSuccessor{
			Move: fact.Move{Head: end(4), Reference: "M1", Postings: fact.Transfer(pounds(100), core("network-U99003", fact.StageAllocated), core(network, fact.StageAllocated))},
			From: "network-U99003", Into: network,
		}}},
		{Name: "not before the merger", Given: gone, When: do(ledger.MoveToSuccessor, maker, early), Refused: ledger.ErrNotMerged},
		{Name: "nor without one", Given: gone, When: do(ledger.MoveToSuccessor, maker, stands), Refused: ledger.ErrNotMerged},
	})

	// The year after is closed before anything arrives: it goes on at once.
	afterwards := told(t, doing(ledger.Close, by(maker), funding.CloseYear{Ledger: funding.Ledger{System: system, Year: "2026/27"}}))
	late := carryIn("2026/27", closed)
	var s ledger.State
	for _, e := range afterwards {
		s = ledger.Evolve(s, e)
	}
	got, err := late(s)
	if err != nil || len(got) != 2 {
		t.Fatalf("late arrival: %d facts, %v", len(got), err)
	}
	if on, is := got[1].(fact.CarriedForward); !is || on.To.Year != "2027/28" {
		t.Errorf("late arrival is followed by %+v", got[1])
	}
}

// What does not fit into one entry goes on in several.
func TestALongYearEnd(t *testing.T) {
	steps := []when{received}
	for i := range 150 {
		for _, p := range []events.PCN{one, two, moved} {
			a := upon(p, fmt.Sprint("A", p, i), 1)
			a.Purpose = fact.Purpose(fmt.Sprint("purpose-", i))
			in := a.Act
			in.Reference = "E" + a.Reference
			steps = append(steps, do(ledger.Receive, maker, funding.ReceiveFunding{Act: in}), do(ledger.Allocate, maker, funding.AllocateFunding{Upon: a}))
		}
	}
	closed := told(t, append(steps, closeYear)...)
	arrived := told(t, carryIn("2026/27", closed))
	if len(arrived) != 2 {
		t.Errorf("300 accounts and the pot arrive in %d entries", len(arrived))
	}
	var s ledger.State
	for _, e := range arrived {
		s = ledger.Evolve(s, e)
	}
	promised := 0
	for _, p := range s.Balances() {
		if p.Stage == fact.StageAllocated && p.Amount == pounds(1) {
			promised++
		}
	}
	if promised != 300 {
		t.Errorf("%d of 300 allocations arrive", promised)
	}
}

// A system that another has succeeded leaves it what it has: the pot is the
// successor's, and the networks are where their money arrives.
func TestASucceededSystemIsClosedIntoItsSuccessor(t *testing.T) {
	k := by(maker)
	k.Registry = registry.Evolve(k.Registry, registered.SystemSucceeded{System: system, By: []events.ICB{"QZ2"}, On: next.Year.First()})
	all := told(t, received, allocated, doing(ledger.Close, k, funding.CloseYear{Ledger: act("", 0).Ledger}))
	there := fact.Ledger{System: "QZ2", Year: next.Year}
	posting := func(holder events.Entity, stage fact.Stage, amount int) fact.Posting {
		return fact.Posting{Account: core(holder, stage), Amount: pounds(amount)}
	}
	arriving := []fact.Posting{posting(network, fact.StageAllocated, 600), posting("system-QZ2", fact.StagePot, 400)}
	if on, is := all[2].(fact.CarriedForward); !is || on.To != there || !slices.Equal(on.Arriving, arriving) || len(all) != 4 {
		t.Errorf("closed with %+v", all[2:])
	}
	k.Sent = sent(all)
	in := told(t, doing(ledger.CarryIn, k, funding.CarryIn{Ledger: funding.Ledger{System: there.System, Year: there.Year}, FromSystem: system, FromYear: books.Year}))
	if e, is := in[0].(fact.CarriedIn); !is || e.Ledger != there || e.Party != "system-QZ2" || !slices.Equal(e.Postings[1:], arriving) {
		t.Errorf("arrives as %+v", in)
	}
}

// A fact that breaks the laws is never folded in silence: nothing more is decided.
func TestAnUnsoundLedgerIsNotDecidedOn(t *testing.T) {
	good := told(t, received, allocated)
	allocation := func(change func(*fact.Allocated)) fact.Event {
		e := good[1].(fact.Allocated)
		e.Number = 3
		e.Reference = "A9"
		change(&e)
		return e
	}
	const between = "a fact between the parts of its end"
	for name, bad := range map[string]fact.Event{
		"a number twice": allocation(func(e *fact.Allocated) { e.Number = 2 }),
		"a gap":          allocation(func(e *fact.Allocated) { e.Number = 4 }),
		"another ledger": allocation(func(e *fact.Allocated) { e.Year = "2024/25" }),
		"unbalanced":     allocation(func(e *fact.Allocated) { e.Postings = e.Postings[:1] }),
		"below zero":     allocation(func(e *fact.Allocated) {}),
		"transit below zero": allocation(func(e *fact.Allocated) {
			e.Postings = fact.Transfer(1, core(network, fact.StageTransit), core(network, fact.StageAllocated))
		}),
		"a source that is not England": allocation(func(e *fact.Allocated) {
			e.Postings = fact.Transfer(1, core(network, fact.StageSource), core(network, fact.StageAllocated))
		}),
		"an answer to what is not there": fact.Paid{Answer: fact.Answer{Head: head(3, home, maker), Entry: 3, Postings: transfer(1, network, fact.StageAllocated, fact.StagePaid)}},
		"a fact after the year's end":    nil,
		between:                          nil,
	} {
		history := append(good[:2:2], bad)
		if name == between {
			on := fact.CarriedForward{Head: head(3, home, maker), To: next, Arriving: []fact.Posting{{Account: core(home, fact.StagePot), Amount: 1}}}
			on.Postings = fact.Transfer(1, core(home, fact.StagePot), core(books.Entity(), fact.StageTransit))
			history = append(good[:2:2], on, allocation(func(e *fact.Allocated) {
				e.Number, e.Postings = 4, fact.Transfer(1, core(home, fact.StagePot), core(network, fact.StageAllocated))
			}))
		} else if bad == nil {
			history = append(good[:1:1], fact.YearClosed{Head: head(2, home, maker)}, allocation(func(*fact.Allocated) {}))
		}
		var s ledger.State
		for _, e := range history {
			s = ledger.Evolve(s, e)
		}
		if s.Sound() == nil {
			t.Errorf("%s: folded in silence", name)
		}
		if got, err := requested(s); err == nil {
			t.Errorf("%s: decided %+v", name, got)
		}
		if after := ledger.Evolve(s, good[0]); after.Sound() == nil || after.Len() != s.Len() {
			t.Errorf("%s: went on", name)
		}
	}
}
