package events_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
)

func TestPositionReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		commit, prepare := rapid.Uint64().Draw(t, "commit"), rapid.Uint64().Draw(t, "prepare")
		for _, p := range []events.Position{events.PositionAt(commit, prepare), events.PositionAt(commit, commit)} {
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var got events.Position
			if err := json.Unmarshal(data, &got); err != nil || got != p {
				t.Fatalf("%s is read as %s: %v", data, got, err)
			}
			if c, _ := got.Numbers(); c != commit {
				t.Fatalf("the store gets %d back for %d", c, commit)
			}
		}
	})
	var start events.Position
	if text, err := start.MarshalText(); err != nil || string(text) != "0" {
		t.Errorf("the start of the book is %q: %v", text, err)
	}
	for _, text := range []string{"", ".", "1.", ".1", "-1", "1.2.3", "zzzzzzzzzzzzzz", "1 2"} {
		if p, err := events.ParsePosition(text); err == nil {
			t.Errorf("%q is read as %s", text, p)
		}
	}
}

func TestPositionsAreOrderedAsTheStoreOrdersThem(t *testing.T) {
	inOrder := []events.Position{
		{}, events.PositionAt(1, 1), events.PositionAt(9, 3), events.PositionAt(9, 9), events.PositionAt(10, 0), events.PositionAt(1<<63, 0),
	}
	for i, p := range inOrder {
		if p.IsZero() != (i == 0) {
			t.Errorf("%s is before the first fact: %t", p, p.IsZero())
		}
		for j, q := range inOrder {
			if got := p.Compare(q); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("Compare(%s, %s) is %d", p, q, got)
			}
		}
	}
}

func TestEnvelopeNamesItsDomainAndSubject(t *testing.T) {
	e := events.Envelope{Type: "network.joined.v1", Entities: []events.Entity{"practice-A81001", "network-U12345"}}
	if e.Domain() != "network" || e.Subject() != "practice-A81001" {
		t.Errorf("domain %q, subject %q", e.Domain(), e.Subject())
	}
	if none := (events.Envelope{}); none.Domain() != "" || none.Subject() != "" {
		t.Errorf("of an empty envelope: domain %q, subject %q", none.Domain(), none.Subject())
	}
}

func TestNobodyHasPutItIntoTheTable(t *testing.T) {
	if class := events.VisibilityOf("no.such.v1"); class != events.Withheld {
		t.Errorf("a type without a row has class %d", class)
	}
	for typ, class := range events.VisibleTypes() {
		if class == events.Withheld {
			t.Errorf("%s is in the table and withheld", typ)
		}
	}
}
