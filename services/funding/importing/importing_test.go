package importing_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/services/funding/importing"
	"github.com/ics-openbook/openbook/services/platform"
)

const spendingHead = "Date,Stream,Amount,Reference,What for\n"

// The same file however it is saved, all of it once.
func TestSpending(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("core", 1000_00)
	before := s.entries()
	o := importing.Options{Kind: importing.Spending, For: "u99001"}
	path := file(t, "july.csv", "\xEF\xBB\xBFPosting date;Fund;Ring-fence;Amount (£);Invoice no.;Details;Category;Why\r\n"+
		"01/07/2025;core;anything;£400.00;INV-1;\"A locum,\r\nfor a week\";;\r\n;;;;;;;\r\n2025-07-02;core;;99.5;INV-2;Travel;;because\r\n")

	dry := o
	dry.DryRun = true
	would, err := importing.Run(t.Context(), s.manager, dry, path)
	if err != nil || would.Lines != 2 || would.Recorded != 2 || would.Amount != 499_50 || !slices.Equal(s.entries(), before) {
		t.Fatalf("a dry run says %+v, %v, %q, and the ledger has %q", would, err, told(would), s.entries())
	}
	did, err := importing.Run(t.Context(), s.manager, o, path)
	if err != nil || did.Recorded != 2 || did.Amount != 499_50 || did.Already != 0 {
		t.Fatalf("%+v, %v, %q", did, err, told(did))
	}
	if got := s.entries()[len(before):]; !slices.Equal(got, []string{"spent", "spent"}) {
		t.Errorf("recorded %q", got)
	}
	for _, o := range []importing.Options{o, dry, {Kind: o.Kind, For: o.For, GoodLines: true}} {
		again, err := importing.Run(t.Context(), s.manager, o, path)
		if err != nil || again.Recorded != 0 || again.Already != 2 || again.Amount != 0 || len(s.entries()) != len(before)+2 {
			t.Errorf("%+v again: %+v, %v, %q", o, again, err, told(again))
		}
	}
	more := file(t, "august.csv", spendingHead+"2025-07-02,core,99.50,INV-2,Travel\n2025-08-02,core,0.50,INV-3,Stamps\n")
	if out, err := importing.Run(t.Context(), s.manager, o, more); !errors.Is(err, importing.ErrWrong) || out.Wrong != 1 || !strings.Contains(told(out)[0], "line 2, column Reference: Reference \"INV-2\" is that of entry") {
		t.Errorf("the same reference without its reason: %+v, %v, %q", out, err, told(out))
	}
}

// One line that the platform would not take, and nothing is recorded; of good
// lines alone, the others are.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("core", 100_00)
	before := len(s.entries())
	path := file(t, "x.csv", spendingHead+"2025-07-02,core,60.00,S1,one\n2025-07-02,arrs,1.00,S2,another stream\n2025-13-02,core,1.00,S3,no day\n2025-07-02,core,30.00,S4,four\n")
	o := importing.Options{Kind: importing.Spending, For: "U99001"}
	want := []string{
		`x.csv, line 3, column Amount: network-U99001 has £0.00 confirmed out of stream arrs for anything, and this needs £1.00. Enter no more than is there, or first what is missing.`,
		`x.csv, line 4, column Date: "2025-13-02" is not a date. Write it as 2026-07-01, 20260701, 01Jul2026 or 01/07/2026 (the day first) and try again.`,
	}
	for _, dry := range []bool{true, false} {
		o.DryRun = dry
		out, err := importing.Run(t.Context(), s.manager, o, path)
		if diff := cmp.Diff(want, told(out)); diff != "" || !errors.Is(err, importing.ErrWrong) || out.Wrong != 2 || out.Lines != 4 {
			t.Errorf("%+v, %v\n%s", out, err, diff)
		}
		if recorded := map[bool]int{true: 2, false: 0}[dry]; out.Recorded != recorded || len(s.entries()) != before {
			t.Errorf("recorded %d of a dry run %t: %+v", len(s.entries())-before, dry, out)
		}
	}
	o.GoodLines = true
	out, err := importing.Run(t.Context(), s.manager, o, path)
	if diff := cmp.Diff(want, told(out)); diff != "" || !errors.Is(err, importing.ErrWrong) || out.Wrong != 2 || out.Recorded != 2 || out.Amount != 90_00 || len(s.entries()) != before+2 {
		t.Errorf("good lines: %+v, %v\n%s", out, err, diff)
	}
}

// Lines are held together: each alone could be paid for, and not all of them.
func TestTogether(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("core", 100_00)
	before := len(s.entries())
	var lines strings.Builder
	for n := range 11 {
		fmt.Fprintf(&lines, "2025-07-02,core,10.00,S%d,one\n", n)
	}
	path := file(t, "x.csv", spendingHead+lines.String())
	o := importing.Options{Kind: importing.Spending, For: "U99001"}
	const want = "x.csv: The 11 lines of U99001, stream core, purpose anything, in 2025/26 come to £110.00 together. " +
		"network-U99001 has £100.00 confirmed out of stream core for anything, and this needs £110.00."
	for _, dry := range []bool{true, false} {
		o.DryRun = dry
		out, err := importing.Run(t.Context(), s.manager, o, path)
		if !errors.Is(err, importing.ErrWrong) || len(out.Problems) != 1 || !strings.HasPrefix(told(out)[0], want) || len(s.entries()) != before {
			t.Errorf("%+v, %v, %q", out, err, told(out))
		}
	}
	o.GoodLines, o.DryRun = true, true
	if out, err := importing.Run(t.Context(), s.manager, o, path); err != nil || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "come to £110.00 together") {
		t.Errorf("a dry run of good lines: %+v, %v", out, err)
	}
	o.DryRun = false
	out, err := importing.Run(t.Context(), s.manager, o, path)
	if !errors.Is(err, importing.ErrWrong) || out.Recorded != 10 || out.Wrong != 1 || len(s.entries()) != before+10 {
		t.Errorf("good lines: %+v, %v, %q", out, err, told(out))
	}
}

// Payments are requests, which somebody else approves.
func TestPayments(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.allocated("core", 1000_00)
	before := len(s.entries())
	const head = "Payee,Date,Stream,Amount,Reference\n"
	o := importing.Options{Kind: importing.Payments, System: "QZ1", Year: "2025/26"}
	too := file(t, "too.csv", head+"U99001,2025-07-02,core,600.00,P1\nU99001,2025-07-02,core,600.00,P2\n")
	if out, err := importing.Run(t.Context(), s.maker, o, too); !errors.Is(err, importing.ErrWrong) || len(s.entries()) != before || !strings.Contains(strings.Join(told(out), ""), "come to £1200.00 together") {
		t.Errorf("more than is allocated: %+v, %v, %q", out, err, told(out))
	}
	path := file(t, "p.csv", head+"U99001,2025-07-02,core,600.00,P1\nU99001,02/07/2025,core,\"£400.00\",P2\n")
	if out, err := importing.Run(t.Context(), s.manager, o, path); !errors.Is(err, importing.ErrWrong) || out.Wrong != 2 || !strings.Contains(told(out)[0], "Your roles do not allow this") {
		t.Errorf("by a network: %+v, %v, %q", out, err, told(out))
	}
	out, err := importing.Run(t.Context(), s.maker, o, path)
	if err != nil || out.Recorded != 2 || out.Amount != 1000_00 || !slices.Equal(s.entries()[before:], []string{"payment_requested", "payment_requested"}) {
		t.Fatalf("%+v, %v, %q, %q", out, err, told(out), s.entries())
	}
	for n := range 2 {
		must(t, s.checker.ApproveFundingRequest, funding.ApproveRequest{Answer: funding.Answer{Ledger: ledger, On: july, Entry: before + 1 + n}})
	}
	if out, err := importing.Run(t.Context(), s.maker, o, path); err != nil || out.Recorded != 0 || out.Already != 2 {
		t.Errorf("again, once approved: %+v, %v, %q", out, err, told(out))
	}
}

// What is kept of a line does not depend on what it says, and is little.
func TestMemoryIsBounded(t *testing.T) {
	const lines, most = 300_000, 80 // bytes of a line
	path := filepath.Join(t.TempDir(), "x.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprint(w, spendingHead)
	for n := range lines {
		fmt.Fprintf(w, "2025-07-02,core,10.00,INV-2025-%08d,%s\n", n, strings.Repeat("a locum for a day ", 10)[:100])
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	before := heap()
	kept, read, wrong, err := importing.Judge(t.Context(), importing.Options{Kind: importing.Spending, For: "U99001", System: "QZ1"}, path)
	grown := heap() - before
	if err != nil || read != lines || wrong > 0 || grown > lines*most {
		t.Errorf("%d lines, %d wrong, %v: %d bytes are kept of each, %d at most", read, wrong, err, grown/lines, most)
	}
	runtime.KeepAlive(kept)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What the contract does not permit needs a reason, line by line.
func TestOutsidePermittedUse(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.funded("arrs_sum", 100_00)
	terms, err := platform.ShippedContracts(ledger.Year)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := platform.PublishContracts(t.Context(), s.as("steward", ask.Steward, ask.England), false, terms...); err != nil {
		t.Fatal(err)
	}
	before := len(s.entries())
	const head = "Date,Stream,Amount,Reference,What for,Category,Reason\n"
	o := importing.Options{Kind: importing.Spending, For: "U99001"}
	out, err := importing.Run(t.Context(), s.manager, o, file(t, "x.csv", head+"2025-07-02,arrs_sum,1.00,S1,a printer,equipment,\n2025-07-02,arrs_sum,1.00,S2,a printer,equipment,by mistake\n"))
	if !errors.Is(err, importing.ErrWrong) || out.Wrong != 1 || !strings.HasPrefix(told(out)[0], "x.csv, line 2, column Reason: Stream arrs_sum may not be spent on equipment by the contract of 2025/26. If it was all the same, say why") || len(s.entries()) != before {
		t.Errorf("%+v, %v, %q", out, err, told(out))
	}
}

// Whatever a column may be called is in the documentation.
func TestColumnsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../docs/funding.md")
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer(".", "", "-", " ")
	for _, kind := range []importing.Kind{importing.Spending, importing.Payments} {
		for _, header := range importing.Headers(kind) {
			if !strings.Contains(plain.Replace(string(text)), plain.Replace(header)) {
				t.Errorf("docs/funding.md does not say that a column of %s may be called %q", kind, header)
			}
		}
	}
}
