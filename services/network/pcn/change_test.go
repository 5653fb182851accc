package pcn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

type (
	when = func(pcn.State) ([]fact.NetworkEvent, error)
	test = decidertest.Case[pcn.State, fact.NetworkEvent]
)

const north, south = events.PCN("U99001"), events.PCN("U99002")

var (
	none       events.Date
	april      = events.Day(2026, time.April, 1)
	march      = events.Day(2027, time.March, 31)
	registered = fact.NetworkRegistered{Network: north, Name: "North", System: "QZ1", Place: "WEST", SubICB: "99Z"}
	given      = []fact.NetworkEvent{registered}
)

// registry knows two systems, two networks of the first and one of the second.
func registry(more ...fact.Event) (s view.State) {
	for _, e := range append([]fact.Event{
		fact.SystemRegistered{System: "QZ1", Name: "Demonstration"}, fact.SystemRegistered{System: "QZ2", Name: "Second"},
		fact.PlaceRegistered{System: "QZ1", Place: "WEST", Name: "West"}, fact.PlaceRegistered{System: "QZ1", Place: "EAST", Name: "East"},
		fact.SubICBRegistered{System: "QZ1", SubICB: "99Z", Name: "Sub"},
		registered, fact.NetworkRegistered{Network: south, Name: "South", System: "QZ1"},
		fact.NetworkRegistered{Network: "U99003", Name: "Elsewhere", System: "QZ2"},
	}, more...) {
		s = view.Evolve(s, e)
	}
	return s
}

func joined(p events.Practice, n events.PCN, from, to events.Date) fact.Joined {
	return fact.Joined{Practice: p, Network: n, Period: events.Period{From: from, To: to}}
}

func TestClosing(t *testing.T) {
	closing := func(known view.State, last events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Close(s, known, network.CloseNetwork{Code: north, LastDay: last})
		}
	}
	reopen := func(from events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Reopen(s, view.State{}, network.ReopenNetwork{Code: north, From: from})
		}
	}
	empty := registry(joined("Z99001", north, april, march))
	closed := fact.NetworkClosed{Network: north, LastDay: march}
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "on the last member's last day", Given: given, When: closing(empty, march), Then: []fact.NetworkEvent{closed}},
		{Name: "before it", Given: given, When: closing(empty, march.AddDays(-1)), Refused: pcn.ErrMembers},
		{Name: "with a member who has no end", Given: given, When: closing(registry(joined("Z99001", north, april, none)), march), Refused: pcn.ErrMembers},
		{Name: "with a member who joins later", Given: given, When: closing(registry(joined("Z99001", north, march.AddDays(1), none)), march), Refused: pcn.ErrMembers},
		{Name: "on another day", Given: append(given, closed), When: closing(empty, march.AddDays(1)), Refused: pcn.ErrClosed},
		{Name: "before it opens", Given: []fact.NetworkEvent{fact.NetworkRegistered{Network: north, Name: "North", System: "QZ1", Opened: april}}, When: closing(registry(), april.AddDays(-1)), Refused: pcn.ErrNotOpen},
		{Name: "before it is registered", When: closing(empty, march), Refused: pcn.ErrUnknown},
		{Name: "taken back", Given: append(given, closed), When: reopen(none), Then: []fact.NetworkEvent{fact.NetworkReopened{Network: north}}},
		{Name: "opened again", Given: append(given, closed), When: reopen(march.AddDays(1)), Then: []fact.NetworkEvent{fact.NetworkReopened{Network: north, From: march.AddDays(1)}}},
		{Name: "opened again before it closed", Given: append(given, closed), When: reopen(march), Refused: pcn.ErrReopens},
		{Name: "opened though it is open", Given: given, When: reopen(none)},
		{Name: "opened after a merger", Given: append(given, fact.Merged{Network: north, Into: south, On: april}), When: reopen(none), Refused: pcn.ErrMerged},
		{Name: "opened before it is registered", When: reopen(none), Refused: pcn.ErrUnknown},
	})
	_, err := pcn.Close(fold(given), registry(joined("Z99002", north, april, none), joined("Z99001", north, april, none)), network.CloseNetwork{Code: north, LastDay: march})
	if err == nil || !strings.Contains(err.Error(), "2027-03-31: Z99001, Z99002.") {
		t.Errorf("says %v", err)
	}
}

func fold(facts []fact.NetworkEvent) (s pcn.State) {
	for _, e := range facts {
		s = pcn.Evolve(s, e)
	}
	return s
}

func TestMove(t *testing.T) {
	known := registry(fact.SystemSucceeded{System: "QZ2", By: []events.ICB{"QZ1"}, On: march})
	move := func(to events.ICB, place fact.Place, from events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Move(s, known, network.MoveNetwork{Code: north, System: to, Place: place, From: from})
		}
	}
	located := fact.NetworkLocated{Network: north, System: "QZ2", From: april}
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "to another system", Given: given, When: move("QZ2", "", april), Then: []fact.NetworkEvent{located}},
		{Name: "to another place", Given: given, When: move("QZ1", "EAST", april), Then: []fact.NetworkEvent{fact.NetworkLocated{Network: north, System: "QZ1", Place: "EAST", SubICB: "99Z", From: april}}},
		{Name: "to where it is", Given: given, When: move("QZ1", "WEST", april)},
		{Name: "back, before it went", Given: append(given, located), When: move("QZ1", "WEST", april.AddDays(-1)), Refused: pcn.ErrMovedSince},
		{Name: "elsewhere instead, on the same day", Given: append(given, located), When: move("QZ1", "EAST", april), Then: []fact.NetworkEvent{fact.NetworkLocated{Network: north, System: "QZ1", Place: "EAST", From: april}}},
		{Name: "to a place there is not", Given: given, When: move("QZ2", "WEST", april), Refused: system.ErrPlaceUnknown},
		{Name: "to a system there is not", Given: given, When: move("QX9", "", april), Refused: system.ErrUnknown},
		{Name: "to a system that has ended", Given: given, When: move("QZ2", "", march), Refused: system.ErrSucceeded},
		{Name: "before it is registered", When: move("QZ2", "", april), Refused: pcn.ErrUnknown},
	})
}

func TestMerge(t *testing.T) {
	member := joined("Z99001", north, april.AddDays(-300), none)
	merge := func(known view.State, into events.PCN, on events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Merge(s, known, network.MergeNetworks{Network: north, Into: into, On: on})
		}
	}
	merged := fact.Merged{Network: north, Into: south, On: april}
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "into another", Given: given, When: merge(registry(member), south, april), Then: []fact.NetworkEvent{merged}},
		{Name: "without members", Given: given, When: merge(registry(), south, april), Then: []fact.NetworkEvent{merged}},
		{Name: "into itself", Given: given, When: merge(registry(member), north, april), Refused: pcn.ErrSame},
		{Name: "into one nobody knows", Given: given, When: merge(registry(member), "U00000", april), Refused: pcn.ErrUnknown},
		{Name: "into a closed one", Given: given, When: merge(registry(member, fact.NetworkClosed{Network: south, LastDay: march}), south, april), Refused: pcn.ErrClosed},
		{Name: "into one that is merged itself", Given: given, When: merge(registry(member, fact.Merged{Network: south, Into: north, On: march}), south, april), Refused: pcn.ErrClosed},
		{Name: "into one that is not open yet", Given: given, When: merge(registry(member, fact.NetworkRegistered{Network: south, Name: "South", System: "QZ1", Opened: march}), south, april), Refused: pcn.ErrNotOpen},
		{Name: "into one of another system", Given: given, When: merge(registry(member), "U99003", april), Refused: pcn.ErrApart},
		{Name: "of a closed one", Given: append(given, fact.NetworkClosed{Network: north, LastDay: march}), When: merge(registry(), south, april), Refused: pcn.ErrClosed},
		{Name: "before a member joins", Given: given, When: merge(registry(joined("Z99001", north, april, none)), south, april), Refused: pcn.ErrJoinsLater},
		{Name: "before it opens", Given: []fact.NetworkEvent{fact.NetworkRegistered{Network: north, Name: "North", System: "QZ1", Opened: april}}, When: merge(registry(), south, april), Refused: pcn.ErrNotOpen},
		{Name: "a second time, elsewhere", Given: append(given, merged), When: merge(registry(), south, march), Refused: pcn.ErrMerged},
		{Name: "before it is registered", When: merge(registry(), south, april), Refused: pcn.ErrUnknown},
	})
}

// Files lag behind: one that still has a merged network as open changes nothing.
func TestReportAfterAMerger(t *testing.T) {
	cited := fact.Cited{Source: "epcn-2026-07-01-9f86d081", AsAt: events.Day(2026, time.July, 1)}
	known := registry(fact.SourceCited{Source: cited.Source, AsAt: cited.AsAt})
	report := func(closed events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Report(s, known, network.ReportNetwork{
				Report: network.Report{Source: cited.Source, AsAt: cited.AsAt}, Code: north, Name: "North", System: "QZ1", SubICB: "99Z", Closed: closed,
			})
		}
	}
	merged := append(given, fact.Merged{Network: north, Into: south, On: april})
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "that is still open", Given: merged, When: report(none)},
		{Name: "that closed some day", Given: merged, When: report(march)},
	})
}

func TestSplit(t *testing.T) {
	known := registry(joined("Z99001", north, april.AddDays(-300), none), joined("Z99002", north, april.AddDays(-300), april.AddDays(-1)), joined("Z99003", north, april, none))
	split := func(into events.PCN, practices ...events.Practice) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Split(s, known, network.SplitNetwork{Network: north, Into: into, Practices: practices, On: april})
		}
	}
	done := fact.Split{Network: north, Into: south, Practices: []events.Practice{"Z99001"}, On: april}
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "off into another", Given: given, When: split(south, "Z99001"), Then: []fact.NetworkEvent{done}},
		{Name: "of a practice that has left", Given: given, When: split(south, "Z99001", "Z99002"), Refused: pcn.ErrNotMember},
		{Name: "of a practice that joins on that day", Given: given, When: split(south, "Z99003"), Refused: pcn.ErrNotMember},
		{Name: "into itself", Given: given, When: split(north, "Z99001"), Refused: pcn.ErrSame},
		{Name: "into one nobody has registered", Given: given, When: split("U00000", "Z99001"), Refused: pcn.ErrUnknown},
		{Name: "into one of another system", Given: given, When: split("U99003", "Z99001"), Refused: pcn.ErrApart},
	})
}

func TestDirectors(t *testing.T) {
	yes := true
	half, whole := decimal.MustParse("0.5"), decimal.One
	appoint := func(p events.PersonRef, share decimal.Decimal, from, to events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.Appoint(s, view.State{}, network.AppointDirector{Network: north, Person: p, Share: share, Profession: "nurse", FirstRole: &yes, From: from, LastDay: to})
		}
	}
	notice := func(p events.PersonRef, last events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.GiveNotice(s, view.State{}, network.GiveDirectorNotice{Network: north, Person: p, GivenOn: april, LastDay: last})
		}
	}
	end := func(p events.PersonRef, last events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.End(s, view.State{}, network.EndDirector{Network: north, Person: p, LastDay: last})
		}
	}
	deputy := func(to events.Date) when {
		return func(s pcn.State) ([]fact.NetworkEvent, error) {
			return pcn.NameDeputy(s, view.State{}, network.NameDeputy{Network: north, Person: "person-3", From: april, LastDay: to})
		}
	}
	appointed := func(p events.PersonRef, share decimal.Decimal, from, to events.Date) fact.DirectorAppointed {
		return fact.DirectorAppointed{Network: north, Person: p, Share: share, Profession: "nurse", FirstRole: &yes, Period: events.Period{From: from, To: to}}
	}
	alone := append(given, appointed("person-1", whole, april, march))
	shared := append(given, appointed("person-1", half, april, none))
	may := april.AddDays(30)
	given1 := fact.DirectorNoticeGiven{Network: north, Person: "person-1", GivenOn: april, LastDay: may}
	decidertest.Run(t, pcn.Evolve, []test{
		{Name: "alone", Given: given, When: appoint("person-1", whole, april, march), Then: []fact.NetworkEvent{appointed("person-1", whole, april, march)}},
		{Name: "in a job share", Given: shared, When: appoint("person-2", half, april, none), Then: []fact.NetworkEvent{appointed("person-2", half, april, none)}},
		{Name: "by more than one post", Given: shared, When: appoint("person-2", decimal.MustParse("0.6"), april, none), Refused: pcn.ErrShares},
		{Name: "on another's last day", Given: alone, When: appoint("person-2", whole, march, none), Refused: pcn.ErrShares},
		{Name: "on the day after", Given: alone, When: appoint("person-2", whole, march.AddDays(1), none), Then: []fact.NetworkEvent{appointed("person-2", whole, march.AddDays(1), none)}},
		{Name: "into the term of one who follows", Given: append(given, appointed("person-1", whole, march, none)), When: appoint("person-2", half, april, none), Refused: pcn.ErrShares},
		{Name: "with another share than before", Given: shared, When: appoint("person-1", whole, april, none), Then: []fact.NetworkEvent{appointed("person-1", whole, april, none)}},
		{Name: "of a network nobody has registered", When: appoint("person-1", whole, april, none), Refused: pcn.ErrUnknown},
		{Name: "of one that closes before", Given: append(given, fact.NetworkClosed{Network: north, LastDay: march}), When: appoint("person-1", whole, april, none), Refused: pcn.ErrClosed},
		{Name: "with notice", Given: alone, When: notice("person-1", may), Then: []fact.NetworkEvent{given1}},
		{Name: "with notice before the term", Given: alone, When: notice("person-1", april.AddDays(-1)), Refused: pcn.ErrEndsBeforeStart},
		{Name: "with notice after the term", Given: alone, When: notice("person-1", march.AddDays(1)), Refused: pcn.ErrEndsAlready},
		{Name: "with notice of a stranger", Given: alone, When: notice("person-2", may), Refused: pcn.ErrDirectorUnknown},
		{Name: "replaced after notice", Given: append(alone, given1), When: appoint("person-2", whole, may.AddDays(1), none), Then: []fact.NetworkEvent{appointed("person-2", whole, may.AddDays(1), none)}},
		{Name: "who stays after all", Given: append(alone, given1), When: end("person-1", march), Then: []fact.NetworkEvent{fact.DirectorLeft{Network: north, Person: "person-1", LastDay: march}}},
		{Name: "who stays though the post is another's", Given: append(alone, given1, appointed("person-2", whole, may.AddDays(1), none)), When: end("person-1", march), Refused: pcn.ErrShares},
		{Name: "who leaves", Given: alone, When: end("person-1", may), Then: []fact.NetworkEvent{fact.DirectorLeft{Network: north, Person: "person-1", LastDay: may}}},
		{Name: "a stranger who leaves", Given: alone, When: end("person-2", may), Refused: pcn.ErrDirectorUnknown},
		{Name: "with a deputy", Given: alone, When: deputy(none), Then: []fact.NetworkEvent{fact.DeputyNamed{Network: north, Person: "person-3", Period: events.Period{From: april}}}},
		{Name: "with a deputy for a while", Given: append(alone, fact.DeputyNamed{Network: north, Person: "person-3", Period: events.Period{From: april}}), When: deputy(may),
			Then: []fact.NetworkEvent{fact.DeputyNamed{Network: north, Person: "person-3", Period: events.Period{From: april, To: may}}}},
		{Name: "with a deputy of no network", When: deputy(none), Refused: pcn.ErrUnknown},
	})
	_, err := pcn.Appoint(fold(shared), view.State{}, network.AppointDirector{Network: north, Person: "person-2", Share: decimal.MustParse("0.6"), From: march})
	if err == nil || !strings.Contains(err.Error(), "Beside person-1 (0.5), the shares would make 1.1 of it from 2027-03-31 on") {
		t.Errorf("says %v", err)
	}
}

// Whatever is asked in whatever order, nobody's post is held more than once.
func TestOnePost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fold(given)
		day := rapid.Custom(func(t *rapid.T) events.Date { return april.AddDays(rapid.IntRange(0, 20).Draw(t, "day")) })
		for range rapid.IntRange(1, 25).Draw(t, "asks") {
			who := rapid.SampledFrom([]events.PersonRef{"person-1", "person-2", "person-3"}).Draw(t, "who")
			from := day.Draw(t, "from")
			var facts []fact.NetworkEvent
			switch rapid.IntRange(0, 2).Draw(t, "act") {
			case 0:
				share := decimal.MustNew(int64(rapid.IntRange(1, 10).Draw(t, "tenths")), 1)
				last := none
				if rapid.Bool().Draw(t, "with an end") {
					last = from.AddDays(rapid.IntRange(0, 10).Draw(t, "length"))
				}
				facts, _ = pcn.Appoint(s, view.State{}, network.AppointDirector{Network: north, Person: who, Share: share, From: from, LastDay: last})
			case 1:
				facts, _ = pcn.GiveNotice(s, view.State{}, network.GiveDirectorNotice{Network: north, Person: who, GivenOn: april, LastDay: from})
			case 2:
				facts, _ = pcn.End(s, view.State{}, network.EndDirector{Network: north, Person: who, LastDay: from})
			}
			for _, e := range facts {
				s = pcn.Evolve(s, e)
			}
		}
		for n := range 40 {
			var held decimal.Decimal
			for _, d := range s.Directors {
				if d.Includes(april.AddDays(n)) {
					held, _ = held.Add(d.Share)
				}
			}
			if held.Cmp(decimal.One) > 0 {
				t.Fatalf("on %s the post is held %s times: %+v", april.AddDays(n), held, s.Directors)
			}
		}
	})
}
