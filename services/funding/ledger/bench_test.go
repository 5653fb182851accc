package ledger_test

import (
	"strconv"
	"testing"

	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/services/funding/ledger"
)

// BenchmarkSpend decides and folds one posting in a ledger of a hundred thousand
// entries.
func BenchmarkSpend(b *testing.B) {
	k := by(maker)
	var s ledger.State
	for _, e := range told(b,
		do(ledger.Receive, maker, funding.ReceiveFunding{Act: act("E1", 10_000_000)}),
		do(ledger.Allocate, maker, funding.AllocateFunding{Upon: upon(one, "A1", 10_000_000)}),
		do(ledger.RequestPayment, maker, funding.RequestPayment{Upon: upon(one, "P1", 10_000_000)}),
		approve(checker, 3),
		do(ledger.Confirm, maker, funding.ConfirmReceipt{Own: own(one, "B1", 10_000_000)}),
	) {
		s = ledger.Evolve(s, e)
	}
	spend := func(s ledger.State, n int) ledger.State {
		a := funding.SpendFunding{Own: own(one, strconv.Itoa(n), 1), For: "work", Category: "staff"}
		got, err := ledger.Spend(s, k, a)
		if err != nil {
			b.Fatal(err)
		}
		return ledger.Evolve(s, got[0])
	}
	for n := range 100_000 {
		s = spend(s, n)
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		spend(s, 100_000+n)
	}
}
