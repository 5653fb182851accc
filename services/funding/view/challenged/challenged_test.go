package challenged_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/challenged"
)

var july = events.Day(2025, time.July, 1)

func head(id fact.ID, after int) fact.Head {
	return fact.Head{Challenge: id, System: "QZ1", On: july.AddDays(after), By: "person-1"}
}

func opened(id fact.ID, after int) fact.Opened {
	return fact.Opened{Head: head(id, after), Entry: 1, Words: "?", Due: fact.Due{
		Acknowledgement: july.AddDays(after + 7), Answer: july.AddDays(after + 28),
	}}
}

func told(t testing.TB, all ...fact.Event) (s challenged.State) {
	t.Helper()
	for i, e := range all {
		var err error
		if s, err = challenged.Evolve(s, e, view.Place{ID: events.ID(fmt.Sprint(i)), Ordinal: events.Ordinal(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

const one, two, three fact.ID = "U99001-2025-26-C1", "U99001-2025-26-C2", "U99002-2025-26-C1"

func names(all []*challenged.Entry) (ids []fact.ID) {
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestChallengesAreFound(t *testing.T) {
	away := opened("Z99001-2025-26-C1", 0)
	away.System = "QZ2"
	s := told(t, opened(three, 0), opened(two, 0), opened(one, 0), away)
	for name, c := range map[string]struct{ got, want []fact.ID }{
		"of a network":         {names(s.By("network-U99001")), []fact.ID{one, two}},
		"of another":           {names(s.By("network-U99002")), []fact.ID{three}},
		"of a practice":        {names(s.By("practice-Z99001")), []fact.ID{"Z99001-2025-26-C1"}},
		"of nobody":            {names(s.By("network-U99000")), nil},
		"about a system":       {names(s.About("QZ1")), []fact.ID{one, two, three}},
		"about another":        {names(s.About("QZ2")), []fact.ID{"Z99001-2025-26-C1"}},
		"about one without":    {names(s.About("QZ0")), nil},
		"where there are none": {names(challenged.State{}.By("network-U99001")), nil},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if c := s.Challenge(two); c == nil || c.ID != two || c.Status() != challenged.Open {
		t.Errorf("by its name: %+v", c)
	}
	if c := s.Challenge("U99009-2025-26-C1"); c != nil {
		t.Errorf("one that is not there: %+v", c)
	}
}

// A step is overdue from the day after its last, at once, and stays late when it
// comes.
func TestStatus(t *testing.T) {
	ack, answer := fact.Acknowledged{Head: head(one, 8)}, fact.Answered{Head: head(one, 20), Outcome: fact.Explained, Words: "!"}
	soon := fact.Answered{Head: head(one, 3), Outcome: fact.Explained, Words: "!"}
	away, done := fact.Escalated{Head: head(one, 30), To: "NHS England"}, fact.Resolved{Head: head(one, 40)}
	both := []fact.Step{fact.Acknowledgement, fact.Answer}
	for name, c := range map[string]struct {
		said    []fact.Event
		day     int
		status  challenged.Status
		overdue []fact.Step // owed still, and late
		late    []fact.Step // whether it came or not
	}{
		"on the last day":          {nil, 7, challenged.Open, nil, nil},
		"on the day after":         {nil, 8, challenged.Open, both[:1], both[:1]},
		"silence":                  {nil, 29, challenged.Open, both, both},
		"acknowledged late":        {[]fact.Event{ack}, 9, challenged.Acknowledged, nil, both[:1]},
		"and not answered":         {[]fact.Event{ack}, 29, challenged.Acknowledged, both[1:], both},
		"answered in time":         {[]fact.Event{ack, answer}, 90, challenged.Answered, nil, both[:1]},
		"answered without a word":  {[]fact.Event{soon}, 90, challenged.Answered, nil, nil},
		"silence, escalated":       {[]fact.Event{away}, 31, challenged.Escalated, both, both},
		"silence, resolved":        {[]fact.Event{away, done}, 90, challenged.Resolved, nil, both},
		"accepted":                 {[]fact.Event{soon, fact.Accepted{Head: head(one, 4)}}, 90, challenged.Accepted, nil, nil},
		"answered, then escalated": {[]fact.Event{soon, away}, 90, challenged.Escalated, nil, nil},
	} {
		s := told(t, append([]fact.Event{opened(one, 0)}, c.said...)...).Challenge(one)
		var late []fact.Step
		for _, step := range fact.Steps {
			if s.Late(step, july.AddDays(c.day)) {
				late = append(late, step)
			}
		}
		if s.Status() != c.status || !cmp.Equal(s.LateNow(july.AddDays(c.day)), c.overdue) || !cmp.Equal(late, c.late) {
			t.Errorf("%s: %s, overdue %v, late %v", name, s.Status(), s.LateNow(july.AddDays(c.day)), late)
		}
	}
}

// A fact that does not fit is not folded.
func TestWhatDoesNotFit(t *testing.T) {
	s := told(t, opened(one, 0))
	for name, bad := range map[string]fact.Event{
		"opened twice":        opened(one, 1),
		"nobody's, answered":  fact.Answered{Head: head(two, 1)},
		"nobody's, let go by": fact.Overdue{Head: head(two, 1)},
	} {
		after, err := challenged.Evolve(s, bad, view.Place{})
		if !errors.Is(err, challenged.ErrUnlawful) || len(after.About("QZ1")) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is to be noted is what is overdue and not yet noted, whatever has been
// said in whatever order; and a snapshot reads back as what it was.
func TestWhatIsToBeNoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := []fact.ID{one, two, three}
		var s challenged.State
		place := 0
		tell := func(e fact.Event) {
			place++
			s, _ = challenged.Evolve(s, e, view.Place{ID: events.ID(fmt.Sprint(place))})
		}
		for _, id := range ids {
			tell(opened(id, rapid.IntRange(0, 30).Draw(t, "opened")))
		}
		for range rapid.IntRange(0, 12).Draw(t, "said") {
			h := head(rapid.SampledFrom(ids).Draw(t, "of"), rapid.IntRange(0, 60).Draw(t, "on"))
			tell(rapid.SampledFrom([]fact.Event{
				fact.Acknowledged{Head: h}, fact.Answered{Head: h}, fact.Accepted{Head: h}, fact.Escalated{Head: h}, fact.Resolved{Head: h},
				fact.Overdue{Head: h, Step: fact.Acknowledgement}, fact.Overdue{Head: h, Step: fact.Answer},
			}).Draw(t, "fact"))
		}
		b, err := challenged.Freeze(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := challenged.Thaw(b)
		if err != nil {
			t.Fatal(err)
		}
		today := july.AddDays(rapid.IntRange(0, 70).Draw(t, "today"))
		for name, s := range map[string]challenged.State{"as folded": s, "as read back": back} {
			want := map[challenged.Due]bool{}
			for _, c := range s.About("QZ1") {
				for _, step := range c.LateNow(today) {
					if !c.Noted(step) {
						want[challenged.Due{Day: c.Opened.Due.Of(step), Challenge: c.ID, Step: step}] = true
					}
				}
			}
			var last events.Date
			for d, c := range s.LetGoBy(today) {
				if !want[d] || c.ID != d.Challenge || d.Day.Before(last) {
					t.Fatalf("%s, %+v is not to be noted, or not now", name, d)
				}
				delete(want, d)
				last = d.Day
			}
			if len(want) > 0 {
				t.Fatalf("%s, forgotten: %+v", name, want)
			}
		}
		if again, err := challenged.Freeze(back); err != nil || string(again) != string(b) {
			t.Fatalf("read back otherwise: %v\n%s\n%s", err, b, again)
		}
	})
}
