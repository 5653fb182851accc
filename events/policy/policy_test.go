package policy_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/policy"
)

func TestFacts(t *testing.T) {
	eventstest.Run(t, policy.Family, []policy.Event{
		policy.Set{
			System: "QZ1", From: events.Day(2025, time.July, 1), Days: policy.Days{Acknowledge: 3, Answer: 20, Pay: 30, Notice: 90},
			Source: "Board of 12 June 2025, item 7", By: "person-1",
		},
	})
}
