package network_test

import (
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/eventstest"
	"github.com/ics-openbook/openbook/events/network"
)

func TestFacts(t *testing.T) {
	april, march := events.Day(2026, time.April, 1), events.Day(2027, time.March, 31)
	eventstest.Run(t, network.Family, []network.Event{
		network.SystemRegistered{System: "D7T5G", Name: "NHS Essex Integrated Care Board", Region: "Y61"},
		network.SystemRenamed{System: "D7T5G", Name: "NHS Essex ICB"},
		network.PlaceRegistered{System: "D7T5G", Place: "WEST", Name: "West Essex"},
		network.PlaceRenamed{System: "D7T5G", Place: "WEST", Name: "West Essex and Harlow"},
		network.NetworkRegistered{Network: "U12345", Name: "Riverside", System: "D7T5G", Place: "WEST"},
		network.NetworkRenamed{Network: "U12345", Name: "Riverside and Hill"},
		network.PracticeRegistered{Practice: "F81001", Name: "The Old Surgery", System: "D7T5G"},
		network.PracticeRenamed{Practice: "F81001", Name: "The New Surgery"},
		network.Joined{Practice: "F81001", Network: "U12345", Period: events.Period{From: april, To: march}},
		network.Left{Practice: "F81001", Network: "U12345", LastDay: march},
	})
}
