package partners_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	fact "github.com/ics-openbook/openbook/events/partner"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/partners"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const year = events.Year("2025/26")

// bodies are a system that another has taken the place of, and that other.
var bodies = func() (s registry.State) {
	for _, e := range []network.Event{
		network.SystemRegistered{System: "QZ1", Name: "One"}, network.SystemRegistered{System: "QZ2", Name: "Two"},
		network.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ2"}, On: events.Day(2026, time.April, 1)},
	} {
		s = registry.Evolve(s, e)
	}
	return s
}()

func fold(facts ...fact.Event) (s partners.State) {
	for i, f := range facts {
		var err error
		if s, err = partners.Evolve(s, f, view.Place{ID: events.ID(fmt.Sprint("id-", i)), Time: time.Unix(int64(i), 0), Ordinal: events.Ordinal(i + 1)}); err != nil {
			panic(err)
		}
	}
	return s
}

func read(today events.Date, facts ...fact.Event) *partners.Reading {
	return &partners.Reading{State: fold(facts...), Registry: bodies, Today: today}
}

func registered(o fact.Organisation) fact.Event {
	return fact.Registered{Organisation: o, Name: "Trust " + string(o), System: "QZ1", From: year}
}

func total(o fact.Organisation, amount events.GBP, reason string) fact.Event {
	return fact.ControlTotalSet{Organisation: o, System: "QZ1", Year: year, Amount: amount, AgreedOn: year.First(), Reason: reason}
}

func report(o fact.Organisation, month int, plan, actual, forecast events.GBP, reason string) fact.Event {
	return fact.PositionReported{
		Organisation: o, Year: year, Month: month, Position: fact.Position{Plan: plan, Actual: actual, Forecast: forecast},
		On: fact.Month(year, month).To.AddDays(15), Reason: reason,
	}
}

// says is an amount in words: its value and its arithmetic, or who owes it.
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

// A system with two partners: one restates a month, the other is late.
func TestPositions(t *testing.T) {
	r := read(events.Day(2025, time.July, 20),
		registered("RYZ"), registered("8J094"), total("RYZ", -100_00, ""), total("RYZ", -90_00, "Support."), total("8J094", 10_00, ""),
		report("RYZ", 2, -10_00, -11_00, -100_00, ""), report("RYZ", 3, -20_00, -25_00, -110_00, ""),
		report("RYZ", 3, -20_00, -30_50, -120_00, "An accrual."), report("8J094", 2, 1_00, 2_00, 12_00, ""),
	)
	p := r.Positions("QZ1", year)
	if len(p.Partners) != 2 || p.Partners[0].Code() != "8J094" {
		t.Fatalf("the partners are %v", p.Partners)
	}
	late, first := p.Partners[0], p.Partners[1]
	if n := first.Newest(); n.Month() != 3 || says(n.Actual()) != "-30.50: (−£30.50) = £-30.50" || n.Change.Actual != -5_50 || n.Change.Plan != 0 || n.Change.Forecast != -10_00 || *n.Reason() != "An accrual." {
		t.Errorf("the newest report is %+v", n)
	}
	if h := first.Newest().History(); len(h) != 2 || says(h[0].Actual()) != "-25.00: (−£25.00) = £-25.00" || h[0].Change != nil || h[0].Reason() != nil || h[1] != first.Newest() {
		t.Errorf("the reports of the month are %+v", h)
	}
	if got := says(first.Variance()); got != "-30.00: (−£120.00) + £90.00 = £-30.00" {
		t.Errorf("against its control total: %s", got)
	}
	if h := first.ControlTotals(); len(h) != 2 || h[0].Amount() != -100_00 || h[0].Change != nil || *h[1].Change != 10_00 || *h[1].Reason() != "Support." {
		t.Errorf("the control totals are %+v", h)
	}
	if terms := first.Variance().Passport.Sum(); len(terms) != 2 || terms[0].Entries[0] != "id-7" || terms[1].Entries[0] != "id-3" {
		t.Errorf("it rests on %+v", terms)
	}

	var owed []string
	for _, o := range late.Owed() {
		owed = append(owed, fmt.Sprint(o.Month, " ", *o.Unknown.OwedBy, " ", o.Unknown.Since.Format(time.DateOnly)))
	}
	if got := strings.Join(owed, ", "); got != "1 partner-8J094 2025-05-01, 3 partner-8J094 2025-07-01" {
		t.Errorf("what is late owes %s", got)
	}

	var months []string
	for _, m := range p.Months() {
		missing := ""
		for _, one := range m.Missing() {
			missing += " " + string(one.Code())
		}
		months = append(months, fmt.Sprint(m.Number, missing, ": ", says(m.Actual())))
	}
	if got, want := strings.Join(months, "; "), "1 8J094 RYZ: POSITION_NOT_REPORTED nobody; 2: -9.00: £2.00 + (−£11.00) = £-9.00; 3 8J094: POSITION_NOT_REPORTED partner-8J094"; got != want {
		t.Errorf("the months are\n%s, want\n%s", got, want)
	}
	if why := p.Months()[0].Plan().Unknown; !strings.Contains(why.Reason, "Trust 8J094, Trust RYZ") {
		t.Errorf("who is missing is not said: %s", why.Reason)
	}
	second := p.Months()[1]
	for what, got := range map[string]string{
		"-9.00: £1.00 + (−£10.00) = £-9.00":                           says(second.Plan()),
		"-88.00: £12.00 + (−£100.00) = £-88.00":                       says(second.Forecast()),
		"-8.00: £12.00 + (−£10.00) + (−£100.00) + £90.00 = £-8.00":    says(second.Variance()),
		"-80.00: £10.00 + (−£90.00) = £-80.00":                        says(p.ControlTotal()),
		"3 2025-06-01 2025-06-30 POSITION_NOT_REPORTED partner-8J094": fmt.Sprint(p.Newest().Number, " ", p.Newest().First(), " ", p.Newest().Last(), " ", says(p.Newest().Variance())),
	} {
		if got != what {
			t.Errorf("got %s, want %s", got, what)
		}
	}
}

// Nothing that nobody has said is zero.
func TestWhatIsNotKnown(t *testing.T) {
	may := events.Day(2025, time.May, 1)
	if p := read(may).Positions("QZ1", year); len(p.Partners) != 0 || p.Newest() != nil || says(p.ControlTotal()) != "NO_PARTNERS system-QZ1" {
		t.Errorf("of no partners: %s", says(p.ControlTotal()))
	}
	p := read(events.Day(2025, time.April, 30), registered("RYZ"), report("RYZ", 1, 0, 0, 0, "")).Positions("QZ1", year)
	if says(p.Partners[0].Variance()) != "CONTROL_TOTAL_NOT_SET system-QZ1" || says(p.Months()[0].Variance()) != "CONTROL_TOTAL_NOT_SET system-QZ1" || says(p.Months()[0].Actual()) != "0.00: £0.00 = £0.00" {
		t.Error("a variance is known without a control total, or a report of nothing is not")
	}
	p = read(events.Day(2025, time.April, 30), registered("RYZ"), total("RYZ", 0, "")).Positions("QZ1", year)
	if len(p.Months()) != 0 || len(p.Partners[0].Owed()) != 0 || says(p.Partners[0].ControlTotal()) != "0.00: £0.00 = £0.00" {
		t.Error("a month is owed on its last day")
	}
	if why := p.Partners[0].Variance().Unknown; why.Code != "POSITION_NOT_REPORTED" || why.Since != nil {
		t.Errorf("nothing is reported: %+v", why)
	}
	if p = read(may, registered("RYZ")).Positions("QZ1", year); len(p.Months()) != 1 || len(p.Partners[0].Owed()) != 1 {
		t.Error("a month is not owed on the day after")
	}
	parked := &figure.Unknown{Code: "PARKED"}
	r := read(may, registered("RYZ"), registered("8J094"), total("RYZ", 0, ""), report("RYZ", 1, 0, 0, 0, ""), total("8J094", 0, ""), report("8J094", 1, 0, 0, 0, ""))
	r.Unknown = func(e events.Entity) *figure.Unknown {
		if e == "partner-RYZ" {
			return parked
		}
		return nil
	}
	p = r.Positions("QZ1", year)
	for what, a := range map[string]figure.Amount{
		"control total": p.Partners[1].ControlTotal(), "actual": p.Partners[1].Newest().Actual(), "variance": p.Partners[1].Variance(),
		"sum": p.Months()[0].Actual(), "sum of control totals": p.ControlTotal(), "sum of variances": p.Months()[0].Variance(),
	} {
		if a.Unknown != parked {
			t.Errorf("the %s of one whose history cannot be read is %+v", what, a)
		}
	}
	if a := p.Partners[0].Variance(); a.Unknown != nil {
		t.Errorf("the other's is not known because of %+v", a.Unknown)
	}
}

// Whose partner an organisation is goes by the year.
func TestWhosePartner(t *testing.T) {
	r := read(year.First(),
		registered("RYZ"), registered("8J094"),
		fact.Left{Organisation: "RYZ", System: "QZ1", Last: year, Reason: "Merged."},
		fact.Registered{Organisation: "RXZ", Name: "Mine", System: "QZ2", From: "2024/25"},
		fact.Registered{Organisation: "RXZ", Name: "Ours", System: "QZ2", From: "2024/25"},
	)
	for _, c := range []struct {
		system events.ICB
		year   events.Year
		want   string
	}{
		{"QZ1", "2024/25", ""}, {"QZ2", "2024/25", "Ours"}, {"QZ1", year, "Trust 8J094 Trust RYZ"}, {"QZ2", year, "Ours"},
		{"QZ1", "2026/27", ""}, {"QZ2", "2026/27", "Trust 8J094 Ours"}, {"QZ9", year, ""},
	} {
		var got []string
		for _, p := range r.Positions(c.system, c.year).Partners {
			got = append(got, p.Name())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("the partners of %s in %s are %v, want %s", c.system, c.year, got, c.want)
		}
	}
	for e, want := range map[events.Entity][]events.Entity{
		"partner-RYZ": {"partner-RYZ", "system-QZ2"}, "partner-RXZ": {"partner-RXZ", "system-QZ2"}, "partner-NONE": nil, "system-QZ1": nil,
	} {
		if got := r.Above(e, bodies); !cmp.Equal(got, want) {
			t.Errorf("%s belongs to %v, want %v", e, got, want)
		}
	}
}

// What a passport lists adds up to its amount, and a sum is that of its parts.
func TestPassportsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gbp := rapid.Map(rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000), func(n int64) events.GBP { return events.GBP(n) })
		var facts []fact.Event
		var last [3]events.GBP
		for i := range last {
			o := fact.Organisation(fmt.Sprint("RZ", i))
			facts = append(facts, registered(o), total(o, gbp.Draw(t, "total"), ""))
			for range rapid.IntRange(1, 3).Draw(t, "reports") {
				last[i] = gbp.Draw(t, "actual")
				facts = append(facts, report(o, 4, gbp.Draw(t, "plan"), last[i], gbp.Draw(t, "forecast"), "again"))
			}
		}
		p := read(year.First(), facts...).Positions("QZ1", year)
		m := p.Newest()
		if got := *m.Actual().Value; got != last[0]+last[1]+last[2] {
			t.Fatalf("the sum is %s", got)
		}
		all := []figure.Amount{m.Plan(), m.Actual(), m.Forecast(), m.Variance(), p.ControlTotal()}
		for _, one := range p.Partners {
			all = append(all, one.Variance(), one.ControlTotal(), one.Newest().Plan(), one.Newest().Forecast())
		}
		for _, a := range all {
			var sum events.GBP
			for _, term := range a.Passport.Sum() {
				sum += term.Amount
				if len(term.Entries) == 0 {
					t.Fatalf("%q rests on no entry", term.Label)
				}
			}
			if sum != *a.Value {
				t.Fatalf("%q is %s, and its terms come to %s", a.Passport.Rule, a.Value, sum)
			}
		}
		if *m.Variance().Value != *m.Forecast().Value-*p.ControlTotal().Value {
			t.Fatal("the variance is not the forecast less the control total")
		}
	})
}

// A state comes back from a snapshot as it was, and evolving leaves it alone.
func TestStateIsAValue(t *testing.T) {
	facts := []fact.Event{
		registered("RYZ"), total("RYZ", -1, ""), report("RYZ", 3, 1, 2, 3, ""), registered("8J094"), report("RYZ", 3, 1, 2, 4, "so"),
		fact.Left{Organisation: "RYZ", System: "QZ1", Last: year, Reason: "Merged."},
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	for n := range facts {
		before, same := fold(facts[:n]...), fold(facts[:n]...)
		if _, err := partners.Evolve(before, facts[n], view.Place{ID: "next"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(same, before, all); diff != "" {
			t.Errorf("evolving changed its argument:\n%s", diff)
		}
		frozen, err := partners.Freeze(before)
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := partners.Thaw(frozen)
		if err != nil {
			t.Fatal(err)
		}
		again, err := partners.Freeze(thawed)
		if err != nil || string(again) != string(frozen) {
			t.Errorf("after %d facts it does not come back as it was: %v\n%s\n%s", n, err, frozen, again)
		}
		if diff := cmp.Diff(told(before), told(thawed)); diff != "" {
			t.Errorf("after %d facts it says something else:\n%s", n, diff)
		}
	}
}

// told is what a state says of the year.
func told(s partners.State) (all []string) {
	r := partners.Reading{State: s, Registry: bodies, Today: year.Last()}
	for _, p := range r.Positions("QZ1", year).Partners {
		all = append(all, p.Name(), says(p.ControlTotal()), says(p.Variance()))
		for _, one := range p.Reports() {
			for _, h := range one.History() {
				all = append(all, says(h.Actual()), string(h.Entry()), h.Recorded().UTC().String())
			}
		}
	}
	return all
}
