package partner_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask/partner"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	fact "github.com/ics-openbook/openbook/events/partner"
	room "github.com/ics-openbook/openbook/services/funding/partner"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const (
	y25 = events.Year("2025/26")
	y26 = events.Year("2026/27")
	y27 = events.Year("2027/28")
)

var (
	july  = events.Day(2025, time.July, 15)
	known = room.Known{Registry: func() (s registry.State) {
		for _, e := range []network.Event{
			network.SystemRegistered{System: "QZ1", Name: "One"}, network.SystemRegistered{System: "QZ2", Name: "Two"}, network.SystemRegistered{System: "QZ3", Name: "Three"},
			network.SystemSucceeded{System: "QZ1", By: []events.ICB{"QZ3"}, On: events.Day(2026, time.April, 1)},
		} {
			s = registry.Evolve(s, e)
		}
		return s
	}()}
)

type (
	when  = func(room.State) ([]fact.Event, error)
	facts = []fact.Event
)

func do[A any](decide func(room.State, room.Known, A) ([]fact.Event, error), a A) when {
	return func(s room.State) ([]fact.Event, error) { return decide(s, known, a) }
}

func registered(name string, in events.ICB, y events.Year) fact.Event {
	return fact.Registered{Organisation: "RYZ", Name: name, System: in, From: y}
}

func register(name string, in events.ICB, y events.Year) when {
	return do(room.Register, partner.RegisterPartner{Organisation: "RYZ", Name: name, System: in, From: y})
}

func left(in events.ICB, y events.Year) fact.Event {
	return fact.Left{Organisation: "RYZ", System: in, Last: y, Reason: "Merged."}
}

func end(in events.ICB, y events.Year) when {
	return do(room.End, partner.EndPartner{Organisation: "RYZ", System: in, Last: y, Reason: "Merged."})
}

func total(in events.ICB, y events.Year, amount events.GBP, reason string) fact.ControlTotalSet {
	return fact.ControlTotalSet{Organisation: "RYZ", System: in, Year: y, Amount: amount, AgreedOn: july, Reason: reason}
}

func set(f fact.ControlTotalSet) when {
	return do(room.SetControlTotal, partner.SetControlTotal{
		Organisation: f.Organisation, System: f.System, Year: f.Year, Amount: f.Amount, AgreedOn: f.AgreedOn, Reason: f.Reason,
	})
}

func report(y events.Year, actual events.GBP, reason string) fact.PositionReported {
	return fact.PositionReported{Organisation: "RYZ", Year: y, Month: 3, Position: fact.Position{Actual: actual}, On: july, Reason: reason}
}

func tell(f fact.PositionReported) when {
	return do(room.Report, partner.ReportPosition{
		Organisation: f.Organisation, Year: f.Year, Month: f.Month, Position: f.Position, On: f.On, Reason: f.Reason,
	})
}

func TestPartners(t *testing.T) {
	there := facts{registered("Valley", "QZ1", y25)}
	ended := append(there[:1:1], left("QZ1", y25))
	own := events.GBP(7)
	claims := report(y25, -5, "The total was left out.")
	claims.ControlTotal = &own
	decidertest.Run(t, room.Evolve, []decidertest.Case[room.State, fact.Event]{
		{Name: "a partner is registered", When: register("Valley", "QZ1", y25), Then: there},
		{Name: "of no system", When: register("Valley", "QZ9", y25), Refused: room.ErrSystemUnknown},
		{Name: "again", Given: there, When: register("Valley", "QZ1", y25)},
		{Name: "again, of a later year", Given: there, When: register("Valley", "QZ1", y27)},
		{Name: "of an earlier year", Given: facts{registered("Valley", "QZ1", y26)}, When: register("Valley", "QZ1", y25), Then: there},
		{Name: "under another name", Given: there, When: register("Dale", "QZ1", y25), Then: facts{registered("Dale", "QZ1", y25)}},
		{Name: "of another's", Given: there, When: register("Valley", "QZ2", y26), Refused: room.ErrElsewhere},
		{Name: "of another's, from before it was", Given: facts{registered("Valley", "QZ1", y26)}, When: register("Valley", "QZ2", y25), Refused: room.ErrElsewhere},
		{Name: "of what was another's", Given: ended, When: register("Valley", "QZ2", y26), Then: facts{registered("Valley", "QZ2", y26)}},
		{Name: "of what was another's, in its last year", Given: ended, When: register("Valley", "QZ2", y25), Refused: room.ErrElsewhere},
		{Name: "of the system that has taken its system's place", Given: there, When: register("Valley", "QZ3", y26), Then: facts{registered("Valley", "QZ3", y26)}},
		{Name: "that has left, and is back", Given: ended, When: register("Valley", "QZ1", y25), Then: there},

		{Name: "a partner leaves", Given: there, When: end("QZ1", y25), Then: facts{left("QZ1", y25)}},
		{Name: "a partner has left already", Given: ended, When: end("QZ1", y25)},
		{Name: "a partner left later than that", Given: facts{registered("Valley", "QZ1", y25), left("QZ1", y26)}, When: end("QZ1", y25), Then: facts{left("QZ1", y25)}},
		{Name: "a partner that had left before", Given: ended, When: end("QZ1", y26), Refused: room.ErrNotThen},
		{Name: "nobody leaves", When: end("QZ1", y25), Refused: room.ErrUnknown},
		{Name: "another's partner leaves", Given: there, When: end("QZ2", y25), Refused: room.ErrNotThen},
		{Name: "a partner leaves and is another's already", Given: append(ended[:2:2], registered("Valley", "QZ2", y27)), When: end("QZ1", y25), Refused: room.ErrElsewhere},
		{Name: "a partner leaves the successor", Given: there, When: end("QZ3", y26), Then: facts{left("QZ3", y26)}},

		{Name: "a control total", Given: there, When: set(total("QZ1", y25, -5, "")), Then: facts{total("QZ1", y25, -5, "")}},
		{Name: "of a system that the book does not know", Given: there, When: set(total("QZ9", y25, -5, "")), Refused: room.ErrSystemUnknown},
		{Name: "of another's partner", Given: there, When: set(total("QZ2", y25, -5, "")), Refused: room.ErrNotThen},
		{Name: "of a year before it was one", Given: there, When: set(total("QZ1", "2024/25", -5, "")), Refused: room.ErrNotThen},
		{Name: "of nobody", When: set(total("QZ1", y25, -5, "")), Refused: room.ErrUnknown},
		{Name: "by the successor", Given: there, When: set(total("QZ3", y25, -5, "")), Then: facts{total("QZ3", y25, -5, "")}},
		{Name: "of nothing is one too", Given: there, When: set(total("QZ1", y25, 0, "")), Then: facts{total("QZ1", y25, 0, "")}},
		{Name: "again, whatever the reason", Given: append(there[:1:1], total("QZ1", y25, -5, "")), When: set(total("QZ1", y25, -5, "no reason"))},
		{Name: "another, without a reason", Given: append(there[:1:1], total("QZ1", y25, -5, "")), When: set(total("QZ1", y25, -6, " ")), Refused: room.ErrUnexplained},
		{Name: "another, with one", Given: append(there[:1:1], total("QZ1", y25, -5, "")), When: set(total("QZ1", y25, -6, "Support.")), Then: facts{total("QZ1", y25, -6, "Support.")}},
		{Name: "of another year", Given: append(there[:1:1], total("QZ1", y25, -5, "")), When: set(total("QZ1", y26, -6, "")), Then: facts{total("QZ1", y26, -6, "")}},

		{Name: "a report", Given: there, When: tell(report(y25, -5, "")), Then: facts{report(y25, -5, "")}},
		{Name: "a report of nobody", When: tell(report(y25, -5, "")), Refused: room.ErrUnknown},
		{Name: "a report of a year before", Given: there, When: tell(report("2024/25", -5, "")), Refused: room.ErrNotThen},
		{Name: "a report after it has left", Given: ended, When: tell(report(y26, -5, "")), Refused: room.ErrNotThen},
		{Name: "a report of when it had not left", Given: ended, When: tell(report(y25, -5, "")), Then: facts{report(y25, -5, "")}},
		{Name: "the same report", Given: append(there[:1:1], report(y25, -5, "")), When: tell(report(y25, -5, "again"))},
		{Name: "another, without a reason", Given: append(there[:1:1], report(y25, -5, "")), When: tell(report(y25, -6, "")), Refused: room.ErrUnexplained},
		{Name: "another, with one", Given: append(there[:1:1], report(y25, -5, "")), When: tell(report(y25, -6, "An accrual.")), Then: facts{report(y25, -6, "An accrual.")}},
		{Name: "back to what it was", Given: append(there[:1:1], report(y25, -5, ""), report(y25, -6, "An accrual.")), When: tell(report(y25, -5, "There was none.")), Then: facts{report(y25, -5, "There was none.")}},
		{Name: "another control total of its own", Given: append(there[:1:1], report(y25, -5, "")), When: tell(claims), Then: facts{claims}},
	})
}
