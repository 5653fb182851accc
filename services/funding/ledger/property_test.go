package ledger_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
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
)

// possible is an act that may be drawn.
type possible struct {
	from fact.Stage // where it takes money, if it does
	do   func() ([]fact.Event, error)
}

// act draws any act, asks it, and looks at what follows. Most draws aim at
// something that is there, or little would be accepted.
func (w *world) act(t *rapid.T, i int) {
	seed := rapid.Uint64().Draw(t, "act")
	if seed == 0 { // to which a failure shrinks what it can do without
		return
	}
	r := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // rapid's own numbers are mostly small ones
	year := pick(r, years)
	if between(r, 0, 9) > 0 {
		year = years[0]
	}
	b := w.ledger(fact.Ledger{System: system, Year: year})
	k := w.known
	k.By = pick(r, []events.PersonRef{maker, checker})
	k.Sent = w.sent
	l := funding.Ledger{System: system, Year: year}
	on := year.First().AddDays(between(r, 0, 364))
	a := funding.Act{
		Ledger: l, On: on, Reference: strconv.Itoa(i - between(r, 0, 10)/10), Reason: "why",
		Money: funding.Money{
			FundingStream: streams[min(between(r, 0, 12)/4, 3)], Purpose: pick(r, purposes),
			Amount: events.GBP(between(r, 1, 1000)),
		},
	}
	p := funding.Payee{Network: networks[min(between(r, 0, 10)/2, 4)]}
	if a.FundingStream == "participation" && r.IntN(2) == 0 {
		p = funding.Payee{Practice: practice}
	}
	var stage fact.Stage
	all := slices.DeleteFunc(b.state.Balances(), func(p fact.Posting) bool {
		return p.Stage.Final() && p.Stage != fact.StageSpentFor && p.Stage != fact.StageDiverted
	})
	if len(all) > 0 && between(r, 0, 9) > 0 {
		aim := pick(r, all)
		a.FundingStream, a.Purpose, stage = aim.Stream, aim.Purpose, aim.Stage
		p = payeeOf(aim.Holder, p)
		if aim.Amount > 0 && between(r, 0, 9) > 0 {
			a.Amount = 1 + events.GBP(r.Int64N(int64(aim.Amount)))
		}
	}
	or := func(other fact.Stage) fact.Stage {
		return pick(r, []fact.Stage{"", other})
	}
	entry := max(1, b.state.Len()-between(r, 0, b.state.Len()))
	answer := funding.Answer{Ledger: l, On: on, Entry: entry, Reason: "why"}
	u, o, oa := funding.Upon{Act: a, Payee: p}, funding.Own{Act: a, Payee: p}, funding.OwnAnswer{Answer: answer, Payee: p}
	category := pick(r, []string{"", "staff", "printers", "chairs"})
	acts := []possible{
		{"", func() ([]fact.Event, error) {
			a.Amount *= 20
			return ledger.Receive(b.state, k, funding.ReceiveFunding{Act: a})
		}},
		{fact.StagePot, func() ([]fact.Event, error) { return ledger.Allocate(b.state, k, funding.AllocateFunding{Upon: u}) }},
		{fact.StagePot, func() ([]fact.Event, error) { return ledger.Allocate(b.state, k, funding.AllocateFunding{Upon: u}) }},
		{fact.StageAllocated, func() ([]fact.Event, error) { return ledger.Hold(b.state, k, funding.HoldFunding{Upon: u}) }},
		{fact.StageHeld, func() ([]fact.Event, error) { return ledger.Release(b.state, k, funding.ReleaseFunding{Upon: u}) }},
		{fact.StageAllocated, func() ([]fact.Event, error) {
			return ledger.SpendOnBehalf(b.state, k, funding.SpendOnBehalf{Upon: u, From: or(fact.StageHeld), For: "it", Category: category})
		}},
		{fact.StageAllocated, func() ([]fact.Event, error) {
			return ledger.RequestPayment(b.state, k, funding.RequestPayment{Upon: u})
		}},
		{fact.StageAllocated, func() ([]fact.Event, error) {
			return ledger.RequestPayment(b.state, k, funding.RequestPayment{Upon: u})
		}},
		{fact.StageAllocated, func() ([]fact.Event, error) {
			return ledger.RequestTakeBack(b.state, k, funding.RequestTakeBack{Upon: u})
		}},
		{fact.StageAllocated, func() ([]fact.Event, error) {
			return ledger.RequestDiversion(b.state, k, funding.RequestDiversion{Upon: u, From: or(fact.StageHeld)})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Approve(b.state, k, funding.ApproveRequest{Answer: aimed(b, answer, asks)})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Approve(b.state, k, funding.ApproveRequest{Answer: aimed(b, answer, asks)})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Reject(b.state, k, funding.RejectRequest{Answer: answer})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Withdraw(b.state, k, funding.WithdrawRequest{Answer: answer})
		}},
		{fact.StagePaid, func() ([]fact.Event, error) { return ledger.Confirm(b.state, k, funding.ConfirmReceipt{Own: o}) }},
		{fact.StageConfirmed, func() ([]fact.Event, error) { return ledger.Commit(b.state, k, funding.CommitFunding{Own: o}) }},
		{fact.StageCommitted, func() ([]fact.Event, error) {
			return ledger.ReleaseCommitment(b.state, k, funding.ReleaseCommitment{Own: o})
		}},
		{fact.StageConfirmed, func() ([]fact.Event, error) {
			return ledger.Spend(b.state, k, funding.SpendFunding{Own: o, From: or(fact.StageCommitted), For: "it", Category: category})
		}},
		{fact.StageConfirmed, func() ([]fact.Event, error) { return ledger.Declare(b.state, k, funding.DeclareUnderspend{Own: o}) }},
		{fact.StageDeclared, func() ([]fact.Event, error) { return ledger.Retain(b.state, k, funding.RetainUnderspend{Upon: u}) }},
		{fact.StageDeclared, func() ([]fact.Event, error) { return ledger.Offer(b.state, k, funding.OfferUnderspend{Upon: u}) }},
		{fact.StageOffered, func() ([]fact.Event, error) {
			return ledger.Reallocate(b.state, k, funding.ReallocateUnderspend{Upon: u, To: pick(r, networks)})
		}},
		{fact.StageDeclared, func() ([]fact.Event, error) {
			return ledger.Return(b.state, k, funding.ReturnFunding{Upon: u, From: or(fact.StageOffered)})
		}},
		{fact.StageSpentFor, func() ([]fact.Event, error) {
			return ledger.AcknowledgeSpending(b.state, k, funding.AcknowledgeSpending{OwnAnswer: theirs(b, oa, onBehalf)})
		}},
		{fact.StageSpentFor, func() ([]fact.Event, error) {
			return ledger.RefuseSpending(b.state, k, funding.RefuseSpending{OwnAnswer: theirs(b, oa, onBehalf)})
		}},
		{fact.StageDiverted, func() ([]fact.Event, error) {
			return ledger.AcknowledgeDiversion(b.state, k, funding.AcknowledgeDiversion{OwnAnswer: theirs(b, oa, isDiversion)})
		}},
		{fact.StageDiverted, func() ([]fact.Event, error) {
			return ledger.ProtestDiversion(b.state, k, funding.ProtestDiversion{OwnAnswer: theirs(b, oa, isDiversion)})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Reverse(b.state, k, funding.ReverseEntry{Answer: answer})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.Reverse(b.state, k, funding.ReverseEntry{Answer: answer})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.ReverseOwn(b.state, k, funding.ReverseOwnEntry{OwnAnswer: theirs(b, oa, nil)})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.MoveToSuccessor(b.state, k, funding.MoveToSuccessor{Ledger: l, Network: merged, On: on, Reference: a.Reference})
		}},
		{"", func() ([]fact.Event, error) {
			if between(r, 0, 19) > 0 {
				return nil, nil
			}
			return ledger.Close(b.state, k, funding.CloseYear{Ledger: l})
		}},
		{"", func() ([]fact.Event, error) {
			return ledger.CarryIn(b.state, k, funding.CarryIn{Ledger: l, FromSystem: system, FromYear: "2025/26"})
		}},
	}
	if stage != "" && between(r, 0, 9) > 0 {
		others := between(r, 0, 3) == 0 || stage == fact.StageRetained // with which nothing is done in its year
		acts = slices.DeleteFunc(acts, func(a possible) bool { return a.from != stage && (a.from != "" || !others) })
	}
	got, err := pick(r, acts).do()
	w.enter(t, b, got, err)
}

func between(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// aimed is an answer to the latest entry of a kind that is not answered yet, if
// there is one.
func aimed(b *history, a funding.Answer, is func(fact.Event) bool) funding.Answer {
	answered := map[int]bool{}
	for i := len(b.facts); i > 0; i-- {
		e := b.facts[i-1]
		if answered[e.Answers()] = true; is(e) && !answered[i] {
			a.Entry = i
			break
		}
		if r, is := e.(fact.Reversed); is {
			answered[r.Request] = true
		}
	}
	return a
}

func asks(e fact.Event) bool { return len(e.Posted()) == 0 && e.Called() != "" || isReversal(e) }

func isReversal(e fact.Event) bool { _, is := e.(fact.ReversalRequested); return is }

func onBehalf(e fact.Event) bool { _, is := e.(fact.SpentOnBehalf); return is }

func isDiversion(e fact.Event) bool { _, is := e.(fact.Diverted); return is }

// theirs makes the one who answers the one who is asked.
func theirs(b *history, a funding.OwnAnswer, is func(fact.Event) bool) funding.OwnAnswer {
	if is != nil {
		a.Answer = aimed(b, a.Answer, is)
	}
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
			w.until(t, b, func() ([]fact.Event, error) {
				return ledger.CarryIn(b.state, k, funding.CarryIn{Ledger: l, FromSystem: system, FromYear: years[i-1]})
			})
		}
		w.until(t, b, func() ([]fact.Event, error) {
			return ledger.Close(b.state, k, funding.CloseYear{Ledger: l})
		})
		for _, p := range b.state.Balances() {
			if !p.Stage.Final() {
				t.Fatalf("%s is closed with %s in %v", y, p.Amount, p.Account)
			}
		}
	}
	w.arrived(t)
}

// until asks for what is done in parts until nothing more follows.
func (w *world) until(t *rapid.T, b *history, part func() ([]fact.Event, error)) {
	for {
		got, err := part()
		if err != nil && !errors.Is(err, ledger.ErrNothingSent) {
			t.Fatal(err)
		}
		if w.enter(t, b, got, err); len(got) == 0 {
			return
		}
	}
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
