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
