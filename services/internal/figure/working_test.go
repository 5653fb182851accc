package figure_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

func TestWritten(t *testing.T) {
	for unit, want := range map[string][2]string{
		"day": {"1 day", "2.5 days"}, "person": {"1 person", "2.5 people"}, "hour a week": {"1 hour a week", "2.5 hours a week"},
		"per cent": {"1 %", "2.5 %"}, "%": {"1 %", "2.5 %"}, "WTE": {"1 WTE", "2.5 WTE"}, "GBP per patient": {"£1 per patient", "£2.5 per patient"},
		"IMD 2025 score": {"1 IMD 2025 score", "2.5 IMD 2025 score"},
	} {
		for i, value := range []string{"1", "2.5"} {
			v := decimal.MustParse(value)
			if got := (figure.Figure{Value: &v, Unit: unit}).Written(); got != want[i] {
				t.Errorf("%s %s is written %q, want %q", value, unit, got, want[i])
			}
		}
	}
}

// Of many parts the first twelve are written out; all entries are behind them, and
// each once.
func TestWorkings(t *testing.T) {
	parts := func(n int) func() []figure.Part {
		return func() (all []figure.Part) {
			for i := range n {
				all = append(all, figure.Part{Is: strconv.Itoa(i + 1), Entries: []events.ID{events.ID("id-" + strconv.Itoa(i)), "both"}})
			}
			return all
		}
	}
	for _, c := range []struct {
		is      figure.Figure
		want    string
		entries int
	}{
		{figure.Of(0, "day").Adding("All.", parts(0)), "nothing = 0 days", 0},
		{figure.Of(3, "day").Adding("All.", parts(2)), "1 + 2 = 3 days", 3},
		{figure.Of(2, "network").Counting("All.", parts(2)), "1, 2 = 2 networks", 3},
		{figure.Of(105, "day").Adding("All.", parts(14)), "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 2 more = 105 days", 15},
	} {
		p := c.is.Passport
		entries := p.Entries()
		if p.Arithmetic() != c.want || p.Rule != "All." || len(entries) != c.entries || len(entries) > 1 && !slices.Equal(entries[:2], []events.ID{"id-0", "both"}) {
			t.Errorf("%q of %v, want %q", p.Arithmetic(), entries, c.want)
		}
	}
	if got := figure.Sum(parts(1)()) + " × " + figure.Sum(parts(2)()); got != "1 × (1 + 2)" {
		t.Errorf("sums are %s", got)
	}
	alone := figure.Of(3, "day").Adding("All.", parts(2)).Alone().Passport
	if alone.Rule != "All." || alone.Arithmetic() != "parts that are not shown = 3 days" || alone.Entries() != nil {
		t.Errorf("alone it says %q: %s of %s", alone.Rule, alone.Arithmetic(), alone.Entries())
	}
	if is := figure.Not("day", &figure.Unknown{}).Adding("All.", parts(1)); is.Passport != nil {
		t.Error("what is not known has a passport")
	}
}
