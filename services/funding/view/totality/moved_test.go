package totality_test

import (
	"testing"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
)

// A network that has moved in the middle of a year has money in two ledgers. All
// of it is its own, but each system has only what is in its ledger: nothing is
// counted twice, and neither reads the other's entries.
func TestAMovedNetworksMoneyIsInEachSystemOnce(t *testing.T) {
	b := &book{t: t}
	const east = events.Entity("network-U99003")
	there := funding.Ledger{System: "QZ2", Year: year}
	b.received(books, 100_00)
	b.allocated(books, 70_00, east)
	b.received(there, 100_00)
	b.allocated(there, 50_00, east)
	b.allocated(there, 8_00, "practice-Z99001") // of a network of the other system
	r := b.reading()
	if got := says(r.Network("U99003", year).Stages().Allocated()); got != "120.00" {
		t.Errorf("the network has %s", got)
	}
	for of, want := range map[events.ICB]struct{ own, all string }{"QZ1": {"70.00", "70.00"}, "QZ2": {"50.00", "58.00"}} {
		s := r.System(of, year)
		var networks []*totality.Funding
		for _, n := range s.Networks {
			networks = append(append(networks, n), n.Practices...)
			if n.Holder == east && (says(n.Stages().Allocated()) != want.own || says(n.Totality().Allocated()) != want.own || says(n.Stream("core").Stages().Allocated()) != want.own) {
				t.Errorf("%s has %s of it", of, says(n.Stages().Allocated()))
			}
		}
		var sum events.GBP
		for _, n := range append(networks, s.Practices...) {
			sum += *n.Stages().Allocated().Value
			for _, e := range n.Entries() {
				if e.Within() != of {
					t.Errorf("%s is shown entry %d of %s about %s", of, e.Number(), e.Within(), n.Holder)
				}
			}
		}
		if got := says(s.Stages().Allocated()); got != want.all || sum.String() != want.all {
			t.Errorf("%s has allocated %s, and its payees have %s, want %s", of, got, sum, want.all)
		}
	}
}
