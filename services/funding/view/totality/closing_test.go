package totality_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/events/network"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

var (
	books = funding.Ledger{System: "QZ1", Year: year}
	next  = funding.Ledger{System: "QZ1", Year: "2026/27"}
)

const (
	system = events.Entity("system-QZ1")
	north  = events.Entity("network-U99001")
	south  = events.Entity("network-U99002")
)

// book is ledgers as they are told, each entry numbered as it comes.
type book struct {
	t testing.TB
	s money.State
	n int
}

func at(holder events.Entity, stage funding.Stage) funding.Account {
	return funding.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
}

// enter tells of an entry in a ledger.
func (b *book) enter(of funding.Ledger, e func(funding.Head) funding.Event) {
	b.t.Helper()
	number := 1
	if l := b.s.Ledgers.Ledger(of); l != nil {
		number = l.Len() + 1
	}
	b.tell(e(funding.Head{Ledger: of, Number: number, On: of.Year.First(), Party: of.System.Entity()}))
}

// tell tells of anything.
func (b *book) tell(f events.Fact) {
	b.t.Helper()
	b.n++
	var err error
	if b.s, err = money.Fold(b.s, f, view.Place{ID: events.ID(fmt.Sprint(b.n)), Ordinal: events.Ordinal(b.n), Time: time.Unix(int64(b.n), 0)}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) move(of funding.Ledger, amount events.GBP, from, to funding.Account, as func(funding.Move) funding.Event) {
	b.t.Helper()
	b.enter(of, func(h funding.Head) funding.Event {
		return as(funding.Move{Head: h, Reference: fmt.Sprint("R", h.Number), Postings: funding.Transfer(amount, from, to)})
	})
}

func (b *book) answer(of funding.Ledger, amount events.GBP, from, to funding.Account, as func(funding.Answer) funding.Event) {
	b.t.Helper()
	b.enter(of, func(h funding.Head) funding.Event {
		return as(funding.Answer{Head: h, Entry: 1, Postings: funding.Transfer(amount, from, to)})
	})
}

// received is money from England in the pot.
func (b *book) received(of funding.Ledger, amount events.GBP) {
	b.t.Helper()
	b.move(of, amount, at(funding.England, funding.StageSource), at(of.System.Entity(), funding.StagePot), func(m funding.Move) funding.Event { return funding.Received{Move: m} })
}

// allocated is money out of the pot promised to a holder.
func (b *book) allocated(of funding.Ledger, amount events.GBP, to events.Entity) {
	b.t.Helper()
	b.move(of, amount, at(of.System.Entity(), funding.StagePot), at(to, funding.StageAllocated), func(m funding.Move) funding.Event { return funding.Allocated{Move: m} })
}

// paid is the same, paid and confirmed.
func (b *book) paid(of funding.Ledger, amount events.GBP, to events.Entity) {
	b.t.Helper()
	b.answer(of, amount, at(to, funding.StageAllocated), at(to, funding.StagePaid), func(a funding.Answer) funding.Event { return funding.Paid{Answer: a} })
	b.move(of, amount, at(to, funding.StagePaid), at(to, funding.StageConfirmed), func(m funding.Move) funding.Event { return funding.Confirmed{Move: m} })
}

func (b *book) spent(of funding.Ledger, amount events.GBP, by events.Entity) {
	b.t.Helper()
	b.move(of, amount, at(by, funding.StageConfirmed), at(by, funding.StageSpent), func(m funding.Move) funding.Event {
		return funding.Spent{Work: funding.Work{Move: m, For: "things", Use: funding.UsePermitted}}
	})
}

// reading is the book beside a registry with two systems and three networks, of
// which the third has moved from the one to the other in October.
func (b *book) reading() *totality.Reading {
	var s registry.State
	for _, e := range []network.Event{
		network.SystemRegistered{System: "QZ1", Name: "One"}, network.SystemRegistered{System: "QZ2", Name: "Two"},
		network.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"}, network.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
		network.NetworkRegistered{Network: "U99003", Name: "East", System: "QZ1"},
		network.NetworkLocated{Network: "U99003", System: "QZ2", From: events.Day(2025, time.October, 1)},
		network.PracticeRegistered{Practice: "Z99001", Name: "Mill", System: "QZ1"},
		network.Joined{Practice: "Z99001", Network: "U99001", Period: events.Period{From: events.Day(2020, 7, 1)}},
	} {
		s = registry.Evolve(s, e)
	}
	return &totality.Reading{Money: b.s, Contracts: &terms.Reading{}, Registry: &registry.Reading{State: s, On: year.First()}}
}

// says is an amount as one reads it.
func says(a figure.Amount) string {
	if a.Value == nil {
		return a.Unknown.Code
	}
	return a.Value.String()
}

// What a system gives back out of its pot was never allocated, nor paid, nor has
// any payee confirmed it.
func TestWhatGoesBackOutOfThePotWasNotAllocated(t *testing.T) {
	b := &book{t: t}
	b.received(books, 100_000_00)
	b.allocated(books, 300_00, north)
	b.paid(books, 300_00, north)
	b.move(books, 20_00, at(north, funding.StageConfirmed), at(north, funding.StageDeclared), func(m funding.Move) funding.Event { return funding.UnderspendDeclared{Move: m} })
	back := func(m funding.Move) funding.Event { return funding.Returned{Move: m} }
	b.move(books, 20_00, at(north, funding.StageDeclared), at(north, funding.StageReturned), back)
	b.move(books, 99_700_00, at(system, funding.StagePot), at(system, funding.StageReturned), back)
	s := b.reading().System("QZ1", year)
	for _, of := range []*totality.Stages{s.Stages(), s.Streams()[0].Stages()} {
		for name, c := range map[string]struct {
			is   figure.Amount
			want string
		}{
			"allocated": {of.Allocated(), "300.00"}, "paid": {of.Paid(), "300.00"}, "confirmed": {of.Confirmed(), "300.00"},
			"returned": {of.Returned(), "99720.00"}, "pot": {of.Pot(), "0.00"},
		} {
			if got := says(c.is); got != c.want || added(c.is) != *c.is.Value {
				t.Errorf("%s is %s, want %s: %s", name, got, c.want, c.is.Passport.Arithmetic())
			}
		}
	}
}

// carried is what a ledger sends into another, and what arrives there.
func (b *book) carried(from, to funding.Ledger, amount events.GBP, out, in funding.Account) {
	b.t.Helper()
	transit := funding.Account{Holder: from.Entity(), Stage: funding.StageTransit, Stream: out.Stream, Purpose: out.Purpose}
	var sent int
	b.enter(from, func(h funding.Head) funding.Event {
		sent = h.Number
		return funding.CarriedForward{Head: h, To: to, Postings: funding.Transfer(amount, out, transit), Arriving: []funding.Posting{{Account: in, Amount: amount}}}
	})
	b.enter(to, func(h funding.Head) funding.Event {
		return funding.CarriedIn{Head: h, From: from, Entry: sent, Postings: funding.Transfer(amount, transit, in)}
	})
}

// expects holds figures of stages to what they should be, and to their terms.
func expects(t *testing.T, whose string, s *totality.Stages, want map[string]string) {
	t.Helper()
	for name, is := range named(s) {
		if w, asked := want[name]; asked && says(is) != w {
			t.Errorf("%s: %s is %s, want %s", whose, name, says(is), w)
		}
		if is.Value != nil && added(is) != *is.Value {
			t.Errorf("%s: %s is %s, its terms come to %s: %s", whose, name, is.Value, added(is), is.Passport.Arithmetic())
		}
	}
}

// A year that is closed keeps its figures, and the next does not have them again:
// what came along is a figure of its own.
func TestAClosedYearKeepsItsFigures(t *testing.T) {
	b := &book{t: t}
	b.received(books, 100_00)
	b.allocated(books, 100_00, north)
	b.paid(books, 100_00, north)
	b.spent(books, 40_00, north)
	was := map[string]string{"allocated": "100.00", "paid": "100.00", "confirmed": "100.00", "spent": "40.00"}
	ends := func(moment string, more map[string]string) {
		t.Helper()
		for name, amount := range was {
			more[name] = amount
		}
		r := b.reading()
		f, s := r.Network("U99001", year), r.System("QZ1", year)
		for whose, stages := range map[string]*totality.Stages{
			"the network": f.Stages(), "the totality": f.Totality(), "the stream": f.Stream("core").Stages(), "the purpose": f.Stream("core").Purposes()[0].Stages(),
			"the system": s.Stages(), "its stream": s.Streams()[0].Stages(),
		} {
			expects(t, moment+" "+whose, stages, more)
		}
		if all := b.s.Ledgers.Ledger(books).Awards(); len(all) != 1 || all[0].Amount.String() != was["allocated"] || all[0].Paid.String() != was["paid"] {
			t.Errorf("%s the grants are %+v", moment, all)
		}
	}
	ends("before", map[string]string{"available": "60.00", "left": "60.00", "broughtIn": "0.00", "carriedOn": "0.00"})
	b.carried(books, next, 60_00, at(north, funding.StageConfirmed), at(north, funding.StageConfirmed))
	b.enter(books, func(h funding.Head) funding.Event { return funding.YearClosed{Head: h} })
	ends("after", map[string]string{"available": "0.00", "left": "0.00", "broughtIn": "0.00", "carriedOn": "60.00"})

	b.received(next, 10_00)
	b.allocated(next, 10_00, north)
	b.spent(next, 25_00, north)
	expects(t, "next year", b.reading().Network("U99001", "2026/27").Stages(), map[string]string{
		"allocated": "10.00", "paid": "0.00", "confirmed": "0.00", "spent": "25.00", "available": "35.00", "left": "45.00", "broughtIn": "60.00", "carriedOn": "0.00",
	})
	if s := b.reading().System("QZ1", "2026/27"); says(s.Stages().BroughtIn()) != "60.00" || says(s.Stages().Allocated()) != "10.00" {
		t.Errorf("the system brought in %s, and allocated %s", says(s.Stages().BroughtIn()), says(s.Stages().Allocated()))
	}
}

// A network that was merged keeps what it was given, and the one that stands in
// its place was not given it; in the system nothing has come or gone.
func TestAMergedNetworkKeepsItsFigures(t *testing.T) {
	b := &book{t: t}
	b.received(books, 100_00)
	b.allocated(books, 100_00, north)
	b.paid(books, 100_00, north)
	b.spent(books, 40_00, north)
	b.move(books, 60_00, at(north, funding.StageConfirmed), at(south, funding.StageConfirmed), func(m funding.Move) funding.Event {
		return funding.MovedToSuccessor{Move: m, From: north, Into: south}
	})
	b.spent(books, 10_00, south)
	r := b.reading()
	expects(t, "north", r.Network("U99001", year).Stages(), map[string]string{"allocated": "100.00", "paid": "100.00", "confirmed": "100.00", "left": "0.00", "broughtIn": "0.00", "carriedOn": "60.00"})
	expects(t, "south", r.Network("U99002", year).Stages(), map[string]string{"allocated": "0.00", "paid": "0.00", "confirmed": "0.00", "left": "50.00", "broughtIn": "60.00", "carriedOn": "0.00"})
	expects(t, "both", r.System("QZ1", year).Stages(), map[string]string{"allocated": "100.00", "spent": "50.00", "left": "50.00", "broughtIn": "0.00", "carriedOn": "0.00"})
}
