package view_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
)

var (
	books = fact.Ledger{System: "QZ1", Year: "2025/26"}
	next  = fact.Ledger{System: "QZ1", Year: "2026/27"}
	july  = events.Day(2025, time.July, 1)
)

func account(holder events.Entity, stage fact.Stage) fact.Account {
	return fact.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
}

func head(l fact.Ledger, n int) fact.Head {
	return fact.Head{Ledger: l, Number: n, On: july, Party: "system-QZ1", By: "person-1"}
}

func move(n int, amount events.GBP, from, to fact.Account) fact.Move {
	return fact.Move{Head: head(books, n), Reference: "R", Postings: fact.Transfer(amount, from, to)}
}

var (
	source, pot = account(fact.England, fact.StageSource), account("system-QZ1", fact.StagePot)
	promised    = account("network-U99001", fact.StageAllocated)
	others      = account("network-U99002", fact.StageAllocated)
	transit     = account("ledger-QZ1-2025-26", fact.StageTransit)

	story = []fact.Event{
		fact.Received{Move: move(1, 1000, source, pot)},
		fact.Allocated{Move: move(2, 600, pot, promised)},
		fact.Allocated{Move: move(3, 300, pot, others)},
		fact.Reversed{Answer: fact.Answer{Head: head(books, 4), Entry: 2, Postings: fact.Negated(fact.Transfer(600, pot, promised))}},
	}
	forward = fact.CarriedForward{Head: head(books, 5), To: next, Postings: fact.Transfer(700, pot, transit), Arriving: []fact.Posting{{Account: pot, Amount: 700}}}
	arrives = fact.CarriedIn{Head: head(next, 1), From: books, Entry: 5, Postings: fact.Transfer(700, transit, pot)}
)

func told(t *testing.T, all ...fact.Event) (s view.State) {
	t.Helper()
	for i, e := range all {
		var err error
		if s, err = view.Evolve(s, e, view.Place{ID: "f", Ordinal: events.Ordinal(10 + i)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Each figure comes with the entries that made it, and they add up to it.
func TestAFigureIsTheSumOfItsEntries(t *testing.T) {
	l := told(t, story...).Ledger(books)
	for _, c := range []struct {
		fact.Account
		in, out events.GBP
		entries []int
	}{
		{source, 0, 1000, []int{1}},
		{pot, 1600, 900, []int{1, 2, 3, 4}},
		{promised, 600, 600, []int{2, 4}},
		{others, 300, 0, []int{3}},
		{account("network-U99003", fact.StageHeld), 0, 0, nil},
	} {
		a := l.Account(c.Account)
		var numbers []int
		var sum events.GBP
		for _, e := range l.Entries(a) {
			numbers = append(numbers, e.Heading().Number)
			if want := events.Ordinal(9 + e.Heading().Number); e.Ordinal != want {
				t.Errorf("entry %d is at %d, want %d", e.Heading().Number, e.Ordinal, want)
			}
			for _, p := range e.Posted() {
				if p.Account == c.Account {
					sum += p.Amount
				}
			}
		}
		if a.In != c.in || a.Out != c.out || a.Balance() != sum || !cmp.Equal(numbers, c.entries) {
			t.Errorf("%v: in %s, out %s, of entries %v that come to %s", c.Account, a.In, a.Out, numbers, sum)
		}
	}
	if own := l.Accounts("network-U99001"); len(own) != 1 || own[0].Account != promised {
		t.Errorf("network U99001 has %d accounts", len(own))
	}
	want := []view.Total{
		{fact.StageSource, "core", "anything", -1000},
		{fact.StageAllocated, "core", "anything", 300},
		{fact.StagePot, "core", "anything", 700},
	}
	if diff := cmp.Diff(want, l.Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

// What has been sent and not arrived is found, and nothing once it has.
func TestInTransit(t *testing.T) {
	all := append(story[:4:4], forward)
	s := told(t, all...)
	if diff := cmp.Diff([]view.InTransit{{books, next, 5}}, s.InTransit()); diff != "" {
		t.Errorf("in transit (-want +got):\n%s", diff)
	}
	if sent := s.Sent(books, next); len(sent) != 1 || sent[0].Number != 5 {
		t.Errorf("sent: %+v", sent)
	}
	if sent := s.Sent(books, fact.Ledger{System: "QZ2", Year: "2026/27"}); len(sent) != 0 {
		t.Errorf("sent elsewhere: %+v", sent)
	}
	if left := told(t, append(all, arrives)...).InTransit(); len(left) != 0 {
		t.Errorf("still in transit: %+v", left)
	}
}

// An entry that does not add up is not folded, so that what it is about is not
// known instead of wrong.
func TestWhatDoesNotAddUpIsNotFolded(t *testing.T) {
	s := told(t, story...)
	one := move(5, 1, pot, promised)
	one.Postings = one.Postings[:1]
	for name, bad := range map[string]fact.Event{
		"unbalanced":     fact.Allocated{Move: one},
		"a number twice": fact.Allocated{Move: move(4, 1, pot, promised)},
		"a gap":          fact.Allocated{Move: move(6, 1, pot, promised)},
		"beyond":         fact.Received{Move: move(5, 1<<63-1, source, pot)},
	} {
		after, err := view.Evolve(s, bad, view.Place{})
		if !errors.Is(err, view.ErrUnlawful) || after.Ledger(books).Len() != 4 {
			t.Errorf("%s: %v, %d entries", name, err, after.Ledger(books).Len())
		}
	}
	if s.Ledger(books).Account(promised).Balance() != 0 {
		t.Error("folding changed the state it began with")
	}
}

func TestASnapshotReadsBack(t *testing.T) {
	s := told(t, append(story[:4:4], forward, arrives, fact.YearClosed{Head: head(books, 6)})...)
	var b, again bytes.Buffer
	if err := view.Freeze(s, &b); err != nil {
		t.Fatal(err)
	}
	back, err := view.Thaw(json.NewDecoder(bytes.NewReader(b.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	if err := view.Freeze(back, &again); err != nil || again.String() != b.String() {
		t.Errorf("read back otherwise: %v\n%s\n%s", err, &b, &again)
	}
	if l := back.Ledger(books); !l.Closed || l.Entry(5).Ordinal != 14 || l.Entry(7) != nil {
		t.Errorf("read back as %+v", l)
	}
	if _, err := view.Thaw(json.NewDecoder(strings.NewReader(`[{"type":"funding.none.v1","data":{}}]`))); err == nil {
		t.Error("a snapshot with a fact nobody knows was read")
	}
}
