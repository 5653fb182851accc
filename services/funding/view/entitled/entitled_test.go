package entitled_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/entitled"
)

const year = events.Year("2025/26")

func of(network events.PCN) fact.Subject { return fact.Subject{Network: network, Year: year} }

// line is one that comes to an amount: the network's, or a practice's.
func line(key contract.Key, whose events.Practice, rates ...events.GBP) fact.Line {
	l := fact.Line{Stream: "stream-" + key, Key: key, Practice: whose}
	for _, amount := range rates {
		l.Rates = append(l.Rates, fact.Rate{Amount: amount})
	}
	return l
}

func computed(network events.PCN, lines ...fact.Line) fact.Computed {
	return fact.Computed{Subject: of(network), Lines: lines}
}

func owing(c fact.Computed, key contract.Key, whose events.Practice) fact.Computed {
	c.Owed = append(c.Owed, fact.Owed{Stream: "stream-" + key, Key: key, Practice: whose, Code: "NOT_SUBMITTED"})
	return c
}

func stated(network events.PCN, quantity int) fact.Event {
	return fact.QuantityStated{Subject: of(network), Line: "homes-line", Quantity: quantity, Source: "CQC"}
}

// onwards folds facts after the n-th, each with a place in the book of its own.
func onwards(t rapid.TB, s entitled.State, n int, all ...fact.Event) entitled.State {
	t.Helper()
	for i, e := range all {
		at := n + i + 1
		var err error
		if s, err = entitled.Evolve(s, e, view.Place{ID: events.ID(fmt.Sprint("id-", at)), Ordinal: events.Ordinal(at), Time: time.Unix(int64(at), 0).UTC()}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// changes is what each computation has changed, and when.
func changes(e *entitled.Entitlement) (all []string) {
	amount := func(m *events.GBP) string {
		if m == nil {
			return "unknown"
		}
		return m.String()
	}
	for _, c := range e.Changes() {
		said := fmt.Sprintf("%s at %d:", c.ID(), c.Time().Unix())
		for _, d := range c.Lines {
			whose := ""
			if p := d.Practice(); p != nil {
				whose = " of " + string(*p)
			}
			said += fmt.Sprintf(" %s %s%s from %s to %s by %s;", d.Stream, d.Line, whose, amount(d.Was), amount(d.Is), amount(d.Difference()))
		}
		all = append(all, said)
	}
	return all
}

func TestChanges(t *testing.T) {
	const north = "U99001"
	for name, c := range map[string]struct {
		story []fact.Event
		want  []string
	}{
		"the first": {[]fact.Event{computed(north, line("core", "", 100), line("npp", "Z99001", 7))}, []string{
			"id-1 at 1: stream-core core from unknown to 1.00 by unknown; stream-npp npp of Z99001 from unknown to 0.07 by unknown;"}},
		"more, less and the same": {[]fact.Event{computed(north, line("a", "", 100), line("b", "", 100), line("c", "", 100)), computed(north, line("a", "", 150), line("b", "", 30), line("c", "", 100))}, []string{
			"id-1 at 1: stream-a a from unknown to 1.00 by unknown; stream-b b from unknown to 1.00 by unknown; stream-c c from unknown to 1.00 by unknown;",
			"id-2 at 2: stream-a a from 1.00 to 1.50 by 0.50; stream-b b from 1.00 to 0.30 by -0.70;"}},
		"the same sum by other rates": {[]fact.Event{computed(north, line("a", "", 100)), computed(north, line("a", "", 60, 40))}, []string{
			"id-1 at 1: stream-a a from unknown to 1.00 by unknown;", "id-2 at 2:"}},
		"more by one of two rates": {[]fact.Event{computed(north, line("a", "", 60, 40)), computed(north, line("a", "", 60, 50))}, []string{
			"id-1 at 1: stream-a a from unknown to 1.00 by unknown;", "id-2 at 2: stream-a a from 1.00 to 1.10 by 0.10;"}},
		"of one practice alone": {[]fact.Event{computed(north, line("npp", "Z99001", 7), line("npp", "Z99002", 8)), computed(north, line("npp", "Z99001", 7), line("npp", "Z99002", 9))}, []string{
			"id-1 at 1: stream-npp npp of Z99001 from unknown to 0.07 by unknown; stream-npp npp of Z99002 from unknown to 0.08 by unknown;",
			"id-2 at 2: stream-npp npp of Z99002 from 0.08 to 0.09 by 0.01;"}},
		"a practice has gone to another network": {[]fact.Event{computed(north, line("npp", "Z99001", 7), line("npp", "Z99002", 8)), computed("U99002", line("npp", "Z99001", 7)), computed(north, line("npp", "Z99002", 8))}, []string{
			"id-1 at 1: stream-npp npp of Z99001 from unknown to 0.07 by unknown; stream-npp npp of Z99002 from unknown to 0.08 by unknown;",
			"id-3 at 3: stream-npp npp of Z99001 from 0.07 to unknown by unknown;"}},
		"nothing is not unknown": {[]fact.Event{computed(north, line("a", "", 0)), computed(north, line("a", "", 5)), computed(north, line("a", "", 0))}, []string{
			"id-1 at 1: stream-a a from unknown to 0.00 by unknown;", "id-2 at 2: stream-a a from 0.00 to 0.05 by 0.05;", "id-3 at 3: stream-a a from 0.05 to 0.00 by -0.05;"}},
		"owed, known, and owed again": {[]fact.Event{owing(computed(north), "a", ""), computed(north, line("a", "", 5)), owing(computed(north), "a", "")}, []string{
			"id-1 at 1:", "id-2 at 2: stream-a a from unknown to 0.05 by unknown;", "id-3 at 3: stream-a a from 0.05 to unknown by unknown;"}},
		"what was stated is no change by itself": {[]fact.Event{stated(north, 80), computed(north, line("homes", "", 80)), stated(north, 87), computed(north, line("homes", "", 87))}, []string{
			"id-2 at 2: stream-homes homes from unknown to 0.80 by unknown;", "id-4 at 4: stream-homes homes from 0.80 to 0.87 by 0.07;"}},
	} {
		if diff := cmp.Diff(c.want, changes(onwards(t, entitled.State{}, 0, c.story...).Of(north, year))); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", name, diff)
		}
	}
}

func TestEntitlementsAreFound(t *testing.T) {
	next := fact.Computed{Subject: fact.Subject{Network: "U99001", Year: "2026/27"}, Lines: []fact.Line{line("npp", "Z99003", 1)}}
	s := onwards(t, entitled.State{}, 0,
		computed("U99001"), computed("U99002", line("npp", "Z99001", 1), line("npp", "Z99003", 1)), stated("U99003", 5), next,
		owing(computed("U99001", line("npp", "Z99001", 2)), "npp", "Z99002"), computed("U99002"), stated("U99001", 9),
	)
	for name, c := range map[string]struct{ got, want string }{
		"of a year":                      {names(s.In(year)), "U99001 2025/26, U99002 2025/26, U99003 2025/26"},
		"of another":                     {names(s.In("2026/27")), "U99001 2026/27"},
		"of one that has none":           {names(s.In("2024/25")), ""},
		"where there are none":           {names(entitled.State{}.In(year)), ""},
		"a network's":                    {name(s.Of("U99003", year)), "U99003 2025/26"},
		"a network's of another year":    {name(s.Of("U99003", "2026/27")), ""},
		"a practice's that has moved":    {name(s.OfPractice("Z99001", year)), "U99001 2025/26"},
		"a practice's of one year":       {name(s.OfPractice("Z99003", year)), "U99002 2025/26"},
		"a practice's of another year":   {name(s.OfPractice("Z99003", "2026/27")), "U99001 2026/27"},
		"a practice's in neither":        {name(s.OfPractice("Z99009", year)), ""},
		"a practice's, all of it owed":   {name(s.OfPractice("Z99002", year)), "U99001 2025/26"},
		"a practice's, where none is":    {name(entitled.State{}.OfPractice("Z99001", year)), ""},
		"a network's, where there is no": {name(entitled.State{}.Of("U99001", year)), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	if last, at := s.Of("U99001", year).Last(); last == nil || len(last.Lines) != 1 || at.ID != "id-5" {
		t.Errorf("computed last: %+v at %+v", last, at)
	}
	if last, at := s.Of("U99003", year).Last(); last != nil || at != (view.Place{}) {
		t.Errorf("of what was only stated, computed last: %+v at %+v", last, at)
	}
}

func names(all []*entitled.Entitlement) (said string) {
	for i, e := range all {
		if i > 0 {
			said += ", "
		}
		said += name(e)
	}
	return said
}

func name(e *entitled.Entitlement) string {
	if e == nil {
		return ""
	}
	return string(e.Network) + " " + string(e.Year)
}

// tells is all that a state tells.
func tells(s entitled.State) (all []string) {
	for _, y := range []events.Year{year, "2026/27"} {
		for _, e := range s.In(y) {
			all = append(all, fmt.Sprint(name(e), " ", name(s.Of(e.Network, e.Year)), " ", e.History()))
			last, at := e.Last()
			all = append(all, fmt.Sprint(last, at))
			all = append(all, changes(e)...)
		}
		for _, p := range practices {
			all = append(all, fmt.Sprintf("%s of %s is in that of %s", p, y, name(s.OfPractice(p, y))))
		}
	}
	return all
}

var practices = []events.Practice{"Z99001", "Z99002", "Z99003"}

// Whatever is computed and stated in whatever order: frozen and thawed at any
// moment, and folded on, it is as if it had never been frozen.
func TestFrozenAndThawed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var story []fact.Event
		for range rapid.IntRange(0, 16).Draw(t, "facts") {
			c := computed(rapid.SampledFrom([]events.PCN{"U99001", "U99002"}).Draw(t, "network"))
			c.Year = rapid.SampledFrom([]events.Year{year, year, year, "2026/27"}).Draw(t, "year")
			for _, p := range practices {
				switch rapid.IntRange(0, 2).Draw(t, "in it") {
				case 0:
					c.Lines = append(c.Lines, line("npp", p, events.GBP(rapid.IntRange(0, 3).Draw(t, "amount"))))
				case 1:
					c = owing(c, "npp", p)
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "stated") == 0 {
				story = append(story, fact.QuantityStated{Subject: c.Subject, Line: "homes-line", Quantity: 7, Source: "CQC", Reason: "A home has opened."})
			} else {
				story = append(story, c)
			}
		}
		n := rapid.IntRange(0, len(story)).Draw(t, "frozen after")
		whole, part := onwards(t, entitled.State{}, 0, story...), onwards(t, entitled.State{}, 0, story[:n]...)
		b, err := entitled.Freeze(part)
		if err != nil {
			t.Fatal(err)
		}
		back, err := entitled.Thaw(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tells(part), tells(back)); diff != "" {
			t.Fatalf("read back otherwise (-was +is):\n%s", diff)
		}
		if diff := cmp.Diff(tells(whole), tells(onwards(t, back, n, story[n:]...))); diff != "" {
			t.Fatalf("folded on it is another (-was +is):\n%s", diff)
		}
		one := onwards(t, part, n, story[n:]...)
		for _, e := range part.In(year) {
			onwards(t, part, n, computed(e.Network)) // another book from here on
		}
		if diff := cmp.Diff(tells(whole), tells(one)); diff != "" {
			t.Fatalf("folding changed what was folded (-was +is):\n%s", diff)
		}
	})
	for name, b := range map[string]string{"no list": `{`, "a fact nobody knows": `[{"type":"entitlement.none.v1","data":{}}]`} {
		if _, err := entitled.Thaw([]byte(b)); err == nil {
			t.Errorf("a snapshot with %s was read", name)
		}
	}
}
