package main

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// The second finance officer, who approves what the first has asked for.
const checker = "|--as|ics-finance:england"

// funds gives network U99001 £1,000 that it has confirmed, by 13 entries at most.
func (p place) funds(t *testing.T) {
	t.Helper()
	p.check(t, []expect{
		{args: "fund|receive|QZ1|core|2000.00|--reference|E1|--on|2025-04-01|--as|finance", out: `Recorded as entry 1 of the ledger of QZ1 2025/26, visible\.` + receipt},
		{args: "fund|allocate|u99001|core|1500|--reference|A1|--on|2025-04-01|--as|finance", out: `Recorded as entry 2 of .*`},
		{args: "fund|pay|U99001|core|1000.00|--reference|P1|--on|2025-04-30|--as|finance", out: `Recorded as entry 3 of the ledger of QZ1 2025/26, visible\.` + receipt + `\nSomebody else approves it: openbook fund approve QZ1 2025/26 3`},
		{args: "fund|approve|QZ1|2025/26|3|--on|2025-04-30|--as|finance", code: notDone, err: `(ENTRY: )?You asked for this yourself in entry 3, .*`},
		{args: "fund|approve|QZ1|2025/26|3|--on|2025-04-30" + checker, out: `Recorded as entry 4 of .*`},
		{args: "fund|confirm|U99001|core|1000.00|--reference|B1|--on|2025-05-02|--as|pcn", out: `Recorded as entry 5 of .*`},
	})
}

func TestFund(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	p.funds(t)
	p.check(t, []expect{
		{args: "fund|hold|U99001|core|100.00|--reference|H1|--reason|no plan|--on|2025-06-01|--as|finance", out: `Recorded as entry 6 of .*`},
		{args: "fund|divert|U99001|core|50.00|--reference|V1|--reason|winter|--from|HELD|--on|2025-06-01|--as|finance", out: `Recorded as entry 7 of .*fund approve QZ1 2025/26 7`},
		{args: "fund|reject|QZ1|2025/26|7|--reason|not so|--on|2025-06-02" + checker, out: `Recorded as entry 8 of .*`},
		{args: "fund|release|U99001|core|100.00|--reference|H2|--on|2025-06-03|--as|finance", out: `Recorded as entry 9 of .*`},
		{args: "fund|pay|U99001|core|1.00|--reference|P2|--on|2025-06-03|--as|finance", out: `Recorded as entry 10 of .*`},
		{args: "fund|withdraw|QZ1|2025/26|10|--on|2025-06-03|--as|finance", out: `Recorded as entry 11 of .*`},
		{args: "fund|commit|U99001|core|300.00|--reference|C1|--on|2025-06-03|--as|pcn", out: `Recorded as entry 12 of .*`},
		{args: "fund|spend|U99001|core|250.00|--reference|S1|--for|a locum|--from|COMMITTED|--on|2025-06-04|--as|pcn", out: `Recorded as entry 13 of .*`},
		{args: "fund|spend|U99001|core|250.00|--reference|S1|--for|a locum|--from|COMMITTED|--on|2025-06-04|--as|pcn", out: `So it was already\.` + receipt},
		{args: "fund|declare|U99001|core|10.00|--reference|D1|--on|2026-02-27|--as|pcn", out: `Recorded as entry 14 of .*`},

		{args: "fund|spend|U99001|core|900.00|--reference|S2|--for|a locum|--on|2025-06-04|--as|pcn", code: notDone, err: `AMOUNT: network-U99001 has £690\.00 confirmed .*`},
		{args: "fund|allocate|U99001|core money|1.00|--reference|A2|--on|2025-06-04|--as|finance", code: notDone, err: `STREAM: "core money" is not the name of a funding stream\..*`},
		{args: "fund|allocate|U99001|core|1.00|--reference|A2|--on|2025-06-04|--as|pcn", code: notDone, err: `Your roles do not allow this\..*`},
		{args: "fund|allocate|U12345|core|1.00|--reference|A2|--on|2025-06-04|--as|finance", code: notDone, err: `The book does not say which system U12345 is in: check the code, or name the system by --system\.`},
		{args: "fund|approve|QZ1|2025/26|99|--on|2025-06-04|--as|finance", code: notDone, err: `ENTRY: The ledger of QZ1 for 2025/26 has no entry 99\..*`},
		{args: "fund|approve|QZ1|2025/26|3|--on|2026-06-04|--as|finance", code: notDone, err: `--on: 2026-06-04 is not in the financial year 2025/26, .*`},
		{args: "fund|allocate|North|core|1.00|--reference|A2", code: misread, err: `PAYEE: "NORTH" is not the code of a network or practice: it looks like U12345 or A81001\..*`},
		{args: "fund|allocate|U99001|core|lots|--reference|A2", code: misread, err: `AMOUNT: "lots" is not an amount of money: write pounds and pence, such as 1234\.56\..*`},
		{args: "fund|allocate|U99001|core|1.00", code: misread, err: `--reference is missing\..*`},
		{args: "fund|approve|QZ1|2025|3", code: misread, err: `YEAR: "2025" is not a financial year: write it as 2025/26\..*`},
		{args: "fund|approve|QZ1|2025/26|third", code: misread, err: `ENTRY: "third" is not the number of an entry: write it as 3\..*`},
	})
	var r client.Receipt
	if got := p.openbook(t, "fund", "receive", "QZ1", "core", "1", "--reference", "E2", "--on", "2025-06-04", "--as", "finance", "--json"); json.Unmarshal([]byte(got.out), &r) != nil || r.Revision != 14 {
		t.Errorf("%+v", got)
	}
}

func TestImportOfOnesOwn(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	p.funds(t)
	p.put(t, "july.csv", "Date,Stream,Amount,Reference,What for\n01/07/2025,core,£400.00,INV-1,a locum\n2025-07-02,core,\"1,99.00\",INV-2,stamps\n2025-07-03,core,601,INV-3,a locum\n")
	p.put(t, "right.csv", "Date,Stream,Amount,Reference,What for\n01/07/2025,core,£400.00,INV-1,a locum\n2025-07-03,core,600,INV-3,a locum\n")
	p.put(t, "pay.csv", "Payee,Date,Stream,Amount,Reference\nU99001,2025-07-01,core,500.00,P2\n")
	const line3 = `july\.csv, line 3, column Amount: "1,99\.00" is not an amount of money\. [^\n]*`
	const spending = "import spending july.csv --for U99001 --as pcn"
	const wrong = `july\.csv: The 2 lines of U99001, stream core, purpose anything, in 2025/26 come to £1001\.00 together\. network-U99001 has £1000\.00 [^\n]*\n` + line3
	p.check(t, []expect{
		{args: spending + " --dry-run", code: notDone, out: `Nothing would be recorded of 3 lines, 1 of them wrong\. With --good-lines, 2 lines at most\.`, err: wrong},
		{args: spending, code: notDone, out: `Nothing was recorded of 3 lines, 1 of them wrong\. Put the file right and import it again, or say --good-lines\.`, err: wrong},
		{args: "import spending right.csv --for U99001 --as pcn --dry-run", out: `2 lines to record, £1000\.00\. Nothing was recorded, and by the time it is, the ledger may be another\.`},
		{args: spending + " --good-lines", code: notDone, out: `1 line recorded, £400\.00; 2 wrong\.`, err: line3 + `\njuly\.csv, line 4, column Amount: network-U99001 has £600\.00 .*`},
		{args: "import spending right.csv --for U99001 --as pcn", out: `1 line recorded, £600\.00; 1 in the ledger already\.`},
		{args: "import spending right.csv --for U99001 --as pcn", out: `0 lines recorded, £0\.00; 2 in the ledger already\.`},
		{args: "import payments pay.csv --as finance --year 2025/26", out: `1 line recorded, £500\.00\.`},
		{args: "fund|approve|QZ1|2025/26|8|--on|2025-07-01" + checker, out: `Recorded as entry 9 of .*`},
		{args: "import payments pay.csv --as finance --year 2024/25", code: notDone, out: `Nothing was recorded of 1 line, 1 of them wrong\..*`, err: `pay\.csv, line 2, column Date: 2025-07-01 is not in the financial year 2024/25.*`},
		{args: "import spending none.csv --as pcn", code: notDone, err: `none\.csv: There is no such file\. Check the name and the folder and try again\.`},
		{args: "import spending right.csv --as pcn --system one", code: notDone, err: `"ONE" is not the code of a system: it looks like QZ1 or D4U1Y\.`},
		{args: "import spending", code: misread, err: `FILE is missing\..*`},
		{args: "import spending x.csv --year 2025/26 --year 2026/27", code: misread, err: `--year: a file is of one year.*`},
	})
	var out platform.ImportedOf
	got := p.openbook(t, strings.Fields(spending+" --json --dry-run")...)
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || got.code != notDone || out.Lines != 3 || out.Already != 1 || len(out.Problems) != 2 {
		t.Errorf("%v %+v: %+v", err, got, out)
	}
}

// An export adds up to what has been entered, and money that has not arrived in
// the next year's ledger is no secret.
func TestExport(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	p.funds(t)
	read := func(args ...string) [][]string {
		t.Helper()
		got := p.openbook(t, args...)
		rows, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
		if err != nil || got.code != done || got.err != "" {
			t.Fatalf("%v: %+v", err, got)
		}
		return rows
	}
	table := read("export", "ledger", "qz1", "2025/26", "--as", "auditor:system-QZ1")
	sums := map[string]events.GBP{}
	for _, row := range table[1:] {
		if amount := row[slices.Index(table[0], "amount")]; amount != "" {
			pounds, err := events.ParseGBP(amount)
			if err != nil {
				t.Fatal(err)
			}
			sums[row[slices.Index(table[0], "holder")]+" "+row[slices.Index(table[0], "stage")]] += pounds
		}
	}
	for account, want := range map[string]events.GBP{
		"england SOURCE": -2000_00, "system-QZ1 POT": 500_00, "network-U99001 ALLOCATED": 500_00, "network-U99001 PAID": 0, "network-U99001 CONFIRMED": 1000_00,
	} {
		if got, there := sums[account]; got != want || !there {
			t.Errorf("%s: £%s, want £%s", account, got, want)
		}
	}
	if got := read("export", "grants", "QZ1", "2025/26", "--prefix", "360G-sample", "--as", "finance"); len(got) != 2 || got[1][4] != "1500.00" || got[1][5] != "1000.00" || !strings.HasPrefix(got[1][0], "360G-sample-") {
		t.Errorf("%q", got)
	}
	if got := read("export", "ledger", "QZ1", "2025/26", "--as-at", "2020-01-01T00:00:00Z"); len(got) != 1 {
		t.Errorf("of long ago: %q", got)
	}
	p.check(t, []expect{
		{args: "export ledger QZ1 2025/26 --as auditor:system-QZ2", code: notDone, err: `This is open to those who belong to .*`},
		{args: "export ledger QZ1 2025", code: misread, err: `"2025" is not a financial year: write it as 2025/26\..*`},
		{args: "export ledger one 2025/26", code: notDone, err: `.*is not the code of a system\. .*`},
		{args: "doctor", out: `The platform is well\..*`},
		{args: `query|mutation { closeFundingYear(input: {system: "QZ1", year: "2025/26", idempotencyKey: "k"}) { problems { message } } }|--as|finance`, out: `.*`},
	})
	carried := p.openbook(t, "query", `mutation { carryInFunding(input: {system: "QZ1", year: "2026/27", fromSystem: "QZ1", fromYear: "2025/26", idempotencyKey: "k2"}) { problems { message } receipt { entries } } }`, "--as", "finance")
	if carried.code != done {
		t.Errorf("%+v", carried)
	}
	p.check(t, []expect{{args: "doctor", out: `The platform is well\..*`}})
	next := read("export", "ledger", "QZ1", "2026/27")
	if !strings.Contains(strings.Join(slices.Concat(next...), "|"), "funding.carried_in.v1") {
		t.Errorf("the next year begins with %q", next)
	}
}
