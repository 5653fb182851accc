package gateway

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/policy"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/funding/view/policies"
)

// disputed is money with challenges that have come as far as they can, one that
// is met with silence, and a policy.
func disputed(s money.State) money.State {
	const c1, c2, c3, z1 fact.ID = "U99011-2025-26-C1", "U99011-2025-26-C2", "U99011-2025-26-C3", "Z99011-2025-26-C1"
	head := func(id fact.ID, day int) fact.Head {
		return fact.Head{Challenge: id, System: "QZ1", On: events.Year("2025/26").First().AddDays(day), By: "person-1"}
	}
	opened := func(id fact.ID) fact.Opened {
		h := head(id, 0)
		return fact.Opened{Head: h, Entry: 3, Words: "Why?", Due: fact.Due{Acknowledgement: h.On.AddDays(7), Answer: h.On.AddDays(28), Default: true}}
	}
	missing := opened(c2)
	missing.Entry, missing.Missing = 0, &fact.Missing{Stream: "core", Amount: 1}
	for i, e := range []fact.Event{
		opened(c1), missing, opened(c3), opened(z1),
		fact.Acknowledged{Head: head(c1, 8), Words: "Read."},
		fact.Answered{Head: head(c1, 9), Outcome: fact.Upheld, Words: "Because.", Corrections: []fact.Correction{{Year: "2025/26", Entry: 4}}},
		fact.Escalated{Head: head(c1, 10), To: "NHS England", Words: "No."},
		fact.Resolved{Head: head(c1, 11), Words: "So be it."},
		fact.Answered{Head: head(c2, 9), Outcome: fact.Explained, Words: "Because."},
		fact.Accepted{Head: head(c2, 10), Words: "Well."},
		fact.Overdue{Head: head(c3, 8), Step: fact.Acknowledgement, Due: head(c3, 7).On},
	} {
		id := events.ID(string(rune('a' + i)))
		var err error
		if s.Challenges, err = challenged.Evolve(s.Challenges, e, ledgers.Place{ID: id, Time: recorded}); err != nil {
			panic(err)
		}
		moved[id] = events.Recorded{Envelope: events.Envelope{ID: id, Type: e.EventType(), Entities: e.Entities(), Time: recorded}, Data: []byte("{}")}
	}
	set := policy.Set{System: "QZ1", From: events.Year("2025/26").First(), Days: policy.Default, Source: "Board", By: "person-1"}
	var err error
	if s.Policies, err = policies.Evolve(s.Policies, set, ledgers.Place{Time: recorded}); err != nil {
		panic(err)
	}
	return s
}
