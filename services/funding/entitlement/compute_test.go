package entitlement_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/entitlement"
	"github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/funding/entitlement"
)

type facts = []events.Fact

// says is what was computed, a line for each thing that it says.
func says(all []fact.Event) (lines []string) {
	for _, e := range all {
		c := e.(fact.Computed)
		for _, n := range c.Counts {
			line := fmt.Sprintf("%s %d", n.Basis, n.Quantity)
			for _, part := range n.Of {
				line += fmt.Sprintf(" %s:%d", part.Practice, part.Patients)
			}
			lines = append(lines, line+" by "+n.Source)
		}
		for _, l := range c.Lines {
			line := fmt.Sprintf("%s %s%s:", l.Stream, l.Key, whose(l.Practice))
			if l.Maximum {
				line += " up to"
			}
			for _, r := range l.Rates {
				line += fmt.Sprintf(" %d %s × %s = %s from %s to %s by %s,", l.Quantity, l.Basis, r.Rate, r.Amount, r.From, r.To, r.Entry)
			}
			lines = append(lines, line+" in all "+l.Amount().String())
		}
		for _, o := range c.Owed {
			lines = append(lines, fmt.Sprintf("%s %s%s: %s, owed by %q: %s", o.Stream, o.Key, whose(o.Practice), o.Code, o.By, o.Reason))
		}
	}
	return lines
}

func whose(p events.Practice) string {
	if p == "" {
		return ""
	}
	return " of " + string(p)
}

func TestWhatTheContractComesTo(t *testing.T) {
	const nobody = "owed by \"\": "
	n := len(cedar) + len(lists)
	home := func(more ...events.Fact) facts { return slices.Concat(cedar, lists, more) }
	// line is one that was computed for the year, said by the m-th fact after home.
	line := func(what, sum string, m int) string {
		return fmt.Sprintf("%s from 2025-04-01 to 2026-03-31 by %d, in all %s", what, n+m, sum)
	}
	stated := func(line contract.Key, quantity int) fact.Event {
		return fact.QuantityStated{Subject: of, Line: line, Quantity: quantity, Source: "a count"}
	}
	uplift := paid("ea-line", "ea", contract.Adjusted, "8")
	uplift.From = events.Day(2025, time.October, 1)
	upTo := paid("iif-line", "iif", contract.Adjusted, "0.5")
	upTo.Maximum = true
	undated := network.Joined{
		Practice: "Z99003", Network: of.Network, Period: events.Period{From: year.First().AddDays(30)},
		Dating: network.Dating{Undated: true, NotBefore: year.Freeze()},
	}
	gone := contract.StreamListed{Year: year, FundingStream: contract.FundingStream{Key: "casp", Payee: contract.Network, Ended: true}}
	elsewhere := facts{
		network.SourceCited{Source: file, AsAt: year.Freeze()},
		network.ContractMemberRecorded{Practice: "Z99001", On: year.Freeze(), Network: "U99002", Cited: network.Cited{Source: file}},
		network.SourceCompleted{Source: file},
	}
	both := "REGISTERED 10000 Z99001:6000 Z99002:4000 by " + file
	for name, c := range map[string]struct {
		of     fact.Subject // Cedar's, unless it says another's
		stated []fact.Event
		parked events.Entity
		all    facts
		want   []string
	}{
		"by registered patients": {all: home(pays("core", contract.Network, contract.Registered, "2.266")...), want: []string{
			both, line("core core-line: 10000 REGISTERED × 2.266 = 22660.00", "22660.00", 2)}},
		"by adjusted ones": {all: home(pays("ea", contract.Network, contract.Adjusted, "8.427")...), want: []string{
			"ADJUSTED 9000 Z99001:5500 Z99002:3500 by " + file, line("ea ea-line: 9000 ADJUSTED × 8.427 = 75843.00", "75843.00", 2)}},
		"by weighted ones": {all: home(pays("arrs", contract.Network, contract.Weighted, "26.631")...), want: []string{
			"WEIGHTED 10600 Z99001:6400 Z99002:4200 by " + file, line("arrs arrs-line: 10600 WEIGHTED × 26.631 = 282288.60", "282288.60", 2)}},
		"by the same patients twice": {all: home(stream("core", contract.Network), paid("a", "core", contract.Registered, "1"), paid("b", "core", contract.Registered, "2")), want: []string{
			both, line("core a: 10000 REGISTERED × 1 = 10000.00", "10000.00", 2), line("core b: 10000 REGISTERED × 2 = 20000.00", "20000.00", 3)}},
		"by beds": {stated: []fact.Event{stated("homes-line", 90), stated("homes-line", 87), stated("iif-line", 1)}, all: home(pays("homes", contract.Network, contract.Beds, "130.253")...), want: []string{
			"BEDS 87 by a count", line("homes homes-line: 87 BEDS × 130.253 = 11332.01", "11332.01", 2)}},
		"by points": {stated: []fact.Event{stated("iif-line", 262)}, all: home(pays("iif", contract.Network, contract.Points, "213.43")...), want: []string{
			"POINTS 262 by a count", line("iif iif-line: 262 POINTS × 213.43 = 55918.66", "55918.66", 2)}},
		"no beds at all, which is said": {stated: []fact.Event{stated("homes-line", 0)}, all: home(pays("homes", contract.Network, contract.Beds, "130.253")...), want: []string{
			"BEDS 0 by a count", line("homes homes-line: 0 BEDS × 130.253 = 0.00", "0.00", 2)}},
		"by nothing: one sum": {all: home(pays("fee", contract.Network, contract.Flat, "1500.50")...), want: []string{
			line("fee fee-line: 1 FLAT × 1500.50 = 1500.50", "1500.50", 2)}},
		"to practices, by weighted patients": {all: home(pays("npp", contract.Practice, contract.Weighted, "1.761")...), want: []string{
			line("npp npp-line of Z99001: 6400 WEIGHTED × 1.761 = 11270.40", "11270.40", 2), line("npp npp-line of Z99002: 4200 WEIGHTED × 1.761 = 7396.20", "7396.20", 2)}},
		"to practices, one sum each": {all: home(pays("npp", contract.Practice, contract.Flat, "10")...), want: []string{
			line("npp npp-line of Z99001: 1 FLAT × 10 = 10.00", "10.00", 2), line("npp npp-line of Z99002: 1 FLAT × 10 = 10.00", "10.00", 2)}},
		"an uplift from October": {all: home(stream("ea", contract.Network), paid("ea-line", "ea", contract.Adjusted, "7"), uplift), want: []string{
			"ADJUSTED 9000 Z99001:5500 Z99002:3500 by " + file, fmt.Sprintf("ea ea-line: 9000 ADJUSTED × 7 = 31500.00 from 2025-04-01 to 2025-09-30 by %d, 9000 ADJUSTED × 8 = 36000.00 from 2025-10-01 to 2026-03-31 by %d, in all 67500.00", n+2, n+3)}},
		"up to so much": {all: home(stream("iif", contract.Network), upTo), want: []string{
			"ADJUSTED 9000 Z99001:5500 Z99002:3500 by " + file, line("iif iif-line: up to 9000 ADJUSTED × 0.5 = 4500.00", "4500.00", 2)}},
		"a stream that has ended": {all: home(gone, paid("casp-line", "casp", contract.Flat, "1"))},
		"a network for which nobody counts, as the file says": {all: home(append(elsewhere, pays("core", contract.Network, contract.Registered, "2.266")...)...), want: []string{
			line("core core-line: 0 REGISTERED × 2.266 = 0.00", "0.00", 5)}},

		"a rate that no source tells": {all: home(stream("core", contract.Network)), want: []string{
			`core : RATE_NOT_KNOWN, owed by "england": No source tells the rate of “core” in 2025/26. It is owed by NHS England.`}},
		"a contract that cannot all be read": {parked: year.Contract(), all: home(stream("core", contract.Network), paid("core-line", "core", contract.Registered, "2.266"), stream("parked", contract.Practice)), want: []string{
			"core : PARKED, " + nobody + "It cannot be read.", "parked : PARKED, " + nobody + "It cannot be read."}},
		"a practice that cannot all be read": {parked: "practice-Z99002", all: home(append(pays("core", contract.Network, contract.Registered, "2.266"), pays("npp", contract.Practice, contract.Weighted, "1.761")...)...), want: []string{
			"core core-line: PARKED, " + nobody + "It cannot be read.", "npp npp-line of Z99001: PARKED, " + nobody + "It cannot be read.", "npp npp-line of Z99002: PARKED, " + nobody + "It cannot be read."}},
		"lists that nobody has": {all: slices.Concat(cedar, facts{list("Z99001", network.Weighted, 1)}, pays("core", contract.Network, contract.Registered, "2.266")), want: []string{
			`core core-line: NOT_SUBMITTED, owed by "england": Nobody has said how many patients any practice had (registered, 2025-01-01).`}},
		"a list that one has not": {all: slices.Concat(cedar, facts{list("Z99001", network.Registered, 6000)}, pays("core", contract.Network, contract.Registered, "2.266")), want: []string{
			`core core-line: NOT_SUBMITTED, owed by "practice-Z99002": Nobody has said how many patients Z99002 Bridge Street has (registered, 2025-01-01).`}},
		"to practices, of which one has no list": {all: slices.Concat(cedar, facts{list("Z99001", network.Weighted, 6400)}, pays("npp", contract.Practice, contract.Weighted, "1.761")), want: []string{
			fmt.Sprintf("npp npp-line of Z99001: 6400 WEIGHTED × 1.761 = 11270.40 from 2025-04-01 to 2026-03-31 by %d, in all 11270.40", len(cedar)+3),
			`npp npp-line of Z99002: NOT_SUBMITTED, owed by "practice-Z99002": Nobody has said how many patients Z99002 Bridge Street has (weighted, 2025-01-01).`}},
		"a practice that may count or not": {all: home(
			network.PracticeRegistered{Practice: "Z99003", Name: "Perhaps", System: "QZ1"}, undated, list("Z99003", network.Registered, 1),
			stream("core", contract.Network), paid("core-line", "core", contract.Registered, "2.266"), paid("core-fee", "core", contract.Flat, "5"), stream("npp", contract.Practice), paid("npp-line", "npp", contract.Flat, "1")), want: []string{
			line("core core-fee: 1 FLAT × 5 = 5.00", "5.00", 6),
			`core core-line: UNDATED, owed by "network-U99001": Z99003 Perhaps joined U99001 on a day that no source tells.`,
			`npp npp-line of Z99001: UNDATED, owed by "network-U99001": Z99003 Perhaps joined U99001 on a day that no source tells.`,
			`npp npp-line of Z99002: UNDATED, owed by "network-U99001": Z99003 Perhaps joined U99001 on a day that no source tells.`}},
		"beds that nobody has counted": {all: home(pays("homes", contract.Network, contract.Beds, "130.253")...), want: []string{
			`homes homes-line: NOT_STATED, owed by "system-QZ1": Nobody has said how many beds count for U99001 in 2025/26. The commissioner of its system can.`}},
		"points of a network whose system is not known": {of: fact.Subject{Network: "U99002", Year: year}, all: home(append(elsewhere, pays("iif", contract.Network, contract.Points, "213.43")...)...), want: []string{
			"iif iif-line: NOT_STATED, " + nobody + "Nobody has said how many points count for U99002 in 2025/26. The commissioner of its system can."}},
		"to practices, by points": {stated: []fact.Event{stated("npp-line", 9)}, all: home(pays("npp", contract.Practice, contract.Points, "1")...), want: []string{
			"npp npp-line of Z99001: NOT_STATED, " + nobody + "Nobody can say yet how many points of npp-line a practice has.",
			"npp npp-line of Z99002: NOT_STATED, " + nobody + "Nobody can say yet how many points of npp-line a practice has."}},
		"by what a later release pays by": {all: home(pays("core", contract.Network, "HOURS", "1")...), want: []string{
			"core core-line: NOT_STATED, " + nobody + "What core-line is paid by is not known."}},
		"more than an amount can hold": {all: home(pays("core", contract.Network, contract.Registered, "9000000000000000")...), want: []string{
			both, "core core-line: OUT_OF_RANGE, " + nobody + "9000000000000000 × 10000/1: amount out of range"}},
	} {
		t.Run(name, func(t *testing.T) {
			subject := of
			if c.of != (fact.Subject{}) {
				subject = c.of
			}
			s := entitlement.Evolve(entitlement.State{}, fact.Computed{Subject: subject}) // so that what is owed alone is recorded too
			for _, e := range c.stated {
				s = entitlement.Evolve(s, e)
			}
			got, err := entitlement.Compute(s, doubting(c.parked, c.all...), subject)
			if diff := cmp.Diff(c.want, says(got)); err != nil || diff != "" {
				t.Errorf("%v, want (-), got (+):\n%s", err, diff)
			}
		})
	}
}

// Whatever the contract is and whoever has lists: a line is either what exact
// arithmetic makes of it or owed, and computed at once again it is the same.
func TestComputed(t *testing.T) {
	practices := []events.Practice{"Z99001", "Z99002"}
	rapid.Check(t, func(t *rapid.T) {
		all := slices.Clone(cedar)
		patients := map[network.Basis]map[events.Practice]int{}
		for _, b := range []network.Basis{network.Registered, network.Adjusted, network.Weighted} {
			patients[b] = map[events.Practice]int{}
			for _, p := range practices {
				if rapid.IntRange(0, 4).Draw(t, "has a list") > 0 {
					patients[b][p] = rapid.IntRange(0, 30_000).Draw(t, "patients")
					all = append(all, list(p, b, patients[b][p]))
				}
			}
		}
		var s entitlement.State
		want, owed := new(big.Int), 0
		all = append(all, pays("fee", contract.Network, contract.Flat, "1")...)
		want.SetInt64(100)
		for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
			key := contract.Key(fmt.Sprint("s", i))
			payee := rapid.SampledFrom(contract.Payees).Draw(t, "payee")
			basis := rapid.SampledFrom(contract.Bases).Draw(t, "basis")
			rate := fmt.Sprintf("%d.%04d", rapid.IntRange(0, 200).Draw(t, "pounds"), rapid.IntRange(0, 9999).Draw(t, "and"))
			all = append(all, pays(key, payee, basis, rate)...)
			of := practices
			if payee == contract.Network {
				of = []events.Practice{""}
			}
			for _, p := range of {
				count, is := 1, true
				switch basis {
				case contract.Registered, contract.Adjusted, contract.Weighted:
					lists := patients[network.Basis(basis)]
					if count, is = lists[p]; p == "" {
						count, is = lists["Z99001"]+lists["Z99002"], len(lists) == 2
					}
				case contract.Beds, contract.Points:
					if is = p == "" && rapid.Bool().Draw(t, "is stated"); is {
						count = rapid.IntRange(0, 2_000).Draw(t, "quantity")
						s = entitlement.Evolve(s, fact.QuantityStated{Subject: fact.Subject{Network: "U99001", Year: year}, Line: key + "-line", Quantity: count})
					}
				case contract.Flat:
				}
				if is {
					want.Add(want, pence(t, rate, count))
				} else {
					owed++
				}
			}
		}
		k := known(all...)
		got, err := entitlement.Compute(s, k, of)
		if err != nil || len(got) != 1 {
			t.Fatalf("computed %d times, %v", len(got), err)
		}
		c, sum := got[0].(fact.Computed), new(big.Int)
		for _, l := range c.Lines {
			sum.Add(sum, big.NewInt(int64(l.Amount())))
		}
		if sum.Cmp(want) != 0 || len(c.Owed) != owed {
			t.Fatalf("it comes to %s pence and %d lines are owed, want %s and %d:\n%q", sum, len(c.Owed), want, owed, says(got))
		}
		k.ReadTo++ // the book has grown meanwhile
		if again, err := entitlement.Compute(entitlement.Evolve(s, c), k, of); err != nil || len(again) > 0 {
			t.Fatalf("computed again: %q, %v", says(again), err)
		}
	})
}

// pence is a rate for so many, exactly, rounded half a penny upwards.
func pence(t *rapid.T, rate string, count int) *big.Int {
	r, is := new(big.Rat).SetString(rate)
	if !is {
		t.Fatalf("%s is no number", rate)
	}
	r.Mul(r, big.NewRat(int64(count)*100, 1)).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom())
}
