package practice_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/practice"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	none   events.Date
	member = []fact.PracticeEvent{registered, joined(north, april, none)}
)

// and is what is known, and more.
func and(s view.State, facts ...fact.Event) view.State {
	for _, e := range facts {
		s = view.Evolve(s, e)
	}
	return s
}

func TestClose(t *testing.T) {
	shut := func(last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Close(s, known, network.ClosePractice{Code: mill, LastDay: last})
		}
	}
	closed := fact.PracticeClosed{Practice: mill, LastDay: march}
	rejoin := func(s practice.State) ([]fact.PracticeEvent, error) {
		return practice.Join(s, known, network.Join{Practice: mill, Network: west, From: today})
	}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "with its membership", Given: member, When: shut(march), Then: []fact.PracticeEvent{closed}},
		{Name: "and a membership that was to end later", Given: []fact.PracticeEvent{registered, joined(north, april, march.AddDays(9)), closed},
			When: func(s practice.State) ([]fact.PracticeEvent, error) {
				return practice.GiveNotice(s, known, network.GiveNotice{Practice: mill, Network: north, Notice: fact.Leave, GivenOn: april, LastDay: march.AddDays(9)})
			}, Refused: practice.ErrNotThen},
		{Name: "on another day", Given: append(member, closed), When: shut(today), Refused: practice.ErrClosed},
		{Name: "before it joins", Given: member, When: shut(april.AddDays(-1)), Refused: practice.ErrJoinsLater},
		{Name: "before it is registered", When: shut(march), Refused: practice.ErrUnknown},
		{Name: "and joins", Given: append(member, closed), When: rejoin, Refused: practice.ErrClosed},
	})
}

func TestMove(t *testing.T) {
	second := and(known, fact.SystemRegistered{System: "QZ2", Name: "Second"}, fact.SystemSucceeded{System: "QZ2", By: []events.ICB{qz1}, On: today})
	move := func(to events.ICB, from events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Move(s, second, network.MovePractice{Code: mill, System: to, From: from})
		}
	}
	located := fact.PracticeLocated{Practice: mill, System: "QZ2", From: april}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "to another system", Given: member, When: move("QZ2", april), Then: []fact.PracticeEvent{located}},
		{Name: "to where it is", Given: member, When: move(qz1, april)},
		{Name: "back, before it went", Given: append(member, located), When: move(qz1, april.AddDays(-1)), Refused: pcn.ErrMovedSince},
		{Name: "to a system there is not", Given: member, When: move("QX9", april), Refused: system.ErrUnknown},
		{Name: "to one that has ended", Given: member, When: move("QZ2", today), Refused: system.ErrSucceeded},
		{Name: "before it is registered", When: move("QZ2", april), Refused: practice.ErrUnknown},
	})
}

func TestNotice(t *testing.T) {
	give := func(n events.PCN, kind fact.Notice, on, last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.GiveNotice(s, known, network.GiveNotice{Practice: mill, Network: n, Notice: kind, GivenOn: on, LastDay: last})
		}
	}
	withdraw := func(on events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.WithdrawNotice(s, known, network.WithdrawNotice{Practice: mill, Network: north, On: on})
		}
	}
	given := fact.NoticeGiven{Practice: mill, Network: north, Notice: fact.Leave, GivenOn: april, LastDay: march}
	withdrawn := fact.NoticeWithdrawn{Practice: mill, Network: north, On: today}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "to leave", Given: member, When: give(north, fact.Leave, april, march), Then: []fact.PracticeEvent{given}},
		{Name: "to opt out instead", Given: append(member, given), When: give(north, fact.OptOut, april, march),
			Then: []fact.PracticeEvent{fact.NoticeGiven{Practice: mill, Network: north, Notice: fact.OptOut, GivenOn: april, LastDay: march}}},
		{Name: "to a network it is not in", Given: member, When: give(west, fact.Leave, april, march), Refused: practice.ErrNotThen},
		{Name: "for a day on which it has left", Given: append(member, fact.Left{Practice: mill, Network: north, LastDay: april}), When: give(north, fact.Leave, april, march), Refused: practice.ErrNotThen},
		{Name: "before it is registered", When: give(north, fact.Leave, april, march), Refused: practice.ErrUnknown},
		{Name: "taken back", Given: append(member, given), When: withdraw(today), Then: []fact.PracticeEvent{withdrawn}},
		{Name: "taken back before it was given", Given: append(member, given), When: withdraw(april.AddDays(-1)), Refused: practice.ErrNoticeLater},
		{Name: "taken back though there is none", Given: member, When: withdraw(today), Refused: practice.ErrNoticeUnknown},
		{Name: "given again", Given: append(member, given, withdrawn), When: give(north, fact.Leave, april, march), Then: []fact.PracticeEvent{given}},
	})
}

func TestCover(t *testing.T) {
	cover := func(n events.PCN, from, to events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Cover(s, known, network.CoverPatients{Practice: mill, Network: n, From: from, LastDay: to})
		}
	}
	covered := func(to events.Date) fact.Covered {
		return fact.Covered{Practice: mill, Network: west, Period: events.Period{From: today, To: to}}
	}
	left := append(member, fact.Left{Practice: mill, Network: north, LastDay: march})
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "from the day after it has left", Given: left, When: cover(west, today, none), Then: []fact.PracticeEvent{covered(none)}},
		{Name: "for a while, as is known later", Given: append(left, covered(none)), When: cover(west, today, today), Then: []fact.PracticeEvent{covered(today)}},
		{Name: "from its last day", Given: left, When: cover(west, march, none), Refused: practice.ErrInNetwork},
		{Name: "while it is a member", Given: member, When: cover(west, today, none), Refused: practice.ErrInNetwork},
		{Name: "by a network nobody knows", Given: left, When: cover("U00000", today, none), Refused: pcn.ErrUnknown},
		{Name: "before it is registered", When: cover(west, today, none), Refused: practice.ErrUnknown},
	})
}

func TestListSize(t *testing.T) {
	cited := fact.Cited{Source: "registrations-2026-01-01-9f86d081", AsAt: events.Day(2026, time.January, 1)}
	known := and(known, fact.SourceCited{Source: cited.Source, AsAt: cited.AsAt})
	record := func(patients int) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.RecordListSize(s, known, network.RecordListSize{Practice: mill, Basis: fact.Registered, On: cited.AsAt, Patients: patients})
		}
	}
	report := func(patients int) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Report(s, known, network.ReportPractice{
				Report: network.Report{Source: cited.Source, AsAt: cited.AsAt}, Code: mill, Name: "Mill Lane", System: qz1,
				ListSizes: []network.ListSize{{Basis: fact.Registered, On: cited.AsAt, Patients: patients}},
			})
		}
	}
	size := func(patients int, by fact.Cited) fact.ListSizeRecorded {
		return fact.ListSizeRecorded{Practice: mill, Basis: fact.Registered, On: cited.AsAt, Patients: patients, Cited: by}
	}
	person, file := size(9000, fact.Cited{}), size(8815, cited)
	given := []fact.PracticeEvent{registered}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "by a person", Given: given, When: record(9000), Then: []fact.PracticeEvent{person}},
		{Name: "by a person, after a file", Given: append(given, file), When: record(9000), Then: []fact.PracticeEvent{person}},
		{Name: "by a person who confirms a file", Given: append(given, file), When: record(8815), Then: []fact.PracticeEvent{size(8815, fact.Cited{})}},
		{Name: "by a person, twice", Given: append(given, person), When: record(9001), Then: []fact.PracticeEvent{size(9001, fact.Cited{})}},
		{Name: "by a file", Given: given, When: report(8815), Then: []fact.PracticeEvent{file}},
		{Name: "by a file, after a person", Given: append(given, person), When: report(8815)},
		{Name: "by a file that was corrected", Given: append(given, file, person), When: report(8815)},
		{Name: "before it is registered", When: record(9000), Refused: practice.ErrUnknown},
	})
}

// What a merger makes of a practice's memberships holds for what is asked later,
// and is written down where that builds on it.
func TestAfterAMerger(t *testing.T) {
	merged := and(known, joined(north, april, none), fact.Merged{Network: north, Into: west, On: today})
	join := func(n events.PCN, from, to events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Join(s, merged, network.Join{Practice: mill, Network: n, From: from, LastDay: to})
		}
	}
	leave := func(n events.PCN, last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Leave(s, merged, network.Leave{Practice: mill, Network: n, LastDay: last})
		}
	}
	give := func(n events.PCN) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.GiveNotice(s, merged, network.GiveNotice{Practice: mill, Network: n, Notice: fact.Leave, GivenOn: today, LastDay: may})
		}
	}
	shut := func(s practice.State) ([]fact.PracticeEvent, error) {
		return practice.Close(s, merged, network.ClosePractice{Code: mill, LastDay: may})
	}
	left := fact.Left{Practice: mill, Network: west, LastDay: may}
	out := fact.Left{Practice: mill, Network: north, LastDay: march}
	gone := append(member, out, joined(west, today, none), left)
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "is where it was put", Given: member, When: join(west, today, none)},
		{Name: "joins a third", Given: member, When: join("U99003", may, none), Refused: pcn.ErrUnknown},
		{Name: "joins the one that ended", Given: gone, When: join(north, may.AddDays(1), none), Refused: pcn.ErrClosed},
		{Name: "joins for days on which it is elsewhere", Given: member, When: join(west, march, march), Refused: practice.ErrOverlaps},
		{Name: "leaves", Given: member, When: leave(west, may), Then: []fact.PracticeEvent{out, joined(west, today, none), left}},
		{Name: "leaves what has ended", Given: member, When: leave(north, may), Refused: practice.ErrNotMember},
		{Name: "had left before", Given: member, When: leave(north, april), Then: []fact.PracticeEvent{fact.Left{Practice: mill, Network: north, LastDay: april}}},
		{Name: "has left on the last day", Given: member, When: leave(north, march)},
		{Name: "gives notice", Given: member, When: give(west), Then: []fact.PracticeEvent{fact.NoticeGiven{Practice: mill, Network: west, Notice: fact.Leave, GivenOn: today, LastDay: may}}},
		{Name: "gives notice to what has ended", Given: member, When: give(north), Refused: practice.ErrNotThen},
		{Name: "comes back", Given: gone, When: join(west, may.AddDays(1), none), Then: []fact.PracticeEvent{joined(west, may.AddDays(1), none)}},
		{Name: "closes", Given: member, When: shut, Then: []fact.PracticeEvent{fact.PracticeClosed{Practice: mill, LastDay: may}}},
	})
}

var may = events.Day(2026, time.May, 31)

// A file that has heard of a merger has nothing to add; one that has not, or
// knows more, is recorded as it says.
func TestReportAfterAMerger(t *testing.T) {
	cited := fact.Cited{Source: "epcn-2026-07-01-9f86d081", AsAt: events.Day(2026, time.July, 1)}
	merged := and(known, fact.SourceCited{Source: cited.Source, AsAt: cited.AsAt}, fact.Merged{Network: north, Into: west, On: today})
	report := func(now *network.Now, all ...network.Membership) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Report(s, merged, network.ReportPractice{
				Report: network.Report{Source: cited.Source, AsAt: cited.AsAt}, Code: mill, Name: "Mill Lane", System: qz1, Memberships: all, Now: now,
			})
		}
	}
	before := network.Membership{Network: north, From: april, LastDay: march}
	ended := fact.Left{Practice: mill, Network: west, LastDay: may, Cited: cited}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "that it is where it was put", Given: member, When: report(&network.Now{Network: west})},
		{Name: "with the days of both", Given: member, When: report(nil, before, network.Membership{Network: west, From: today})},
		{Name: "that it left since", Given: member, When: report(nil, before, network.Membership{Network: west, From: today, LastDay: may}),
			Then: []fact.PracticeEvent{fact.Left{Practice: mill, Network: north, LastDay: march}, joined(west, today, none), ended}},
	})
}

// A network may get back those it has split off.
func TestAfterThereAndBack(t *testing.T) {
	back := and(known, fact.Split{Network: north, Into: west, Practices: []events.Practice{mill}, On: today}, fact.Merged{Network: west, Into: north, On: may})
	leave := func(last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Leave(s, back, network.Leave{Practice: mill, Network: north, LastDay: last})
		}
	}
	join := func(last events.Date) when {
		return func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Join(s, back, network.Join{Practice: mill, Network: north, From: april, LastDay: last})
		}
	}
	left := fact.Left{Practice: mill, Network: north, LastDay: may.AddDays(30)}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "leaves", Given: member, When: leave(may.AddDays(30)), Then: []fact.PracticeEvent{
			fact.Left{Practice: mill, Network: north, LastDay: march}, joined(west, today, may.AddDays(-1)), joined(north, may, none), left}},
		{Name: "joins, and would be split off", Given: []fact.PracticeEvent{registered}, When: join(none), Refused: practice.ErrSplitOff},
		{Name: "joins until it is split off", Given: []fact.PracticeEvent{registered}, When: join(march), Then: []fact.PracticeEvent{joined(north, april, march)}},
		{Name: "leaves before it came back", Given: member, When: leave(may.AddDays(-1)), Refused: practice.ErrEndsBeforeStart},
	})
}

// Whatever is asked, and whatever is merged and split meanwhile, no day has two
// networks; and the registry shows just what was decided by.
func TestNeverInTwoNetworksAfterMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const east = events.PCN("U99003")
		all := []events.PCN{north, west, east}
		known := and(known, fact.NetworkRegistered{Network: east, Name: "East", System: qz1}, registered)
		s := practice.Evolve(practice.State{}, registered)
		networks := map[events.PCN]pcn.State{}
		for _, n := range all {
			networks[n] = pcn.Evolve(pcn.State{}, fact.NetworkRegistered{Network: n, Name: "N", System: qz1})
		}
		code := rapid.SampledFrom(all)
		day := rapid.Custom(func(t *rapid.T) events.Date { return april.AddDays(rapid.IntRange(0, 30).Draw(t, "day")) })
		for range rapid.IntRange(1, 40).Draw(t, "asks") {
			n, into, from := code.Draw(t, "network"), code.Draw(t, "into"), day.Draw(t, "from")
			ask := func() ([]fact.PracticeEvent, error) { return nil, nil }
			var theirs []fact.NetworkEvent
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0, 1:
				last := events.Date{}
				if rapid.Bool().Draw(t, "with an end") {
					last = from.AddDays(rapid.IntRange(0, 9).Draw(t, "length"))
				}
				ask = func() ([]fact.PracticeEvent, error) {
					return practice.Join(s, known, network.Join{Practice: mill, Network: n, From: from, LastDay: last})
				}
			case 2:
				ask = func() ([]fact.PracticeEvent, error) {
					return practice.Leave(s, known, network.Leave{Practice: mill, Network: n, LastDay: from})
				}
			case 3:
				theirs, _ = pcn.Split(networks[n], known, network.SplitNetwork{Network: n, Into: into, Practices: []events.Practice{mill}, On: from})
			case 4:
				if rapid.IntRange(0, 3).Draw(t, "rarely") == 0 {
					theirs, _ = pcn.Merge(networks[n], known, network.MergeNetworks{Network: n, Into: into, On: from})
				}
			}
			own, _ := ask()
			for _, e := range own {
				s, known = practice.Evolve(s, e), view.Evolve(known, e)
			}
			if again, err := ask(); len(own) > 0 && (len(again) > 0 || err != nil) {
				t.Fatalf("asked twice, it records %+v, %v", again, err)
			}
			for _, e := range theirs {
				networks[n], known = pcn.Evolve(networks[n], e), view.Evolve(known, e)
			}
		}
		r := &view.Reading{State: known, Unknown: func(events.Entity) *figure.Unknown { return nil }}
		for d := range 45 {
			r.On = april.AddDays(d)
			var in []events.PCN
			for _, n := range all {
				for _, m := range r.Network(n).Members() {
					if m.Practice().Code() == mill {
						in = append(in, n)
					}
				}
			}
			if len(in) > 1 {
				t.Fatalf("on %s it is in %v: %+v", r.On, in, s.Memberships)
			}
		}
	})
}
