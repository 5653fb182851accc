package view_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

const year = events.Year("2025/26")

var found = fact.Cited{Source: "a paper", Confidence: fact.Found}

func fold(facts ...fact.Event) (s view.State) {
	for i, f := range facts {
		s = view.Evolve(s, view.Entry{Fact: f, ID: events.ID(fmt.Sprint(i)), Time: time.Unix(int64(i), 0), Ordinal: events.Ordinal(i + 1)})
	}
	return s
}

func read(facts ...fact.Event) *view.Contract {
	return (&view.Reading{State: fold(facts...)}).Contract(year)
}

func stream(key fact.Key, payee fact.Payee) fact.Event {
	return fact.StreamListed{Year: year, FundingStream: fact.FundingStream{Key: key, Title: string(key), Payee: payee, Cited: found}}
}

func rate(s string) events.Rate {
	r, err := events.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

// line is a rate of a stream for months of the year, April being 1.
func line(key, of fact.Key, b fact.Basis, per fact.Per, r string, first, last int) fact.RateSet {
	month := func(n int) events.Date { return events.Day(2025, time.March+time.Month(n), 1) }
	return fact.RateSet{Year: year, Line: fact.Line{
		Key: key, StreamKey: of, Basis: b, Rate: rate(r), Per: per, Cited: found,
		Period: events.Period{From: month(first), To: month(last + 1).AddDays(-1)},
	}}
}

func whole(key, of fact.Key, b fact.Basis, r string) fact.Event {
	return line(key, of, b, fact.PerYear, r, 1, 12)
}

// The founding figures: a network of 50,000 on all three bases in 2025/26.
func TestTheYear2025Of50000(t *testing.T) {
	c := read(
		stream("core", fact.Network), whole("core-registered", "core", fact.Registered, "2.266"), whole("core-adjusted", "core", fact.Adjusted, "0.733"),
		stream("enhanced_access", fact.Network), whole("enhanced_access-line", "enhanced_access", fact.Adjusted, "8.427"),
		stream("casp", fact.Network), whole("casp-line", "casp", fact.Adjusted, "3.208"),
		stream("caip", fact.Network), whole("caip-line", "caip", fact.Adjusted, "1.375"),
		stream("arrs_sum", fact.Network), whole("arrs_sum-line", "arrs_sum", fact.Weighted, "26.631"),
		stream("care_home_premium", fact.Network), whole("care_home_premium-line", "care_home_premium", fact.Beds, "130.253"),
		stream("network_participation", fact.Practice), whole("network_participation-line", "network_participation", fact.Weighted, "1.761"),
	)
	for _, want := range []struct {
		stream   fact.Key
		quantity int64
		is       string
	}{
		{"core", 50_000, "149950.00"}, {"enhanced_access", 50_000, "421350.00"}, {"casp", 50_000, "160400.00"},
		{"caip", 50_000, "68750.00"}, {"arrs_sum", 50_000, "1331550.00"}, {"network_participation", 50_000, "88050.00"},
		{"arrs_sum", 30_000, "798930.00"}, {"care_home_premium", 87, "11332.01"},
	} {
		if got := total(t, c.Stream(want.stream).Lines(), want.quantity); got.String() != want.is {
			t.Errorf("%s × %d is £%s, want £%s", want.stream, want.quantity, got, want.is)
		}
	}
	if n := len(c.Lines(fact.Network)); n != 7 {
		t.Errorf("%d lines are paid to the network, want 7", n)
	}
	if all := c.Lines(fact.Practice); len(all) != 1 || all[0].Stream().Key() != "network_participation" {
		t.Errorf("%d lines are paid to practices", len(all))
	}
}

func total(t *testing.T, lines []*view.Line, quantity int64) (sum events.GBP) {
	t.Helper()
	for _, l := range lines {
		part, err := l.Amount(quantity)
		if err != nil {
			t.Fatal(err)
		}
		sum += part
	}
	return sum
}

func TestRatesInForce(t *testing.T) {
	april := line("ea-line", "ea", fact.Adjusted, fact.PerYear, "7.674", 1, 12)
	backdated := line("ea-line", "ea", fact.Adjusted, fact.PerYear, "7.975", 1, 12)
	october := line("ea-line", "ea", fact.Adjusted, fact.PerYear, "7.975", 7, 12)
	period := line("ea-line", "ea", fact.Registered, fact.PerPeriod, "0.72", 1, 6)
	for _, c := range []struct {
		what  string
		said  []fact.Event
		rates string
		pays  string // 10,000
	}{
		{"one rate", []fact.Event{april}, "7.674 2025-04-01 2026-03-31", "76740.00"},
		{"an uplift from October", []fact.Event{april, october}, "7.674 2025-04-01 2025-09-30, 7.975 2025-10-01 2026-03-31", "78245.00"},
		{"an uplift backdated to April", []fact.Event{april, backdated}, "7.975 2025-04-01 2026-03-31", "79750.00"},
		{"the same the other way round", []fact.Event{backdated, april}, "7.674 2025-04-01 2026-03-31", "76740.00"},
		{"a month in the middle", []fact.Event{april, line("ea-line", "ea", fact.Adjusted, fact.PerYear, "9", 3, 3)}, "7.674 2025-04-01 2025-05-31, 9 2025-06-01 2025-06-30, 7.674 2025-07-01 2026-03-31", "77845.00"},
		{"half a year of a yearly rate", []fact.Event{october}, "7.975 2025-10-01 2026-03-31", "39875.00"},
		{"the rate of half a year", []fact.Event{period}, "0.72 2025-04-01 2025-09-30", "7200.00"},
		{"the rate of half a year, two months of it replaced", []fact.Event{period, line("ea-line", "ea", fact.Registered, fact.PerPeriod, "0.3", 5, 6)}, "0.72 2025-04-01 2025-07-31, 0.3 2025-08-01 2025-09-30", "7800.00"},
		{"withdrawn", []fact.Event{april, fact.TermWithdrawn{Year: year, Key: "ea-line"}}, "", "0.00"},
		{"withdrawn and said again", []fact.Event{april, fact.TermWithdrawn{Year: year, Key: "ea-line"}, october}, "7.975 2025-10-01 2026-03-31", "39875.00"},
	} {
		s := read(append([]fact.Event{stream("ea", fact.Network)}, c.said...)...).Stream("ea")
		var rates []string
		for _, l := range s.Lines() {
			for _, r := range l.Rates() {
				rates = append(rates, fmt.Sprintf("%s %s %s", r.Rate(), r.From(), r.To()))
			}
			if got := len(l.History()); got != len(c.said) {
				t.Errorf("%s: the history has %d entries, %d were recorded", c.what, got, len(c.said))
			}
		}
		if got := strings.Join(rates, ", "); got != c.rates {
			t.Errorf("%s: the rates are %s, want %s", c.what, got, c.rates)
		}
		if got := total(t, s.Lines(), 10_000); got.String() != c.pays {
			t.Errorf("%s: it pays £%s, want £%s", c.what, got, c.pays)
		}
		if unknown := s.RateUnknown() != nil; unknown != (c.rates == "") {
			t.Errorf("%s: the rate is not known: %t", c.what, unknown)
		}
	}
}

// However often a year's rate changes, what is paid of the same rate is the same.
func TestARateDividedIsTheSameRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := fmt.Sprintf("%d.%03d", rapid.IntRange(0, 200).Draw(t, "pounds"), rapid.IntRange(0, 999).Draw(t, "thousandths"))
		facts := []fact.Event{stream("s", fact.Network), whole("s1", "s", fact.Weighted, r)}
		for range rapid.IntRange(0, 5).Draw(t, "again") {
			first := rapid.IntRange(1, 12).Draw(t, "first")
			facts = append(facts, line("s1", "s", fact.Weighted, fact.PerYear, r, first, rapid.IntRange(first, 12).Draw(t, "last")))
		}
		patients := rapid.Int64Range(0, 400_000).Draw(t, "patients")
		want, err := rate(r).For(patients)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(facts...).Stream("s").Lines()[0].Amount(patients)
		if err != nil || got != want {
			t.Fatalf("%s × %d in parts is %s, at once %s: %v", r, patients, got, want, err)
		}
	})
}

func TestOnADay(t *testing.T) {
	s := fold(
		stream("ea", fact.Network),
		line("ea-old", "ea", fact.Registered, fact.PerPeriod, "0.72", 1, 6), line("ea-line", "ea", fact.Adjusted, fact.PerYear, "7.46", 7, 12),
		role("gp", 1, 6, 100), role("gp", 7, 12, 200),
	)
	for day, want := range map[string]string{"2025-09-30": "0.72 £1.00", "2025-10-01": "7.46 £2.00", "2025-03-31": "not known:  on 2025-03-31"} {
		on, err := events.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		c := (&view.Reading{State: s, On: on}).Contract(year)
		var got []string
		for _, l := range c.Stream("ea").Lines() {
			got = append(got, l.Rates()[0].Rate().String())
		}
		for _, r := range c.Roles() {
			got = append(got, "£"+r.Maxima()[0].Value().String())
		}
		if why := c.Stream("ea").RateUnknown(); why != nil {
			got = append(got, "not known: "+why.Reason[strings.Index(why.Reason, " on "):strings.Index(why.Reason, " in ")])
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}

func role(key fact.Key, first, last int, pence events.GBP) fact.Event {
	return fact.RoleSet{Year: year, Role: fact.Role{Key: key, Title: string(key), Maximum: pence, Period: line("", "", "", "", "0", first, last).Period, Cited: found}}
}

func TestWhatIsNotKnownIsOwed(t *testing.T) {
	ended := stream("casp", fact.Network).(fact.StreamListed)
	ended.Ended = true
	c := read(stream("core", fact.Network), ended, role("gp", 1, 12, 0))
	why := c.Stream("core").RateUnknown()
	if why == nil || why.Code != "RATE_NOT_KNOWN" || *why.OwedBy != "england" || !strings.Contains(why.Reason, "2025/26") {
		t.Errorf("the rate is not known because of %+v", why)
	}
	if why := c.Stream("casp").RateUnknown(); why != nil {
		t.Errorf("a stream that has ended owes a rate: %+v", why)
	}
	m := c.Role("gp").Maxima()[0]
	if why := m.Unknown(); m.Value() != nil || why == nil || why.Code != "MAXIMUM_NOT_KNOWN" {
		t.Errorf("the maximum is %v, not known because of %+v", m.Value(), why)
	}
	parked := &figure.Unknown{Code: "PARKED"}
	c = (&view.Reading{State: fold(stream("core", fact.Network), whole("core-line", "core", fact.Registered, "1.5")), Unknown: func(e events.Entity) *figure.Unknown {
		if e != "contract-2025-26" {
			t.Errorf("it looks whether %s is parked", e)
		}
		return parked
	}}).Contract(year)
	if c.Stream("core").RateUnknown() != parked {
		t.Error("a contract with an entry that cannot be read has rates")
	}
}

func TestMayBuy(t *testing.T) {
	use := func(key fact.Key, of fact.Key, p fact.Purpose, allowed bool) fact.Event {
		return fact.UseStated{Year: year, Use: fact.Use{Key: key, StreamKey: of, Purpose: p, Allowed: allowed, Text: "so", Cited: found}}
	}
	c := read(stream("core", fact.Network), stream("arrs", fact.Network), stream("casp", fact.Network),
		use("1", "core", fact.Anything, true),
		use("2", "arrs", "additional-roles", true), use("3", "arrs", fact.Anything, false),
		use("4", "core", "staff-parties", true), use("5", "core", "staff-parties", false),
		use("6", "casp", "printers", true), fact.TermWithdrawn{Year: year, Key: "6"},
	)
	for ask, want := range map[string]string{
		"core printers": "ALLOWED 1", "arrs additional-roles": "ALLOWED 2", "arrs printers": "FORBIDDEN 3",
		"core staff-parties": "CONFLICTING 4 5", "casp printers": "NOT_STATED", "none printers": "NOT_STATED",
	} {
		stream, purpose, _ := strings.Cut(ask, " ")
		r := c.MayBuy(fact.Key(stream), fact.Purpose(purpose))
		got := string(r.Permission)
		for _, u := range r.Uses {
			got += " " + string(u.Key())
		}
		if got != want {
			t.Errorf("%s: %s, want %s", ask, got, want)
		}
	}
}

func TestDisputes(t *testing.T) {
	c := read(stream("core", fact.Network), whole("core-registered", "core", fact.Registered, "2.266"), stream("casp", fact.Network),
		fact.FigureDisputed{Year: year, Dispute: fact.Dispute{Key: "d", About: "core-registered", Says: "2.3", Value: rate("2.3"), Because: "it is older", Cited: found}})
	core := c.Stream("core")
	if core.Standing() != view.Disputed || core.Lines()[0].Standing() != view.Disputed || c.Stream("casp").Standing() != view.Undisputed {
		t.Error("a dispute is not shown where it belongs, or elsewhere")
	}
	if d := core.Disputes(); len(d) != 1 || d[0].Value().String() != "2.3" || d[0].Because() != "it is older" {
		t.Errorf("the dispute is %+v", d)
	}
}

// A requirement holds until its last day, whichever year's contract that is in.
func TestRequirements(t *testing.T) {
	need := func(y events.Year, key fact.Key, last events.Date) fact.Event {
		return fact.RequirementSet{Year: y, Requirement: fact.Requirement{Key: key, Service: "s", Text: "t", Period: events.Period{From: y.First(), To: last}, Cited: found}}
	}
	s := fold(
		need("2023/24", "old", events.Day(2024, time.March, 31)), need("2023/24", "open", events.Date{}), need("2023/24", "shortened", events.Date{}),
		need("2023/24", "shortened", events.Day(2024, time.June, 30)), need("2025/26", "new", events.Date{}),
		need("2024/25", "x", events.Date{}), fact.TermWithdrawn{Year: "2024/25", Key: "x"},
	)
	for y, want := range map[events.Year]string{"2023/24": "old open shortened", "2024/25": "open shortened", "2025/26": "open new"} {
		var got []string
		for _, r := range (&view.Reading{State: s}).Contract(y).Requirements() {
			got = append(got, string(r.Key()))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s requires %v, want %s", y, got, want)
		}
	}
}

// A state comes back from a snapshot as it was, and evolving leaves it alone.
func TestStateIsAValue(t *testing.T) {
	facts := []fact.Event{
		stream("core", fact.Network), whole("a", "core", fact.Registered, "1"), whole("a", "core", fact.Registered, "2"),
		fact.TermWithdrawn{Year: year, Key: "a"}, stream("a", fact.Network), role("gp", 1, 12, 5),
		fact.FrameworkSet{Year: year, Framework: fact.Framework{Key: "m", Domains: []fact.Domain{{Key: "d"}}, Levels: []fact.Level{{Key: "l"}}, Cited: found}},
		fact.DescriptorStated{Year: year, Descriptor: fact.Descriptor{Key: "x", Framework: "m", Domain: "d", Level: "l", Text: "so", Cited: found}},
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	for n := range facts {
		before, same := fold(facts[:n]...), fold(facts[:n]...)
		view.Evolve(before, view.Entry{Fact: facts[n]})
		if diff := cmp.Diff(same, before, all); diff != "" {
			t.Errorf("evolving changed its argument:\n%s", diff)
		}
		frozen, err := view.Freeze(before)
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := view.Thaw(frozen)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(same, thawed, all, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("after %d facts it does not come back as it was:\n%s", n, diff)
		}
	}
}
