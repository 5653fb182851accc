package practice_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/practice"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

const (
	qz1         = events.ICB("QZ1")
	north, west = events.PCN("U99001"), events.PCN("U99002")
	mill        = events.Practice("Z99001")
)

var (
	registered = fact.PracticeRegistered{Practice: mill, Name: "Mill Lane", System: qz1}
	known      = fold(
		fact.SystemRegistered{System: qz1, Name: "Demonstration"},
		fact.NetworkRegistered{Network: north, Name: "North", System: qz1},
		fact.NetworkRegistered{Network: west, Name: "West", System: qz1})
	april = events.Day(2025, time.April, 1)
	march = events.Day(2026, time.March, 31)
	today = events.Day(2026, time.April, 1)
)

func fold(facts ...fact.Event) (s view.State) {
	for _, e := range facts {
		s = view.Evolve(s, e)
	}
	return s
}

func joined(n events.PCN, from, to events.Date) fact.Joined {
	return fact.Joined{Practice: mill, Network: n, Period: events.Period{From: from, To: to}}
}

type (
	when = func(practice.State) ([]fact.PracticeEvent, error)
	test = decidertest.Case[practice.State, fact.PracticeEvent]
)

func TestRegister(t *testing.T) {
	after := and(known, fact.SystemRegistered{System: "QZ0", Name: "Before"}, fact.SystemSucceeded{System: "QZ0", By: []events.ICB{qz1}, On: april})
	register := func(name string, in events.ICB) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Register(s, after, network.RegisterPractice{Code: mill, Name: name, System: in})
		}
	}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "a new practice", When: register("Mill Lane", qz1), Then: []fact.PracticeEvent{registered}},
		{Name: "under another name it is refused", Given: []fact.PracticeEvent{registered}, When: register("Mill Road", qz1), Refused: practice.ErrExists},
		{Name: "in a system that has been succeeded: it would be in the successor", When: register("Mill Lane", "QZ0"), Refused: system.ErrSucceeded},
		{Name: "in a system nobody has registered", When: register("Mill Lane", "QX9"), Refused: system.ErrUnknown},
	})
}

func TestRename(t *testing.T) {
	rename := func(s practice.State) ([]fact.PracticeEvent, error) {
		return practice.Rename(s, known, network.RenamePractice{Code: mill, Name: "Mill Road"})
	}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "a known practice", Given: []fact.PracticeEvent{registered}, When: rename, Then: []fact.PracticeEvent{fact.PracticeRenamed{Practice: mill, Name: "Mill Road"}}},
		{Name: "one nobody has registered", When: rename, Refused: practice.ErrUnknown},
	})
}

func TestJoin(t *testing.T) {
	join := func(n events.PCN, from, to events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Join(s, known, network.Join{Practice: mill, Network: n, From: from, LastDay: to})
		}
	}
	none := events.Date{}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "from a day on", Given: []fact.PracticeEvent{registered}, When: join(north, april, none), Then: []fact.PracticeEvent{joined(north, april, none)}},
		{Name: "for a period", Given: []fact.PracticeEvent{registered}, When: join(north, april, march), Then: []fact.PracticeEvent{joined(north, april, march)}},
		{Name: "before the practice is registered", When: join(north, april, none), Refused: practice.ErrUnknown},
		{Name: "a network nobody has registered", Given: []fact.PracticeEvent{registered}, When: join("U00000", april, none), Refused: pcn.ErrUnknown},
		{Name: "while in another network", Given: []fact.PracticeEvent{registered, joined(west, april, none)}, When: join(north, today, none), Refused: practice.ErrOverlaps},
		{Name: "on the last day in another, which still counts", Given: []fact.PracticeEvent{registered, joined(west, april, march)}, When: join(north, march, none), Refused: practice.ErrOverlaps},
		{Name: "on the day after", Given: []fact.PracticeEvent{registered, joined(west, april, march)}, When: join(north, today, none), Then: []fact.PracticeEvent{joined(north, today, none)}},
		{Name: "without an end, before a membership that follows", Given: []fact.PracticeEvent{registered, joined(west, today, none)}, When: join(north, april, none), Refused: practice.ErrOverlaps},
		{Name: "up to the day before one that follows", Given: []fact.PracticeEvent{registered, joined(west, today, none)}, When: join(north, april, march), Then: []fact.PracticeEvent{joined(north, april, march)}},
	})
}

func TestLeave(t *testing.T) {
	leave := func(n events.PCN, last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Leave(s, known, network.Leave{Practice: mill, Network: n, LastDay: last})
		}
	}
	member := []fact.PracticeEvent{registered, joined(north, april, events.Date{})}
	left := fact.Left{Practice: mill, Network: north, LastDay: march}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "an open membership", Given: member, When: leave(north, march), Then: []fact.PracticeEvent{left}},
		{Name: "on its first day", Given: member, When: leave(north, april), Then: []fact.PracticeEvent{fact.Left{Practice: mill, Network: north, LastDay: april}}},
		{Name: "before its first day", Given: member, When: leave(north, april.AddDays(-1)), Refused: practice.ErrEndsBeforeStart},
		{Name: "a network it is not in", Given: member, When: leave(west, march), Refused: practice.ErrNotMember},
		{Name: "one it has left already", Given: append(member, left), When: leave(north, today), Refused: practice.ErrNotMember},
		{Name: "before the practice is registered", When: leave(north, march), Refused: practice.ErrUnknown},
	})
}

// The message tells a manager what is in the way and what to do.
func TestOverlapIsExplained(t *testing.T) {
	var s practice.State
	for _, e := range []fact.PracticeEvent{registered, joined(west, april, events.Date{})} {
		s = practice.Evolve(s, e)
	}
	_, err := practice.Join(s, known, network.Join{Practice: mill, Network: north, From: today})
	if err == nil || !strings.Contains(err.Error(), "is in network U99002 since 2025-04-01") {
		t.Errorf("says %v", err)
	}
}

// Whatever is asked in whatever order, no day has two networks.
func TestNeverInTwoNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := practice.Evolve(practice.State{}, registered)
		networks := rapid.SampledFrom([]events.PCN{north, west})
		day := rapid.Custom(func(t *rapid.T) events.Date { return april.AddDays(rapid.IntRange(0, 30).Draw(t, "day")) })
		for range rapid.IntRange(1, 30).Draw(t, "asks") {
			n, from := networks.Draw(t, "network"), day.Draw(t, "from")
			var es []fact.PracticeEvent
			if rapid.Bool().Draw(t, "join") {
				last := events.Date{}
				if rapid.Bool().Draw(t, "with an end") {
					last = from.AddDays(rapid.IntRange(0, 5).Draw(t, "length"))
				}
				es, _ = practice.Join(s, known, network.Join{Practice: mill, Network: n, From: from, LastDay: last})
			} else {
				es, _ = practice.Leave(s, known, network.Leave{Practice: mill, Network: n, LastDay: from})
			}
			for _, e := range es {
				s = practice.Evolve(s, e)
			}
		}
		for i, a := range s.Memberships {
			for _, b := range s.Memberships[i+1:] {
				if a.Overlaps(b.Period) {
					t.Fatalf("%v overlaps %v", a, b)
				}
			}
		}
	})
}

// Who may act for a network is told when a membership that is in the way is, but
// not one of another system: that is for those who belong there.
func TestAnotherSystemsDaysAreNotTold(t *testing.T) {
	const far = events.PCN("U99003")
	both := and(known, fact.SystemRegistered{System: "QZ2", Name: "Another"}, fact.NetworkRegistered{Network: far, Name: "Far", System: "QZ2"})
	for in, told := range map[events.PCN]bool{west: true, far: false} {
		s := practice.Evolve(practice.Evolve(practice.State{}, registered), joined(in, april, events.Date{}))
		_, join := practice.Join(s, both, network.Join{Practice: mill, Network: north, From: today})
		_, cover := practice.Cover(s, both, network.CoverPatients{Practice: mill, Network: north, From: today})
		for _, err := range []error{join, cover} {
			if err == nil || strings.Contains(err.Error(), april.String()) != told {
				t.Errorf("in the way is a membership of %s; the answer is: %v", in, err)
			}
		}
	}
}
