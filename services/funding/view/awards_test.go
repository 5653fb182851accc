package view_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// What is awarded is what others put into a holder's accounts and did not take
// out again, whatever became of it there.
func TestAwards(t *testing.T) {
	at := func(holder events.Entity, stage fact.Stage) fact.Account { return account(holder, stage) }
	const north, south, mill = "network-U99001", "network-U99002", "practice-Z99001"
	day := func(n int) fact.Head {
		h := head(books, n)
		h.On = events.Day(2025, time.May, n)
		return h
	}
	posted := func(n int, amount events.GBP, from, to fact.Account) fact.Move {
		return fact.Move{Head: day(n), Reference: "R", Postings: fact.Transfer(amount, from, to)}
	}
	answer := func(n, entry int, amount events.GBP, from, to fact.Account) fact.Answer {
		return fact.Answer{Head: day(n), Entry: entry, Postings: fact.Transfer(amount, from, to)}
	}
	all := []fact.Event{
		fact.Received{Move: posted(1, 1000, source, pot)},
		fact.CarriedIn{Head: day(2), From: fact.Ledger{System: "QZ1", Year: "2024/25"}, Entry: 9, Postings: fact.Transfer(70, transit, at(mill, fact.StageAllocated))},
		fact.Allocated{Move: posted(3, 50, pot, promised)},
		fact.Allocated{Move: posted(4, 600, pot, promised)},
		fact.Reversed{Answer: answer(5, 3, 50, promised, pot)},
		fact.Allocated{Move: posted(6, 200, pot, promised)},
		fact.TakenBack{Answer: answer(7, 6, 150, promised, pot)},
		fact.Paid{Answer: answer(8, 0, 500, promised, at(north, fact.StagePaid))},
		fact.Confirmed{Move: posted(9, 500, at(north, fact.StagePaid), at(north, fact.StageConfirmed))},
		fact.Reversed{Answer: answer(10, 9, 500, at(north, fact.StageConfirmed), at(north, fact.StagePaid))},
		fact.Confirmed{Move: posted(11, 500, at(north, fact.StagePaid), at(north, fact.StageConfirmed))},
		fact.UnderspendDeclared{Move: posted(12, 100, at(north, fact.StageConfirmed), at(north, fact.StageDeclared))},
		fact.Offered{Move: posted(13, 100, at(north, fact.StageDeclared), at(north, fact.StageOffered))},
		fact.Reallocated{Move: posted(14, 60, at(north, fact.StageOffered), others)},
		fact.Paid{Answer: answer(15, 0, 60, others, at(south, fact.StagePaid))},
		fact.Reversed{Answer: answer(16, 15, 60, at(south, fact.StagePaid), others)},
		fact.TakenBack{Answer: answer(17, 0, 20, at(mill, fact.StageAllocated), pot)},
		fact.Returned{Move: posted(18, 40, at(north, fact.StageOffered), at(north, fact.StageReturned))},
	}
	l := told(t, all...).Ledger(books)
	want := []view.Award{
		{Holder: north, Stream: "core", Purpose: "anything", Amount: 590, Paid: 500, On: events.Day(2025, time.May, 4), Times: 2},
		{Holder: south, Stream: "core", Purpose: "anything", Amount: 60, On: events.Day(2025, time.May, 14), Times: 1},
		{Holder: mill, Stream: "core", Purpose: "anything", Amount: -20, On: events.Day(2025, time.May, 17)},
	}
	got := l.Awards()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(view.Award{}, "Changed"), cmp.Comparer(func(a, b events.Date) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	var awarded, held events.GBP
	for _, a := range got {
		awarded += a.Amount
	}
	for _, a := range l.Accounts("") {
		if a.Holder != "system-QZ1" && a.Holder != fact.England && a.Stage != fact.StageTransit {
			held += a.Balance()
		}
	}
	if awarded != held-70 { // that came with the practice
		t.Errorf("awarded £%s, and held £%s", awarded, held)
	}
	// What is only moved on is awarded where it was.
	all = append(all,
		fact.MovedToSuccessor{Move: posted(19, 60, others, promised), From: south, Into: north},
		fact.CarriedForward{Head: day(20), To: next, Postings: fact.Transfer(60, promised, transit), Arriving: []fact.Posting{{Account: promised, Amount: 60}}},
	)
	if diff := cmp.Diff(got, told(t, all...).Ledger(books).Awards(), cmpopts.IgnoreFields(view.Award{}, "Changed"), cmp.Comparer(func(a, b events.Date) bool { return a == b })); diff != "" {
		t.Errorf("once moved on: %s", diff)
	}
}
