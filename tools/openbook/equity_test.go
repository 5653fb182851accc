package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// evenly fills a system with five networks of 10,000 patients and £10,000 to
// £60,000, at scores of 10 to 50; of the last nobody knows how many patients it
// has.
func (p place) evenly(t *testing.T) {
	t.Helper()
	const source, day = "populations-2025-01-01-9f86d081", "2025-01-01"
	var registry, places, reports, money []string
	add := func(to *[]string, mutation, input string, args ...any) {
		n := len(*to)
		*to = append(*to, fmt.Sprintf(`m%d: %s(input: {idempotencyKey: "%s-%d", wait: VISIBLE, %s}) { problems { message } }`, n, mutation, mutation, n, fmt.Sprintf(input, args...)))
	}
	add(&registry, "registerSystem", `code: "QZ1", name: "Demonstration"`)
	add(&registry, "citeSource", `source: "%s", title: "lists.csv", asAt: "%s", sha256: "%s"`, source, day, strings.Repeat("9f86d081", 8))
	for i, pounds := range []int{10_000, 30_000, 20_000, 50_000, 60_000} {
		network, practice := fmt.Sprintf("U9900%d", i+1), fmt.Sprintf("Z9900%d", i+1)
		add(&places, "registerNetwork", `code: "%s", name: "Network %d", system: "QZ1"`, network, i+1)
		sizes := fmt.Sprintf(`listSizes: [{basis: REGISTERED, on: "%s", patients: 10000}, {basis: WEIGHTED, on: "%s", patients: %d}], `, day, day, 10_000+1_000*i)
		if i == 4 {
			sizes = ""
		}
		add(&reports, "reportPractice", `source: "%s", asAt: "%s", code: "%s", name: "Practice", system: "QZ1", memberships: [{network: "%s", from: "2019-07-01"}], %s deprivation: {year: 2025, score: "%d"}`,
			source, day, practice, network, sizes, 10*(i+1))
		ledger := `system: "QZ1", year: "2025/26", on: "2025-04-01", fundingStream: "local", purpose: "anything", amount: "%d.00", reference: "R-%d"`
		add(&money, "receiveFunding", ledger, pounds, i)
		add(&money, "allocateFunding", ledger+`, network: "%s"`, pounds, i+10, network)
	}
	for _, step := range []struct {
		as   string
		asks []string
	}{{"steward", registry}, {"steward", places}, {"steward", reports}, {"ics-finance", money}} {
		got := p.openbook(t, "query", "mutation { "+strings.Join(step.asks, " ")+" }", "--as", step.as, "--json")
		if got.code != done || strings.Contains(got.out, "message") {
			t.Fatalf("%+v", got)
		}
	}
}

// By hand, of £1, £3, £2 and £5 a head at 10, 20, 30 and 40: Sxx is 500, Sxy 55 and
// Syy 8.75; so the slope is 0.11 a point, 2.7 is left over, and the error is
// √(1.35/500). Student's t of 2 is 4.3027.
func TestEquity(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.evenly(t)
	const slope = `Ten points more of deprivation go with \+£1\.10 a head \(95 % confidence: −£1\.1357 to \+£3\.3357; standard error £0\.5196; R² 0\.6914; 4 networks\)\. It may well be nothing: 0 is in between\.`
	p.check(t, []expect{
		{args: "equity QZ1 2025/26", out: `QZ1 Demonstration, 2025/26: what is allocated, all streams, by registered patients

NETWORK  NAME       MONEY     PATIENTS   DEPRIVATION  A HEAD
U99001   Network 1  10000\.00  10000      10           1\.00       ████
U99002   Network 2  30000\.00  10000      20           3\.00       ████████████
U99003   Network 3  20000\.00  10000      30           2\.00       ████████
U99004   Network 4  50000\.00  10000      40           5\.00       ████████████████████
U99005   Network 5  60000\.00  not known  not known    not known

pounds a head
5\.00 │ +●
.*
1\.00 │●·* *
     └─+
      10\.00 +40\.00  deprivation

` + slope + `
  left out: U99005 Network 5: .*Z99005.*

MONEY               NETWORKS  PER CENT  SURVEY
under £20,000       1         20        42
£20,000 to £50,000  3         60        not known
over £50,000        1         20        18
known               5
Survey: NHS Confederation.*`},
		{args: "equity QZ1 2025/26 --basis weighted --stage paid --stream local --practices --as auditor", out: `QZ1 .*: what is paid, local, practices included, by weighted patients\n.*`},
		{args: "equity QZ1 2025/26 --as auditor:system-QZ2", out: `QZ1 .* patients\n\nIts networks are open to those who belong to system QZ1\.\n\nHow money goes with deprivation is not known: Fewer than five networks.*under £20,000 +1 +20 +42\n.*`},
		{args: "equity QZ1 2024/25", out: `.*A slope with its uncertainty needs at least 3 networks .*U99001 Network 1: QZ1 has entered nothing in its ledger of 2024/25\.\n.*`},
		{args: "equity QZ1 2025/26 --what-if weighted", out: `QZ1 .*
What if £110000\.00 were divided by weighted patients\? Nothing is recorded\.

NETWORK  NAME       HAS       WOULD HAVE  CHANGE     PER CENT
U99001   Network 1  10000\.00  23913\.04    13913\.04   139\.13    ████████████████████
.*
U99004   Network 4  50000\.00  31086\.96    -18913\.04  -37\.83    ░░░░░
U99005   Network 5  60000\.00  60000\.00    0\.00       0
  keeps what it has: U99005 Network 5: .*

As it is\. .*\nAs it would be\. Ten points .*

MONEY +NETWORKS +WOULD BE +PER CENT +WOULD BE +SURVEY
under £20,000 +1 +0 +20 +0 +42\n.*`},
		{args: "equity QZ1 2025/26 --what-if registered --deprivation-weight 0.1", out: `.*divided by registered patients, who count 0\.1 more for ten points of deprivation above 25\.000\?.*U99001 +Network 1 +10000\.00 +23375\.00 .*`},
		{args: "equity QZ1 2025/26 --what-if registered --deprivation-weight 9", code: notDone, err: `.*9 is no weight for deprivation here\. Write a number from 0 to 0\.666: .*`},
		{args: "equity QZ1 2025/26 --stream nothing", code: notDone, err: `.*Neither the contract of 2025/26 nor the ledger of QZ1 has a stream nothing\..*`},
		{args: "equity QZ9 2025/26", code: notDone, err: `The book knows no system QZ9: .*`},
		{args: "equity QZ1 2025", code: misread, err: `.*"2025" is not a financial year.*`},
		{args: "equity QZ1", code: misread, err: `YEAR is missing\..*`},
		{args: "equity QZ1 2025/26 --basis beds", code: misread, err: `.*"beds" is none of registered, adjusted, weighted.*`},
		{args: "equity QZ1 2025/26 --deprivation-weight 0.1", code: misread, err: `--deprivation-weight goes with --what-if: .*`},
		{args: "equity QZ1 2025/26 --what-if weighted --deprivation-weight much", code: misread, err: `--deprivation-weight: "much" is not a number.*`},
	})
	var e struct {
		System   string
		Networks []struct{ Code string }
		Slope    struct{ Line struct{ Slope string } }
	}
	if got := p.openbook(t, "equity", "QZ1", "2025/26", "--json"); json.Unmarshal([]byte(got.out), &e) != nil || e.System != "QZ1" || len(e.Networks) != 5 || e.Slope.Line.Slope != "1.1" {
		t.Errorf("%+v", got)
	}
	var w struct{ Pot string }
	if got := p.openbook(t, "equity", "QZ1", "2025/26", "--what-if", "weighted", "--json"); json.Unmarshal([]byte(got.out), &w) != nil || w.Pot != "110000.00" {
		t.Errorf("%+v", got)
	}
}
