package funding_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	due "github.com/ics-openbook/openbook/events/entitlement"
	entered "github.com/ics-openbook/openbook/events/funding"
	registered "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/book/booktest"
)

const kept = events.Year("2025/26")

// later is a fact that this release cannot read, about one entity.
type later struct {
	of     events.Entity
	domain string
}

func (l later) EventType() string            { return l.domain + ".said_later.v9" }
func (l later) Entities() []events.Entity    { return []events.Entity{l.of} }
func (l later) MarshalJSON() ([]byte, error) { return []byte(`{}`), nil }

// practice registers one that counts for a network, with its patients.
func (s *services) practice(code events.Practice, of events.PCN, patients int) {
	s.t.Helper()
	s.book.Record(events.Stream(code.Entity()),
		registered.PracticeRegistered{Practice: code, Name: string(code), System: "QZ1"},
		registered.ContractMemberRecorded{Practice: code, On: kept.Freeze(), Network: of},
		listed(code, patients),
	)
}

func listed(p events.Practice, patients int) events.Fact {
	return registered.ListSizeRecorded{Practice: p, Basis: registered.Registered, On: kept.Freeze(), Patients: patients}
}

// signs makes the year's contract of one stream.
func (s *services) signs() {
	s.t.Helper()
	s.book.Record(events.Stream(kept.Contract()), contract.StreamListed{Year: kept, FundingStream: contract.FundingStream{Key: "core", Title: "Core", Payee: contract.Network}})
	s.pays("2")
}

func (s *services) pays(rate string) {
	s.t.Helper()
	r, err := events.ParseRate(rate)
	booktest.Must(s.t, err)
	s.book.Record(events.Stream(kept.Contract()), contract.RateSet{Year: kept, Line: contract.Line{
		Key: "core-line", StreamKey: "core", Basis: contract.Registered, Rate: r, Per: contract.PerYear, Period: kept.Period(),
	}})
}

// sends puts amounts on their way out of a system's ledger, one after the other.
func (s *services) sends(system events.ICB, to ...events.ICB) {
	s.t.Helper()
	from := entered.Ledger{System: system, Year: kept}
	head := func(number int) entered.Head {
		return entered.Head{Ledger: from, Number: number, On: kept.Last(), Party: system.Entity(), By: "person-1"}
	}
	at := func(holder events.Entity, stage entered.Stage) entered.Account {
		return entered.Account{Holder: holder, Stage: stage, Stream: "core", Purpose: "anything"}
	}
	pot := at(system.Entity(), entered.StagePot)
	all := []events.Fact{entered.Received{Move: entered.Move{Head: head(1), Postings: entered.Transfer(1_000_00, at(entered.England, entered.StageSource), pot)}}}
	for i, system := range to {
		amount := events.GBP(i + 1)
		all = append(all, entered.CarriedForward{
			Head: head(i + 2), To: entered.Ledger{System: system, Year: kept.Next()},
			Postings: entered.Transfer(amount, pot, at(from.Entity(), entered.StageTransit)),
			Arriving: []entered.Posting{{Account: at(system.Entity(), entered.StagePot), Amount: amount}},
		})
	}
	s.book.Record(from.Stream(), all...)
}

// followed is what the platform has recorded by itself, history by history and
// in order: what was computed, and what has arrived from where.
func (s *services) followed() (all []string) {
	s.t.Helper()
	for r, err := range s.book.Remote.Range(s.t.Context(), 0, 0) {
		booktest.Must(s.t, err)
		if r.Actor != "platform" {
			continue
		}
		switch r.Type {
		case (due.Computed{}).EventType():
			var c due.Computed
			booktest.Must(s.t, json.Unmarshal(r.Data, &c))
			line := c.Lines[0]
			all = append(all, fmt.Sprintf("%s: %d × %s = %s", r.Stream, line.Quantity, line.Rates[0].Rate, line.Amount()))
		case (entered.CarriedIn{}).EventType():
			var c entered.CarriedIn
			booktest.Must(s.t, json.Unmarshal(r.Data, &c))
			all = append(all, fmt.Sprintf("%s: entry %d of %s, %s", r.Stream, c.Entry, c.From.Entity(), c.Postings[1].Amount))
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { // networks are worked out side by side
		of := func(s string) string { stream, _, _ := strings.Cut(s, ":"); return stream }
		return strings.Compare(of(a), of(b))
	})
	return all
}

// follows waits until all of that has followed, and no more.
func (s *services) follows(want ...string) {
	s.t.Helper()
	booktest.Eventually(s.t, "all that follows is recorded", func() bool { return len(s.followed()) >= len(want) })
	if got := s.followed(); !slices.Equal(got, want) {
		s.t.Fatalf("there followed\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What cannot be recorded keeps nothing else: neither where a history holds a
// fact of a later release, nor where there can be no such history at all. What
// comes first is tried first.
func TestOneKeepsNoOther(t *testing.T) {
	s := start(t)
	nowhere := strings.Repeat("0", 184) // fits into the name of a network, not of its entitlement
	s.signs()
	s.practice("Z99000", events.PCN(nowhere), 10)
	s.practice("Z99001", "U99001", 100)
	s.practice("Z99002", "U99002", 200)
	s.practice("Z99003", "U99003", 300)
	s.book.Record("entitlement-U99001-2025-26", later{"entitlement-U99001-2025-26", "entitlement"})
	s.book.Record("ledger-QZ1-2026-27", later{"ledger-QZ1-2026-27", "funding"})
	s.sends("QZ1", events.ICB(nowhere+"00000000"), "QZ1", "QZ2", "QZ3")
	defer s.replica("alone")()

	two, three := "entitlement-U99002-2025-26: 200 × 2 = 400.00", "entitlement-U99003-2025-26: 300 × 2 = 600.00"
	arrived := []string{"ledger-QZ2-2026-27: entry 4 of ledger-QZ1-2025-26, 0.03", "ledger-QZ3-2026-27: entry 5 of ledger-QZ1-2025-26, 0.04"}
	s.follows(slices.Concat([]string{two, three}, arrived)...)
	s.pays("3") // all of it is still looked after
	s.follows(slices.Concat([]string{two, "entitlement-U99002-2025-26: 200 × 3 = 600.00", three, "entitlement-U99003-2025-26: 300 × 3 = 900.00"}, arrived)...)
}

// Two replicas record what one would, each thing once; and the one that is left
// sees to all of it.
func TestTwoKeepWhatOneWould(t *testing.T) {
	const one, two, in = "entitlement-U99001-2025-26: ", "entitlement-U99002-2025-26: ", "ledger-QZ2-2026-27: "
	for replicas := 1; replicas <= 2; replicas++ {
		t.Run(fmt.Sprint(replicas), func(t *testing.T) {
			s := start(t)
			s.signs()
			s.practice("Z99001", "U99001", 100)
			s.practice("Z99002", "U99002", 200)
			s.practice("Z99003", "U99002", 1)
			s.sends("QZ1", "QZ2")
			last := s.replica("last")
			var others []func()
			for n := 1; n < replicas; n++ {
				others = append(others, s.replica(fmt.Sprint("another ", n)))
			}
			s.follows(one+"100 × 2 = 200.00", two+"201 × 2 = 402.00", in+"entry 2 of ledger-QZ1-2025-26, 0.01")
			s.pays("3")
			s.follows(one+"100 × 2 = 200.00", one+"100 × 3 = 300.00", two+"201 × 2 = 402.00", two+"201 × 3 = 603.00", in+"entry 2 of ledger-QZ1-2025-26, 0.01")
			s.book.Record("practice-Z99001", listed("Z99001", 150))
			s.sends("QZ3", "QZ4", "QZ2")
			all := []string{
				one + "100 × 2 = 200.00", one + "100 × 3 = 300.00", one + "150 × 3 = 450.00", two + "201 × 2 = 402.00", two + "201 × 3 = 603.00",
				in + "entry 2 of ledger-QZ1-2025-26, 0.01", in + "entry 3 of ledger-QZ3-2025-26, 0.02", "ledger-QZ4-2026-27: entry 2 of ledger-QZ3-2025-26, 0.01",
			}
			s.follows(all...)
			for _, stop := range others {
				stop()
			}
			s.book.Record("practice-Z99002", listed("Z99002", 300))
			s.follows(slices.Insert(all, 5, two+"301 × 3 = 903.00")...)
			last()
			s.follows(slices.Insert(all, 5, two+"301 × 3 = 903.00")...)
		})
	}
}
