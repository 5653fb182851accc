package view_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/network/view"
)

// What tens of thousands of facts repeat is in memory once, folded or thawed.
func TestWhatFactsRepeatIsKeptOnce(t *testing.T) {
	own := func() fact.Cited { // as each fact that is read has it
		return fact.Cited{Source: fact.Source(strings.Clone(string(yearly.Source))), AsAt: yearly.AsAt}
	}
	network := func() events.PCN { return events.PCN(strings.Clone("U99001")) }
	facts := []fact.Event{fact.SourceCited{Source: yearly.Source}, fact.NetworkRegistered{Network: "U99001", Name: "North"}}
	for _, code := range []events.Practice{"Z99001", "Z99002"} {
		facts = append(facts, fact.PracticeRegistered{Practice: code, Name: "Practice"},
			fact.Joined{Practice: code, Network: network(), Period: events.Period{From: freeze25}, Cited: own()},
			fact.ListSizeRecorded{Practice: code, Basis: fact.Adjusted, On: freeze25, Patients: 1, Cited: own()},
			fact.ContractMemberRecorded{Practice: code, On: freeze25, Network: network(), Cited: own()})
	}
	folded := fold(facts)
	thawed, err := view.Thaw(strings.NewReader(freeze(t, folded)))
	if err != nil {
		t.Fatal(err)
	}
	for how, s := range map[string]view.State{"folded": folded, "thawed": thawed} {
		copies := map[string]map[*byte]bool{}
		for _, p := range reading(s, july).Practices(view.PracticeFilter{}) {
			member, counts := p.Memberships()[0], p.CountedFor()[0]
			for _, text := range []string{*member.Source(), string(member.In()), *p.ListSizes()[0].Source(), *counts.Source(), string(*counts.NetworkCode())} {
				if copies[text] == nil {
					copies[text] = map[*byte]bool{}
				}
				copies[text][unsafe.StringData(text)] = true
			}
		}
		for text, n := range copies {
			if len(n) != 1 {
				t.Errorf("%s, there are %d copies of %q", how, len(n), text)
			}
		}
		if len(copies) != 2 {
			t.Errorf("%s, there are %d texts", how, len(copies))
		}
	}
}
