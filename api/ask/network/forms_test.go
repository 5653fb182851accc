package network_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// Each form says all that is wrong with it, and where.
func TestForms(t *testing.T) {
	april := events.Day(2026, time.April, 1)
	before := april.AddDays(-1)
	report := func(counts ...network.CountedFor) network.ReportPractice {
		return network.ReportPractice{
			Report: network.Report{Source: "populations-2025-01-01-9f86d081", AsAt: april}, Code: "Z99001", Name: "Mill Lane", CountedFor: counts,
		}
	}
	hundredOne := make([]network.CountedFor, 101)
	for i := range hundredOne {
		hundredOne[i].On = april
	}
	for name, c := range map[string]struct {
		ask  ask.Ask
		want []string // code and path
	}{
		"a succession without a successor": {network.SucceedSystem{Code: "QZ1", On: april}, []string{"LIST_EMPTY by"}},
		"a successor named twice":          {network.SucceedSystem{Code: "QZ1", By: []events.ICB{"QZ2", "QZ2"}, On: april}, []string{"NAMED_TWICE by.1"}},
		"a successor that is no system":    {network.SucceedSystem{Code: "QZ1", By: []events.ICB{"U99001"}}, []string{"CODE_INVALID by.0", "DATE_MISSING on"}},
		"a split without practices":        {network.SplitNetwork{Network: "U99001", Into: "U9", On: april}, []string{"CODE_INVALID into", "LIST_EMPTY practices"}},
		"a move to nowhere":                {network.MoveNetwork{Code: "U99001", Place: "x", From: april}, []string{"CODE_INVALID system", "CODE_INVALID place"}},
		"a closure without a day":          {network.CloseNetwork{Code: "U99001"}, []string{"DATE_MISSING lastDay"}},
		"a reopening without a day":        {network.ReopenNetwork{Code: "U99001"}, nil},
		"a notice of nothing":              {network.GiveNotice{Practice: "Z99001", Network: "U99001", GivenOn: april, LastDay: before}, []string{"NOTICE_INVALID notice", "ENDS_BEFORE_START lastDay"}},
		"a cover that ends before":         {network.CoverPatients{Practice: "Z99001", Network: "U99001", From: april, LastDay: before}, []string{"ENDS_BEFORE_START lastDay"}},
		"a list counted otherwise":         {network.RecordListSize{Practice: "Z99001", Basis: "ROUGHLY", On: april, Patients: -1}, []string{"BASIS_INVALID basis", "PATIENTS_INVALID patients"}},
		"a year counted for nowhere":       {report(network.CountedFor{Network: "U9", System: "qz1"}), []string{"DATE_MISSING countedFor.0.on", "CODE_INVALID countedFor.0.network", "CODE_INVALID countedFor.0.system"}},
		"a year counted for none":          {report(network.CountedFor{On: april}), nil},
		"years without end":                {report(hundredOne...), []string{"TOO_MANY countedFor"}},
		"a share of nothing":               {network.AppointDirector{Network: "U99001", Person: "person-1", From: april}, []string{"SHARE_INVALID share"}},
		"a share of more than a post":      {network.AppointDirector{Network: "U99001", Person: "person-1", Share: decimal.MustParse("1.01"), From: april}, []string{"SHARE_INVALID share"}},
		"a whole post":                     {network.AppointDirector{Network: "U99001", Person: "person-1", Share: decimal.One, From: april}, nil},
		"a name for a director":            {network.EndDirector{Network: "U99001", Person: "Dr Nadia Whitlock", LastDay: april}, []string{"PERSON_INVALID person"}},
		"a name behind a prefix":           {network.NameDeputy{Network: "U99001", Person: "person-Nadia Whitlock", From: april}, []string{"PERSON_INVALID person"}},
		"nobody":                           {network.GiveDirectorNotice{Network: "U99001", Person: "person-", GivenOn: april, LastDay: april}, []string{"PERSON_INVALID person"}},
		"a mandate for nobody":             {network.MandateRepresentative{System: "QZ1", Person: "person-1", Body: "Board", From: april}, []string{"LIST_EMPTY networks"}},
		"a mandate for too many":           {network.MandateRepresentative{System: "QZ1", Person: "person-1", Body: "Board", Networks: []events.PCN{"U99001"}, Topics: many(101), From: april}, []string{"TOO_MANY topics"}},
		"a mandate nowhere":                {network.EndMandate{System: "QZ1", Person: "person-1", LastDay: april}, []string{"NAME_INVALID body"}},
		"a name for a name":                {network.NamePerson{Network: "U99001", Person: "Nadia Whitlock", Name: " "}, []string{"NAME_INVALID name", "PERSON_INVALID person"}},
		"a person named":                   {network.NamePerson{Network: "U99001", Person: "person-1", Name: "Siân O’Dwyer"}, nil},
		"an erasure in somebody's words":   {network.ErasePerson{System: "QZ1", Person: "person-1", Reason: "Nadia asked"}, []string{"REASON_INVALID reason"}},
		"a committee of no place":          {network.RecordLMC{System: "QZ1", Code: "lmc", Name: "LMC", Places: []fact.Place{"west"}}, []string{"CODE_INVALID code", "CODE_INVALID places.0"}},
	} {
		var got []string
		for _, p := range c.ask.Problems() {
			got = append(got, p.Code+" "+p.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func many(n int) (all []string) {
	for i := range n {
		all = append(all, strings.Repeat("x", i+1))
	}
	return all
}
