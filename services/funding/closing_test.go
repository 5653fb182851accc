package funding_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	asks "github.com/ics-openbook/openbook/api/ask/funding"
	registering "github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/book/booktest"
)

// history is a ledger's facts, as the book has them.
func (s *services) history(of fact.Ledger) (all []fact.Event, actors []events.PersonRef) {
	s.t.Helper()
	for r, err := range s.book.Remote.ReadStream(s.t.Context(), of.Stream(), 0) {
		booktest.Must(s.t, err)
		e, err := fact.Family.Decode(r)
		booktest.Must(s.t, err)
		all, actors = append(all, e), append(actors, r.Actor)
	}
	return all, actors
}

// A year with more in it than one append takes is closed by asking once, and what
// was left in it is in the next, whoever is killed in between.
func TestALargeYearIsClosedByItself(t *testing.T) {
	const accounts = 1000
	s := start(t)
	steward, finance := ask.Grant{Role: ask.Steward, Of: ask.England}, ask.Grant{Role: ask.Finance, Of: "system-QZ1"}
	booktest.Must(t, s.ask(registering.RegisterSystem{Given: given(), Code: "QZ1", Name: "Home"}, steward))
	booktest.Must(t, s.ask(registering.RegisterNetwork{Given: given(), Code: "U99001", Name: "One", System: "QZ1"}, steward))
	books, next := fact.Ledger{System: "QZ1", Year: "2025/26"}, fact.Ledger{System: "QZ1", Year: "2026/27"}
	var before []events.Fact
	for n := range accounts {
		account := func(holder events.Entity, stage fact.Stage) fact.Account {
			return fact.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: fact.Purpose(fmt.Sprint("purpose-", n))}
		}
		before = append(before, fact.Received{Move: fact.Move{
			Head:      fact.Head{Ledger: books, Number: n + 1, On: books.Year.First(), Party: "system-QZ1", By: "person-1"},
			Reference: fmt.Sprint("E", n), Postings: fact.Transfer(events.GBP(n+1), account(fact.England, fact.StageSource), account("system-QZ1", fact.StagePot)),
		}})
	}
	for part := range slices.Chunk(before, 250) {
		s.book.Record(books.Stream(), part...)
	}

	s.clock.after.Store(365) // 2026-07-01
	stop := s.replica("first")
	booktest.Must(t, s.ask(asks.CloseYear{Ledger: asks.Ledger{Given: given(), System: "QZ1", Year: books.Year}}, finance))
	stop() // perhaps between two parts
	defer s.replica("second")()
	arrived := func() (all []fact.Posting) {
		got, _ := s.history(next)
		for _, e := range got {
			all = append(all, e.(fact.CarriedIn).Postings...)
		}
		return slices.DeleteFunc(all, func(p fact.Posting) bool { return p.Stage == fact.StageTransit })
	}
	booktest.Eventually(t, "what was left arrives", func() bool { return len(arrived()) >= accounts })
	all, actors := s.history(books)
	if _, is := all[len(all)-1].(fact.YearClosed); !is || actors[accounts] != "person-1" || actors[len(actors)-1] != "platform" || all[len(all)-1].Heading().By != "person-1" {
		t.Errorf("the last of %d entries is %+v, the first part by %s, this by %s", len(all), all[len(all)-1], actors[accounts], actors[len(actors)-1])
	}
	var sum events.GBP
	for _, p := range arrived() {
		sum += p.Amount
	}
	if want := events.GBP(accounts * (accounts + 1) / 2); sum != want || len(arrived()) != accounts {
		t.Errorf("%s arrives in %d accounts, want %s", sum, len(arrived()), want)
	}
}
