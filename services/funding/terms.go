package funding

import (
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/ledger"
)

// contracts are the Network Contracts as a ledger asks of them.
type contracts struct{ terms.Reading }

// Listed implements [ledger.Terms]. A stream that the contract has no more is not
// in it.
func (c *contracts) Listed(y events.Year, s fact.Stream) (contract.Payee, ledger.Listing) {
	of := c.Contract(y)
	if of == nil {
		return "", ledger.Unread
	}
	if stream := of.Stream(contract.Key(s)); stream != nil && !stream.Ended() {
		return stream.Payee(), ledger.Present
	}
	return "", ledger.Absent
}

// Use implements [ledger.Terms]. Where sources do not agree, nobody knows.
func (c *contracts) Use(y events.Year, s fact.Stream, category string) fact.Use {
	of := c.Contract(y)
	if of == nil {
		return fact.UseUnknown
	}
	switch of.MayBuy(contract.Key(s), contract.Purpose(category)).Permission {
	case terms.Allowed:
		return fact.UsePermitted
	case terms.Forbidden:
		return fact.UseOutside
	case terms.Conflicting, terms.NotStated:
	}
	return fact.UseUnknown
}
