package duties

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/funding/view"
)

// Waiting is what is kept of a ledger: for each account that money waits at how
// much that is, what each payment has passed on, and what was ever allocated.
func Waiting(s view.State, of fact.Ledger) (at map[fact.Account]events.GBP, paid map[int]events.GBP, allocated events.GBP) {
	m := ages{s, events.DateOf, map[fact.Ledger]*money{}}.of(of)
	at, paid = map[fact.Account]events.GBP{}, map[int]events.GBP{}
	for account, lots := range m.accounts {
		at[account] = total(lots)
	}
	for _, p := range m.payments {
		paid[p.Number] = total(p.of)
	}
	return at, paid, m.allocated
}

// CompareBreaches is how breaches are sorted.
var CompareBreaches = compareBreaches

// Lot is money of an entry; Take, Merge and InOrder divide and join runs of it.
type Lot = lot

var (
	Take    = take
	Merge   = merge
	InOrder = inOrder
)

// LotOf is a lot.
func LotOf(since events.Date, of fact.Ledger, entry int, amount events.GBP) Lot {
	return lot{since, of, entry, amount}
}

// Amount is how much it is.
func (l lot) Amount() events.GBP { return l.amount }
