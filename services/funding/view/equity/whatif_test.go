package equity_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/view/equity"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

func whatIf(t *testing.T, basis network.Basis, weight string, rows ...equity.Row) *equity.WhatIf {
	t.Helper()
	w, err := equity.Of(rows).WhatIf(basis, decimal.MustParse(weight))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func shares(w *equity.WhatIf) (all []string) {
	for _, s := range w.Shares {
		if s.After.Value == nil {
			all = append(all, string(s.Code)+" unknown")
			continue
		}
		all = append(all, fmt.Sprintf("%s %s %s %s", s.Code, *s.After.Value, *s.Change, value(s.Percent)))
	}
	return all
}

// £100 among three: each £33.33, and the penny left goes to the first by code.
func TestThePennyLeftOver(t *testing.T) {
	w := whatIf(t, network.Registered, "0",
		row("U99003", 0, 10, "30"), row("U99001", 100_00, 10, "10"), row("U99002", 0, 10, "20"))
	if diff := cmp.Diff([]string{"U99001 33.34 -66.66 -66.66", "U99002 33.33 33.33 none", "U99003 33.33 33.33 none"}, shares(w)); diff != "" || w.Pot != 100_00 {
		t.Errorf("of %s (-want +got):\n%s", w.Pot, diff)
	}
	if w.Mean != nil {
		t.Errorf("deprivation does not count, and has a mean: %s", w.Mean)
	}
}

// By hand: 10, 10 and 20 patients at scores 10, 30 and 40 have a mean of 30. At
// 0.5 they count as 10 × 0, 10 × 1 and 20 × 1.5: nothing, a quarter, three quarters.
func TestByDeprivation(t *testing.T) {
	rows := []equity.Row{row("U99001", 100_00, 10, "10"), row("U99002", 200_00, 10, "30"), row("U99003", 100_00, 20, "40")}
	w := whatIf(t, network.Weighted, "0.5", rows...)
	if diff := cmp.Diff([]string{"U99001 0.00 -100.00 -100", "U99002 100.00 -100.00 -50", "U99003 300.00 200.00 200"}, shares(w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p := w.Shares[2].After.Passport; p.Arithmetic() != "£300.00 = £300.00" || p.Sum()[0].Label != "its share, for 30 of 40 patients, as they count" ||
		p.Rule != "What it would have of £400.00, divided by weighted patients, who count the more the more deprived they are." {
		t.Errorf("%s %s: %s", p.Rule, p.Sum()[0].Label, p.Arithmetic())
	}
	if value(w.Mean) != "30.000" {
		t.Errorf("the mean is %s", value(w.Mean))
	}
	before, after := equity.Of(rows).Slope(network.Weighted), w.After.Slope(network.Weighted)
	if before.Line.Slope.String() != "-1.6667" || after.Line.Slope.String() != "5" {
		t.Errorf("the slope goes from %s to %s", before.Line.Slope, after.Line.Slope)
	}
	for weight, want := range map[string]string{"0.501": "from 0 to 0.500", "-0.1": "Write 0 or more"} {
		_, err := equity.Of(rows).WhatIf(network.Weighted, decimal.MustParse(weight))
		if !errors.Is(err, equity.ErrWeight) || !strings.Contains(err.Error(), want) {
			t.Errorf("weight %s: %v", weight, err)
		}
	}
}

// Whoever cannot be counted keeps what they have, and the others divide theirs.
func TestWhoKeepsWhatTheyHave(t *testing.T) {
	uncounted := row("U99002", 70_00, 10, "20")
	uncounted.Populations[1] = figure.Not("patient", notKnown("NOT_SUBMITTED"))
	unscored := row("U99003", 50_00, 10, "20")
	unscored.Deprivation = figure.Not("score", notKnown("DEPRIVATION_NOT_KNOWN"))
	unknown := row("U99004", 0, 10, "20")
	unknown.Amount = figure.NoAmount(notKnown("PARKED"))
	rows := []equity.Row{row("U99001", 10_00, 10, "20"), uncounted, unscored, unknown, row("U99005", 30_00, 10, "30")}
	kept := func(w *equity.WhatIf) (all []string) {
		for _, l := range w.Kept {
			all = append(all, string(l.Code)+" "+l.Why.Code)
		}
		return all
	}
	plain := whatIf(t, network.Adjusted, "0", rows...)
	if diff := cmp.Diff([]string{"U99001 30.00 20.00 200", "U99002 70.00 0.00 0", "U99003 30.00 -20.00 -40", "U99004 unknown", "U99005 30.00 0.00 0"}, shares(plain)); diff != "" {
		t.Errorf("by heads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"U99002 NOT_SUBMITTED", "U99004 PARKED"}, kept(plain)); diff != "" || plain.Pot != 90_00 {
		t.Errorf("by heads of %s, kept (-want +got):\n%s", plain.Pot, diff)
	}
	weighed := whatIf(t, network.Adjusted, "1", rows...)
	if diff := cmp.Diff([]string{"U99002 NOT_SUBMITTED", "U99003 DEPRIVATION_NOT_KNOWN", "U99004 PARKED"}, kept(weighed)); diff != "" || weighed.Pot != 40_00 {
		t.Errorf("by deprivation of %s, kept (-want +got):\n%s", weighed.Pot, diff)
	}
	if b := plain.After.Bands(); b.Known != 4 || len(b.Unknown) != 1 {
		t.Errorf("afterwards %d known", b.Known)
	}
	if none := whatIf(t, network.Registered, "0.1", unknown); none.Pot != 0 || len(none.Kept) != 1 {
		t.Errorf("of nobody's money: %+v", none)
	}
}

// Whatever is divided, and however: not a penny is lost or made, nobody is a penny
// from their exact share, the pennies left over are with those who lost most by
// rounding down, and the order of the rows is nothing.
func TestWhatIfLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := many(t)
		for i := range rows {
			if rapid.IntRange(0, 9).Draw(t, "counted") == 0 {
				rows[i].Populations[1] = figure.Not("patient", notKnown("NOT_SUBMITTED"))
			}
		}
		weight := decimal.MustNew(rapid.Int64Range(0, 120).Draw(t, "hundredths"), 2)
		w, err := equity.Of(rows).WhatIf(network.Adjusted, weight)
		if err != nil {
			if !errors.Is(err, equity.ErrWeight) {
				t.Fatal(err)
			}
			t.Skip("less than nothing")
		}
		again, err := equity.Of(rapid.Permutation(rows).Draw(t, "order")).WhatIf(network.Adjusted, weight)
		if err != nil || cmp.Diff(shares(w), shares(again)) != "" {
			t.Errorf("in another order (%v):\n%s", err, cmp.Diff(shares(w), shares(again)))
		}

		var before, after events.GBP
		need, heads, scored := map[events.PCN]*big.Rat{}, new(big.Rat), new(big.Rat)
		rat := func(d *decimal.Decimal) *big.Rat { r, _ := new(big.Rat).SetString(d.String()); return r }
		known := map[events.PCN]equity.Row{}
		for _, r := range rows {
			if p := r.Populations[1].Value; p != nil {
				known[r.Code] = r
				heads.Add(heads, rat(p))
				scored.Add(scored, new(big.Rat).Mul(rat(p), rat(r.Deprivation.Value)))
			}
		}
		sum := new(big.Rat)
		for code, r := range known {
			over := new(big.Rat).Sub(rat(r.Deprivation.Value), new(big.Rat).Quo(scored, heads))
			over.Mul(over, rat(&weight)).Mul(over, big.NewRat(1, 10)).Add(over, big.NewRat(1, 1))
			need[code] = over.Mul(over, rat(r.Populations[1].Value))
			sum.Add(sum, over)
		}
		if len(known) > 0 && sum.Cmp(heads) != 0 {
			t.Fatalf("patients count as %s, and are %s", sum, heads)
		}
		down, up := new(big.Rat), big.NewRat(1, 1) // the most lost by whoever has no penny more, the least by whoever has
		for _, s := range w.Shares {
			before, after = before+*s.Before.Value, after+*s.After.Value
			n := need[s.Code]
			if n == nil {
				if *s.Change != 0 {
					t.Errorf("%s cannot be counted, and has %s more", s.Code, s.Change)
				}
				continue
			}
			exact := new(big.Rat).SetInt64(int64(w.Pot))
			exact.Mul(exact, n).Quo(exact, sum).Sub(exact, new(big.Rat).SetInt64(int64(*s.After.Value)))
			if new(big.Rat).Abs(exact).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Errorf("%s has %s, a penny or more from its share", s.Code, *s.After.Value)
			}
			if exact.Sign() >= 0 && exact.Cmp(down) > 0 {
				down.Set(exact)
			}
			if exact.Add(exact, big.NewRat(1, 1)); exact.Cmp(up) < 0 {
				up.Set(exact)
			}
		}
		if down.Cmp(up) > 0 {
			t.Errorf("one has lost %s of a penny and another, who has a penny more, %s", down.FloatString(6), up.FloatString(6))
		}
		if before != after {
			t.Errorf("%s became %s", before, after)
		}
		if len(w.Kept)+len(known) != len(rows) {
			t.Errorf("%d kept, %d divided, of %d", len(w.Kept), len(known), len(rows))
		}
	})
}
