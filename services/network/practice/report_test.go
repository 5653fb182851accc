package practice_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/decider/decidertest"
	"github.com/ics-openbook/openbook/services/network/pcn"
	"github.com/ics-openbook/openbook/services/network/practice"
	"github.com/ics-openbook/openbook/services/network/source"
	"github.com/ics-openbook/openbook/services/network/system"
	"github.com/ics-openbook/openbook/services/network/view"
)

func day(text string) events.Date {
	d, err := events.ParseDate(text)
	if err != nil {
		panic(err) // of a test's own text
	}
	return d
}

func of(kind fact.Kind, asAt string) fact.Cited {
	return fact.Cited{Source: fact.NewSource(kind, day(asAt), "00000000"), AsAt: day(asAt)}
}

// The sources of these tests, in the order of the days they describe.
var (
	book23 = of(fact.EPCN, "2023-01-31")
	book24 = of(fact.EPCN, "2024-10-01")
	list25 = of(fact.Registrations, "2025-07-01")
	list26 = of(fact.Registrations, "2026-07-01")
	frozen = of(fact.Populations, "2025-01-01")
	index  = of(fact.Deprivation, "2025-01-01")
)

const (
	u1, u2, u3 = events.PCN("U99001"), events.PCN("U99002"), events.PCN("U99003")
	sub, other = events.SubICB("99A"), events.SubICB("99B")
)

// where the sources have been reported in full, or only begun.
func after(s view.State, complete ...fact.Cited) view.State {
	for _, c := range complete {
		s = view.Evolve(begun(s, c), fact.SourceCompleted{Source: c.Source, Reports: 1})
	}
	return s
}

func begun(s view.State, c fact.Cited) view.State {
	return view.Evolve(s, fact.SourceCited{Source: c.Source, AsAt: c.AsAt})
}

// registry has two systems, one of which another succeeds, and three networks.
var registry = fold(
	fact.SystemRegistered{System: qz1, Name: "One"}, fact.SystemRegistered{System: "QZ2", Name: "Two"},
	fact.SystemRegistered{System: "QZ3", Name: "Three"},
	fact.SystemSucceeded{System: "QZ2", By: []events.ICB{"QZ3"}, On: day("2026-04-01")},
	fact.NetworkRegistered{Network: u1, Name: "North", System: qz1},
	fact.NetworkRegistered{Network: u2, Name: "West", System: qz1},
	fact.NetworkRegistered{Network: u3, Name: "South", System: qz1})

// says is a report of the practice by a source, where others are complete.
func says(c fact.Cited, a network.ReportPractice, complete ...fact.Cited) when {
	a.Code, a.Source, a.AsAt = mill, c.Source, c.AsAt
	if a.Name == "" {
		a.Name = "Mill Lane"
	}
	known := after(begun(registry, c), complete...)
	return func(s practice.State) ([]fact.PracticeEvent, error) { return practice.Report(s, known, a) }
}

// lists is what a list says: which network the practice is in, or none.
func lists(c fact.Cited, in events.PCN, complete ...fact.Cited) when {
	return says(c, network.ReportPractice{System: qz1, SubICB: sub, Now: &network.Now{Network: in}}, complete...)
}

// dates is what a workbook says: three values a membership, the last of which
// may be empty.
func dates(c fact.Cited, memberships []string, complete ...fact.Cited) when {
	return says(c, network.ReportPractice{SubICB: sub, Memberships: dated(memberships...)}, complete...)
}

func dated(values ...string) (all []network.Membership) {
	for i := 0; i < len(values); i += 3 {
		p := period(values[i+1], values[i+2])
		all = append(all, network.Membership{Network: events.PCN(values[i]), From: p.From, LastDay: p.To})
	}
	return all
}

func period(from, to string) (p events.Period) {
	p.From = day(from)
	if to != "" {
		p.To = day(to)
	}
	return p
}

type facts = []fact.PracticeEvent

// between is a day that no source tells, but for bounds; empty for none.
func between(notBefore string) fact.Dating {
	if notBefore == "" {
		return fact.Dating{Undated: true}
	}
	return fact.Dating{Undated: true, NotBefore: day(notBefore)}
}

func by(c fact.Cited) fact.PracticeRegistered {
	e := fact.PracticeRegistered{Practice: mill, Name: "Mill Lane", System: qz1, SubICB: sub, Cited: c}
	if c.Source.Kind() == fact.EPCN {
		e.System = ""
	}
	return e
}

func join(c fact.Cited, n events.PCN, from, to string, how fact.Dating) fact.Joined {
	return fact.Joined{Practice: mill, Network: n, Period: period(from, to), Dating: how, Cited: c}
}

func left(c fact.Cited, n events.PCN, last string, how fact.Dating) fact.Left {
	return fact.Left{Practice: mill, Network: n, LastDay: day(last), Dating: how, Cited: c}
}

func redated(c fact.Cited, n events.PCN, was, from, to string) fact.Redated {
	return fact.Redated{Practice: mill, Network: n, Was: day(was), Period: period(from, to), Cited: c}
}

func closed(c fact.Cited, last string, how fact.Dating) fact.PracticeClosed {
	return fact.PracticeClosed{Practice: mill, LastDay: day(last), Dating: how, Cited: c}
}

var exactly fact.Dating

// whole compares what a state keeps to itself too.
var whole = cmp.Exporter(func(reflect.Type) bool { return true })

func TestReportOfMembers(t *testing.T) {
	in := facts{by(book24), join(book24, u1, "2020-04-01", "", exactly)}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "the first registers, from a day that is not known", When: lists(list26, u1),
			Then: facts{by(list26), join(list26, u1, "2026-07-01", "", between(""))}},
		{Name: "the first registers, with the days of a workbook", When: dates(book24, []string{"U99002", "2019-07-01", "2020-03-31", "U99001", "2020-04-01", ""}),
			Then: facts{by(book24), join(book24, u2, "2019-07-01", "2020-03-31", exactly), join(book24, u1, "2020-04-01", "", exactly)}},
		{Name: "the first registers, in no network", When: lists(list26, ""), Then: facts{by(list26)}},
		{Name: "the same network again", Given: in, When: says(list26, network.ReportPractice{SubICB: sub, Now: &network.Now{Network: u1}}, book24)},
		{Name: "moved between the workbook and the list", Given: in, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, book24),
			Then: facts{left(list26, u1, "2026-06-30", between("2024-10-01")), join(list26, u2, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "moved after the newest source that names every member", Given: in, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, book23, book24, frozen, index),
			Then: facts{left(list26, u1, "2026-06-30", between("2024-10-01")), join(list26, u2, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "moved after it joined, whatever a source before said", Given: in, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, of(fact.EPCN, "2019-12-31")),
			Then: facts{left(list26, u1, "2026-06-30", between("2020-04-01")), join(list26, u2, "2026-07-01", "", between("2020-04-02"))}},
		{Name: "a source that is not complete bounds nothing", Given: in, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}),
			Then: facts{left(list26, u1, "2026-06-30", between("2020-04-01")), join(list26, u2, "2026-07-01", "", between("2020-04-02"))}},
		{Name: "left for none", Given: in, When: says(list26, network.ReportPractice{Now: &network.Now{}}, book24),
			Then: facts{left(list26, u1, "2026-06-30", between("2024-10-01"))}},
		{Name: "came from none", Given: facts{by(book24), join(book24, u1, "2020-04-01", "2025-03-31", exactly)}, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, book24),
			Then: facts{join(list26, u2, "2026-07-01", "", between("2025-04-01"))}},
		{Name: "came back", Given: facts{by(book24), join(book24, u1, "2020-04-01", "2021-03-31", exactly)}, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u1}}, book24),
			Then: facts{join(list26, u1, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "never seen before", When: lists(list26, u1, book24), Then: facts{by(list26), join(list26, u1, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "an older list moves nobody", Given: facts{by(list26), join(list26, u1, "2026-07-01", "", between(""))}, When: lists(list25, u2, list26)},
		{Name: "a source that does not tell where it is moves nobody", Given: in, When: says(frozen, network.ReportPractice{}, book24)},
		{Name: "in two networks, one of which is right", Given: append(in[:2:2], join(book24, u2, "2021-04-01", "", exactly)), When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, book24)},
		{Name: "in two networks, both of which are wrong", Given: append(in[:2:2], join(book24, u2, "2021-04-01", "", exactly)), When: says(list26, network.ReportPractice{Now: &network.Now{Network: u3}}, book24),
			Then: facts{left(list26, u1, "2026-06-30", between("2024-10-01")), left(list26, u2, "2026-06-30", between("2024-10-01")), join(list26, u3, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "two sources of one day that disagree stay in conflict", Given: facts{by(list26), join(list26, u1, "2026-07-01", "", between("2024-10-02"))}, When: says(of(fact.EPCN, "2026-07-01"), network.ReportPractice{Now: &network.Now{Network: u2}}, book24),
			Then: facts{left(of(fact.EPCN, "2026-07-01"), u1, "2026-07-01", between("2026-07-01")), join(of(fact.EPCN, "2026-07-01"), u2, "2026-07-01", "", between("2024-10-02"))}},
		{Name: "one that will join later has not left", Given: facts{by(book24), join(book24, u1, "2026-09-01", "", exactly), join(book24, u1, "2020-04-01", "", exactly)}, When: says(list26, network.ReportPractice{Now: &network.Now{Network: u2}}, book24),
			Then: facts{join(list26, u2, "2026-07-01", "", between("2024-10-02"))}},
	}, whole)
}

func TestReportOfDatedMembers(t *testing.T) {
	undated := facts{by(list26), join(list26, u1, "2026-07-01", "", between("2024-10-02"))}
	book25, book27 := of(fact.EPCN, "2025-01-31"), of(fact.EPCN, "2027-01-31")
	moved := facts{by(book24), join(book24, u1, "2020-04-01", "", exactly), left(list26, u1, "2026-06-30", between("2024-10-01")), join(list26, u2, "2026-07-01", "", between("2024-10-02"))}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "overlapping ones are recorded as the source has them", When: dates(book24, []string{"U99001", "2020-04-01", "2024-07-02", "U99002", "2024-07-01", ""}),
			Then: facts{by(book24), join(book24, u1, "2020-04-01", "2024-07-02", exactly), join(book24, u2, "2024-07-01", "", exactly)}},
		{Name: "the end is learned later", Given: facts{by(book23), join(book23, u1, "2020-04-01", "", exactly)}, When: dates(book24, []string{"U99001", "2020-04-01", "2024-03-31"}, book23),
			Then: facts{left(book24, u1, "2024-03-31", exactly)}},
		{Name: "the end is learned of the second of two open ones", Given: facts{by(book23), join(book23, u1, "2020-04-01", "", exactly), join(book23, u1, "2022-04-01", "", exactly)},
			When: dates(book24, []string{"U99001", "2020-04-01", "", "U99001", "2022-04-01", "2024-03-31"}, book23),
			Then: facts{redated(book24, u1, "2022-04-01", "2022-04-01", "2024-03-31")}},
		{Name: "the first day is learned later", Given: undated, When: dates(book27, []string{"U99001", "2025-04-01", ""}, list26),
			Then: facts{redated(book27, u1, "2026-07-01", "2025-04-01", "")}},
		{Name: "the first day is learned to be the latest it could be", Given: undated, When: dates(book27, []string{"U99001", "2026-07-01", ""}, list26),
			Then: facts{redated(book27, u1, "2026-07-01", "2026-07-01", "")}},
		{Name: "both days are learned later", Given: moved, When: dates(book27, []string{"U99001", "2020-04-01", "2026-03-31", "U99002", "2026-04-01", ""}, book24, list26),
			Then: facts{redated(book27, u1, "2020-04-01", "2020-04-01", "2026-03-31"), redated(book27, u2, "2026-07-01", "2026-04-01", "")}},
		{Name: "the last day is learned to be the latest it could be", Given: moved, When: dates(book27, []string{"U99001", "2020-04-01", "2026-06-30", "U99002", "2026-07-01", ""}, book24, list26),
			Then: facts{redated(book27, u1, "2020-04-01", "2020-04-01", "2026-06-30"), redated(book27, u2, "2026-07-01", "2026-07-01", "")}},
		{Name: "an end is taken back", Given: facts{by(book23), join(book23, u1, "2020-04-01", "2022-03-31", exactly)}, When: dates(book24, []string{"U99001", "2020-04-01", ""}, book23),
			Then: facts{redated(book24, u1, "2020-04-01", "2020-04-01", "")}},
		{Name: "an end that lies ahead is not taken back", Given: facts{by(book23), join(book23, u1, "2020-04-01", "2026-03-31", exactly)}, When: dates(book24, []string{"U99001", "2020-04-01", ""}, book23)},
		{Name: "days are corrected", Given: facts{by(book23), join(book23, u1, "2020-04-01", "2022-03-31", exactly)}, When: dates(book24, []string{"U99001", "2020-05-01", "2022-04-30"}, book23),
			Then: facts{redated(book24, u1, "2020-04-01", "2020-05-01", "2022-04-30")}},
		{Name: "what a newer workbook has said, an older one does not correct", Given: facts{by(book24), join(book24, u1, "2020-05-01", "2022-04-30", exactly)}, When: dates(book23, []string{"U99001", "2020-04-01", "2022-03-31"}, book24)},
		{Name: "an end that a newer workbook has taken back stays taken back", Given: facts{by(book24), join(book24, u1, "2020-04-01", "", exactly)}, When: dates(book23, []string{"U99001", "2020-04-01", "2022-03-31"}, book24)},
		{Name: "a newer workbook corrects, whatever lists are newer still", Given: facts{by(book23), join(book23, u1, "2020-04-01", "2022-03-31", exactly)}, When: dates(book24, []string{"U99001", "2020-05-01", "2022-03-31"}, book23, list26),
			Then: facts{redated(book24, u1, "2020-04-01", "2020-05-01", "2022-03-31")}},
		{Name: "an older workbook adds what the book does not have", Given: undated, When: dates(book24, []string{"U99002", "2019-07-01", "2020-03-31"}, list26),
			Then: facts{join(book24, u2, "2019-07-01", "2020-03-31", exactly)}},
		{Name: "an older workbook knows since when", Given: undated, When: dates(book24, []string{"U99001", "2020-04-01", ""}, list26),
			Then: facts{redated(book24, u1, "2026-07-01", "2020-04-01", "")}},
		{Name: "an older workbook does not know of an end", Given: moved, When: dates(book25, []string{"U99001", "2020-04-01", ""}, book24, list26)},
		{Name: "an older workbook corrects the first day, and does not know of the end", Given: moved, When: dates(book25, []string{"U99001", "2025-01-01", ""}, book24, list26),
			Then: facts{redated(book25, u1, "2020-04-01", "2025-01-01", ""), left(book25, u1, "2026-06-30", between("2025-01-01"))}},
		{Name: "superseded by a network that a newer list has", Given: undated, When: dates(book24, []string{"U99002", "2020-04-01", ""}, list26),
			Then: facts{join(book24, u2, "2020-04-01", "", exactly), left(book24, u2, "2026-06-30", between("2024-10-01"))}},
		{Name: "superseded the day after", Given: facts{by(list25), join(list25, u1, "2025-07-01", "", between(""))}, When: dates(of(fact.EPCN, "2025-06-30"), []string{"U99002", "2020-04-01", ""}, list25),
			Then: facts{join(of(fact.EPCN, "2025-06-30"), u2, "2020-04-01", "", exactly), left(of(fact.EPCN, "2025-06-30"), u2, "2025-06-30", between("2025-06-30"))}},
		{Name: "superseded by a newer list that has it in no network", Given: facts{by(list26)}, When: dates(book24, []string{"U99002", "2020-04-01", ""}, list26),
			Then: facts{join(book24, u2, "2020-04-01", "", exactly), left(book24, u2, "2026-06-30", between("2024-10-01"))}},
		{Name: "superseded, in the network that it came back to", Given: undated, When: dates(book24, []string{"U99001", "2019-07-01", "2021-03-31", "U99002", "2021-04-01", ""}, list26),
			Then: facts{join(book24, u1, "2019-07-01", "2021-03-31", exactly), join(book24, u2, "2021-04-01", "", exactly), left(book24, u2, "2026-06-30", between("2024-10-01"))}},
		{Name: "superseded by its end, which no list tells", Given: facts{by(book23), fact.PracticeClosed{Practice: mill, LastDay: day("2025-12-31")}}, When: dates(book23, []string{"U99002", "2020-04-01", ""}, book24),
			Then: facts{join(book23, u2, "2020-04-01", "", exactly), left(book23, u2, "2025-12-31", between("2023-01-31"))}},
		{Name: "in a network that the list has it in by another membership", Given: facts{by(list26), join(book25, u1, "2022-04-01", "2027-03-31", exactly)}, When: dates(book24, []string{"U99001", "2020-04-01", "", "U99001", "2022-04-01", "2027-03-31"}, list26),
			Then: facts{join(book24, u1, "2020-04-01", "", exactly)}},
		{Name: "a first day that waits for another membership of the network to end", Given: facts{by(list25), join(list25, u1, "2025-07-01", "", between("")), closed(list26, "2026-06-30", between("2025-07-01")), join(list26, u1, "2026-07-01", "", between("2026-07-01"))},
			When: dates(book25, []string{"U99001", "2025-07-01", "", "U99001", "2026-06-01", "2026-12-31"}, list26),
			Then: facts{redated(book25, u1, "2026-07-01", "2026-06-01", "2026-12-31"), redated(book25, u1, "2025-07-01", "2025-07-01", ""), left(book25, u1, "2026-06-30", between("2025-07-01"))}},
		{Name: "what was planned after a newer list is not over", Given: facts{by(list25), join(list25, u1, "2025-07-01", "", between(""))}, When: dates(book24, []string{"U99002", "2025-09-01", ""}, list25),
			Then: facts{join(book24, u2, "2025-09-01", "", exactly)}},
	}, whole)
}

func TestReportOfTheAbsent(t *testing.T) {
	absent := func(c fact.Cited, complete ...fact.Cited) when {
		return says(c, network.ReportPractice{Absent: true}, complete...)
	}
	in := facts{by(book24), join(book24, u1, "2020-04-01", "", exactly)}
	gone := append(in[:2:2], closed(list25, "2025-06-30", between("2024-10-01")))
	counted := fact.ListSizeRecorded{Practice: mill, Basis: fact.Registered, On: day("2025-01-01"), Patients: 9000, Cited: frozen}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "was never there", When: absent(list26)},
		{Name: "was in a network by the source before", Given: in, When: absent(list26, book24), Then: facts{closed(list26, "2026-06-30", between("2024-10-01"))}},
		{Name: "was in a network from its first day, where no source before is complete", Given: in, When: absent(list26), Then: facts{closed(list26, "2026-06-30", between("2020-04-01"))}},
		{Name: "had left before", Given: facts{by(book24), join(book24, u1, "2020-04-01", "2023-03-31", exactly)}, When: absent(list26, book24), Then: facts{closed(list26, "2026-06-30", between("2023-03-31"))}},
		{Name: "had patients later", Given: append(in[:2:2], counted), When: absent(list26, book24), Then: facts{closed(list26, "2026-06-30", between("2025-01-01"))}},
		{Name: "was on a list before, in no network", Given: facts{by(list25)}, When: absent(list26, list25), Then: facts{closed(list26, "2026-06-30", between("2025-07-01"))}},
		{Name: "nothing tells when it was there", Given: facts{registered}, When: absent(list26), Then: facts{closed(list26, "2026-06-30", between(""))}},
		{Name: "has closed already", Given: gone, When: absent(list26, book24, list25)},
		{Name: "from an older list closes nothing", Given: in, When: absent(list25, list26)},
		{Name: "is listed again", Given: gone, When: lists(list26, u1, book24, list25), Then: facts{
			fact.PracticeReopened{Practice: mill, From: day("2026-07-01"), Dating: between("2025-07-01"), Cited: list26},
			fact.PracticeLocated{Practice: mill, System: qz1, SubICB: sub, From: day("2026-07-01"), Dating: between(""), Cited: list26},
			join(list26, u1, "2026-07-01", "", between("2025-07-02"))}},
		{Name: "is not opened by figures", Given: gone, When: says(of(fact.Populations, "2026-07-01"), network.ReportPractice{}, book24, list25)},
		{Name: "first seen in an older list, it has closed since", When: lists(list25, u1, list26), Then: facts{by(list25), closed(list26, "2026-06-30", between("2025-07-01"))}},
		{Name: "first seen in older figures, it has closed since", When: says(frozen, network.ReportPractice{System: qz1, SubICB: sub}, list26), Then: facts{by(frozen), closed(list26, "2026-06-30", between("2025-01-01"))}},
		{Name: "first seen as a member in an older workbook, it has closed since", When: dates(book24, []string{"U99001", "2020-04-01", ""}, list26),
			Then: facts{by(book24), closed(list26, "2026-06-30", between("2024-10-01")), join(book24, u1, "2020-04-01", "", exactly), left(book24, u1, "2026-06-30", between("2024-10-01"))}},
		{Name: "first seen as a former member, nothing tells that it was there later", When: dates(book24, []string{"U99001", "2020-04-01", "2021-03-31"}, list26),
			Then: facts{by(book24), closed(list26, "2026-06-30", between("2021-03-31")), join(book24, u1, "2020-04-01", "2021-03-31", exactly)}},
		{Name: "a membership after it closed is over too", Given: gone, When: dates(of(fact.EPCN, "2025-03-31"), []string{"U99001", "2020-04-01", "2025-01-31", "U99002", "2025-02-01", ""}, book24, list25),
			Then: facts{redated(of(fact.EPCN, "2025-03-31"), u1, "2020-04-01", "2020-04-01", "2025-01-31"), join(of(fact.EPCN, "2025-03-31"), u2, "2025-02-01", "", exactly), left(of(fact.EPCN, "2025-03-31"), u2, "2025-06-30", between("2025-03-31"))}},
	}, whole)
}

func TestReportOfNamesAndPlaces(t *testing.T) {
	in := facts{by(list25)}
	at := func(c fact.Cited, name string, system events.ICB, sub events.SubICB, complete ...fact.Cited) when {
		return says(c, network.ReportPractice{Name: name, System: system, SubICB: sub, Now: &network.Now{}}, complete...)
	}
	located := func(system events.ICB, sub events.SubICB, how fact.Dating) fact.PracticeLocated {
		return fact.PracticeLocated{Practice: mill, System: system, SubICB: sub, From: day("2026-07-01"), Dating: how, Cited: list26}
	}
	in2 := facts{fact.PracticeRegistered{Practice: mill, Name: "Mill Lane", System: "QZ2", SubICB: sub, Cited: list25}}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "the same", Given: in, When: at(list26, "Mill Lane", qz1, sub, list25)},
		{Name: "another name", Given: in, When: at(list26, "Mill Road", qz1, sub, list25), Then: facts{fact.PracticeRenamed{Practice: mill, Name: "Mill Road", Cited: list26}}},
		{Name: "another name in an older source", Given: in, When: at(list25, "Mill Road", "QZ2", other, list26)},
		{Name: "another name in figures", Given: in, When: says(of(fact.Populations, "2026-07-01"), network.ReportPractice{Name: "MILL LN"}, list25)},
		{Name: "another system", Given: in, When: at(list26, "Mill Lane", "QZ3", sub, list25), Then: facts{located("QZ3", sub, between("2025-07-02"))}},
		{Name: "another sub-ICB location, without a system", Given: in, When: at(list26, "Mill Lane", "", other, list25), Then: facts{located("", other, between("2025-07-02"))}},
		{Name: "the system, which was not known", Given: facts{by(book24)}, When: at(list26, "Mill Lane", qz1, sub, book24), Then: facts{located(qz1, sub, between(""))}},
		{Name: "nothing of where it is", Given: in, When: at(list26, "Mill Lane", "", "", list25)},
		{Name: "a system that stands in its system's place", Given: in2, When: at(list26, "Mill Lane", "QZ3", sub, list25)},
		{Name: "a system that stands in its system's place, and another sub-ICB location", Given: in2, When: at(list26, "Mill Lane", "QZ3", other, list25), Then: facts{located("QZ3", other, between("2025-07-02"))}},
		{Name: "a system that will stand in its system's place later", Given: facts{fact.PracticeRegistered{Practice: mill, Name: "Mill Lane", System: "QZ2", SubICB: sub, Cited: book24}}, When: at(list25, "Mill Lane", "QZ3", sub, book24),
			Then: facts{fact.PracticeLocated{Practice: mill, System: "QZ3", SubICB: sub, From: day("2025-07-01"), Dating: between("2024-10-02"), Cited: list25}}},
	}, whole)
}

func TestReportOfFigures(t *testing.T) {
	tells := func(c fact.Cited, a network.ReportPractice, complete ...fact.Cited) when {
		a.System, a.SubICB = qz1, sub
		return says(c, a, complete...)
	}
	size := func(patients int) network.ReportPractice {
		return network.ReportPractice{ListSizes: []network.ListSize{{Basis: fact.Registered, On: day("2025-01-01"), Patients: patients}}}
	}
	counted := func(c fact.Cited, patients int) fact.ListSizeRecorded {
		return fact.ListSizeRecorded{Practice: mill, Basis: fact.Registered, On: day("2025-01-01"), Patients: patients, Cited: c}
	}
	counts := func(in events.PCN, system events.ICB) network.ReportPractice {
		return network.ReportPractice{CountedFor: []network.CountedFor{{On: day("2025-01-01"), Network: in, System: system}}}
	}
	countsFor := func(c fact.Cited, in events.PCN, system events.ICB) fact.ContractMemberRecorded {
		return fact.ContractMemberRecorded{Practice: mill, On: day("2025-01-01"), Network: in, System: system, Cited: c}
	}
	supplier := func(name string) network.ReportPractice { return network.ReportPractice{Supplier: name} }
	uses := func(c fact.Cited, name string) fact.ClinicalSystemRecorded {
		return fact.ClinicalSystemRecorded{Practice: mill, Supplier: name, Cited: c}
	}
	score := func(text string) network.ReportPractice {
		return network.ReportPractice{Deprivation: &network.Deprivation{Year: 2025, Score: decimal.MustParse(text)}}
	}
	scored := func(text string) fact.DeprivationRecorded {
		return fact.DeprivationRecorded{Practice: mill, Year: 2025, Score: decimal.MustParse(text), Cited: index}
	}
	in := facts{by(list25)}
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "a list size", Given: in, When: tells(frozen, size(9000), list25), Then: facts{counted(frozen, 9000)}},
		{Name: "no patients are a list size", Given: in, When: tells(frozen, size(0), list25), Then: facts{counted(frozen, 0)}},
		{Name: "a newer source corrects it", Given: facts{by(list25), counted(frozen, 9000)}, When: tells(list26, size(9001), list25), Then: facts{counted(list26, 9001)}},
		{Name: "an older source does not", Given: facts{by(list25), counted(list26, 9001)}, When: tells(frozen, size(9000), list25)},
		{Name: "a source with the same again", Given: facts{by(list25), counted(frozen, 9000)}, When: tells(list26, size(9000), list25)},
		{Name: "a source leaves alone what a person has told", Given: facts{by(list25), counted(fact.Cited{}, 1)}, When: tells(frozen, size(9000), list25)},
		{Name: "another basis, another day", Given: facts{by(list25), counted(frozen, 9000)},
			When: tells(list26, network.ReportPractice{ListSizes: []network.ListSize{{Basis: fact.Adjusted, On: day("2025-01-01"), Patients: 1}, {Basis: fact.Registered, On: day("2026-07-01"), Patients: 2}}}, list25),
			Then: facts{fact.ListSizeRecorded{Practice: mill, Basis: fact.Adjusted, On: day("2025-01-01"), Patients: 1, Cited: list26}, fact.ListSizeRecorded{Practice: mill, Basis: fact.Registered, On: day("2026-07-01"), Patients: 2, Cited: list26}}},
		{Name: "for whom it counts", Given: in, When: tells(frozen, counts(u1, "QH8"), list25), Then: facts{countsFor(frozen, u1, "QH8")}},
		{Name: "it counts for nobody", Given: in, When: tells(frozen, counts("", ""), list25), Then: facts{countsFor(frozen, "", "")}},
		{Name: "it counts for a network that nobody has registered", Given: in, When: tells(frozen, counts("U98765", "QH8"), list25), Then: facts{countsFor(frozen, "U98765", "QH8")}},
		{Name: "the same again", Given: facts{by(list25), countsFor(frozen, u1, "QH8")}, When: tells(list26, counts(u1, "QH8"), list25)},
		{Name: "a newer source corrects the network", Given: facts{by(list25), countsFor(frozen, u1, "QH8")}, When: tells(list26, counts(u2, "QH8"), list25), Then: facts{countsFor(list26, u2, "QH8")}},
		{Name: "a newer source corrects the system", Given: facts{by(list25), countsFor(frozen, u1, "QH8")}, When: tells(list26, counts(u1, "QH9"), list25), Then: facts{countsFor(list26, u1, "QH9")}},
		{Name: "an older source corrects nothing", Given: facts{by(list25), countsFor(list26, u1, "QH8")}, When: tells(frozen, counts(u2, "QH8"), list25)},
		{Name: "nor does one correct a person", Given: facts{by(list25), countsFor(fact.Cited{}, u1, "QH8")}, When: tells(list26, counts(u2, "QH8"), list25)},
		{Name: "another year's is another", Given: facts{by(list25), countsFor(frozen, u1, "QH8")},
			When: tells(list26, network.ReportPractice{CountedFor: []network.CountedFor{{On: day("2026-01-01"), Network: u1, System: "QH8"}}}, list25),
			Then: facts{fact.ContractMemberRecorded{Practice: mill, On: day("2026-01-01"), Network: u1, System: "QH8", Cited: list26}}},
		{Name: "a supplier", Given: in, When: tells(list26, supplier("EMIS"), list25), Then: facts{uses(list26, "EMIS")}},
		{Name: "another supplier", Given: facts{by(list25), uses(list25, "EMIS")}, When: tells(list26, supplier("TPP"), list25), Then: facts{uses(list26, "TPP")}},
		{Name: "another supplier in an older source", Given: facts{by(list26), uses(list26, "EMIS")}, When: tells(list25, supplier("TPP"), list26)},
		{Name: "a supplier in an older source, where none is known", Given: facts{by(list26)}, When: tells(list25, supplier("TPP"), list26), Then: facts{uses(list25, "TPP")}},
		{Name: "no supplier", Given: facts{by(list25), uses(list25, "EMIS")}, When: tells(list26, supplier(""), list25)},
		{Name: "a score", Given: in, When: tells(index, score("33.5"), list25), Then: facts{scored("33.5")}},
		{Name: "a score of zero", Given: in, When: tells(index, score("0"), list25), Then: facts{scored("0")}},
		{Name: "the same score, written otherwise", Given: facts{by(list25), scored("33.5")}, When: tells(index, score("33.500"), list25)},
		{Name: "another score", Given: facts{by(list25), scored("33.5")}, When: tells(index, score("33.6"), list25), Then: facts{scored("33.6")}},
	}, whole)
}

func TestReportOfTheUnknown(t *testing.T) {
	dry := func(a network.ReportPractice) when {
		a.DryRun = true
		a.Code, a.Name, a.Source, a.AsAt = mill, "Mill Lane", list26.Source, list26.AsAt
		return func(s practice.State) ([]fact.PracticeEvent, error) { return practice.Report(s, view.State{}, a) }
	}
	unknown := events.PCN("U99999")
	decidertest.Run(t, practice.Evolve, []test{
		{Name: "a source that nobody has cited", Refused: source.ErrUnknown, When: func(s practice.State) ([]fact.PracticeEvent, error) {
			return practice.Report(s, registry, network.ReportPractice{Code: mill, Name: "Mill Lane", Report: network.Report{Source: list26.Source, AsAt: list26.AsAt}})
		}},
		{Name: "a system", When: says(list26, network.ReportPractice{System: "QZ9"}), Refused: system.ErrUnknown},
		{Name: "a network it is in", When: lists(list26, unknown), Refused: pcn.ErrUnknown},
		{Name: "a network it was in", When: dates(book24, []string{"U99999", "2020-04-01", ""}), Refused: pcn.ErrUnknown},
		{Name: "a dry run may name what it would have registered", When: dry(network.ReportPractice{System: qz1, SubICB: sub, Now: &network.Now{Network: unknown}}),
			Then: facts{by(list26), join(list26, unknown, "2026-07-01", "", between(""))}},
	}, whole)
}

// Whatever sources say in whatever order, what one says again records nothing,
// no membership ends before it begins, no bound lies after what it bounds, and
// the state before is as it was.
func TestReportsInAnyOrder(t *testing.T) {
	networks := rapid.SampledFrom([]events.PCN{u1, u2, u3})
	days := rapid.Custom(func(t *rapid.T) events.Date { return april.AddDays(rapid.IntRange(0, 40).Draw(t, "day")) })
	reports := rapid.Custom(func(t *rapid.T) (a network.ReportPractice) {
		kind := rapid.SampledFrom(fact.Kinds).Draw(t, "kind")
		a.Code, a.AsAt = mill, days.Draw(t, "as at")
		a.Source = fact.NewSource(kind, a.AsAt, rapid.SampledFrom([]string{"0", "1"}).Draw(t, "file"))
		a.Name = rapid.SampledFrom([]string{"Mill Lane", "Mill Road"}).Draw(t, "name")
		switch kind {
		case fact.Registrations:
			a.System, a.SubICB = rapid.SampledFrom([]events.ICB{qz1, "QZ2", "QZ3"}).Draw(t, "system"), sub
			a.Supplier = rapid.SampledFrom([]string{"", "EMIS", "TPP"}).Draw(t, "supplier")
			switch rapid.IntRange(0, 3).Draw(t, "now") {
			case 0:
				a.Absent = true
			case 1:
				a.Now = &network.Now{}
			default:
				a.Now = &network.Now{Network: networks.Draw(t, "network")}
			}
		case fact.EPCN:
			a.SubICB = rapid.SampledFrom([]events.SubICB{sub, other}).Draw(t, "sub-ICB")
			type first struct {
				network events.PCN
				from    events.Date
			}
			seen := map[first]bool{}
			for range rapid.IntRange(1, 4).Draw(t, "memberships") {
				m := network.Membership{Network: networks.Draw(t, "network"), From: days.Draw(t, "from")}
				if rapid.Bool().Draw(t, "ended") {
					m.LastDay = m.From.AddDays(rapid.IntRange(0, 20).Draw(t, "length"))
				}
				if !seen[first{m.Network, m.From}] { // importing refuses it twice
					a.Memberships = append(a.Memberships, m)
				}
				seen[first{m.Network, m.From}] = true
			}
		case fact.Populations:
			a.ListSizes = []network.ListSize{{Basis: fact.Adjusted, On: days.Draw(t, "on"), Patients: rapid.IntRange(0, 3).Draw(t, "patients")}}
			a.CountedFor = []network.CountedFor{{On: days.Draw(t, "frozen"), Network: networks.Draw(t, "counts for")}}
		case fact.Deprivation:
			a.Deprivation = &network.Deprivation{Year: 2025, Score: decimal.MustNew(rapid.Int64Range(0, 3).Draw(t, "score"), 0)}
		}
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		var past facts
		state := func() (s practice.State) {
			for _, e := range past {
				s = practice.Evolve(s, e)
			}
			return s
		}
		known := registry
		for range rapid.IntRange(1, 8).Draw(t, "reports") {
			a := reports.Draw(t, "report")
			known = begun(known, a.Cited())
			s, dry := state(), a
			dry.DryRun = true
			would, err := practice.Report(s, known, dry)
			if err != nil {
				t.Fatal(err)
			}
			got, err := practice.Report(s, known, a)
			if err != nil || len(got) != len(would) {
				t.Fatalf("records %+v, %v; rehearsed it was %+v", got, err, would)
			}
			if !equal(s, state()) {
				t.Fatal("reporting changed the state before")
			}
			past = append(past, got...)
			if again, err := practice.Report(state(), known, a); err != nil || len(again) > 0 {
				t.Fatalf("%+v\nrecords %+v\nand again %+v, %v", a, got, again, err)
			}
			if rapid.Bool().Draw(t, "complete") {
				known = view.Evolve(known, fact.SourceCompleted{Source: a.Source})
			}
			if again, err := practice.Report(state(), known, a); err != nil || len(again) > 0 {
				t.Fatalf("%+v\nrecords %+v\nand again, complete, %+v, %v", a, got, again, err)
			}
			sane(t, state())
		}
	})
}

func sane(t *rapid.T, s practice.State) {
	firsts := map[events.PCN]map[events.Date]bool{}
	for _, m := range s.Memberships {
		switch {
		case !m.Valid():
			t.Fatalf("%+v ends before it begins", m)
		case m.From.Before(m.First.NotBefore), m.To.Before(m.Last.NotBefore), m.Last.Undated && m.Last.NotBefore.Before(m.First.NotBefore) && !m.Last.NotBefore.IsZero():
			t.Fatalf("%+v is bounded by what comes after", m)
		case firsts[m.Network][m.From]:
			t.Fatalf("there are two of network %s from %s", m.Network, m.From)
		}
		if firsts[m.Network] == nil {
			firsts[m.Network] = map[events.Date]bool{}
		}
		firsts[m.Network][m.From] = true
	}
	if s.Closed.LastDay.Before(s.Closed.NotBefore) {
		t.Fatalf("%+v is bounded by what comes after", s.Closed)
	}
}

func equal(a, b practice.State) bool {
	return cmp.Equal(a, b, whole, cmpopts.EquateEmpty())
}
