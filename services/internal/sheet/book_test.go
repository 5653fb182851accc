package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// book makes a workbook of one sheet, Sheet1, as another's library does.
func book(t testing.TB, fill func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if fill != nil {
		fill(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// edited is a workbook with the text of one part changed by hand.
func edited(t testing.TB, workbook []byte, part string, edit func(string) string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var entries []entry
	changed := false
	for _, z := range archive.File {
		from, err := z.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		e := entry{z.Name, string(text)}
		if z.Name == part {
			e.content = edit(e.content)
			changed = e.content != string(text)
		}
		entries = append(entries, e)
	}
	if !changed {
		t.Fatalf("%s is as before", part)
	}
	return zipped(t, entries...)
}

// sheet1 changes what is between <sheetData> and its end.
func sheet1(t testing.TB, rows string) []byte {
	t.Helper()
	return edited(t, book(t, nil), "xl/worksheets/sheet1.xml", func(text string) string {
		before, _, found := strings.Cut(text, "<sheetData")
		if !found {
			t.Fatal(text)
		}
		return before + "<sheetData>" + rows + "</sheetData></worksheet>"
	})
}

var heads = []any{"Org\nCode", "Extract_Date", "Patients"}

func TestAWorkbookReadsAsExcelizeReadsIt(t *testing.T) {
	rich := []excelize.RichTextRun{{Text: "A8"}, {Text: "1001", Font: &excelize.Font{Bold: true}}, {Text: " & <co>"}}
	content := book(t, func(f *excelize.File) {
		for _, err := range []error{
			f.SetCellRichText("Sheet1", "A5", rich),
			f.SetCellStr("Sheet1", "C5", "  spaced\tout  "),
			f.SetCellBool("Sheet1", "C7", true),
			f.SetCellStr("Sheet1", "A7", "with a bell \x07 and _x000D_"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}, heads, []any{"A81001", "20260701", 5123}, []any{"B82002", nil, 0.25}, nil)
	other, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := other.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	var want [][]any
	for i, row := range rows {
		if i > 0 && len(row) > 0 {
			row = append(row, "", "")
			want = append(want, []any{i + 1, strings.TrimSpace(row[0]), strings.TrimSpace(row[1]), strings.TrimSpace(row[2])})
		}
	}
	got, err := texts(open(t, file(t, "book.csv", content)), sizes)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 4 {
		t.Errorf("excelize -, ours +: %s", diff)
	}
}

func TestSheetsHaveNames(t *testing.T) {
	saved := time.Date(2026, 7, 3, 12, 30, 0, 0, time.UTC)
	content := book(t, func(f *excelize.File) {
		if _, err := f.NewSheet("PCN Details"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("PCN Details", "A3", &[]any{"PCN\r\nCode"}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("PCN Details", "A4", &[]any{"U12345"}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetDocProps(&excelize.DocProperties{Modified: saved.Format(time.RFC3339)}); err != nil {
			t.Fatal(err)
		}
	}, heads, []any{"A81001", "20260701", 5123})
	f := open(t, file(t, "ePCN.xlsx", content))
	named, pcns := sizes, sheet.Layout{Name: "networks", Sheet: "pcn  DETAILS", Columns: []sheet.Column{{Key: "pcn", Headers: []string{"PCN code"}}}}
	named.Sheet = "Sheet1"
	for l, want := range map[*sheet.Layout][][]any{&named: {{2, "A81001", "20260701", "5123"}}, &pcns: {{4, "U12345"}}} {
		got, err := texts(f, *l)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if !f.Saved().Equal(saved) {
		t.Error(f.Saved())
	}
	if read, total := f.Progress(); read != total {
		t.Errorf("%d of %d", read, total)
	}
	const want = "ePCN.xlsx: For list sizes it has too many sheets (Sheet1, PCN Details): keep the one that is meant. Choose the right file, or name its columns so, and try again."
	if _, err := f.Recognise(sizes); err == nil || err.Error() != want {
		t.Error(err)
	}
}

func TestDaysInCells(t *testing.T) {
	day := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for format, want := range map[string]string{
		"dd/mm/yyyy": "2026-07-01", "[$-809]d mmmm yyyy;@": "2026-07-01", `yyyy"-"mm\-dd`: "2026-07-01",
		"0.00": "46204", `0" days"`: "46204", "[Red]0": "46204", "h:mm": "46204",
	} {
		content := book(t, func(f *excelize.File) {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
				t.Fatal(err)
			}
		}, heads, []any{"A81001", 46204, 7})
		got, err := texts(open(t, file(t, "days.xlsx", content)), sizes)
		if err != nil || got[0][2] != want {
			t.Errorf("%s: %v, %v", format, got, err)
		}
	}
	// excelize gives a time a date's style by itself, and 1904 is Macintosh's.
	for _, macintosh := range []bool{false, true} {
		content := book(t, func(f *excelize.File) {
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &macintosh}); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellValue("Sheet1", "B2", day); err != nil {
				t.Fatal(err)
			}
		}, heads, []any{"A81001", nil, 7})
		if macintosh { // as Excel writes it
			content = edited(t, content, "xl/workbook.xml", func(s string) string {
				return strings.Replace(s, `date1904="true"`, `date1904="1"`, 1)
			})
		}
		for row, err := range open(t, file(t, "days.xlsx", content)).Rows(sizes) {
			if err != nil {
				t.Fatal(err)
			}
			if got, err := row.Date("on"); err != nil || got != events.DateOf(day) {
				t.Errorf("1904 %t: %s, %v", macintosh, got, err)
			}
		}
	}
}

func TestAFormulaNobodyAskedForIsLeftAlone(t *testing.T) {
	content := book(t, func(f *excelize.File) {
		if err := f.SetCellFormula("Sheet1", "D2", "=C2*2"); err != nil {
			t.Fatal(err)
		}
	}, append(heads, "Twice"), []any{"A81001", nil, 7})
	if got, err := texts(open(t, file(t, "book.xlsx", content)), sizes); err != nil || len(got) != 1 {
		t.Error(got, err)
	}
}

func TestCellsInOtherOrders(t *testing.T) {
	content := sheet1(t, `<row><c t="inlineStr"><is><t>Org Code</t></is></c><c t="inlineStr"><is><r><t>Pat</t></r><rPh sb="0" eb="1"><t>x</t></rPh><r><t>ients</t></r></is></c></row>`+
		`<row r="3"><c r="B3"><v>7</v></c><c r="A3" t="str"><v>A81001</v></c></row><row/><row><c/><c t="n"><v>8</v></c></row>`)
	got, err := texts(open(t, file(t, "book.xlsx", content)), sizes)
	if diff := cmp.Diff([][]any{{3, "A81001", "", "7"}, {5, "", "", "8"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
