package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// A framework is shown from the year in which it begins to the one in which it
// ends, its steps in its own order, and what nobody words is owed.
func TestMaturityFrameworks(t *testing.T) {
	const then = events.Year("2023/24")
	framework := func(y events.Year, key fact.Key, last events.Date) fact.Event {
		return fact.FrameworkSet{Year: y, Framework: fact.Framework{
			Key: key, Title: "Matrix", Publisher: "NHS England", Version: "1", Period: events.Period{From: y.First().AddDays(40), To: last}, Cited: found,
			Domains: []fact.Domain{{Key: "leadership", Title: "Leadership", Description: "Who leads."}, {Key: "people", Title: "People"}},
			Levels:  []fact.Level{{Key: "foundation", Title: "Foundation"}, {Key: "step-1", Title: "Step 1"}},
		}}
	}
	says := func(key, domain, level fact.Key, text string) fact.Event {
		return fact.DescriptorStated{Year: then, Descriptor: fact.Descriptor{Key: key, Framework: "matrix", Domain: domain, Level: level, Text: text, Cited: found}}
	}
	shown := func(c *view.Contract) string {
		var all []string
		for _, f := range c.MaturityFrameworks() {
			all = append(all, fmt.Sprintf("%s of %s", f.Key(), f.Began()))
		}
		return strings.Join(all, ", ")
	}
	s := fold(framework(then, "matrix", events.Date{}), framework(then, "short", events.Day(2024, time.March, 31)), stream("core", fact.Network),
		framework("2024/25", "next", events.Date{}), framework("2024/25", "wrong", events.Date{}), fact.TermWithdrawn{Year: "2024/25", Key: "wrong"})
	for y, want := range map[events.Year]string{then: "matrix of 2023/24, short of 2023/24", "2024/25": "matrix of 2023/24, next of 2024/25", "2025/26": "matrix of 2023/24, next of 2024/25"} {
		if got := shown((&view.Reading{State: s}).Contract(y)); got != want {
			t.Errorf("%s has %s, want %s", y, got, want)
		}
	}
	if got := shown((&view.Reading{State: s, On: then.First()}).Contract(then)); got != "" {
		t.Errorf("before its first day there is %s", got)
	}

	the := func(facts ...fact.Event) *view.Framework {
		return (&view.Reading{State: fold(append([]fact.Event{framework(then, "matrix", events.Date{})}, facts...)...)}).Contract(then).MaturityFrameworks()[0]
	}
	m := the()
	if why := m.DescriptorsUnknown(); len(m.Descriptors()) != 0 || why == nil || why.Code != "DESCRIPTOR_NOT_KNOWN" || *why.OwedBy != "england" || !strings.Contains(why.Reason, "words 4 of its 4 steps") {
		t.Errorf("nothing is worded, and not known because of %+v", why)
	}
	if d := m.Domains(); len(d) != 2 || *d[0].Description() != "Who leads." || d[1].Description() != nil {
		t.Errorf("its domains are %+v", d)
	}
	dispute := func(about fact.Key) fact.Event {
		return fact.FigureDisputed{Year: then, Dispute: fact.Dispute{Key: "doubt", About: about, Says: "so", Because: "older", Cited: found}}
	}
	in := []fact.Event{
		says("c", "people", "foundation", "c"), says("b", "leadership", "step-1", "b"), says("a", "leadership", "foundation", "x"), says("a", "leadership", "foundation", "a"), says("d", "people", "step-1", "d"),
	}
	for _, c := range []struct {
		what string
		said []fact.Event
		want string
	}{
		{"all is worded, in any order", in, "a Leadership Foundation; b Leadership Step 1; c People Foundation; d People Step 1"},
		{"one is withdrawn", append(in[:5:5], fact.TermWithdrawn{Year: then, Key: "b"}), "a Leadership Foundation; c People Foundation; d People Step 1; 1 of its 4"},
		{"two sources word one step", append(in[:5:5], says("e", "people", "step-1", "e")), "a Leadership Foundation; b Leadership Step 1; c People Foundation; d People Step 1 *; e People Step 1 *; CONFLICTING"},
		{"a descriptor is disputed", append(in[:5:5], dispute("a")), "a Leadership Foundation *; b Leadership Step 1; c People Foundation; d People Step 1; CONFLICTING"},
		{"the framework is disputed", append(in[:5:5], dispute("matrix")), "a Leadership Foundation; b Leadership Step 1; c People Foundation; d People Step 1; CONFLICTING"},
		{"what is of another framework or step", append(in[:5:5], fact.DescriptorStated{Year: then, Descriptor: fact.Descriptor{Key: "o", Framework: "other", Domain: "people", Level: "step-1", Cited: found}}, says("p", "people", "step-9", "p")),
			"a Leadership Foundation; b Leadership Step 1; c People Foundation; d People Step 1"},
	} {
		m := the(c.said...)
		var got []string
		for _, d := range m.Descriptors() {
			text := fmt.Sprintf("%s %s %s", d.Text(), d.Domain().Title(), d.Level().Title)
			if d.Standing() == view.Disputed {
				text += " *"
			}
			got = append(got, text)
		}
		if why := m.DescriptorsUnknown(); why != nil {
			got = append(got, why.Reason[strings.Index(why.Reason, "words ")+6:strings.Index(why.Reason, " steps")])
		}
		if m.Standing() == view.Disputed {
			got = append(got, string(m.Standing()))
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if a := the(in...).Descriptors()[0]; len(a.History()) != 2 {
		t.Errorf("what was corrected has %d entries", len(a.History()))
	}
	if d := the(append(in, dispute("a"))...).Disputes(); len(d) != 1 || d[0].About() != "a" {
		t.Errorf("the disputes are %+v", d)
	}
	parked := &figure.Unknown{Code: "PARKED"}
	if f := (&view.Reading{State: fold(framework(then, "matrix", events.Date{})), Unknown: func(events.Entity) *figure.Unknown { return parked }}).Contract(then).MaturityFrameworks()[0]; f.DescriptorsUnknown() != parked {
		t.Error("a framework of a contract with an entry that cannot be read is known")
	}
}
