package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// The laws of the ledger, over acts of all kinds in any order, refused ones,
// reversals and year ends among them. The long run tries ten thousand ledgers of
// two hundred acts each.
func TestLaws(t *testing.T) {
	const acts = 200
	for range runs(t) {
		rapid.Check(t, func(t *rapid.T) {
			w := &world{books: map[fact.Ledger]*history{}, known: by(maker)}
			for i := range acts {
				w.act(t, i)
			}
			w.end(t)
		})
	}
}

// runs is how often rapid's own number of ledgers, a hundred, is tried.
func runs(t *testing.T) int {
	if os.Getenv("OPENBOOK_TEST_LONG") != "" {
		return 100
	}
	if testing.Short() {
		return 1
	}
	return 2
}

// history is a ledger with its whole history.
type history struct {
	state ledger.State
	facts facts
}

// world is ledgers of one system and what they have sent each other.
type world struct {
	books map[fact.Ledger]*history
	known ledger.Known
}

func (w *world) ledger(l fact.Ledger) *history {
	if w.books[l] == nil {
		w.books[l] = &history{}
	}
	return w.books[l]
}

func (w *world) sent(from, to fact.Ledger) []fact.CarriedForward {
	return sent(w.ledger(from).facts)(from, to)
}

var (
	years    = []events.Year{"2025/26", "2026/27"}
	networks = []events.PCN{one, two, merged, moved, elsewhere}
	streams  = []fact.Stream{"core", "development", "participation", "unheard-of"}
	purposes = []fact.Purpose{"anything", "management-support"}
	stages   = []fact.Stage{"", fact.StageAllocated, fact.StageHeld, fact.StageConfirmed, fact.StageCommitted, fact.StageDeclared, fact.StageOffered}
)

// act draws any act, asks it, and looks at what follows. Most draws aim at
// something that is there, or little would be accepted.
func (w *world) act(t *rapid.T, i int) {
	year := rapid.SampledFrom(years).Draw(t, "year")
	if rapid.IntRange(0, 3).Draw(t, "first year") > 0 {
		year = years[0]
	}
	b := w.ledger(fact.Ledger{System: system, Year: year})
	k := w.known
	k.By = rapid.SampledFrom([]events.PersonRef{maker, checker}).Draw(t, "by")
	k.Sent = w.sent
	l := funding.Ledger{System: system, Year: year}
	on := year.First().AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
	a := funding.Act{
		Ledger: l, On: on, Reference: strconv.Itoa(rapid.IntRange(i/2, i).Draw(t, "reference")), Reason: "why",
		Money: funding.Money{
			FundingStream: streams[min(rapid.IntRange(0, 12).Draw(t, "stream")/4, 3)], Purpose: rapid.SampledFrom(purposes).Draw(t, "purpose"),
			Amount: events.GBP(rapid.IntRange(1, 1000).Draw(t, "amount")),
		},
	}
	p := funding.Payee{Network: networks[min(rapid.IntRange(0, 10).Draw(t, "network")/2, 4)]}
	if a.FundingStream == "participation" && rapid.Bool().Draw(t, "practice") {
		p = funding.Payee{Practice: practice}
	}
	if all := b.state.Balances(); len(all) > 0 && rapid.IntRange(0, 3).Draw(t, "aims") > 0 {
		aim := rapid.SampledFrom(all).Draw(t, "account")
		a.FundingStream, a.Purpose = aim.Stream, aim.Purpose
		p = payeeOf(aim.Holder, p)
		if aim.Amount > 0 && rapid.Bool().Draw(t, "some of it") {
			a.Amount = events.GBP(rapid.Int64Range(1, int64(aim.Amount)).Draw(t, "part"))
		}
	}
	from := rapid.SampledFrom(stages).Draw(t, "from")
	entry := max(1, b.state.Len()-rapid.IntRange(0, b.state.Len()).Draw(t, "back"))
	answer := funding.Answer{Ledger: l, On: on, Entry: entry, Reason: "why"}
	u, o, oa := funding.Upon{Act: a, Payee: p}, funding.Own{Act: a, Payee: p}, funding.OwnAnswer{Answer: answer, Payee: p}
	category := rapid.SampledFrom([]string{"", "staff", "printers", "chairs"}).Draw(t, "category")
	acts := []func() ([]fact.Event, error){
		func() ([]fact.Event, error) {
			a.Amount *= 20
			return ledger.Receive(b.state, k, funding.ReceiveFunding{Act: a})
		},
		func() ([]fact.Event, error) { return ledger.Allocate(b.state, k, funding.AllocateFunding{Upon: u}) },
		func() ([]fact.Event, error) { return ledger.Allocate(b.state, k, funding.AllocateFunding{Upon: u}) },
		func() ([]fact.Event, error) { return ledger.Hold(b.state, k, funding.HoldFunding{Upon: u}) },
		func() ([]fact.Event, error) { return ledger.Release(b.state, k, funding.ReleaseFunding{Upon: u}) },
		func() ([]fact.Event, error) {
			return ledger.SpendOnBehalf(b.state, k, funding.SpendOnBehalf{Upon: u, From: from, For: "it", Category: category})
		},
		func() ([]fact.Event, error) {
			return ledger.RequestPayment(b.state, k, funding.RequestPayment{Upon: u})
		},
		func() ([]fact.Event, error) {
			return ledger.RequestPayment(b.state, k, funding.RequestPayment{Upon: u})
		},
		func() ([]fact.Event, error) {
			return ledger.RequestTakeBack(b.state, k, funding.RequestTakeBack{Upon: u})
		},
		func() ([]fact.Event, error) {
			return ledger.RequestDiversion(b.state, k, funding.RequestDiversion{Upon: u, From: from})
		},
		func() ([]fact.Event, error) {
			return ledger.Approve(b.state, k, funding.ApproveRequest{Answer: w.waiting(t, b, answer)})
		},
		func() ([]fact.Event, error) {
			return ledger.Approve(b.state, k, funding.ApproveRequest{Answer: w.waiting(t, b, answer)})
		},
		func() ([]fact.Event, error) {
			return ledger.Reject(b.state, k, funding.RejectRequest{Answer: answer})
		},
		func() ([]fact.Event, error) {
			return ledger.Withdraw(b.state, k, funding.WithdrawRequest{Answer: answer})
		},
		func() ([]fact.Event, error) { return ledger.Confirm(b.state, k, funding.ConfirmReceipt{Own: o}) },
		func() ([]fact.Event, error) { return ledger.Commit(b.state, k, funding.CommitFunding{Own: o}) },
		func() ([]fact.Event, error) {
			return ledger.ReleaseCommitment(b.state, k, funding.ReleaseCommitment{Own: o})
		},
		func() ([]fact.Event, error) {
			return ledger.Spend(b.state, k, funding.SpendFunding{Own: o, From: from, For: "it", Category: category})
		},
		func() ([]fact.Event, error) { return ledger.Declare(b.state, k, funding.DeclareUnderspend{Own: o}) },
		func() ([]fact.Event, error) { return ledger.Retain(b.state, k, funding.RetainUnderspend{Upon: u}) },
		func() ([]fact.Event, error) { return ledger.Offer(b.state, k, funding.OfferUnderspend{Upon: u}) },
		func() ([]fact.Event, error) {
			return ledger.Reallocate(b.state, k, funding.ReallocateUnderspend{Upon: u, To: rapid.SampledFrom(networks).Draw(t, "to")})
		},
		func() ([]fact.Event, error) {
			return ledger.Return(b.state, k, funding.ReturnFunding{Upon: u, From: from})
		},
		func() ([]fact.Event, error) {
			return ledger.AcknowledgeSpending(b.state, k, funding.AcknowledgeSpending{OwnAnswer: w.own(b, oa)})
		},
		func() ([]fact.Event, error) {
			return ledger.RefuseSpending(b.state, k, funding.RefuseSpending{OwnAnswer: w.own(b, oa)})
		},
		func() ([]fact.Event, error) {
			return ledger.AcknowledgeDiversion(b.state, k, funding.AcknowledgeDiversion{OwnAnswer: w.own(b, oa)})
		},
		func() ([]fact.Event, error) {
			return ledger.ProtestDiversion(b.state, k, funding.ProtestDiversion{OwnAnswer: w.own(b, oa)})
		},
		func() ([]fact.Event, error) {
			return ledger.Reverse(b.state, k, funding.ReverseEntry{Answer: answer})
		},
		func() ([]fact.Event, error) {
			return ledger.Reverse(b.state, k, funding.ReverseEntry{Answer: answer})
		},
		func() ([]fact.Event, error) {
			return ledger.ReverseOwn(b.state, k, funding.ReverseOwnEntry{OwnAnswer: w.own(b, oa)})
		},
		func() ([]fact.Event, error) {
			return ledger.MoveToSuccessor(b.state, k, funding.MoveToSuccessor{Ledger: l, Network: merged, On: on, Reference: a.Reference})
		},
		func() ([]fact.Event, error) {
			if rapid.IntRange(0, 9).Draw(t, "closes") > 0 {
				return nil, nil
			}
			return ledger.Close(b.state, k, funding.CloseYear{Ledger: l})
		},
		func() ([]fact.Event, error) {
			return ledger.CarryIn(b.state, k, funding.CarryIn{Ledger: l, FromSystem: system, FromYear: "2025/26"})
		},
	}
	which := rapid.IntRange(0, len(acts)-1).Draw(t, "act")
	got, err := acts[which]()
	w.enter(t, b, got, err)
}

// waiting aims an answer at a request that waits.
func (w *world) waiting(t *rapid.T, b *history, a funding.Answer) funding.Answer {
	if len(b.facts) > 0 && rapid.IntRange(0, 3).Draw(t, "aims at a request") > 0 {
		for i := len(b.facts); i > 0; i-- {
			switch b.facts[i-1].(type) {
			case fact.PaymentRequested, fact.TakeBackRequested, fact.DiversionRequested, fact.ReversalRequested:
				a.Entry = i
				return a
			default:
			}
		}
	}
	return a
}

// own makes the one who answers the one who is asked.
func (w *world) own(b *history, a funding.OwnAnswer) funding.OwnAnswer {
	if a.Entry <= len(b.facts) {
		for _, p := range b.facts[a.Entry-1].Posted() {
			a.Payee = payeeOf(p.Holder, a.Payee)
		}
	}
	return a
}

func payeeOf(e events.Entity, or funding.Payee) funding.Payee {
	for _, n := range networks {
		if n.Entity() == e {
			return funding.Payee{Network: n}
		}
	}
	if e == practice.Entity() {
		return funding.Payee{Practice: practice}
	}
	return or
}

// enter holds what was decided to the laws, and folds it.
func (w *world) enter(t *rapid.T, b *history, got []fact.Event, err error) {
	if _, refused := refuse.From(err); err != nil && !refused {
		t.Fatalf("a fault: %v", err)
	}
	if err != nil && len(got) > 0 {
		t.Fatalf("refused, and decided: %v", err)
	}
	for _, e := range got {
		if r, is := e.(fact.Reversed); is {
			w.restores(t, b, r)
		}
		b.state = ledger.Evolve(b.state, e)
		b.facts = append(b.facts, e)
	}
	if err := b.lawful(); err != nil {
		t.Fatal(err)
	}
}

// lawful adds a ledger up from its facts alone, and compares.
func (b *history) lawful() error {
	if err := b.state.Sound(); err != nil {
		return err
	}
	sums, fences := addUp(b.facts)
	for f, sum := range fences {
		if sum != 0 {
			return fmt.Errorf("stream and purpose %v come to %s", f, sum)
		}
	}
	in := b.state.Balances()
	for _, p := range in {
		if p.Amount != sums[p.Account] {
			return fmt.Errorf("%v holds %s, its entries come to %s", p.Account, p.Amount, sums[p.Account])
		}
		delete(sums, p.Account)
		if p.Amount < 0 && p.Stage != fact.StageSource && p.Stage != fact.StageTransit {
			return fmt.Errorf("%v is below zero", p.Account)
		}
	}
	for a, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("%v is empty, its entries come to %s", a, sum)
		}
	}
	return nil
}

type fence struct {
	fact.Stream
	fact.Purpose
}

func addUp(all facts) (map[fact.Account]events.GBP, map[fence]events.GBP) {
	sums, fences := map[fact.Account]events.GBP{}, map[fence]events.GBP{}
	for _, e := range all {
		for _, p := range e.Posted() {
			sums[p.Account] += p.Amount
			fences[fence{p.Stream, p.Purpose}] += p.Amount
		}
	}
	return sums, fences
}

// restores holds a reversal to what would be there had its entry never been.
func (w *world) restores(t *rapid.T, b *history, r fact.Reversed) {
	without := append(b.facts[:r.Entry-1:r.Entry-1], b.facts[r.Entry:]...)
	want, _ := addUp(without)
	got, _ := addUp(append(b.facts[:len(b.facts):len(b.facts)], r))
	for a := range got {
		if got[a] != want[a] {
			t.Fatalf("reversing entry %d leaves %s in %v, %s without it", r.Entry, got[a], a, want[a])
		}
	}
	for _, e := range b.facts {
		if before, is := e.(fact.Reversed); is && before.Entry == r.Entry {
			t.Fatalf("entry %d is reversed twice", r.Entry)
		}
	}
	if maker := b.facts[r.Entry-1].Heading(); r.Request != 0 && b.facts[r.Request-1].Heading().By == r.By {
		t.Fatalf("%s has reversed entry %d alone, by %s", r.By, r.Entry, maker.Party)
	}
}

// end closes both years and carries everything on: then the first is empty but
// for what was used, and nothing is in transit into the second.
func (w *world) end(t *rapid.T) {
	k := w.known
	k.Sent = w.sent
	for i, y := range years {
		l := funding.Ledger{System: system, Year: y}
		b := w.ledger(fact.Ledger{System: system, Year: y})
		if i > 0 {
			got, err := ledger.CarryIn(b.state, k, funding.CarryIn{Ledger: l, FromSystem: system, FromYear: years[i-1]})
			if errors.Is(err, ledger.ErrNothingSent) {
				err = nil
			}
			w.enter(t, b, got, err)
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := ledger.Close(b.state, k, funding.CloseYear{Ledger: l})
		if err != nil {
			t.Fatal(err)
		}
		w.enter(t, b, got, err)
		for _, p := range b.state.Balances() {
			if !p.Stage.Final() {
				t.Fatalf("%s is closed with %s in %v", y, p.Amount, p.Account)
			}
		}
	}
	w.arrived(t)
}

// arrived compares what the first year sent into the second with what that has.
func (w *world) arrived(t *rapid.T) {
	first, second := fact.Ledger{System: system, Year: years[0]}, fact.Ledger{System: system, Year: years[1]}
	open := map[fence]events.GBP{}
	for _, e := range w.sent(first, second) {
		for _, p := range e.Arriving {
			open[fence{p.Stream, p.Purpose}] += p.Amount
		}
	}
	for _, p := range w.ledger(second).state.Balances() {
		if p.Stage == fact.StageTransit && p.Holder == first.Entity() {
			open[fence{p.Stream, p.Purpose}] += p.Amount
		}
	}
	for f, sum := range open {
		if sum != 0 {
			t.Fatalf("%s of %v has been sent and not arrived", sum, f)
		}
	}
}
