package equity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// row is a network with as many patients on each basis.
func row(code events.PCN, amount events.GBP, patients int, score string) equity.Row {
	p := figure.Of(patients, "patient")
	d := decimal.MustParse(score)
	return equity.Row{
		Code: code, Name: "Network " + string(code), Amount: figure.Known(amount, "", func() []figure.Term { return []figure.Term{{Entries: []events.ID{events.ID(code + "'s")}}} }), Populations: equity.Populations{p, p, p},
		Deprivation: figure.Figure{Value: &d, Unit: "IMD 2025 score"},
	}
}

// works holds a figure's passport to what it should say: its arithmetic and the
// entries behind it.
func works(t *testing.T, f figure.Figure, want string) {
	t.Helper()
	if f.Passport == nil {
		t.Errorf("%s has no passport, want %s", shown(f), want)
		return
	}
	if got := fmt.Sprintf("%s of %s", f.Passport.Arithmetic(), f.Entries()); got != want || f.Passport.Rule == "" {
		t.Errorf("%q: %s, want %s", f.Passport.Rule, got, want)
	}
}

func notKnown(code string) *figure.Unknown { return &figure.Unknown{Code: code, Reason: code + "."} }

func value(d *decimal.Decimal) string {
	if d == nil {
		return "none"
	}
	return d.String()
}

func shown(f figure.Figure) string {
	if f.Unknown != nil {
		return f.Unknown.Code
	}
	return value(f.Value)
}

// Each basis has its own figure, and none fills in for another.
func TestPerHead(t *testing.T) {
	r := row("U99001", 149_950_00, 50_000, "20")
	r.Populations[1] = figure.Of(49_000, "patient")
	r.Populations[2] = figure.Not("patient", notKnown("NOT_SUBMITTED"))
	for basis, want := range map[network.Basis]string{
		network.Registered: "2.999", network.Adjusted: "3.0602", network.Weighted: "NOT_SUBMITTED",
	} {
		if got := shown(r.PerHead(basis)); got != want {
			t.Errorf("%s: %s, want %s", basis, got, want)
		}
	}
	r.Populations[0] = figure.Of(0, "patient")
	if got := shown(r.PerHead(network.Registered)); got != "NO_PATIENTS" {
		t.Errorf("nobody's money a head: %s", got)
	}
	r.Amount = figure.NoAmount(notKnown("PARKED"))
	if got := shown(r.PerHead(network.Adjusted)); got != "PARKED" {
		t.Errorf("unknown money a head: %s", got)
	}
}

// A practice counts as often as it has patients; one without a score makes the
// network's unknown, by name, unless it has no patients.
func TestScore(t *testing.T) {
	score := func(s string) *decimal.Decimal { d := decimal.MustParse(s); return &d }
	big, small := figure.Of(30_000, "patient"), figure.Of(10_000, "patient")
	north := equity.Member{Practice: "A81001", Name: "North", Patients: big, Score: score("40.25")}
	for name, c := range map[string]struct {
		members []equity.Member
		want    string
	}{
		"weighed":        {[]equity.Member{north, {Practice: "A81002", Patients: small, Score: score("20")}}, "35.188"}, // 35.1875
		"alone":          {[]equity.Member{north}, "40.25"},
		"without score":  {[]equity.Member{north, {Practice: "A81002", Name: "South", Patients: small}}, "DEPRIVATION_NOT_KNOWN"},
		"nobody there":   {[]equity.Member{north, {Practice: "A81002", Patients: figure.Of(0, "patient")}}, "40.25"},
		"not counted":    {[]equity.Member{north, {Patients: figure.Not("patient", notKnown("NOT_SUBMITTED")), Score: score("20")}}, "NOT_SUBMITTED"},
		"no practice":    {nil, "NO_PATIENTS"},
		"first in doubt": {[]equity.Member{{Practice: "A81002", Patients: small}, {Practice: "A81003", Patients: small}}, "DEPRIVATION_NOT_KNOWN"},
	} {
		got := equity.Score(c.members)
		if shown(got) != c.want {
			t.Errorf("%s: %s, want %s", name, shown(got), c.want)
		}
		if got.Unknown != nil && got.Unknown.Code == "DEPRIVATION_NOT_KNOWN" && !strings.Contains(got.Unknown.Reason, "A81002") {
			t.Errorf("%s: does not say whose: %s", name, got.Unknown.Reason)
		}
	}
}

// The edges are the middle band's, and what is not known is in none.
func TestBands(t *testing.T) {
	unknown := row("U99007", 0, 1, "1")
	unknown.Amount = figure.NoAmount(notKnown("PARKED"))
	b := equity.Of([]equity.Row{
		row("U99001", 0, 1, "1"), row("U99002", 19_999_99, 1, "1"), row("U99003", 20_000_00, 1, "1"),
		row("U99004", 50_000_00, 1, "1"), row("U99005", 50_000_01, 1, "1"), row("U99006", 1_000_000_00, 1, "1"), unknown, row("U99008", 20_000_01, 1, "1"),
	}).Bands()
	for _, c := range []struct {
		name                    string
		is                      equity.Band
		networks, share, survey string
	}{
		{"under", b.Under, "2", "28.6", "42"}, {"middle", b.Middle, "3", "42.9", "NOT_PUBLISHED"}, {"over", b.Over, "2", "28.6", "18"},
	} {
		if shown(c.is.Networks) != c.networks || shown(c.is.Share) != c.share || shown(c.is.Survey) != c.survey {
			t.Errorf("%s: %s, %s %%, in the survey %s %%", c.name, shown(c.is.Networks), shown(c.is.Share), shown(c.is.Survey))
		}
	}
	if b.Known != 7 || len(b.Unknown) != 1 || b.Unknown[0].Code != "U99007" || b.Unknown[0].Why.Code != "PARKED" {
		t.Errorf("%d known, unknown %+v", b.Known, b.Unknown)
	}
	for _, c := range []struct {
		is   figure.Figure
		want string
	}{
		{b.Counted, "U99001, U99002, U99003, U99004, U99005, U99006, U99008 = 7 networks of [U99001's U99002's U99003's U99004's U99005's U99006's U99008's]"},
		{b.Middle.Networks, "U99003, U99004, U99008 = 3 networks of [U99003's U99004's U99008's]"},
		{b.Over.Share, "2 ÷ 7 = 28.6 % of [U99001's U99002's U99003's U99004's U99005's U99006's U99008's]"},
		{b.Under.Survey, "as published = 42 % of []"},
		{b.Unnamed().Counted, "7 = 7 networks of []"},
		{b.Unnamed().Middle.Networks, "3 of 7 = 3 networks of []"},
		{b.Unnamed().Over.Share, "2 ÷ 7 = 28.6 % of []"},
	} {
		works(t, c.is, c.want)
	}
	lines := equity.Of([]equity.Row{row("U99001", 1, 1, "1"), row("U99002", 2, 1, "2"), row("U99003", 3, 1, "3"), unknown})
	slope := lines.Slope(network.Weighted)
	works(t, lines.Counted(slope), "U99001, U99002, U99003 = 3 networks of [U99001's U99002's U99003's]")
	works(t, slope.CountedUnnamed(), "3 = 3 networks of []")
	if !strings.Contains(b.Under.Survey.Passport.Rule, equity.SurveySource) {
		t.Errorf("the survey's share has the rule %q", b.Under.Survey.Passport.Rule)
	}
	if none := equity.Of([]equity.Row{unknown}).Bands(); none.Known != 0 || shown(none.Under.Share) != "TOO_FEW_NETWORKS" {
		t.Errorf("shares of nothing: %s", shown(none.Under.Share))
	}
}
