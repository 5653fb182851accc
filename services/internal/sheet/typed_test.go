package sheet_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// bought is a layout with an amount and a text.
var bought = sheet.Layout{Name: "spending", Columns: []sheet.Column{
	{Key: "amount", Headers: []string{"Amount", "Amount (£)"}},
	{Key: "for", Headers: []string{"What for"}},
}}

func typed(t testing.TB, content string) *sheet.File {
	t.Helper()
	f, err := sheet.OpenTyped(file(t, "x", []byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// moneys reads a whole table: each row its line, amount and text, and each
// problem what it says.
func moneys(f *sheet.File) (all []string) {
	for row, err := range f.Rows(bought) {
		if err != nil {
			all = append(all, err.Error())
			continue
		}
		amount, err := row.Money("amount")
		if err != nil {
			all = append(all, err.Error())
			continue
		}
		all = append(all, fmt.Sprintf("%d %s %s", row.Line(), amount, row.Text("for")))
	}
	return all
}

func windows1252(text string) string {
	b, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return b
}

// A table that somebody keeps is read however their spreadsheet has saved it.
func TestTypedHoweverItIsSaved(t *testing.T) {
	want := []string{"2 1234.50 café, £5 each", "4 6.00 two\nlines"}
	for what, content := range map[string]string{
		"as RFC 4180 has it":   "Amount (£),What for\n\"£1,234.50\",\"café, £5 each\"\n,\n6,\"two\nlines\"\n",
		"with a mark and CRLF": "\xEF\xBB\xBFAmount (£),What for\r\n\"£1,234.50\",\"café, £5 each\"\r\n,\r\n6,\"two\nlines\"\r\n",
		"with semicolons":      "Amount (£);What for\n£1234.50;café, £5 each\n;\n6;\"two\nlines\"\n",
		"with tabs":            "Amount (£)\tWhat for\n£1,234.50\tcafé, £5 each\n\t\n6\t\"two\nlines\"\n",
		"in Windows-1252":      windows1252("Amount (£);What for\n£1234.50;café, £5 each\n;\n6;\"two\nlines\"\n"),
		"with a quoted header": "\"Amount (£)\";\"What for\"\n£1234.50;café, £5 each\n;\n6;\"two\nlines\"\n",
	} {
		if diff := cmp.Diff(want, moneys(typed(t, content))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	if f := open(t, file(t, "x", []byte("Amount;What for\n1;x\n"))); f.Is(bought) {
		t.Error("a published file may have semicolons")
	}
	if _, err := sheet.OpenTyped(file(t, "x", []byte("Amount,What for\n1,café\n2,caf\xE9\n"))); err == nil || !strings.Contains(err.Error(), "partly in UTF-8 and partly in Windows-1252") {
		t.Errorf("text in two codes: %v", err)
	}
}

// One wrong row does not hide the others; what breaks the file ends it.
func TestRowsAfterAWrongOne(t *testing.T) {
	got := moneys(typed(t, "Amount,What for\n1,a\n2\n3,\"c\"c\n4,d,e\n5,f\x00\n6,g\n"))
	want := []string{"2 1.00 a", "line 3", "line 4", "line 5", "line 6, column What for", "7 6.00 g"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i, w := range want {
		if !strings.Contains(got[i], w) {
			t.Errorf("%q, want %q", got[i], w)
		}
	}
	if got := moneys(typed(t, "Amount,What for\n1,a\n2,\"b\n")); len(got) != 2 || !strings.Contains(got[1], "is not closed") {
		t.Errorf("%q", got)
	}
	if got := moneys(typed(t, "Amount,What for\n1,a\n\"2,"+strings.Repeat("b\n", 1<<20))); len(got) != 2 || !strings.Contains(got[1], "does not end within") {
		t.Errorf("%.300q", got)
	}
}

func TestAmounts(t *testing.T) {
	const no, penny, two = "is not an amount of money", "it has a fraction of a penny", "could be two amounts"
	for text, want := range map[string]string{
		"0": "0.00", "1234": "1234.00", "1234.5": "1234.50", "1234.50": "1234.50", "£1,234.50": "1234.50", "£ 1,234,567": "1234567.00",
		"\u00a05\u00a0": "5.00", "-5": "-5.00", "-£5.00": "-5.00", "£-5.00": "-5.00", "007": "7.00", "0.070": "0.07", "92233720368547758.07": "92233720368547758.07",
		"": "An amount is missing", "--5": no, "-£-5": no, "1.234,50": no, "1,23": no, "12,34.50": no, "1234,567": no, ",123": no, "1 234": no, "1'234": no,
		"(5.00)": no, "£": no, "5p": no, "five": no, "5.": no, ".5": no, "1e3": no, "=5": no, "0x10": no, "£££5": no, "5 GBP": no, "NaN": no,
		"1.005": penny, "92233720368547758.08": penny,
	} {
		got := strings.Join(moneys(typed(t, "Amount\tWhat for\n"+text+"\tx\n")), "|")
		if !strings.Contains(got, want) {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"1,234": two, "1,234.50": two, "1234.50": "1234.50", "1234,50": no} {
		if got := strings.Join(moneys(typed(t, "Amount;What for\n"+text+";x\n")), "|"); !strings.Contains(got, want) {
			t.Errorf("between semicolons, %q is read as %q, want %q", text, got, want)
		}
	}
}

// An amount is read as itself, however it is written.
func TestAmountsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := events.GBP(rapid.Int64Range(-1<<62, 1<<62).Draw(rt, "pence"))
		plain := strings.TrimPrefix(want.String(), "-")
		pounds, pence, _ := strings.Cut(plain, ".")
		grouped := pounds
		for i := len(pounds) - 3; i > 0; i -= 3 {
			grouped = grouped[:i] + "," + grouped[i:]
		}
		sign := ""
		if want < 0 {
			sign = "-"
		}
		number := rapid.SampledFrom([]string{plain, grouped + "." + pence}).Draw(rt, "number")
		text := rapid.SampledFrom([]string{sign + number, sign + "£" + number, "£" + sign + number, "£ " + sign + number}).Draw(rt, "text")
		f, err := sheet.OpenTyped(file(t, "x", []byte("Amount\tWhat for\n"+text+"\tx\n")))
		if err != nil {
			rt.Fatal(err)
		}
		defer f.Close()
		if got := moneys(f); len(got) != 1 || got[0] != "2 "+want.String()+" x" {
			rt.Fatalf("%q is read as %q, not %s", text, got, want)
		}
	})
}

// A number of a workbook is what Excel shows of it: of any amount to the penny.
func TestAmountsOfAWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	amounts := []events.GBP{29, 10, 1, 123456, 100_000_000_00, 9_999_999_999_99, 57, 58, 115, 201}
	want := []string{}
	set := func(row int, column string, v any) {
		if err := f.SetCellValue("Sheet1", fmt.Sprint(column, row), v); err != nil {
			t.Fatal(err)
		}
	}
	set(1, "A", "Amount")
	set(1, "B", "What for")
	for i, a := range amounts {
		set(i+2, "A", float64(a)/100)
		set(i+2, "B", "x")
		want = append(want, fmt.Sprintf("%d %s x", i+2, a))
	}
	last := len(amounts) + 2
	set(last, "A", "0.28999999999999998") // a text
	set(last, "B", "x")
	if err := f.SetCellFormula("Sheet1", fmt.Sprint("A", last+1), "=1+1"); err != nil {
		t.Fatal(err)
	}
	set(last+2, "A", 0.125)
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	book, err := sheet.OpenTyped(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	got := moneys(book)
	if diff := cmp.Diff(want, got[:len(amounts)]); diff != "" {
		t.Error(diff)
	}
	for i, want := range []string{"0.29", "holds a formula", "fraction of a penny"} {
		if !strings.Contains(got[len(amounts)+i], want) {
			t.Errorf("%q, want %q", got[len(amounts)+i], want)
		}
	}
	var p *sheet.Problem
	for _, err := range book.Rows(bought) {
		if errors.As(err, &p) && p.Line != last+1 {
			t.Errorf("the formula is in line %d", p.Line)
		}
	}
}
