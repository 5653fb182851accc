package equity_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

// book is a system in which North has £900 of core, of which £400 is paid, and
// £100 of a local scheme; and a practice of North has £50 of participation.
func book(t *testing.T) *totality.Reading {
	t.Helper()
	r := &totality.Reading{Contracts: &terms.Reading{}}
	var s registry.State
	for _, e := range registered {
		s = registry.Evolve(s, e)
	}
	r.Registry = &registry.Reading{State: s, On: year.First()}
	for i, e := range []contract.Event{
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "core", Title: "Core", Payee: contract.Network}},
		contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "participation", Title: "Participation", Payee: contract.Practice}},
	} {
		r.Contracts.State = terms.Evolve(r.Contracts.State, terms.Entry{Fact: e, ID: events.ID(rune('a' + i))})
	}
	books := funding.Ledger{System: "QZ1", Year: year}
	number := 0
	move := func(amount events.GBP, from, to funding.Account) funding.Move {
		number++
		return funding.Move{Head: funding.Head{Ledger: books, Number: number, On: year.First(), Party: "system-QZ1"}, Reference: "R", Postings: funding.Transfer(amount, from, to)}
	}
	at := func(holder events.Entity, stage funding.Stage, stream funding.Stream) funding.Account {
		return funding.Account{Holder: holder, Stage: stage, Stream: stream, Purpose: "anything"}
	}
	pot, north, practice := events.Entity("system-QZ1"), events.Entity("network-U99001"), events.Entity("practice-Z99001")
	var all []funding.Event
	for _, c := range []struct {
		stream funding.Stream
		to     events.Entity
		amount events.GBP
	}{{"core", north, 900_00}, {"local", north, 100_00}, {"participation", practice, 50_00}} {
		all = append(all,
			funding.Received{Move: move(c.amount, at(funding.England, funding.StageSource, c.stream), at(pot, funding.StagePot, c.stream))},
			funding.Allocated{Move: move(c.amount, at(pot, funding.StagePot, c.stream), at(c.to, funding.StageAllocated, c.stream))})
	}
	paid := move(400_00, at(north, funding.StageAllocated, "core"), at(north, funding.StagePaid, "core"))
	all = append(all, funding.Paid{Answer: funding.Answer{Head: paid.Head, Entry: 2, Postings: paid.Postings}})
	for i, e := range all {
		var err error
		if r.Money.Ledgers, err = ledgers.Evolve(r.Money.Ledgers, e, ledgers.Place{ID: events.ID(rune('k' + i)), Ordinal: events.Ordinal(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestRead(t *testing.T) {
	r := book(t)
	yes, no := true, false
	stream := func(s funding.Stream) *funding.Stream { return &s }
	for name, c := range map[string]struct {
		q         equity.Question
		practices *bool
		north     string // and South has nothing
		counts    bool   // what the practices have
	}{
		"all streams":             {equity.Question{Stage: equity.Allocated}, nil, "1000.00", false},
		"the totality":            {equity.Question{Stage: equity.Allocated}, &yes, "1050.00", true},
		"one stream":              {equity.Question{Stage: equity.Allocated, Stream: stream("core")}, nil, "900.00", false},
		"paid":                    {equity.Question{Stage: equity.Paid, Stream: stream("core")}, nil, "400.00", false},
		"confirmed":               {equity.Question{Stage: equity.Confirmed}, nil, "0.00", false},
		"spent":                   {equity.Question{Stage: equity.Spent}, nil, "0.00", false},
		"a stream of ledgers":     {equity.Question{Stage: equity.Allocated, Stream: stream("local")}, nil, "100.00", false},
		"a practices' stream":     {equity.Question{Stage: equity.Allocated, Stream: stream("participation")}, nil, "50.00", true},
		"a network's own of such": {equity.Question{Stage: equity.Allocated, Stream: stream("participation")}, &no, "0.00", false},
		"entitled":                {equity.Question{Stage: equity.Entitled}, nil, "NOT_COMPUTED", false},
		"another year":            {equity.Question{Stage: equity.Allocated, Year: "2024/25"}, nil, "NOTHING_ENTERED", false},
	} {
		c.q.System = "QZ1"
		if c.q.Year == "" {
			c.q.Year = year
		}
		q, err := equity.Asked(r, c.q, c.practices)
		if err != nil {
			t.Fatal(name, err)
		}
		var codes []events.PCN
		rows := equity.Read(r, q).Rows()
		for _, row := range rows {
			codes = append(codes, row.Code)
		}
		if diff := cmp.Diff([]events.PCN{"U99001", "U99002", "U99003"}, codes); diff != "" {
			t.Fatalf("%s: networks (-want +got):\n%s", name, diff)
		}
		got, south := rows[0].Amount, rows[1].Amount
		switch {
		case got.Value == nil && (got.Unknown.Code != c.north || south.Value != nil):
			t.Errorf("%s: %s, want %s", name, got.Unknown.Code, c.north)
		case got.Value != nil && (got.Value.String() != c.north || *south.Value != 0):
			t.Errorf("%s: %s and %s, want %s and nothing", name, got.Value, south.Value, c.north)
		}
		if q.Practices != c.counts {
			t.Errorf("%s: practices are in it: %t", name, q.Practices)
		}
		if rows[0].Name != "North" {
			t.Errorf("%s: it is called %q", name, rows[0].Name)
		}
		if got.Value == nil {
			continue
		}
		var sum events.GBP
		for _, term := range got.Passport.Sum() {
			sum += term.Amount
		}
		if sum != *got.Value {
			t.Errorf("%s: its terms come to %s", name, sum)
		}
	}
	if _, err := equity.Asked(r, equity.Question{System: "QZ1", Year: year, Stream: stream("nothing"), Stage: equity.Paid}, nil); !errors.Is(err, equity.ErrStream) {
		t.Errorf("of a stream that nobody knows: %v", err)
	}
}

// What is compared of a year is the same once it is closed, and is not compared
// again in the next.
func TestReadOfAClosedYear(t *testing.T) {
	r := book(t)
	paid := funding.Account{Holder: "network-U99001", Stage: funding.StagePaid, Stream: "core", Purpose: "anything"}
	from, to := funding.Ledger{System: "QZ1", Year: year}, funding.Ledger{System: "QZ1", Year: "2026/27"}
	transit := funding.Account{Holder: from.Entity(), Stage: funding.StageTransit, Stream: "core", Purpose: "anything"}
	for i, e := range []funding.Event{
		funding.CarriedForward{Head: funding.Head{Ledger: from, Number: 8}, To: to, Postings: funding.Transfer(400_00, paid, transit), Arriving: []funding.Posting{{Account: paid, Amount: 400_00}}},
		funding.CarriedIn{Head: funding.Head{Ledger: to, Number: 1}, From: from, Entry: 8, Postings: funding.Transfer(400_00, transit, paid)},
	} {
		var err error
		if r.Money.Ledgers, err = ledgers.Evolve(r.Money.Ledgers, e, ledgers.Place{ID: events.ID(rune('w' + i)), Ordinal: events.Ordinal(i + 20)}); err != nil {
			t.Fatal(err)
		}
	}
	for of, want := range map[events.Year]string{year: "400.00", "2026/27": "0.00"} {
		if got := equity.Read(r, equity.Question{System: "QZ1", Year: of, Stage: equity.Paid}).Rows()[0].Amount; got.Value.String() != want {
			t.Errorf("%s: %s, want %s", of, got.Value, want)
		}
	}
}
