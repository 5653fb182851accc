package equity_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const year = events.Year("2025/26")

// North has two practices that count; South one whose weighted list nobody has
// told and whose score is of an older index; of East it is not known who counts.
var registered = []network.Event{
	network.SystemRegistered{System: "QZ1", Name: "System"},
	network.NetworkRegistered{Network: "U99001", Name: "North", System: "QZ1"},
	network.NetworkRegistered{Network: "U99002", Name: "South", System: "QZ1"},
	network.NetworkRegistered{Network: "U99003", Name: "East", System: "QZ1"},
	network.PracticeRegistered{Practice: "Z99001", Name: "Mill Lane", System: "QZ1"},
	network.PracticeRegistered{Practice: "Z99002", Name: "Bridge Street", System: "QZ1"},
	network.PracticeRegistered{Practice: "Z99003", Name: "High Street", System: "QZ1"},
	network.PracticeRegistered{Practice: "Z99004", Name: "Perhaps", System: "QZ1"},
	joins("Z99001", "U99001"), joins("Z99002", "U99001"), joins("Z99003", "U99002"),
	network.Joined{Practice: "Z99004", Network: "U99003", Period: events.Period{From: year.Last()}, Dating: network.Dating{Undated: true, NotBefore: year.Freeze()}},
	list("Z99001", network.Registered, 30_000), list("Z99001", network.Adjusted, 31_000), list("Z99001", network.Weighted, 29_000),
	list("Z99002", network.Registered, 10_000), list("Z99002", network.Adjusted, 9_500), list("Z99002", network.Weighted, 11_000),
	list("Z99003", network.Registered, 20_000), list("Z99003", network.Adjusted, 20_500),
	network.ListSizeRecorded{Practice: "Z99001", Basis: network.Registered, On: year.Freeze().AddDays(90), Patients: 99_999}, // of another day
	scores("Z99001", 2025, "40.25"), scores("Z99001", 2019, "1"), scores("Z99002", 2025, "20"), scores("Z99003", 2019, "33"),
}

func joins(p events.Practice, in events.PCN) network.Event {
	return network.Joined{Practice: p, Network: in, Period: events.Period{From: events.Day(2019, 7, 1)}}
}

func list(p events.Practice, basis network.Basis, patients int) network.Event {
	return network.ListSizeRecorded{Practice: p, Basis: basis, On: year.Freeze(), Patients: patients}
}

func scores(p events.Practice, index int, score string) network.Event {
	return network.DeprivationRecorded{Practice: p, Year: index, Score: decimal.MustParse(score)}
}

func TestPeople(t *testing.T) {
	var s registry.State
	for i, e := range registered {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		id := events.ID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		if s, err = registry.Follow(s, events.Recorded{Envelope: events.Envelope{ID: id, Type: e.EventType()}, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	in := (&registry.Reading{State: s, On: year.First()}).Counting(year.Freeze())
	for code, want := range map[events.PCN]string{
		"U99001": "40000 40500 40000 35.188",
		"U99002": "20000 20500 NOT_SUBMITTED DEPRIVATION_NOT_KNOWN",
		"U99003": "UNDATED UNDATED UNDATED UNDATED",
		"U99004": "0 0 0 NO_PATIENTS",
	} {
		p, d := equity.People(in, code, year)
		if got := fmt.Sprint(shown(p[0]), " ", shown(p[1]), " ", shown(p[2]), " ", shown(d)); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	entries := func(all ...int) (ids []string) {
		for _, i := range all {
			ids = append(ids, fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
		}
		return ids
	}
	p, d := equity.People(in, "U99001", year)
	works(t, p[0], fmt.Sprint("30000 + 10000 = 40000 patients of ", entries(12, 8, 15, 9)))
	works(t, d, fmt.Sprint("(40.25 × 30000 + 20 × 10000) ÷ 40000 = 35.188 IMD 2025 score of ", entries(12, 8, 21, 15, 9, 23)))
	r := equity.Row{Amount: figure.Known(900_00, "", func() []figure.Term { return []figure.Term{{Entries: []events.ID{"paid"}}} }), Populations: p}
	works(t, r.PerHead(network.Registered), fmt.Sprint("£900.00 ÷ 40000 = £0.0225 per patient of ", append([]string{"paid"}, entries(12, 8, 15, 9)...)))
}
