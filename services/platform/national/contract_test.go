//go:build national

package national

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/platform"
)

// shipped are the documents that the product ships with, by year.
func shipped(t *testing.T) map[events.Year]*platform.ContractDocument {
	t.Helper()
	all, err := platform.ShippedContracts()
	if err != nil {
		t.Fatal(err)
	}
	by := map[events.Year]*platform.ContractDocument{}
	for _, d := range all {
		by[d.Ask.Year] = d
	}
	return by
}

// secondHand are rows of the table found where another quotes the source, as the
// notes beside the table say.
var secondHand = []string{
	"2024/25 core_pcn_total_after_uplift", "2024/25 enhanced_access_after_uplift", "2024/25 care_home_premium_after_uplift",
	"2024/25 caip", "2024/25 network_participation",
}

// confidences are those a table's word may become. What was found only in part
// is not verified.
func confidences(row, word string) []contract.Confidence {
	switch {
	case slices.Contains(secondHand, row), word == "found-secondary":
		return []contract.Confidence{contract.FoundSecondHand}
	case word == "found", word == "found-conflict", word == "found-superseded":
		return []contract.Confidence{contract.Found}
	case word == "found-rounded", word == "memory-high":
		return []contract.Confidence{contract.RememberedHigh}
	case word == "memory-medium":
		return []contract.Confidence{contract.RememberedMedium}
	case word == "found-in-part":
		return []contract.Confidence{contract.RememberedHigh, contract.RememberedMedium}
	}
	return nil
}

// called are the streams that the table calls otherwise.
var called = map[string]contract.Key{
	"core_pcn": "core", "core_pcn_registered": "core", "core_pcn_adjusted": "core", "iif_point": "iif",
	"pcn_support_payment": "pcn_support", "practice_level_gp_reimbursement": "practice_gp_reimbursement",
}

var bases = map[string]contract.Basis{
	"registered": contract.Registered, "adjusted": contract.Adjusted, "weighted": contract.Weighted, "beds": contract.Beds,
	"adjusted_for_list_and_prevalence": contract.Points,
}

var months = regexp.MustCompile(`_\d_months$`)

// Every rate of the table is shipped as it is there, and no other rate is.
func TestTheShippedRatesAreThoseOfTheTable(t *testing.T) {
	documents, seen := shipped(t), map[contract.Line]bool{}
	rows := table(t, "funding_rates.csv")
	if len(rows) != 59 {
		t.Errorf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		name := row["fy"] + " " + row["stream"]
		d := documents[events.Year(row["fy"])]
		if d == nil {
			t.Errorf("%s: no document of the year is shipped", name)
			continue
		}
		if strings.HasPrefix(row["stream"], "arrs_") && strings.HasSuffix(row["stream"], "_max") {
			continue // a role's: it is in the other table too
		}
		if strings.Contains(row["list_basis"], "+") || row["confidence"] == "found-superseded" { // kept, and not used
			i := slices.IndexFunc(d.Ask.Disputes, func(one contract.Dispute) bool { return one.Value.String() == row["rate_gbp"] })
			if i < 0 || !slices.Contains(confidences(name, row["confidence"]), d.Ask.Disputes[i].Confidence) {
				t.Errorf("%s: what is not used is not kept as disputed", name)
			}
			continue
		}
		uplifted := strings.HasSuffix(row["stream"], "_after_uplift")
		stream, other := called[strings.TrimSuffix(row["stream"], "_after_uplift")]
		if !other {
			stream = contract.Key(strings.TrimSuffix(row["stream"], "_after_uplift"))
		}
		var lines []contract.Line
		for _, l := range d.Ask.Lines {
			if l.StreamKey == stream && l.Basis == bases[row["list_basis"]] {
				lines = append(lines, l)
			}
		}
		if len(lines) == 0 || uplifted && len(lines) < 2 {
			t.Errorf("%s: not shipped", name)
			continue
		}
		l := lines[0]
		if uplifted {
			l = lines[1]
		}
		seen[l] = true
		rate, err := events.ParseRate(row["rate_gbp"])
		if err != nil {
			t.Fatal(err)
		}
		per := contract.PerYear
		if months.MatchString(row["unit"]) {
			per = contract.PerPeriod
		}
		switch {
		case !l.Rate.Same(rate):
			t.Errorf("%s: shipped as %s, the table has %s", name, l.Rate, rate)
		case l.From.String() != row["period_from"] || l.To.String() != row["period_to"]:
			t.Errorf("%s: shipped for %s to %s, the table has %s to %s", name, l.From, l.To, row["period_from"], row["period_to"])
		case l.Per != per:
			t.Errorf("%s: shipped by %s, the table has %s", name, l.Per, row["unit"])
		case l.Maximum != strings.Contains(row["unit"], "max") && l.Basis != contract.Points:
			t.Errorf("%s: shipped as a maximum: %t, the table has %s", name, l.Maximum, row["unit"])
		case !slices.Contains(confidences(name, row["confidence"]), l.Confidence):
			t.Errorf("%s: shipped as %s, the table has %s", name, l.Confidence, row["confidence"])
		case l.Confidence.Verified() && !names(l.Source, row["source"]):
			t.Errorf("%s: shipped as from %q, the table has %q", name, l.Source, row["source"])
		case row["list_date"] != "" && row["list_date"] != d.Ask.Year.Freeze().String():
			t.Errorf("%s: paid by the lists of %s, the table has %s", name, d.Ask.Year.Freeze(), row["list_date"])
		}
		i := slices.IndexFunc(d.Ask.Streams, func(s contract.FundingStream) bool { return s.Key == stream })
		if payee := map[string]contract.Payee{"practice": contract.Practice, "pcn_nominated_payee": contract.Network}[row["payee"]]; i < 0 || d.Ask.Streams[i].Payee != payee {
			t.Errorf("%s: not paid to %s", name, row["payee"])
		}
	}
	for y, d := range documents {
		for _, l := range d.Ask.Lines {
			// one rate is in the notes beside the table alone
			if !seen[l] && (y != "2026/27" || l.Key != "network_participation-weighted" || l.Confidence != contract.RememberedMedium) {
				t.Errorf("%s %s %s is shipped, and in no table", y, l.Key, l.Rate)
			}
		}
	}
}

// names reports whether a source names one of those in a list.
func names(source, listed string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(listed, func(r rune) bool { return r == ';' || r == ' ' || r == '/' || r == '(' || r == ')' }), func(one string) bool {
		return (strings.Contains(one, ".") || one == "BMA" || one == "github") && strings.Contains(source, strings.TrimSuffix(one, "."))
	})
}

// Every maximum of the table is shipped as it is there, and no other maximum is.
func TestTheShippedMaximaAreThoseOfTheTable(t *testing.T) {
	documents := shipped(t)
	rows := table(t, "arrs_role_maxima.csv")
	for _, row := range rows {
		name := row["fy_or_period"] + " " + row["role"]
		year, since, _ := strings.Cut(row["fy_or_period"], " from ")
		title, _, _ := strings.Cut(strings.Replace(row["role"], "General medical practitioner (recently qualified)", "General practitioner, recently qualified", 1), " (from")
		var found *contract.Role
		for _, r := range documents[events.Year(year)].Ask.Roles {
			if r.Title == title && r.Maximum != 0 {
				found = &r
			}
		}
		if found == nil {
			t.Errorf("%s: not shipped", name)
			continue
		}
		from := events.Year(year).First()
		switch {
		case year == "2019/20":
			from = events.Day(2019, 7, 1)
		case strings.Contains(row["role"], "1 Oct 2020"):
			from = events.Day(2020, 10, 1)
		case since == "1 Oct 2024":
			from = events.Day(2024, 10, 1)
		}
		inner := found.InnerLondon + found.London // for GPs there is one figure for all of London
		if got := []string{found.Maximum.String(), pence(found.OuterLondon), pence(inner), found.From.String()}; !slices.Equal(got, []string{row["max_gbp_per_wte_year"] + ".00", pounds(row["max_outer_london"]), pounds(row["max_inner_london"]), from.String()}) {
			t.Errorf("%s: shipped as %v, the table has %v", name, got, row)
		}
		if word := row["confidence"]; !slices.Contains(confidences(name, word), found.Confidence) {
			t.Errorf("%s: shipped as %s, the table has %s", name, found.Confidence, word)
		}
		if row["reimbursement_pct"] != "100" && found.Share == 100 || row["afc_band"] != "n/a" && found.Band != row["afc_band"] {
			t.Errorf("%s: shipped as %+v, the table has %v", name, found, row)
		}
	}
	shippedMaxima := 0
	for _, d := range documents {
		for _, r := range d.Ask.Roles {
			if r.Maximum != 0 {
				shippedMaxima++
			}
		}
	}
	if shippedMaxima != len(rows) || len(rows) != 28 {
		t.Errorf("%d maxima are shipped, the table has %d", shippedMaxima, len(rows))
	}
}

func pence(m events.GBP) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

func pounds(whole string) string {
	if whole == "" {
		return ""
	}
	return whole + ".00"
}

// Every requirement of the table is a term of the year in which it begins.
func TestTheShippedRequirementsAreThoseOfTheTable(t *testing.T) {
	documents, all := shipped(t), 0
	rows := table(t, "service_requirements.csv")
	for _, row := range rows {
		from, err := events.ParseDate(row["start"])
		if err != nil {
			t.Fatal(err)
		}
		d := documents[events.YearOf(from)]
		i := slices.IndexFunc(d.Ask.Requirements, func(r contract.Requirement) bool { return string(r.Key) == row["id"] })
		if i < 0 {
			t.Errorf("%s: not shipped with %s", row["id"], d.Ask.Year)
			continue
		}
		r := d.Ask.Requirements[i]
		if r.From != from || r.To.String() != row["end"] || r.Service != row["service"] {
			t.Errorf("%s: shipped as %+v, the table has %v", row["id"], r, row)
		}
		if !slices.Contains(confidences(row["id"], row["source_confidence"]), r.Confidence) {
			t.Errorf("%s: shipped as %s, the table has %s", row["id"], r.Confidence, row["source_confidence"])
		}
	}
	for _, d := range documents {
		all += len(d.Ask.Requirements)
	}
	if all != len(rows) || all != 53 {
		t.Errorf("%d requirements are shipped, the table has %d", all, len(rows))
	}
}
