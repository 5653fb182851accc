package sheet_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// sizes is a layout with a column of each kind.
var sizes = sheet.Layout{Name: "list sizes", Columns: []sheet.Column{
	{Key: "practice", Headers: []string{"Practice Code", "Org Code"}},
	{Key: "on", Headers: []string{"Extract Date"}, Optional: true},
	{Key: "size", Headers: []string{"Patients"}},
}}

// file writes content into a new folder, under name.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// entry is a file in an archive.
type entry struct{ name, content string }

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, e := range entries {
		method := zip.Deflate
		if len(e.content) > 1<<20 { // or it looks like a bomb
			method = zip.Store
		}
		w, err := archive.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t testing.TB, path string) *sheet.File {
	t.Helper()
	f, err := sheet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// texts reads a whole table: each row its line and the layout's columns.
func texts(f *sheet.File, l sheet.Layout) (all [][]any, err error) {
	for row, err := range f.Rows(l) {
		if err != nil {
			return all, err
		}
		one := []any{row.Line()}
		for _, c := range l.Columns {
			one = append(one, row.Text(c.Key))
		}
		all = append(all, one)
	}
	return all, nil
}

const good = "PRACTICE_CODE,Note,Extract Date,patients\nA81001,,01Jul2026,5123\n\nB82002,\"two, and\nthree\",20260701,\"1,234\"\n,,,\nC83003,, 2026-07-01 ,0,,\n"

func TestCSVHoweverItIsWritten(t *testing.T) {
	want := [][]any{{2, "A81001", "01Jul2026", "5123"}, {4, "B82002", "20260701", "1,234"}, {7, "C83003", "2026-07-01", "0"}}
	windows := bytes.ReplaceAll([]byte(good), []byte("\n"), []byte("\r\n"))
	for what, path := range map[string]string{
		"plain":               file(t, "good.csv", []byte(good)),
		"with a mark":         file(t, "good.csv", []byte("\xEF\xBB\xBF"+good)),
		"with CRLF":           file(t, "good.csv", windows),
		"misnamed":            file(t, "good.xlsx", []byte(good)),
		"without a last line": file(t, "good", bytes.TrimRight([]byte(good), "\n")),
		"in a zip":            file(t, "good.csv", zipped(t, entry{"folder/", ""}, entry{"folder/data.txt", good}, entry{"__MACOSX/._data.txt", "x"})),
		"in a zip with notes": file(t, "good.zip", zipped(t, entry{"Read me.txt", "hello"}, entry{"data.CSV", good})),
	} {
		got, err := texts(open(t, path), sizes)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

func TestWhatIsKnownOfAFile(t *testing.T) {
	f := open(t, file(t, "good.csv", []byte(good)))
	sum := sha256.Sum256([]byte(good))
	if f.Name() != "good.csv" || f.Size() != int64(len(good)) || f.SHA256() != hex.EncodeToString(sum[:]) || !f.Saved().IsZero() {
		t.Errorf("%s, %d bytes, %s, saved %s", f.Name(), f.Size(), f.SHA256(), f.Saved())
	}
}

func TestProgressNeverGoesBack(t *testing.T) {
	content := []byte("Org Code,Patients\n")
	for range 20_000 {
		content = append(content, "A81001,5123\n"...)
	}
	f := open(t, file(t, "long.zip", zipped(t, entry{"long.csv", string(content)})))
	if read, total := f.Progress(); read != 0 || total != int64(len(content)) {
		t.Errorf("%d of %d before", read, total)
	}
	last, steps := int64(0), 0
	for range 2 { // a second reading begins again, its progress does not
		for _, err := range f.Rows(sizes) {
			if err != nil {
				t.Fatal(err)
			}
			read, total := f.Progress()
			if read < last || read > total {
				t.Fatalf("%d of %d after %d", read, total, last)
			}
			if read > last {
				steps++
			}
			last = read
		}
		if read, total := f.Progress(); read != total || steps == 0 {
			t.Errorf("%d of %d afterwards, in %d steps", read, total, steps)
		}
	}
}

func TestAFileThatChangesMeanwhile(t *testing.T) {
	path := file(t, "good.csv", []byte(good))
	f := open(t, path)
	var last error
	for _, err := range f.Rows(sizes) {
		if last = err; err == nil {
			if err := os.WriteFile(path, []byte(good+good), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if last == nil || last.Error() != "good.csv: The file was changed while it was read. Wait until it is complete and try again." {
		t.Error(last)
	}
}

func TestAnIterationCanBeLeft(t *testing.T) {
	f := open(t, file(t, "good.csv", []byte(good)))
	for range 3 {
		for row, err := range f.Rows(sizes) {
			if err != nil || row.Text("practice") != "A81001" {
				t.Fatal(row.Text("practice"), err)
			}
			break
		}
	}
}

func TestAnAbsentColumnIsEmpty(t *testing.T) {
	f := open(t, file(t, "short.csv", []byte("Org Code,Patients\nA81001,7\n")))
	for row, err := range f.Rows(sizes) {
		if err != nil {
			t.Fatal(err)
		}
		day, err := row.Date("on")
		if row.Has("on") || !row.Has("size") || row.Text("on") != "" || day != (events.Date{}) || err != nil {
			t.Errorf("%t %t %q %s %v", row.Has("on"), row.Has("size"), row.Text("on"), day, err)
		}
		if p := row.Problem("on", "It is %d.", 1).Error(); p != "short.csv, line 2, column Extract Date: It is 1." {
			t.Error(p)
		}
	}
}

func TestRecogniseTakesTheFullest(t *testing.T) {
	f := open(t, file(t, "good.csv", []byte(good)))
	fewer := sheet.Layout{Name: "practices", Columns: sizes.Columns[:1]}
	other := sheet.Layout{Name: "networks", Columns: []sheet.Column{{Key: "pcn", Headers: []string{"PCN Code"}}}}
	if !f.Is(fewer) || !f.Is(sizes) || f.Is(other) {
		t.Error(f.Is(fewer), f.Is(sizes), f.Is(other))
	}
	if l, err := f.Recognise(other, fewer, sizes); err != nil || l.Name != "list sizes" {
		t.Error(l.Name, err)
	}
}
