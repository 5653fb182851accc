package gateway

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/costing"
	"github.com/ics-openbook/openbook/events/partner"
)

// partners are two of an estate's: one has reported and restated, the other owes
// that.
func (e estate) partners() []events.Fact {
	const year = events.Year("2025/26")
	late, prompt := partner.Organisation(fmt.Sprint("LATE", e.n)), partner.Organisation(fmt.Sprint("RZ", e.n))
	own := events.GBP(1)
	report := func(actual events.GBP, reason string) events.Fact {
		return partner.PositionReported{
			Organisation: prompt, Year: year, Month: 3, On: events.Day(2025, 7, 15), Reason: reason,
			Position: partner.Position{Plan: 1, Actual: actual, Forecast: 3, ControlTotal: &own},
		}
	}
	total := func(o partner.Organisation, amount events.GBP, reason string) events.Fact {
		return partner.ControlTotalSet{Organisation: o, System: e.system(), Year: year, Amount: amount, AgreedOn: year.First(), Reason: reason}
	}
	return []events.Fact{
		partner.Registered{Organisation: prompt, Name: "Valley " + e.mark, System: e.system(), From: year},
		partner.Registered{Organisation: late, Name: "Dale " + e.mark, System: e.system(), From: year},
		total(prompt, 5, ""), total(prompt, 6, "support "+e.mark), total(late, 7, ""),
		report(2, ""), report(4, "accrual "+e.mark),
	}
}

// costs are what an estate's first network states: a line corrected, one taken
// back, and what pays for it.
func (e estate) costs() []events.Fact {
	of := costing.Costing{Network: e.network(1), Year: "2025/26"}
	number := func(s string) *decimal.Decimal {
		d := decimal.MustParse(s)
		return &d
	}
	state := func(l costing.Line, reason string) events.Fact {
		l.What, l.Source = "round "+e.mark, "rota "+e.mark
		return costing.CostStated{Costing: of, Specification: "CAIP", Line: l, Reason: reason}
	}
	fixed := events.GBP(1)
	round := costing.Line{
		Key: "round", Role: "GP " + e.mark, Volume: number("9"), Unit: "visits", Each: number("90"), In: costing.Minutes,
		Hourly: &events.Rate{Decimal: *number("104.50")}, Note: "note " + e.mark,
	}
	return []events.Fact{
		state(round, ""), state(round, "again "+e.mark), state(costing.Line{Key: "kit", Fixed: &fixed}, ""), state(costing.Line{Key: "gone", Fixed: &fixed}, ""),
		costing.CostWithdrawn{Costing: of, Specification: "CAIP", Key: "gone", Reason: "twice " + e.mark},
		costing.PaymentStated{Costing: of, Specification: "CAIP", StreamKey: "core", Share: *number("50"), Reason: "half " + e.mark},
	}
}

// A month that was not over at the moment asked about was not owed then, whatever
// day it is now.
func TestWhatIsOwedGoesByTheMomentAskedAbout(t *testing.T) {
	s := planted()
	for asAt, want := range map[string]string{
		"": "1,2,3,4,5,6,7,8,9,10,11,12", `, asAt: "2025-06-10T12:00:00Z"`: "1,2", `, asAt: "2025-04-30T22:59:59Z"`: "", `, asAt: "2025-04-30T23:00:00Z"`: "1", // in London it is May
	} {
		a := query(t, s.to(s.somebody(ask.Board, first.system().Entity())), `{ system(code: "QZ1"`+asAt+`) { positions(year: "2025/26") { partners { owed { month } } } } }`)
		var data struct {
			System struct {
				Positions struct {
					Partners []struct{ Owed []struct{ Month int } }
				}
			}
		}
		if err := json.Unmarshal(a.Data, &data); err != nil || len(a.Errors) > 0 || len(data.System.Positions.Partners) == 0 {
			t.Fatalf("it is answered %s: %v", a.body, err)
		}
		var months []string
		for _, o := range data.System.Positions.Partners[0].Owed {
			months = append(months, strconv.Itoa(o.Month))
		}
		if got := strings.Join(months, ","); got != want {
			t.Errorf("at %q the late one owes %q, want %q", asAt, got, want)
		}
	}
}
