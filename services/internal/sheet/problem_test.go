package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

const head = "Org Code,Extract Date,Patients\n"

// problem is the one that reading path as sizes meets, wherever it does.
func problem(t *testing.T, path string) string {
	t.Helper()
	f, err := sheet.Open(path)
	if err == nil {
		defer f.Close()
		_, err = texts(f, sizes)
	}
	if err == nil {
		return "nothing"
	}
	var p *sheet.Problem
	if !errors.As(err, &p) {
		t.Errorf("%T: %v", err, err)
	}
	return err.Error()
}

func wide(text string, mark bool) []byte {
	var out []byte
	if mark {
		out = []byte{0xFF, 0xFE}
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

func TestWhatIsWrongWithACSV(t *testing.T) {
	const notUTF8 = `The text is not in UTF-8; it may be in Windows-1252. Save it as CSV UTF-8 and try again.`
	const stray = `There is a quotation mark in a field that does not begin with one. Double it and put the field in quotation marks, and try again.`
	const unclosed = `In the row that begins here, a quotation mark is not closed, or one inside a field is not doubled. Mend it and try again.`
	const commas = ` Look for a comma too many or too few, or for text with a comma that is not in quotation marks, and try again.`
	const utf16 = `x: The text is in UTF-16 (“Unicode text”), not in UTF-8. Save it as CSV UTF-8 and try again.`
	for content, want := range map[string]string{
		"":                                       `x: The file is empty. Get the file anew from where it came from and try again.`,
		"\n\n ,\n":                               `x: There is nothing in it. Choose the right file and try again.`,
		"\xEF\xBB\xBF":                           `x: There is nothing in it. Choose the right file and try again.`,
		head:                                     `x: It has a header but no rows. Choose the file with the data and try again.`,
		head + "\n,,\n":                          `x: It has a header but no rows. Choose the file with the data and try again.`,
		string(wide(head, true)):                 utf16,
		string(wide(head, false)):                utf16,
		"\x00O\x00r\x00g\x00,\x00C":              utf16,
		head + "A,,1\nB\x00,,1\n":                `x, line 3, column Org Code: There is a NUL character in it, which no text has. Save it as CSV UTF-8 and try again.`,
		head + "A,,1\n\nCaf\xE9,,1":              `x, line 4, column Org Code: ` + notUTF8,
		head + "A,,1,\n\"\n\xE9\",,1":            `x, line 4, column Org Code: ` + notUTF8,
		"Org Code,Pr\xE9s\nA,1\n":                `x, line 1, column B: ` + notUTF8,
		head + "A,,1\nB 6\" x,,1\n":              `x, line 3: ` + stray,
		head + "A,,1\n\"B\"b,,1\n":               `x, line 3: ` + unclosed,
		head + "A,,1\n\"B,\n,1\n":                `x, line 3: ` + unclosed,
		head + "A,,1\nB,1\n":                     `x, line 3: The row has fewer fields (2) than the header (3).` + commas,
		head + "A,,1\nB\n":                       `x, line 3: The row has fewer fields (1) than the header (3).` + commas,
		head + "A,,1,,,\nB,,1,,2,\n":             `x, line 3: The row has more fields (5) than the header (3).` + commas,
		"Org Code;Patients\nA;1\n":               `x, line 1: The fields are not separated by commas: the header is "Org Code;Patients". Save it as CSV UTF-8 (comma delimited) and try again.`,
		"Org Code\tPatients\nA\t1\n":             `x, line 1: The fields are not separated by commas: the header is "Org Code Patients". Save it as CSV UTF-8 (comma delimited) and try again.`,
		"Org Code,Patients\rA,1\r":               `x, line 1, column B: The lines end as on an old Macintosh, with CR alone. Save it as CSV UTF-8 and try again.`,
		"Org_Code,PATIENTS,x,patients\nA,1,,2\n": `x, line 1: The columns B (PATIENTS) and D (patients) could both be Patients. Delete or rename one of them and try again.`,
		"Org_Code,PATIENTS,practice code\nA,1,B": `x, line 1: The columns A (Org_Code) and C (practice code) could both be Practice Code. Delete or rename one of them and try again.`,
		"Code,Extract Date,List\nA,,1\n":         `x: For list sizes it lacks the columns Practice Code, Patients. Its header reads: Code, Extract Date, List. Choose the right file, or name its columns so, and try again.`,
		"Org Code\nA\n":                          `x: For list sizes it lacks the column Patients. Its header reads: Org Code. Choose the right file, or name its columns so, and try again.`,
	} {
		if got := problem(t, file(t, "x", []byte(content))); got != want {
			t.Errorf("%q gives\n%s, not\n%s", content, got, want)
		}
	}
}

func TestWhatIsNoTable(t *testing.T) {
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_ = w.Close()
	const choose = ` Choose a CSV, zip or XLSX file and try again.`
	for content, want := range map[string]string{
		"%PDF-1.7\n%\xE2\xE3":                      `x.csv: This is not a table: it looks like a PDF.` + choose,
		"\r\n<!doctype html>\n<html><body>Sign in": `x.csv: This is not a table: it looks like a web page, perhaps one that says why the download failed.` + choose,
		"<?xml version=\"1.0\"?><Error/>":          `x.csv: This is not a table: it looks like XML.` + choose,
		gz.String():                                `x.csv: This is not a table: it looks like a gzip archive.` + choose,
		"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and on":  `x.csv: This is a workbook of the old kind (.xls) or has a password. Take the password off, save it as .xlsx or CSV UTF-8 and try again.`,
	} {
		if got := problem(t, file(t, "x.csv", []byte(content))); got != want {
			t.Errorf("%q gives\n%s, not\n%s", content, got, want)
		}
	}
	folder := t.TempDir()
	if got := problem(t, folder); got != filepath.Base(folder)+": This is a folder. Choose a file in it and try again." {
		t.Error(got)
	}
	if got := problem(t, filepath.Join(folder, "gone.csv")); got != "gone.csv: There is no such file. Check the name and the folder and try again." {
		t.Error(got)
	}
	if got := problem(t, os.DevNull); got != "null: This is not a file with a table in it. Choose a CSV, zip or XLSX file and try again." {
		t.Error(got)
	}
}

func TestWhatIsWrongWithAZip(t *testing.T) {
	whole := zipped(t, entry{"a.csv", good})
	var locked bytes.Buffer
	w := zip.NewWriter(&locked)
	if raw, err := w.CreateRaw(&zip.FileHeader{Name: "a.csv", Flags: 1, CompressedSize64: 4, UncompressedSize64: 4}); err != nil {
		t.Fatal(err)
	} else if _, err = raw.Write([]byte("abcd")); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	wrong := bytes.Replace(stored(t, good+strings.Repeat("A81001,,,1\n", 999)), []byte("5123"), []byte("9999"), 1)
	const damaged = `Part of the file is damaged or missing. Get the file anew from where it came from and try again.`
	for what, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut off":   {whole[:len(whole)-30], `x.zip: The archive is not complete. Get the file anew from where it came from and try again.`},
		"empty":     {zipped(t), `x.zip: The archive holds no CSV. Choose the one with the table in it and try again.`},
		"no CSV":    {zipped(t, entry{"a.txt", good}, entry{"b.txt", good}), `x.zip: The archive holds no CSV. Choose the one with the table in it and try again.`},
		"two":       {zipped(t, entry{"a.csv", good}, entry{"sub/b.CSV", good}), `x.zip: The archive holds 2 tables (a.csv, sub/b.CSV). Unpack it, and try again with the one that is meant.`},
		"zip":       {zipped(t, entry{"a.csv", string(whole)}), `x.zip: The archive holds another archive or a workbook, a.csv. Unpack it, and try again with that.`},
		"nothing":   {zipped(t, entry{"a.csv", ""}), `x.zip: The file in the archive, a.csv, is empty. Get the file anew from where it came from and try again.`},
		"UTF-16":    {zipped(t, entry{"a.csv", string(wide(good, true))}), `x.zip: The text is in UTF-16 (“Unicode text”), not in UTF-8. Save it as CSV UTF-8 and try again.`},
		"locked":    {locked.Bytes(), `x.zip: The archive has a password. Unpack it, and try again with the table in it.`},
		"checksum":  {wrong, `x.zip, line 1007: ` + damaged},
		"ODS":       {zipped(t, entry{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}), `x.zip: This is an OpenDocument file. Save it as .xlsx or as CSV UTF-8 and try again.`},
		"the bytes": {[]byte("PK\x03\x04"), `x.zip: The archive is not complete. Get the file anew from where it came from and try again.`},
	} {
		if got := problem(t, file(t, "x.zip", c.content)); got != c.want {
			t.Errorf("%s gives\n%s, not\n%s", what, got, c.want)
		}
	}
}

// stored is an archive that anybody may edit, because nothing in it is packed.
func stored(t *testing.T, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if to, err := w.CreateHeader(&zip.FileHeader{Name: "a.csv", Method: zip.Store}); err != nil {
		t.Fatal(err)
	} else if _, err := to.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatIsWrongWithAWorkbook(t *testing.T) {
	const damaged = `x.xlsx, sheet Sheet1, line 2: Part of the file is damaged or missing. Get the file anew from where it came from and try again.`
	const first = `<row r="1"><c r="A1" t="str"><v>Org Code</v></c><c r="B1" t="str"><v>Patients</v></c></row>`
	fine := book(t, nil, heads, []any{"A81001", "20260701", 5123}, []any{"B82002", "20260701", 7})
	in := func(part, old, new string) []byte {
		return edited(t, fine, part, func(text string) string { return strings.Replace(text, old, new, 1) })
	}
	const sheet1xml, workbook = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
	for what, c := range map[string]struct {
		content []byte
		want    string
	}{
		"a formula": {book(t, func(f *excelize.File) {
			if err := f.SetCellFormula("Sheet1", "C2", "=1+1"); err != nil {
				t.Fatal(err)
			}
		}, heads, []any{"A81001", "", 1}), `x.xlsx, sheet Sheet1, line 2, column Patients: The cell C2 holds a formula. Copy the column, paste it as values over itself, save and try again.`},
		"an error":           {sheet1(t, first+`<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>`), `x.xlsx, sheet Sheet1, line 2, column Patients: The cell B2 holds an error of Excel's ("#N/A"). Correct it and try again.`},
		"empty":              {book(t, nil), `x.xlsx, sheet Sheet1: There is nothing in it. Choose the right file and try again.`},
		"a header alone":     {book(t, nil, heads), `x.xlsx, sheet Sheet1: It has a header but no rows. Choose the file with the data and try again.`},
		"another header":     {book(t, nil, []any{"Org Code", "List"}), `x.xlsx: For list sizes it lacks the column Patients. The header of sheet Sheet1 reads: Org Code, List. Choose the right file, or name its columns so, and try again.`},
		"a row cut off":      {edited(t, sheet1(t, first+`<row r="2"><c r="A2"><v>1`), sheet1xml, func(s string) string { return s[:strings.LastIndex(s, "</sheetData>")] }), damaged},
		"text out of range":  {sheet1(t, first+`<row r="2"><c r="A2" t="s"><v>99</v></c></row>`), damaged},
		"a cell twice":       {sheet1(t, first+`<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>1</v></c></row>`), damaged},
		"a row twice":        {sheet1(t, first+`<row r="2"/><row r="2"/>`), damaged},
		"a row too far":      {sheet1(t, first+`<row r="2"/><row r="1048577"/>`), damaged},
		"beyond XFD":         {sheet1(t, first+`<row r="2"><c r="XFE2"/></row>`), `x.xlsx, sheet Sheet1, line 2: The cell "XFE2" is in no place that a worksheet has. Get the file anew from where it came from and try again.`},
		"beyond our columns": {sheet1(t, first+`<row r="2"><c r="XFD2"/></row><row r="3"><c r="BZU3"><v>1</v></c></row>`), `x.xlsx, sheet Sheet1, line 3: The cell BZU3 is beyond the 2,048 columns that are read. Delete the columns that are not needed and try again.`},
		"deep":               {sheet1(t, first+`<row r="2">`+strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+`</row>`), damaged},
		"no worksheet":       {in("xl/_rels/workbook.xml.rels", "relationships/worksheet", "relationships/chartsheet"), `x.xlsx: The workbook has no worksheet. Choose the right file and try again.`},
		"a document":         {edited(t, fine, workbook, func(s string) string { return "<document/>" }), `x.xlsx: This is an Office document but not a workbook. Choose a CSV, zip or XLSX file and try again.`},
		"binary":             {in("_rels/.rels", "workbook.xml", "workbook.bin"), `x.xlsx: This is a binary workbook (.xlsb). Save it as .xlsx or as CSV UTF-8 and try again.`},
		"no such part":       {in("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml"), `x.xlsx: Part of the file is damaged or missing. Get the file anew from where it came from and try again.`},
		"styles cut off":     {in("xl/styles.xml", "</styleSheet>", ""), `x.xlsx: Part of the file is damaged or missing. Get the file anew from where it came from and try again.`},
		"texts cut off":      {in("xl/sharedStrings.xml", "</sst>", ""), `x.xlsx: Part of the file is damaged or missing. Get the file anew from where it came from and try again.`},
	} {
		if got := problem(t, file(t, "x.xlsx", c.content)); got != c.want {
			t.Errorf("%s gives\n%s, not\n%s", what, got, c.want)
		}
	}
	if got := problem(t, file(t, "fine.xlsx", fine)); got != "nothing" {
		t.Error(got)
	}
	other := sizes
	other.Sheet = "Sizes"
	_, err := open(t, file(t, "x.xlsx", fine)).Recognise(other)
	if err == nil || err.Error() != "x.xlsx: For list sizes it lacks the sheet Sizes (it has Sheet1). Choose the right file, or name its columns so, and try again." {
		t.Error(err)
	}
}

func TestDates(t *testing.T) {
	day := events.Day(2026, 7, 1).String()
	const not = ` is not a date. Write it as 2026-07-01, 20260701, 01Jul2026 or 01/07/2026 (the day first) and try again.`
	for text, want := range map[string]string{
		"20260701": day, "2026-07-01": day, "01Jul2026": day, "01JUL2026": day, "01/07/2026": day, " 20260701\t": day, "": "",
		"13/25/2026":          `x, line 2, column Extract Date: "13/25/2026"` + not,
		"07/13/2026":          `x, line 2, column Extract Date: "07/13/2026"` + not,
		"31/02/2026":          `x, line 2, column Extract Date: "31/02/2026"` + not,
		"00000000":            `x, line 2, column Extract Date: "00000000"` + not,
		"1/7/26":              `x, line 2, column Extract Date: "1/7/26"` + not,
		"2026-07-01 12:30:00": `x, line 2, column Extract Date: "2026-07-01 12:30:00"` + not,
		"46204":               `x, line 2, column Extract Date: "46204" looks like Excel's number for a day. Format the column as a date and try again.`,
		"46204.5":             `x, line 2, column Extract Date: "46204.5" looks like Excel's number for a day. Format the column as a date and try again.`,
	} {
		for row, err := range open(t, file(t, "x", []byte(head+"A,"+text+",1\n"))).Rows(sizes) {
			if err != nil {
				t.Fatal(err)
			}
			got, err := row.Date("on")
			if said := got.String(); err == nil && said != want || err != nil && err.Error() != want {
				t.Errorf("%q is %s, %v", text, said, err)
			}
		}
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]int{
		"0": 0, "1234": 1234, "1,234": 1234, "12,345,678": 12345678, "007": 7, " 5 ": 5, "9223372036854775807": 1<<63 - 1,
		"": -1, "1e5": -1, "1.5": -1, "-1": -1, "+1": -1, "1,23": -1, "1234,567": -1, ",123": -1, "0,123": -1, "1,234,": -1, "1 234": -1, "٣": -1, "0x10": -1, "1_000": -1, "9223372036854775808": -1,
	} {
		for row, err := range open(t, file(t, "x", []byte(head+"A,,\""+text+"\"\n"))).Rows(sizes) {
			if err != nil {
				t.Fatal(err)
			}
			got, err := row.Count("size")
			said := `x, line 2, column Patients: "` + text + `" is not a whole number. Write it as 1234, with nothing else, and try again.`
			if text == "" {
				said = `x, line 2, column Patients: A number is missing. Write 0 if none is meant, and try again.`
			}
			if want >= 0 && (err != nil || got != want) || want < 0 && (err == nil || err.Error() != said) {
				t.Errorf("%q is %d, %v", text, got, err)
			}
		}
	}
}
