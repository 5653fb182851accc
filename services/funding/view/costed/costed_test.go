package costed_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/costed"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

const (
	ehch = "Enhanced Health in Care Homes"
	smr  = "Structured Medication Review"
)

var of = fact.Costing{Network: "U99001", Year: "2025/26"}

func fold(facts ...fact.Event) (s costed.State) {
	for i, f := range facts {
		var err error
		if s, err = costed.Evolve(s, f, view.Place{ID: events.ID(fmt.Sprint("id-", i)), Time: time.Unix(int64(i), 0), Ordinal: events.Ordinal(i + 1)}); err != nil {
			panic(err)
		}
	}
	return s
}

func number(s string) *decimal.Decimal {
	d := decimal.MustParse(s)
	return &d
}

func work(key contract.Key, volume, minutes, hourly string) fact.Line {
	l := fact.Line{Key: key, What: "round", Role: "GP", Source: "rota"}
	if volume != "" {
		l.Volume, l.Unit = number(volume), "visits"
	}
	if minutes != "" {
		l.Each, l.In = number(minutes), fact.Minutes
	}
	if hourly != "" {
		l.Hourly = &events.Rate{Decimal: *number(hourly)}
	}
	return l
}

func fixed(key contract.Key, pence events.GBP) fact.Line {
	return fact.Line{Key: key, What: "kit", Fixed: &pence, Source: "invoice"}
}

func costs(name string, l fact.Line, reason string) fact.Event {
	return fact.CostStated{Costing: of, Specification: name, Line: l, Reason: reason}
}

func pays(name string, stream contract.Key, share string) fact.Event {
	return fact.PaymentStated{Costing: of, Specification: name, StreamKey: stream, Share: decimal.MustParse(share), Reason: "so"}
}

func known(pence events.GBP) figure.Amount {
	return figure.Known(pence, "So.", func() []figure.Term {
		return []figure.Term{{Label: "entry", Amount: pence, Entries: []events.ID{"ledger-1", "ledger-2"}}}
	})
}

var owed = &figure.Unknown{Code: "LEDGER", Reason: "No ledger."}

// purse is what has been received by stream; of any other it is not known.
func purse(by map[contract.Key]costed.Received) func(contract.Key) costed.Received {
	return func(k contract.Key) costed.Received {
		if r, is := by[k]; is {
			return r
		}
		return costed.Received{Amount: figure.NoAmount(owed), Said: funding.StageConfirmed}
	}
}

var full = purse(map[contract.Key]costed.Received{
	"core":              {Amount: known(100_000_00), Said: funding.StageConfirmed},
	"care_home_premium": {Amount: known(45_600_01), Said: funding.StagePaid},
})

func says(a figure.Amount) string {
	if a.Unknown != nil {
		by := "nobody"
		if a.Unknown.OwedBy != nil {
			by = string(*a.Unknown.OwedBy)
		}
		return a.Unknown.Code + " " + by
	}
	return a.Value.String() + ": " + a.Passport.Arithmetic()
}

func TestCosts(t *testing.T) {
	s := fold(
		costs(ehch, work("round", "1820", "90", "104.50"), ""), costs(ehch, fixed("kit", 1_200_00), ""), costs(ehch, fixed("twice", 5), ""),
		pays(ehch, "core", "12.5"), pays(ehch, "care_home_premium", "50"), pays(ehch, "care_home_premium", "33.33"),
		fact.CostWithdrawn{Costing: of, Specification: ehch, Key: "twice", Reason: "Twice."},
		costs(ehch, fixed("kit", 1_100_00), "Cheaper."), costs(ehch, work("third", "1", "20", "100"), ""),
		costs("Tea", fixed("tea", 1), ""), pays("Tea", "core", "1"), pays("Tea", "core", "0"),
	)
	all := s.Costs(of, []string{smr, ehch}, full, nil)
	var names []string
	for _, one := range all {
		names = append(names, one.Name)
	}
	if got := strings.Join(names, ", "); got != smr+", "+ehch+", Tea" {
		t.Fatalf("they are %s", got)
	}
	none, homes, tea := all[0], all[1], all[2]
	for _, c := range []struct{ what, got, want string }{
		{"what is not stated", says(none.Cost()), "COST_NOT_STATED network-U99001"},
		{"nor what pays", says(none.Received()), "PAYMENT_NOT_STATED network-U99001"},
		{"nor the difference", says(none.Difference()), "COST_NOT_STATED network-U99001"},
		{"the cost", says(homes.Cost()), "286418.33: 2730 × £104.50 + £1100.00 + £33.33 = £286418.33"},
		{"the money", says(homes.Received()), "27698.48: £12500.00 + £15198.48 = £27698.48"},
		{"the difference", says(homes.Difference()), "258719.85: 2730 × £104.50 + £1100.00 + £33.33 + (−£12500.00) + (−£15198.48) = £258719.85"},
		{"the cost alone", says(tea.Cost()), "0.01: £0.01 = £0.01"},
		{"what pays nothing", says(tea.Received()), "PAYMENT_NOT_STATED network-U99001"},
		{"nor is there a difference", says(tea.Difference()), "PAYMENT_NOT_STATED network-U99001"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	if n := len(tea.Payments()); n != 0 {
		t.Errorf("%d streams pay for tea", n)
	}
	lines := homes.Lines()
	if len(lines) != 3 || lines[1].Key != "kit" || lines[2].Key != "third" {
		t.Fatalf("the lines are %v", lines)
	}
	if h := lines[1].History(); len(h) != 2 || *h[0].Cost() != 1_200_00 || h[0].Reason() != nil || *h[1].Reason() != "Cheaper." || h[1].Entry() != "id-7" {
		t.Errorf("of the kit was said %+v", h)
	}
	if w := homes.Withdrawn(); len(w) != 1 || w[0].What() != "kit" || !w[0].History()[1].Withdrawn() || w[0].History()[1].Cost() != nil {
		t.Errorf("taken back was %+v", w)
	}
	terms := homes.Cost().Passport.Sum()
	if terms[0].Label != "round: 1820 visits × 90 minutes × £104.50 an hour" || terms[0].Entries[0] != "id-0" || terms[2].Quantity != nil {
		t.Errorf("its arithmetic is %+v", terms)
	}
	terms = homes.Received().Passport.Sum()
	if terms[1].Label != "33.33 % of £45600.01 out of care_home_premium, which the system says it has paid" || !cmp.Equal(terms[1].Entries, []events.ID{"id-5", "ledger-1", "ledger-2"}) {
		t.Errorf("the money comes from %+v", terms)
	}
	if p := homes.Payments(); len(p) != 2 || p[0].Said() != funding.StageConfirmed || p[1].Said() != funding.StagePaid || p[1].Entry() != "id-5" {
		t.Errorf("it is paid by %+v", p)
	}
	if other := s.Costs(fact.Costing{Network: "U99001", Year: "2024/25"}, nil, full, nil); len(other) != 0 {
		t.Errorf("another year has %v", other)
	}
}

// Nothing that nobody has said is zero.
func TestWhatIsNotKnown(t *testing.T) {
	for what, c := range map[string]struct{ volume, minutes, hourly, lacks string }{
		"no volume": {"", "90", "104.50", "how many there are."}, "no time": {"9", "", "104.50", "how long each takes."},
		"no hourly cost": {"9", "90", "", "what an hour costs."}, "nothing": {"", "", "", "how many there are, how long each takes, what an hour costs."},
	} {
		s := fold(costs(ehch, fixed("kit", 1), ""), costs(ehch, work("round", c.volume, c.minutes, c.hourly), ""), pays(ehch, "core", "100")).Costs(of, nil, full, nil)[0]
		why := s.Difference().Unknown
		if why == nil || s.Cost().Unknown == nil || !strings.HasSuffix(why.Reason, c.lacks) || *why.OwedBy != "network-U99001" || why.Since.Unix() != 1 {
			t.Errorf("%s: %+v", what, why)
		}
	}
	s := fold(costs(ehch, fixed("kit", 1), ""), pays(ehch, "core", "50"), pays(ehch, "arrs", "50")).Costs(of, nil, full, nil)[0]
	if s.Received().Unknown != owed || s.Difference().Unknown != owed || says(s.Payments()[0].Amount()) != "50000.00: £50000.00 = £50000.00" {
		t.Error("money of which nobody knows is known")
	}
	parked := &figure.Unknown{Code: "PARKED"}
	s = fold(costs(ehch, fixed("kit", 1), ""), pays(ehch, "core", "50")).Costs(of, []string{ehch, smr}, full, parked)[0]
	for what, a := range map[string]figure.Amount{"cost": s.Cost(), "line": s.Lines()[0].Cost(), "received": s.Received(), "payment": s.Payments()[0].Amount(), "difference": s.Difference()} {
		if a.Unknown != parked {
			t.Errorf("the %s is %+v where not all can be read", what, a)
		}
	}
	if none := fold().Costs(of, []string{smr}, full, parked)[0]; none.Cost().Unknown != parked || none.Received().Unknown != parked {
		t.Error("what cannot be read is owed by the network")
	}
}

// What the network confirms counts; where it has confirmed nothing, what was paid.
func TestWhoseWordCounts(t *testing.T) {
	none := figure.NoAmount(owed)
	for _, c := range []struct {
		confirmed, paid figure.Amount
		said            funding.Stage
		want            string
	}{
		{known(5), known(9), funding.StageConfirmed, "0.05"}, {known(0), known(9), funding.StagePaid, "0.09"},
		{known(0), known(0), funding.StageConfirmed, "0.00"}, {known(5), none, funding.StageConfirmed, "0.05"},
		{known(0), none, funding.StageConfirmed, "0.00"}, {none, known(9), funding.StageConfirmed, "LEDGER nobody"},
	} {
		r := costed.ReceivedOf(c.confirmed, c.paid)
		if got := says(r.Amount); r.Said != c.said || !strings.HasPrefix(got, c.want) {
			t.Errorf("it is %s by %s, want %s by %s", got, r.Said, c.want, c.said)
		}
	}
}

// The shares of a stream that are said to be all of it come to no more than it, but
// for the rounding of each; and what a passport lists adds up to its amount.
func TestSharesAndPassports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := events.GBP(rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "received"))
		left, shares := 100_00, 0
		var facts []fact.Event
		var names []string
		for left > 0 && shares < 6 {
			share := rapid.IntRange(1, left).Draw(t, "share")
			if shares == 5 {
				share = left
			}
			left -= share
			name := fmt.Sprint("S", shares)
			names = append(names, name)
			facts = append(facts, pays(name, "core", decimal.MustNew(int64(share), 2).String()),
				costs(name, work("w", fmt.Sprint(rapid.IntRange(0, 10_000).Draw(t, "volume")), fmt.Sprint(rapid.IntRange(0, 500).Draw(t, "minutes")), "37.4219"), ""),
				costs(name, fixed("f", events.GBP(rapid.Int64Range(0, 1_000_000).Draw(t, "fixed"))), ""))
			shares++
		}
		var sum events.GBP
		for _, s := range fold(facts...).Costs(of, names, purse(map[contract.Key]costed.Received{"core": {Amount: known(whole)}}), nil) {
			sum += *s.Received().Value
			if *s.Difference().Value != *s.Cost().Value-*s.Received().Value {
				t.Fatal("the difference is another")
			}
			for _, a := range []figure.Amount{s.Cost(), s.Received(), s.Difference(), s.Lines()[0].Cost(), s.Payments()[0].Amount()} {
				var added events.GBP
				for _, term := range a.Passport.Sum() {
					added += term.Amount
					if term.Quantity != nil {
						again, err := term.Quantity.Mul(*term.Rate)
						if err != nil || again.Round(2).String() != term.Amount.String() && !half(again) {
							t.Fatalf("%s is %s, and %s again", term.Label, term.Amount, again)
						}
					}
					if len(term.Entries) == 0 {
						t.Fatalf("%q rests on no entry", term.Label)
					}
				}
				if added != *a.Value {
					t.Fatalf("%q is %s, and its terms come to %s", a.Passport.Rule, a.Value, added)
				}
			}
		}
		if off := sum - whole; off < events.GBP(-shares) || off > events.GBP(shares) {
			t.Fatalf("the shares of £%s come to £%s", whole, sum)
		}
	})
}

// half reports whether a number is half a penny above one: the library rounds that
// to the even neighbour, and money never does.
func half(d decimal.Decimal) bool {
	below := d.Trunc(2)
	rest, err := d.Sub(below)
	return err == nil && rest.Equal(decimal.MustParse("0.005"))
}

func TestSpecificationsOfAContract(t *testing.T) {
	var s terms.State
	for i, service := range []string{ehch, smr, ehch} {
		s = terms.Evolve(s, terms.Entry{Fact: contract.RequirementSet{Year: of.Year, Requirement: contract.Requirement{
			Key: contract.Key(fmt.Sprint("K", i)), Service: service, Text: "Do.", Period: events.Period{From: of.Year.First()},
		}}})
	}
	r := &terms.Reading{State: s}
	if got := costed.Specifications(r, of.Year); !cmp.Equal(got, []string{ehch, smr}) {
		t.Errorf("they are %v", got)
	}
	if got := costed.Specifications(r, "2019/20"); got != nil {
		t.Errorf("of a year without a contract they are %v", got)
	}
}

// A state comes back from a snapshot as it was, and evolving leaves it alone.
func TestStateIsAValue(t *testing.T) {
	facts := []fact.Event{
		costs(ehch, work("round", "1820", "", "104.50"), ""), pays(ehch, "core", "12.5"), costs(ehch, fixed("kit", 1), ""),
		fact.CostWithdrawn{Costing: of, Specification: ehch, Key: "kit", Reason: "Twice."}, costs(ehch, work("round", "1820", "90", "104.50"), "so"),
	}
	whole := cmp.Exporter(func(reflect.Type) bool { return true })
	for n := range facts {
		before, same := fold(facts[:n]...), fold(facts[:n]...)
		if _, err := costed.Evolve(before, facts[n], view.Place{ID: "next"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(same, before, whole); diff != "" {
			t.Errorf("evolving changed its argument:\n%s", diff)
		}
		frozen, err := costed.Freeze(before)
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := costed.Thaw(frozen)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(told(before), told(thawed)); diff != "" {
			t.Errorf("after %d facts it says something else:\n%s", n, diff)
		}
	}
}

// told is what a state says.
func told(s costed.State) (all []string) {
	for _, one := range s.Costs(of, []string{smr}, full, nil) {
		all = append(all, one.Name, says(one.Cost()), says(one.Received()))
		for _, l := range append(one.Lines(), one.Withdrawn()...) {
			for _, h := range l.History() {
				all = append(all, string(h.Entry()), h.Recorded().UTC().String(), fmt.Sprint(h.Withdrawn()))
			}
		}
	}
	return all
}
