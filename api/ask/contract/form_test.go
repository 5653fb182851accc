package contract_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
)

const y = events.Year("2025/26")

var found = fact.Cited{Source: "a paper", Confidence: fact.Found}

func rate(s string) events.Rate {
	r, err := events.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

func line(change func(*fact.Line)) fact.Line {
	l := fact.Line{Key: "core-registered", StreamKey: "core", Basis: fact.Registered, Rate: rate("2.266"), Per: fact.PerYear, Period: y.Period(), Instalments: 12, Cited: found}
	change(&l)
	return l
}

func role(change func(*fact.Role)) contract.SetRole {
	r := fact.Role{Key: "nurse", Title: "Nurse", Band: "5", Maximum: 4_335_200, Share: 100, Period: y.Period(), Cited: found}
	change(&r)
	return contract.SetRole{Year: y, Role: r}
}

func framework(change func(*fact.Framework)) contract.SetFramework {
	m := fact.Framework{
		Key: "matrix", Title: "Maturity matrix", Publisher: "NHS England", Version: "2", Period: events.Period{From: y.First()}, Cited: found,
		Domains: []fact.Domain{{Key: "leadership", Title: "Leadership"}, {Key: "people", Title: "People"}},
		Levels:  []fact.Level{{Key: "foundation", Title: "Foundation"}, {Key: "step-1", Title: "Step 1"}},
	}
	change(&m)
	return contract.SetFramework{Year: y, Framework: m}
}

func descriptor(change func(*fact.Descriptor)) contract.StateDescriptor {
	d := fact.Descriptor{Key: "d", Framework: "matrix", Domain: "people", Level: "step-1", Text: "They are heard.", Cited: found}
	change(&d)
	return contract.StateDescriptor{Year: y, Descriptor: d}
}

// Each form says all that is wrong with it, and where.
func TestForms(t *testing.T) {
	set := func(change func(*fact.Line)) ask.Ask { return contract.SetRate{Year: y, Line: line(change)} }
	days := func(from, to events.Date) ask.Ask {
		return set(func(l *fact.Line) { l.Period = events.Period{From: from, To: to} })
	}
	need := func(from, to events.Date) ask.Ask {
		return contract.SetRequirement{Year: y, Requirement: fact.Requirement{Key: "F25-01", Service: "CAIP", Text: "Do.", Period: events.Period{From: from, To: to}, Cited: found}}
	}
	day := func(y int, m time.Month, d int) events.Date { return events.Day(y, m, d) }
	for name, c := range map[string]struct {
		ask  ask.Ask
		want []string // code and path
	}{
		"a rate":                             {set(func(*fact.Line) {}), nil},
		"a rate without a source":            {set(func(l *fact.Line) { l.Source = " " }), []string{"SOURCE_MISSING source"}},
		"a source of two lines":              {set(func(l *fact.Line) { l.Source = "a\nb" }), []string{"SOURCE_MISSING source"}},
		"a source without an end":            {set(func(l *fact.Line) { l.Source = strings.Repeat("x", 1_001) }), []string{"SOURCE_MISSING source"}},
		"a rate somehow known":               {set(func(l *fact.Line) { l.Confidence = "SURE" }), []string{"CONFIDENCE_INVALID confidence"}},
		"a rate of nothing":                  {set(func(l *fact.Line) { l.Rate = events.Rate{} }), []string{"RATE_INVALID rate"}},
		"a rate to be paid back":             {set(func(l *fact.Line) { l.Rate = rate("-1") }), []string{"RATE_INVALID rate"}},
		"a rate beyond reason":               {set(func(l *fact.Line) { l.Rate = rate("1000000.01") }), []string{"RATE_INVALID rate"}},
		"a rate to the millionth":            {set(func(l *fact.Line) { l.Rate = rate("1.234567") }), nil},
		"a rate finer than that":             {set(func(l *fact.Line) { l.Rate = rate("1.2345678") }), []string{"RATE_INVALID rate"}},
		"a basis of its own":                 {set(func(l *fact.Line) { l.Basis, l.Per = "HEADS", "DAY" }), []string{"RATE_BASIS_INVALID basis", "PER_INVALID per"}},
		"keys that are none":                 {set(func(l *fact.Line) { l.Key, l.StreamKey = "a b", "" }), []string{"KEY_INVALID key", "KEY_INVALID stream"}},
		"thirteen instalments":               {set(func(l *fact.Line) { l.Instalments = 13 }), []string{"INSTALMENTS_INVALID instalments"}},
		"a note that cannot be shown":        {set(func(l *fact.Line) { l.Note = "\x00" }), []string{"TEXT_INVALID note"}},
		"days of no year":                    {days(events.Date{}, events.Date{}), []string{"DATE_MISSING from", "DATE_MISSING to"}},
		"days the wrong way round":           {days(day(2025, time.June, 1), day(2025, time.May, 31)), []string{"ENDS_BEFORE_START to"}},
		"days of another year":               {days(day(2025, time.March, 1), day(2025, time.April, 30)), []string{"PERIOD_OUTSIDE_YEAR from"}},
		"days that are not months":           {days(day(2025, time.June, 2), day(2026, time.March, 31)), []string{"PERIOD_NOT_MONTHS from"}},
		"a rate of no year":                  {contract.SetRate{Year: "2025", Line: line(func(*fact.Line) {})}, []string{"YEAR_INVALID year"}},
		"a year before there were networks":  {contract.ListStream{Year: "2018/19", FundingStream: fact.FundingStream{Key: "core", Title: "Core", Payee: fact.Network, Cited: found}}, []string{"YEAR_INVALID year"}},
		"a stream paid to nobody":            {contract.ListStream{Year: y, FundingStream: fact.FundingStream{Key: "core", Cited: found}}, []string{"NAME_INVALID title", "PAYEE_INVALID payee"}},
		"a use of nothing":                   {contract.StateUse{Year: y, Use: fact.Use{Key: "u", StreamKey: "core", Cited: found}}, []string{"PURPOSE_INVALID purpose", "TEXT_INVALID text"}},
		"a role":                             {role(func(*fact.Role) {}), nil},
		"a role whose maximum nobody knows":  {role(func(r *fact.Role) { r.Maximum, r.Band, r.Share = 0, "", 0 }), nil},
		"a role that is owed money":          {role(func(r *fact.Role) { r.InnerLondon = -1 }), []string{"MAXIMUM_INVALID innerLondon"}},
		"a role paid by the million":         {role(func(r *fact.Role) { r.Maximum = 100_000_001 }), []string{"MAXIMUM_INVALID maximum"}},
		"more than all of it":                {role(func(r *fact.Role) { r.Share = 101 }), []string{"SHARE_INVALID share"}},
		"a limit of large networks alone":    {contract.LimitRole{Year: y, Limit: fact.Limit{Key: "l", Role: "nurse", LargePosts: 2, Cited: found}}, []string{"LIMIT_INVALID posts"}},
		"a limit below none":                 {contract.LimitRole{Year: y, Limit: fact.Limit{Key: "l", Role: "nurse", Posts: -1, Cited: found}}, []string{"LIMIT_INVALID posts"}},
		"a requirement from a day on":        {need(day(2025, time.July, 31), events.Date{}), nil},
		"a requirement that ends before":     {need(day(2025, time.July, 31), day(2025, time.July, 30)), []string{"ENDS_BEFORE_START to"}},
		"a requirement of the year before":   {need(day(2025, time.March, 31), events.Date{}), []string{"PERIOD_OUTSIDE_YEAR from"}},
		"a framework":                        {framework(func(*fact.Framework) {}), nil},
		"a framework of nothing":             {framework(func(m *fact.Framework) { m.Domains, m.Levels = nil, nil }), []string{"LIST_EMPTY domains", "LIST_EMPTY levels"}},
		"a framework of nobody":              {framework(func(m *fact.Framework) { m.Key, m.Title, m.Publisher, m.Version = "", " ", "", "\n" }), []string{"KEY_INVALID key", "NAME_INVALID title", "NAME_INVALID publisher", "NAME_INVALID version"}},
		"a framework that nobody cites":      {framework(func(m *fact.Framework) { m.Cited = fact.Cited{} }), []string{"SOURCE_MISSING source", "CONFIDENCE_INVALID confidence"}},
		"a framework since nobody knows":     {framework(func(m *fact.Framework) { m.From = events.Date{} }), []string{"DATE_MISSING from"}},
		"a framework of the year before":     {framework(func(m *fact.Framework) { m.From = day(2025, time.March, 31) }), []string{"PERIOD_OUTSIDE_YEAR from"}},
		"a framework that ends before":       {framework(func(m *fact.Framework) { m.To = day(2025, time.March, 31) }), []string{"ENDS_BEFORE_START to"}},
		"a domain twice":                     {framework(func(m *fact.Framework) { m.Domains[1].Key = "Leadership" }), []string{"NAMED_TWICE domains.1.key"}},
		"two domains of one title":           {framework(func(m *fact.Framework) { m.Domains[1].Title = "leadership" }), []string{"NAMED_TWICE domains.1.title"}},
		"a level twice":                      {framework(func(m *fact.Framework) { m.Levels[1] = m.Levels[0] }), []string{"NAMED_TWICE levels.1.key", "NAMED_TWICE levels.1.title"}},
		"domains that have no name":          {framework(func(m *fact.Framework) { m.Domains = make([]fact.Domain, 2) }), []string{"KEY_INVALID domains.0.key", "NAME_INVALID domains.0.title", "KEY_INVALID domains.1.key", "NAME_INVALID domains.1.title"}},
		"a title that is too long":           {framework(func(m *fact.Framework) { m.Levels[0].Title = strings.Repeat("x", 201) }), []string{"NAME_INVALID levels.0.title"}},
		"a description that is too long":     {framework(func(m *fact.Framework) { m.Domains[1].Description = strings.Repeat("x", 1_001) }), []string{"TEXT_INVALID domains.1.description"}},
		"twenty-one domains":                 {framework(func(m *fact.Framework) { m.Domains = make([]fact.Domain, 21) }), []string{"TOO_MANY domains"}},
		"eleven levels":                      {framework(func(m *fact.Framework) { m.Levels = make([]fact.Level, 11) }), []string{"TOO_MANY levels"}},
		"a descriptor":                       {descriptor(func(*fact.Descriptor) {}), nil},
		"a descriptor of nothing":            {descriptor(func(d *fact.Descriptor) { *d = fact.Descriptor{Cited: found} }), []string{"KEY_INVALID key", "KEY_INVALID framework", "KEY_INVALID domain", "KEY_INVALID level", "TEXT_INVALID text"}},
		"a descriptor that is too long":      {descriptor(func(d *fact.Descriptor) { d.Text = strings.Repeat("é", 1_001) }), []string{"TEXT_INVALID text"}},
		"a descriptor as long as one may be": {descriptor(func(d *fact.Descriptor) { d.Text = strings.Repeat("é", 1_000) }), nil},
		"a descriptor that nobody cites":     {descriptor(func(d *fact.Descriptor) { d.Source = "" }), []string{"SOURCE_MISSING source"}},
		"a document with a level twice":      {contract.Publish{Year: y, MaturityFrameworks: []fact.Framework{framework(func(m *fact.Framework) { m.Levels[1].Key = "foundation" }).Framework}}, []string{"NAMED_TWICE maturityFrameworks.0.levels.1.key"}},
		"a document with an empty text":      {contract.Publish{Year: y, MaturityDescriptors: []fact.Descriptor{descriptor(func(d *fact.Descriptor) { d.Text = " " }).Descriptor}}, []string{"TEXT_INVALID maturityDescriptors.0.text"}},
		"four hundred and one descriptors":   {contract.Publish{Year: y, MaturityDescriptors: make([]fact.Descriptor, 401)}, []string{"TOO_MANY "}},
		"a dispute without a reason":         {contract.DisputeFigure{Year: y, Dispute: fact.Dispute{Key: "d", About: "core", Value: rate("-1"), Cited: found}}, []string{"TEXT_INVALID says", "REASON_MISSING because", "RATE_INVALID value"}},
		"a term withdrawn for no reason":     {contract.WithdrawTerm{Year: y, Key: ""}, []string{"KEY_INVALID key", "REASON_MISSING reason"}},
		"a document with a line that is not": {contract.Publish{Year: y, Lines: []fact.Line{line(func(*fact.Line) {}), line(func(l *fact.Line) { l.Source = "" })}}, []string{"SOURCE_MISSING lines.1.source"}},
		"a document with days that are not":  {contract.Publish{Year: y, Lines: []fact.Line{line(func(l *fact.Line) { l.To = events.Date{} })}}, []string{"DATE_MISSING lines.0.to"}},
		"a document beyond all bounds":       {contract.Publish{Year: y, Uses: make([]fact.Use, 401)}, []string{"TOO_MANY "}},
	} {
		var got []string
		for _, p := range c.ask.Problems() {
			got = append(got, p.Code+" "+p.Path)
			if !strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message, "%!") {
				t.Errorf("%s: it says %q", name, p.Message)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}
