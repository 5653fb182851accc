package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// tables draws rows of three texts, none of them blank, as a person may type.
func tables(t *rapid.T) (rows [][]string) {
	text := rapid.StringOf(rapid.RuneFrom([]rune(" ,;\"'\n\té£\u00a0_xX0Dd<>&=\ufffd\U0001F600")))
	for range rapid.IntRange(1, 8).Draw(t, "rows") {
		rows = append(rows, []string{"A" + text.Draw(t, "practice"), text.Draw(t, "on"), text.Draw(t, "size")})
	}
	return rows
}

func read(t *rapid.T, folder string, content []byte) (got [][]string) {
	path := filepath.Join(folder, "x")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := sheet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for row, err := range f.Rows(sizes) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, []string{row.Text("practice"), row.Text("on"), row.Text("size")})
	}
	return got
}

var trimmed = cmp.Transformer("trimmed", strings.TrimSpace)

func TestEveryTextComesBack(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rows := tables(t)
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(append([][]string{{"Org Code", "Extract Date", "Patients"}}, rows...)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, read(t, folder, out.Bytes()), trimmed); diff != "" {
			t.Error("CSV", diff)
		}
		f := excelize.NewFile()
		defer f.Close()
		for r, row := range append([][]string{{"Org Code", "Extract Date", "Patients"}}, rows...) {
			for c, text := range row {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := f.SetCellStr("Sheet1", name, text); err != nil {
					t.Fatal(err)
				}
			}
		}
		out.Reset()
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, read(t, folder, out.Bytes()), trimmed); diff != "" {
			t.Error("XLSX", diff)
		}
	})
}

// FuzzAnything: whatever a file holds, there are rows or a problem.
func FuzzAnything(f *testing.F) {
	f.Add([]byte(good), false)
	f.Add([]byte("PK\x03\x04"), false)
	f.Add(book(f, nil, heads, []any{"A81001", "20260701", 5123}), false)
	f.Add([]byte(`<row r="1"><c r="A1" t="str"><v>Org Code</v></c><c r="B1" s="0"><v>Patients</v></c></row><row><c t="s"><v>0</v></c></row>`), true)
	f.Fuzz(func(t *testing.T, content []byte, isRows bool) {
		if isRows {
			content = sheet1(t, string(content))
		}
		found := func(err error) {
			var p *sheet.Problem
			if !errors.As(err, &p) || p.File == "" || p.Message == "" {
				t.Errorf("%T %v", err, err)
			}
		}
		opened, err := sheet.Open(file(t, "x", content))
		if err != nil {
			found(err)
			return
		}
		defer opened.Close()
		rows := 0
		for row, err := range opened.Rows(sizes) {
			rows++
			if err != nil {
				found(err)
				continue
			}
			_, _ = row.Date("on")
			_, _ = row.Count("size")
		}
		if rows == 0 {
			t.Error("neither rows nor a problem")
		}
	})
}
