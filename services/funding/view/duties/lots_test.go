package duties_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view/duties"
)

// Runs of money are joined as if they were sorted together, and divided to the
// penny with the oldest first; what they were made of stays as it was.
func TestLots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := func(name string) []duties.Lot {
			all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) duties.Lot {
				return duties.LotOf(april.AddDays(rapid.IntRange(0, 3).Draw(t, "day")), rapid.SampledFrom([]fact.Ledger{books, next}).Draw(t, "ledger"), rapid.IntRange(1, 4).Draw(t, "entry"), events.GBP(rapid.IntRange(1, 9).Draw(t, "amount")))
			}), 0, 8).Draw(t, name)
			return duties.InOrder(all)
		}
		a, b := run("a"), run("b")
		wasA, wasB := slices.Clone(a), slices.Clone(b)
		all := duties.Merge(a, b)
		if want := duties.InOrder(slices.Concat(a, b)); !slices.Equal(all, want) {
			t.Fatalf("%v and %v are %v, want %v", a, b, all, want)
		}
		whole, amount := slices.Clone(all), events.GBP(rapid.IntRange(0, 150).Draw(t, "take"))
		taken, left := duties.Take(all, amount)
		if !slices.Equal(duties.InOrder(slices.Concat(taken, left)), whole) || sum(taken) != min(amount, sum(whole)) || len(taken) > 0 && !slices.Equal(taken[:len(taken)-1], whole[:len(taken)-1]) {
			t.Fatalf("£%s of %v are %v, and %v are left", amount, whole, taken, left)
		}
		if !slices.Equal(a, wasA) || !slices.Equal(b, wasB) || !slices.Equal(all, whole) {
			t.Fatalf("what was joined or divided is %v, %v and %v now", a, b, all)
		}
	})
}

func sum(all []duties.Lot) (pence events.GBP) {
	for _, l := range all {
		pence += l.Amount()
	}
	return pence
}
