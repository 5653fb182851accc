// Package partner names the facts of the partner organisations of a system
// (trusts, councils, community providers, the board itself): with which system
// each is, what surplus or deficit it is to end a year with, and where it says it
// stands, month by month. A surplus is above zero, a deficit below.
//
// The history is an organisation's own. What was reported stays reported: figures
// that were wrong are restated by a later report of the same month, which says why.
package partner

import (
	"time"

	"github.com/ics-openbook/openbook/events"
)

// Event is any fact in this package. The unexported method closes the set.
//
//sumtype:decl
type Event interface {
	events.Fact
	// Of is the organisation it is about.
	Of() Organisation
	isPartner()
}

// Family is every fact of the partner organisations.
var Family = events.NewFamily[Event](Registered{}, Left{}, ControlTotalSet{}, PositionReported{})

// Organisation is an organisation's code in the Organisation Data Service, such
// as RYZ, 8J094 or QU9.
type Organisation string

// Valid reports whether o is 3 to 10 capital letters and digits.
func (o Organisation) Valid() bool {
	for i := range len(o) {
		if c := o[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return 3 <= len(o) && len(o) <= 10
}

// Entity is the organisation as the book names it: partner-RYZ.
func (o Organisation) Entity() events.Entity { return events.Entity("partner-" + o) }

// Stream is the organisation's own history.
func (o Organisation) Stream() events.Stream { return events.Stream(o.Entity()) }

// Months is how many months a year has. They are numbered as NHS finance does:
// 1 is April, 12 is March.
const Months = 12

// Month is a month of a year, from its first day to its last; no days for one
// that there is not.
func Month(y events.Year, number int) events.Period {
	if !y.Valid() || number < 1 || number > Months {
		return events.Period{}
	}
	begins := y.First().Time()
	first := events.DateOf(time.Date(begins.Year(), begins.Month()+time.Month(number-1), 1, 0, 0, 0, 0, time.UTC))
	next := events.DateOf(time.Date(begins.Year(), begins.Month()+time.Month(number), 1, 0, 0, 0, 0, time.UTC))
	return events.Period{From: first, To: next.AddDays(-1)}
}

// Registered makes an organisation a partner of a system from a year on, whatever
// was said of those years before.
type Registered struct {
	Organisation Organisation `json:"organisation"`
	Name         string       `json:"name"`
	System       events.ICB   `json:"system"`
	From         events.Year  `json:"from"`
}

// Left says that Last is the last year in which an organisation was a partner of
// the system.
type Left struct {
	Organisation Organisation `json:"organisation"`
	System       events.ICB   `json:"system"`
	Last         events.Year  `json:"last"`
	Reason       string       `json:"reason"`
}

// ControlTotalSet says what an organisation is to end a year with. Said again, it
// takes the place of what was said before, and says why.
type ControlTotalSet struct {
	Organisation Organisation `json:"organisation"`
	System       events.ICB   `json:"system"` // who set it
	Year         events.Year  `json:"year"`
	Amount       events.GBP   `json:"amount"`
	AgreedOn     events.Date  `json:"agreedOn"`
	Reason       string       `json:"reason,omitempty"`
}

// Position is where an organisation says it stands at the end of a month: what
// was planned for the year so far, what it comes to, and what it expects of the
// whole year.
type Position struct {
	Plan     events.GBP `json:"plan"`
	Actual   events.GBP `json:"actual"`
	Forecast events.GBP `json:"forecast"`
	// ControlTotal is what the organisation measures itself by; nil where it does
	// not say.
	ControlTotal *events.GBP `json:"controlTotal,omitempty"`
}

// Same reports whether p and q say the same.
func (p Position) Same(q Position) bool {
	if (p.ControlTotal == nil) != (q.ControlTotal == nil) || p.ControlTotal != nil && *p.ControlTotal != *q.ControlTotal {
		return false
	}
	p.ControlTotal, q.ControlTotal = nil, nil
	return p == q
}

// PositionReported is an organisation's report of a month. A later one of the same
// month restates it, and says why.
type PositionReported struct {
	Organisation Organisation `json:"organisation"`
	Year         events.Year  `json:"year"`
	Month        int          `json:"month"` // 1 is April
	Position
	On     events.Date `json:"on"` // the day of the report
	Reason string      `json:"reason,omitempty"`
}

// EventType names the fact.
func (Registered) EventType() string { return "partner.registered.v1" }

// EventType names the fact.
func (Left) EventType() string { return "partner.left.v1" }

// EventType names the fact.
func (ControlTotalSet) EventType() string { return "partner.control_total_set.v1" }

// EventType names the fact.
func (PositionReported) EventType() string { return "partner.position_reported.v1" }

// Entities names whom the fact is about.
func (e Registered) Entities() []events.Entity {
	return []events.Entity{e.Organisation.Entity(), e.System.Entity()}
}

// Entities names whom the fact is about.
func (e Left) Entities() []events.Entity {
	return []events.Entity{e.Organisation.Entity(), e.System.Entity()}
}

// Entities names whom the fact is about.
func (e ControlTotalSet) Entities() []events.Entity {
	return []events.Entity{e.Organisation.Entity()}
}

// Entities names whom the fact is about.
func (e PositionReported) Entities() []events.Entity {
	return []events.Entity{e.Organisation.Entity()}
}

// Of is the organisation it is about.
func (e Registered) Of() Organisation { return e.Organisation }

// Of is the organisation it is about.
func (e Left) Of() Organisation { return e.Organisation }

// Of is the organisation it is about.
func (e ControlTotalSet) Of() Organisation { return e.Organisation }

// Of is the organisation it is about.
func (e PositionReported) Of() Organisation { return e.Organisation }

func (Registered) isPartner()       {}
func (Left) isPartner()             {}
func (ControlTotalSet) isPartner()  {}
func (PositionReported) isPartner() {}
