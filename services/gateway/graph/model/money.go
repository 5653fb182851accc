package model

import (
	"fmt"

	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Term is a part of a sum and its place in it.
type Term struct {
	figure.Term
	Place int
}

// Key sorts terms by their place.
func (t Term) Key() string { return placed(t.Place) }

func placed(n int) string { return fmt.Sprintf("%08d", n) }

// The connections and edges of money by their names in the contract.
type (
	TermEdge              struct{ Edge[Term] }
	TermConnection        struct{ list[Term, TermEdge] }
	LedgerEntryEdge       struct{ Edge[*totality.Entry] }
	LedgerEntryConnection struct {
		list[*totality.Entry, LedgerEntryEdge]
	}
)

// Terms makes a page of the terms of a sum.
func Terms(c Cut[Term]) *TermConnection { return &TermConnection{listOf[Term, TermEdge](c)} }

// Behind makes a page of the entries behind an amount.
func Behind(c Cut[*Entry]) *EntryConnection {
	return &EntryConnection{pageOf[*Entry, EntryEdge](c)}
}

// LedgerEntries makes a page of entries of ledgers.
func LedgerEntries(c Cut[*totality.Entry]) *LedgerEntryConnection {
	return &LedgerEntryConnection{listOf[*totality.Entry, LedgerEntryEdge](c)}
}
