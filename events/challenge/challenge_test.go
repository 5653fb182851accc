package challenge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/challenge"
	"github.com/ics-openbook/openbook/events/eventstest"
)

func TestFacts(t *testing.T) {
	july := events.Day(2025, time.July, 1)
	head := challenge.Head{Challenge: "U99001-2025-26-C1", System: "QZ1", On: july, By: "person-1"}
	eventstest.Run(t, challenge.Family, []challenge.Event{
		challenge.Opened{
			Head: head, Entry: 8, Missing: &challenge.Missing{Stream: "core", Amount: 150_00}, Words: "Nobody asked us.",
			Due: challenge.Due{Acknowledgement: july.AddDays(7), Answer: july.AddDays(28), Default: true},
		},
		challenge.Acknowledged{Head: head, Words: "We are looking into it."},
		challenge.Answered{Head: head, Outcome: challenge.Upheld, Words: "It was a mistake.", Corrections: []challenge.Correction{{Year: "2025/26", Entry: 9}}},
		challenge.Accepted{Head: head, Words: "Thank you."},
		challenge.Escalated{Head: head, To: "NHS England", Words: "This is no answer."},
		challenge.Resolved{Head: head, Words: "NHS England has decided for us."},
		challenge.Overdue{Head: head, Step: challenge.Acknowledgement, Due: july.AddDays(7)},
	})
}

func TestIDs(t *testing.T) {
	for _, c := range []struct {
		of        events.Entity
		year      events.Year
		reference string
		want      challenge.ID
		valid     bool
	}{
		{"network-U99001", "2025/26", "C1", "U99001-2025-26-C1", true},
		{"practice-Z99001", "1999/00", "2025-26-x", "Z99001-1999-00-2025-26-x", true},
		{"network-U99001", "2025/26", "", "U99001-2025-26-", false},
		{"network-U99001", "2025/27", "C1", "U99001-none-C1", false},
		{"system-QZ1", "2025/26", "C1", "QZ1-2025-26-C1", false},
		{"network-U99001", "2025/26", "C.1", "U99001-2025-26-C.1", false},
		{"network-U99001", "2025/26", strings.Repeat("x", 21), challenge.ID("U99001-2025-26-" + strings.Repeat("x", 21)), false},
	} {
		id := challenge.Of(c.of, c.year, c.reference)
		if id != c.want || id.Valid() != c.valid {
			t.Errorf("%s is valid: %t, want %s", id, id.Valid(), c.want)
		}
		if c.valid && (id.Challenger() != c.of || id.Year() != c.year || id.Reference() != c.reference) {
			t.Errorf("%s is read as of %s, %s, %q", id, id.Challenger(), id.Year(), id.Reference())
		}
	}
	for _, id := range []challenge.ID{"", "U99001", "U99001-", "U99001-2025-26", "U99001-2025-26C1", "U99001/2025-26-C1"} {
		if id.Valid() {
			t.Errorf("%q is valid", id)
		}
	}
}
