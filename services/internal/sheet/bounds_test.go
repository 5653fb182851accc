package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// spent is what f allocates, freed or not: beyond what it ever holds.
func spent(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// held is what the heap holds on to.
func held() uint64 {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

// bomb is an archive of one file that really gives prefix and n times chunk,
// which is at least 32 kB, whatever its directory says; 0 says the truth.
func bomb(t *testing.T, name, prefix, chunk string, n int, says uint64) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) []byte {
		begin := packed.Len()
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return bytes.Clone(packed.Bytes()[begin:])
	}
	write(prefix + chunk)
	packed.Write(bytes.Repeat(write(chunk), n-2)) // each begins where the one before, its like, has ended
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if says == 0 {
		says = uint64(len(prefix) + n*len(chunk))
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	raw, err := archive.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate,
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: says})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(2 << 30); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var got string
	if bytes := spent(func() { got = problem(t, path) }); bytes > 64<<10 {
		t.Errorf("it took %d kB", bytes>>10)
	}
	if got != "large.csv: The file has 2048 MB; at most 256 are read. Split it into smaller files and try again." {
		t.Error(got)
	}
}

func TestBombs(t *testing.T) {
	const damaged = `Part of the file is damaged or missing. Get the file anew from where it came from and try again.`
	const packed = `x: What is in it is packed more than 200 times, which no table is. Get the file anew from where it came from and try again.`
	const many = `x: The archive holds too many files. Unpack it, and try again with the table in it.`
	zeros := strings.Repeat("\x00", 1<<20)
	rows := strings.Repeat("A81001,,5123\n", 5_000)
	names := func(n int) (all []entry) {
		for i := range n {
			all = append(all, entry{name: fmt.Sprintf("%040d.txt", i)})
		}
		return all
	}
	for what, c := range map[string]struct {
		content []byte
		most    uint64 // MB
		want    string
	}{
		"1 GB, said to be":       {bomb(t, "a.csv", "", zeros, 1024, 0), 1, `x: Unpacked it has more than 512 MB. Split the table into smaller files and try again.`},
		"500 MB, said to be":     {bomb(t, "a.csv", "", zeros, 500, 0), 1, packed},
		"1 GB, said to be small": {bomb(t, "a.csv", "", zeros, 1024, 100), 1, `x: ` + damaged},
		"1 GB of rows":           {bomb(t, "a.csv", head, rows, 16_000, 3<<20), 96, `x, line 241978: ` + damaged},
		"said to be 2^64":        {bomb(t, "a.csv", head, rows, 2, 1<<64-1), 1, `x: Unpacked it has more than 512 MB. Split the table into smaller files and try again.`},
		"names":                  {zipped(t, names(50_000)...), 24, many},
	} {
		path := file(t, "x", c.content)
		var got string
		if bytes := spent(func() { got = problem(t, path) }); bytes > c.most<<20 {
			t.Errorf("%s takes %d kB", what, bytes>>10)
		}
		if got != c.want {
			t.Errorf("%s gives\n%s, not\n%s", what, got, c.want)
		}
	}
}

func TestBoundsOfACSV(t *testing.T) {
	const endless = ` A row does not end within 1024 kB. Look for a quotation mark that is not closed, or save the table anew, and try again.`
	for what, c := range map[string]struct{ content, want string }{
		"a field":       {head + "A,,1\n" + strings.Repeat("x", 64<<10+1) + ",,1\n", `x, line 3, column Org Code: The field has more than 64 kB. Look for a quotation mark that is not closed, or shorten the text, and try again.`},
		"a line":        {head + "A,,1\n" + strings.Repeat("x", 20<<20), `x, line 3:` + endless},
		"a first line":  {strings.Repeat("x", 20<<20), `x, line 1:` + endless},
		"an open quote": {head + "\"A\n2\n3\",,1\n\"" + strings.Repeat("A,,1\n", 4<<20), `x, line 5:` + endless},
		"columns":       {head + strings.Repeat(",", 2048) + "\n", `x, line 2: The row has more than 2,048 fields. Delete the columns that are not needed and try again.`},
	} {
		path := file(t, "x", []byte(c.content))
		var got string
		if bytes := spent(func() { got = problem(t, path) }); bytes > 16<<20 {
			t.Errorf("%s takes %d kB", what, bytes>>10)
		}
		if got != c.want {
			t.Errorf("%s gives\n%s, not\n%s", what, got, c.want)
		}
	}
	if got := problem(t, file(t, "x", []byte(head+strings.Repeat("x", 64<<10)+",,1"+strings.Repeat(",", 2045)))); got != "nothing" {
		t.Error("within all bounds: " + got)
	}
}

func TestRowsAreBounded(t *testing.T) {
	l := sheet.Layout{Name: "codes", Columns: []sheet.Column{{Key: "code", Headers: []string{"c"}}}}
	read := func(rows int) (got string) {
		f := open(t, file(t, "x", append([]byte("c\n"), bytes.Repeat([]byte("1\n"), rows)...)))
		before := held()
		for row, err := range f.Rows(l) {
			if err != nil {
				got = err.Error()
			} else if now := row.Line()%1_000_000 == 0; now && held() > before+1<<20 {
				t.Errorf("%d kB are held at line %d", (held()-before)>>10, row.Line())
			}
		}
		return got
	}
	if got := read(5_000_000); got != "" {
		t.Error(got)
	}
	if got := read(5_000_001); got != "x, line 5000002: It has more than 5,000,000 rows. Split it into smaller files and try again." {
		t.Error(got)
	}
}

func TestBoundsOfAWorkbook(t *testing.T) {
	const first = `<row r="1"><c r="A1" t="str"><v>Org Code</v></c><c r="B1" t="str"><v>Patients</v></c></row>`
	const endless = `A row does not end within 1024 kB. Look for a quotation mark that is not closed, or save the table anew, and try again.`
	const million = 1_000_000
	cells := func(n int) string { return strings.Repeat(`<c s="1"/>`, n) }
	long := func(n int) string { return strings.Repeat("x", n) }
	shared := func(text string) []byte {
		return edited(t, book(t, nil, heads, []any{"A", "", 1}), "xl/sharedStrings.xml", func(s string) string {
			return strings.Replace(s, "</sst>", text+"</sst>", 1)
		})
	}
	for what, c := range map[string]struct {
		content []byte
		most    uint64 // MB
		want    string
	}{
		"a million cells in a row": {sheet1(t, first+`<row r="2">`+cells(million)+`</row>`), 64, `x, sheet Sheet1, line 2: ` + endless},
		"empty cells":              {sheet1(t, first+`<row r="2" spans="1:1000000"><c><v>A</v></c><c><v>1</v></c>`+cells(20_000)+`</row>`), 32, `nothing`},
		"a million columns defined": {edited(t, sheet1(t, first+`<row r="2"><c><v>A</v></c><c><v>1</v></c></row>`), "xl/worksheets/sheet1.xml", func(s string) string {
			return strings.Replace(s, "<sheetData>", "<cols>"+cells(million)+"</cols><sheetData>", 1)
		}), 600, `nothing`},
		"text in a cell":      {sheet1(t, first+`<row r="2"><c r="A2" t="str"><v>`+long(100<<10)+`</v></c></row>`), 16, `x, sheet Sheet1, line 2: The cell A2 has more than 64 kB of text. Shorten it and try again.`},
		"much text in a cell": {sheet1(t, first+`<row r="2"><c r="A2" t="str"><v>`+long(20<<20)+`</v></c></row>`), 16, `x, sheet Sheet1, line 2: The cell A2 has more than 64 kB of text. Shorten it and try again.`},
		"an attribute":        {sheet1(t, first+`<row r="2" x="`+long(20<<20)+`"/>`), 16, `x, sheet Sheet1, line 1: ` + endless},
		"a comment":           {sheet1(t, first+`<!-- `+long(20<<20)+`-->`), 16, `x, sheet Sheet1, line 1: ` + endless},
		"a shared text":       {shared(`<si><t>` + long(100<<10) + `</t></si>`), 16, `x: A text in it has more than 64 kB. Shorten it and try again.`},
		"shared texts":        {shared(strings.Repeat(`<si><t>`+long(60<<10)+`</t></si>`, 900)), 16, `x: Its texts take more than 48 MB. Save the sheet that is meant as CSV UTF-8 and try again.`},
		"empty shared texts":  {shared(strings.Repeat(`<si/>`, 2*million+1)), 600, `x: It has more than 2,000,000 different texts. Save the sheet that is meant as CSV UTF-8 and try again.`},
		"styles": {edited(t, book(t, nil), "xl/styles.xml", func(s string) string {
			return strings.Replace(s, "</styleSheet>", "<!--"+long(5<<20)+"--></styleSheet>", 1)
		}), 16, `x: Its formatting takes more than 4 MB. Save it as CSV UTF-8 and try again.`},
	} {
		path := file(t, "x", c.content)
		var got string
		if bytes := spent(func() { got = problem(t, path) }); bytes > c.most<<20 {
			t.Errorf("%s takes %d kB", what, bytes>>10)
		}
		if got != c.want {
			t.Errorf("%s gives\n%s, not\n%s", what, got, c.want)
		}
	}
	f := open(t, file(t, "full", shared(strings.Repeat(`<si><t>`+long(200)+`</t></si><si/>`, 220_000))))
	before := held()
	took := spent(func() {
		for _, err := range f.Rows(sizes) {
			if err != nil {
				t.Error(err)
			}
			if now := held(); now > before+64<<20 {
				t.Errorf("as many texts as may be hold %d MB", (now-before)>>20)
			}
		}
	})
	t.Logf("as many texts as may be: %d MB in passing", took>>20)
}
