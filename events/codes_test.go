package events_test

import (
	"testing"

	"github.com/ics-openbook/openbook/events"
)

// The forms of NHS England's file of July 2026 and of the ODS specification.
func TestCodes(t *testing.T) {
	forms := []struct {
		name  string
		valid func(string) bool
		right []string
		wrong []string
	}{
		{
			"network", func(s string) bool { return events.PCN(s).Valid() },
			[]string{"U12345", "U41591", "U00000"},
			[]string{"", "U", "u12345", "U1234", "U123456", "A81001", "U1234A", " U12345", "U12345\n", "U١٢٣٤٥"},
		},
		{
			"practice", func(s string) bool { return events.Practice(s).Valid() },
			[]string{"A81001", "H85001", "J81001", "N81001", "P81001", "Y00001", "V12345"},
			[]string{"", "U12345", "a81001", "A8100", "A810011", "AA1001", "A8100O", "181001"},
		},
		{
			"system", func(s string) bool { return events.ICB(s).Valid() },
			[]string{"QU9", "Q71", "QE1", "D7T5G", "S0E4D", "S1Y5D", "S9B9J", "T6Y0W", "Z9B2Z"},
			[]string{"", "Q", "QU", "qu9", "RU9", "QU99", "D7T5", "D7T55", "7D5TG", "D7T5g"},
		},
		{
			"sub-ICB location", func(s string) bool { return events.SubICB(s).Valid() },
			[]string{"15C", "D4U1Y"},
			[]string{"", "15", "15c", "C15", "155", "QU9", "D4U1"},
		},
		{
			"region", func(s string) bool { return events.Region(s).Valid() },
			[]string{"Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"},
			[]string{"", "Y5", "y56", "Y567", "X56", "Y5A", "E40000012"},
		},
	}
	for _, form := range forms {
		for _, code := range form.right {
			if !form.valid(code) {
				t.Errorf("%q is the code of a %s, and not accepted", code, form.name)
			}
		}
		for _, code := range form.wrong {
			if form.valid(code) {
				t.Errorf("%q is accepted as the code of a %s", code, form.name)
			}
		}
	}
}

func TestEntities(t *testing.T) {
	for _, e := range []events.Entity{
		events.PCN("U12345").Entity(), events.Practice("A81001").Entity(), events.ICB("D7T5G").Entity(), "person-7c9e",
	} {
		if !e.Valid() {
			t.Errorf("%q is not accepted", e)
		}
	}
	for _, e := range []events.Entity{"", "a b", "a.b", "a*", "a>", "a\n", "caf\u00e9", "a\x7f"} {
		if e.Valid() {
			t.Errorf("%q is accepted", e)
		}
	}
}
