package workforce_test

import (
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/workforce"
)

func day(s string) events.Date {
	d, err := events.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func of[T any](v T) *T { return &v }

func TestFacts(t *testing.T) {
	whose := workforce.Workforce{Network: "U99001", Year: "2025/26"}
	claimed := workforce.Claimed{
		Employee: "Role 1", Role: "clinical-pharmacist", Area: workforce.InnerLondon, StartedOn: day("2025-06-16"), LeftOn: day("2025-06-29"),
		Hours: decimal.MustParse("37.5"), Pay: workforce.Pay{Salary: 4_000_00, Insurance: 500_00, Pension: 900_00, Fees: 200_00},
		MeetsTraining: of(false), TrainingNotMetFor: "Begins in September.",
	}
	line := workforce.Line{
		Claimed: claimed, Days: 14, Maxima: []workforce.Ceiling{{Maximum: 77_545_00, Share: 100, Days: 14, Entry: "01999999-0000-7000-8000-000000000001"}},
		Limit: of(events.GBP(3_015_64)), Reimbursable: of(events.GBP(3_015_64)),
	}
	added := workforce.Added{Claim: 1, At: 1, Month: "2025-06", Was: 3_000_00, Line: line, More: 15_64}
	eventstest.Run(t, workforce.Family, []workforce.Event{
		workforce.ClaimSubmitted{Workforce: whose, Number: 1, Month: "2025-06", Lines: []workforce.Line{line}, Late: true, By: "person-manager"},
		workforce.AdjustmentSubmitted{Workforce: whose, Number: 2, Lines: []workforce.Added{added}, Reason: "The rise of August.", By: "person-manager"},
		workforce.ClaimApproved{
			Workforce: whose, Claim: 1, Figures: []workforce.Figure{{Line: 1, Maximum: 70_000_00, Source: "letter of 3 July"}},
			Amounts: []events.GBP{3_015_64}, Amount: 3_000_00, Lost: 15_64, By: "person-commissioner",
		},
		workforce.ClaimRejected{Workforce: whose, Claim: 1, Reasons: []workforce.Reason{{Line: 1, Reason: "Left in May."}, {Reason: "Look at all of it."}}, By: "person-commissioner"},
		workforce.ClaimWithdrawn{Workforce: whose, Claim: 1, Reason: "A line is missing.", By: "person-manager"},
	})
	if whose.Stream() != "workforce-U99001-2025-26" || !whose.Entity().Valid() {
		t.Errorf("it is called %s", whose.Stream())
	}
}

func TestMost(t *testing.T) {
	whole := func(maximum events.GBP, days int) []workforce.Ceiling {
		return []workforce.Ceiling{{Maximum: maximum, Share: 100, Days: days}}
	}
	for name, c := range map[string]struct {
		month events.Month
		hours string
		all   []workforce.Ceiling
		want  events.GBP
		known bool
	}{
		"a month of one WTE":             {"2025-04", "37.5", whole(66_972_00, 30), 5_581_00, true},
		"half of that":                   {"2025-04", "18.75", whole(66_972_00, 30), 2_790_50, true},
		"the longest week":               {"2025-04", "40", whole(66_972_00, 30), 5_953_07, true},
		"an hour":                        {"2025-04", "1", whole(66_972_00, 30), 148_83, true},
		"from the 16th of a month of 30": {"2025-04", "37.5", whole(66_972_00, 15), 2_790_50, true},
		"a day of February":              {"2026-02", "37.5", whole(66_972_00, 1), 199_32, true},
		"inner London":                   {"2025-05", "37.5", whole(77_545_00, 31), 6_462_09, true},
		"raised in mid-month": {"2024-10", "37.5", []workforce.Ceiling{
			{Maximum: 62_000_00, Share: 100, Days: 15}, {Maximum: 65_838_00, Share: 100, Days: 16},
		}, 2_500_00 + 2_831_74, true},
		"not known":          {"2025-04", "37.5", whole(0, 30), 0, false},
		"not known in part":  {"2025-04", "37.5", append(whole(66_972_00, 15), workforce.Ceiling{Share: 100, Days: 15}), 0, false},
		"a role of no month": {"2025-04", "37.5", nil, 0, false},
		"finer than that":    {"2025-04", "37.505", whole(66_972_00, 30), 0, false},
	} {
		got, known := workforce.Most(c.month, decimal.MustParse(c.hours), c.all)
		if known != c.known || known && got != c.want {
			t.Errorf("%s: £%s %t, want £%s %t", name, got, known, c.want, c.known)
		}
	}
}

func TestTheMonthsComeToTheYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maximum := events.GBP(rapid.Int64Range(1, 200_000_00).Draw(t, "maximum"))
		hundredths := rapid.IntRange(1_00, 40_00).Draw(t, "hours")
		var sum events.GBP
		for m := events.Month("2025-04"); m.Year() == "2025/26"; m = events.MonthOf(m.Last().AddDays(1)) {
			one, ok := workforce.Most(m, decimal.MustNew(int64(hundredths), 2), []workforce.Ceiling{{Maximum: maximum, Share: 100, Days: m.Days()}})
			if !ok {
				t.Fatal("not known")
			}
			sum += one
		}
		if want := maximum.Part(hundredths, workforce.FullTime); sum != want {
			t.Errorf("the months of %d hundredths at £%s come to £%s, not £%s", hundredths, maximum, sum, want)
		}
	})
}

func TestReimbursed(t *testing.T) {
	for name, c := range map[string]struct {
		cost, limit events.GBP
		all         []workforce.Ceiling
		want        events.GBP
	}{
		"seventy per cent":      {4_500_00, 3_150_83, []workforce.Ceiling{{Share: 70, Days: 31}}, 3_150_00},
		"up to the limit":       {4_600_00, 3_150_83, []workforce.Ceiling{{Share: 70, Days: 31}}, 3_150_83},
		"all":                   {2_842_75, 2_842_75, []workforce.Ceiling{{Share: 100, Days: 31}}, 2_842_75},
		"half a penny":          {1, 1_00, []workforce.Ceiling{{Share: 50, Days: 30}}, 1},
		"a share that changes":  {1_000_00, 2_000_00, []workforce.Ceiling{{Share: 70, Days: 15}, {Share: 100, Days: 15}}, 850_00},
		"nothing in this month": {1_000_00, 2_000_00, nil, 0},
	} {
		if got := workforce.Reimbursed(c.cost, c.limit, c.all); got != c.want {
			t.Errorf("%s: £%s, want £%s", name, got, c.want)
		}
	}
}
