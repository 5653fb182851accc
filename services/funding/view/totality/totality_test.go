package totality_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/funding/view/money"
	"github.com/ics-openbook/openbook/services/funding/view/totality"
	"github.com/ics-openbook/openbook/services/internal/figure"
	registry "github.com/ics-openbook/openbook/services/network/view"
)

const year = events.Year("2025/26")

// Whatever is moved where, the terms of each figure add up to it, and the
// streams and purposes to the whole; and what was allocated or came along is all
// somewhere.
func TestEveryFigureIsTheSumOfItsTerms(t *testing.T) {
	holders := []events.Entity{"system-QZ1", "network-U99001", "network-U99002"}
	rapid.Check(t, func(t *rapid.T) {
		var s money.State
		account := func(name string) funding.Account {
			return funding.Account{
				Holder: rapid.SampledFrom(holders).Draw(t, name+" holder"), Stage: rapid.SampledFrom(funding.Stages[1:15]).Draw(t, name+" stage"),
				Stream:  rapid.SampledFrom([]funding.Stream{"core", "casp"}).Draw(t, "stream"),
				Purpose: rapid.SampledFrom([]funding.Purpose{"anything", "management-support"}).Draw(t, "purpose"),
			}
		}
		for n := range rapid.IntRange(1, 30).Draw(t, "entries") {
			from, to := account("from"), account("to")
			to.Stream, to.Purpose = from.Stream, from.Purpose
			amount := events.GBP(rapid.Int64Range(1, 1_000_000_00).Draw(t, "amount"))
			move := funding.Move{
				Head: funding.Head{Ledger: books, Number: n + 1, On: year.First(), Party: "system-QZ1"}, Postings: funding.Transfer(amount, from, to),
			}
			e := rapid.SampledFrom([]funding.Event{
				funding.Allocated{Move: move}, funding.MovedToSuccessor{Move: move},
				funding.CarriedIn{Head: move.Head, Postings: move.Postings}, funding.CarriedForward{Head: move.Head, Postings: move.Postings},
			}).Draw(t, "kind")
			var err error
			if s, err = money.Fold(s, e, view.Place{ID: events.ID(fmt.Sprint(n)), Ordinal: events.Ordinal(n + 1)}); err != nil {
				t.Fatal(err)
			}
		}
		r := (&book{s: s}).reading()
		f := r.Network("U99001", year)
		for _, of := range []*totality.Stages{f.Stages(), r.Network("U99002", year).Stages()} {
			is := named(of)
			var gone events.GBP
			for _, name := range []string{"left", "spent", "spentOnBehalf", "diverted", "offered", "returned", "carriedOn"} {
				gone += *is[name].Value
			}
			if had := *is["allocated"].Value + *is["broughtIn"].Value; had != gone {
				t.Fatalf("of £%s allocated and brought in, £%s is somewhere", had, gone)
			}
		}
		whole := figures(f.Stages())
		parts := make([]events.GBP, len(whole))
		for i, amount := range whole {
			if got := added(amount); got != *amount.Value {
				t.Fatalf("figure %d is %s, its terms come to %s: %s", i, amount.Value, got, amount.Passport.Arithmetic())
			}
		}
		for _, stream := range f.Streams() {
			purposes := make([]events.GBP, len(whole))
			for _, p := range stream.Purposes() {
				for i, amount := range figures(p.Stages()) {
					purposes[i] += *amount.Value
				}
			}
			for i, amount := range figures(stream.Stages()) {
				if purposes[i] != *amount.Value {
					t.Fatalf("figure %d of %s is %s, its purposes come to %s", i, stream.Key, amount.Value, purposes[i])
				}
				parts[i] += *amount.Value
			}
		}
		for i, amount := range whole {
			if parts[i] != *amount.Value {
				t.Fatalf("figure %d is %s, its streams come to %s", i, amount.Value, parts[i])
			}
		}
	})
}

func figures(s *totality.Stages) (all []figure.Amount) {
	by := named(s)
	for _, name := range slices.Sorted(maps.Keys(by)) {
		all = append(all, by[name])
	}
	return all
}

func named(s *totality.Stages) map[string]figure.Amount {
	return map[string]figure.Amount{
		"allocated": s.Allocated(), "paid": s.Paid(), "confirmed": s.Confirmed(), "committed": s.Committed(), "spent": s.Spent(),
		"held": s.Held(), "spentOnBehalf": s.SpentOnBehalf(), "diverted": s.Diverted(), "declared": s.Declared(), "retained": s.Retained(),
		"offered": s.Offered(), "returned": s.Returned(), "available": s.Available(), "left": s.Left(), "pot": s.Pot(),
		"broughtIn": s.BroughtIn(), "carriedOn": s.CarriedOn(),
	}
}

func added(a figure.Amount) (sum events.GBP) {
	for _, term := range a.Passport.Sum() {
		sum += term.Amount
	}
	return sum
}

// What nobody has computed is not known, and never zero.
func TestWhatIsNotComputedIsUnknown(t *testing.T) {
	r := totality.Reading{Contracts: &terms.Reading{}, Registry: &registry.Reading{On: year.First()}}
	if got := r.Network("U99001", year).Stages().Entitled(); got.Value != nil || got.Unknown.Code != "CONTRACT_UNKNOWN" {
		t.Errorf("a year without a contract entitles to %v, %v", got.Value, got.Unknown)
	}
}
