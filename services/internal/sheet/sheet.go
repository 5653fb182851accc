// Package sheet reads the tables that people keep in files: CSV, one CSV in a
// zip, XLSX. It streams them, in memory that does not depend on the file, and
// says what is wrong in words that the person who has the file can act on. It
// knows nothing of what the tables are about.
package sheet

import (
	"iter"
	"strings"
)

// What is read at all. The largest file published so far is a 20 MB CSV; each
// bound is generous beside that, and what is beyond it was not meant for us.
const (
	maxFile      = 256 << 20 // bytes of the file itself
	maxExpanded  = 512 << 20 // bytes of what a zip says it holds, which archive/zip holds it to
	maxRatio     = 200       // of expanded to packed; tables come to 10, sheets of empty cells to 100
	maxDirectory = 1 << 20   // bytes of a zip's table of contents, which is kept: 20,000 names
	maxPart      = 4 << 20   // bytes of an XLSX part that is kept, such as its styles
	maxShared    = 48 << 20  // bytes of an XLSX's shared texts, which are kept
	maxTexts     = 2_000_000 // of those, because where each ends is kept too
	maxField     = 64 << 10  // bytes; Excel itself allows 32,767 characters
	maxLine      = 1 << 20   // bytes of a line, or of a row's XML, so that an open quote ends
	maxColumns   = 2_048
	maxRows      = 5_000_000
)

// table is one CSV or one worksheet.
type table struct {
	place
	lines func() iter.Seq2[line, error] // from the first again, each time
}

// line is valid until the next.
type line struct {
	number int
	cells  []cell
}

type cell struct {
	text string
	flaw string // why text is not what the person sees or means, and what to do
}

// filled is the number of cells up to the last that is not empty.
func filled(cells []cell) int {
	for n := len(cells); n > 0; n-- {
		if cells[n-1].flaw != "" || strings.TrimSpace(cells[n-1].text) != "" {
			return n
		}
	}
	return 0
}

// header reads the first line that is not empty.
func (t *table) header() (*header, error) {
	for l, err := range t.lines() {
		if err != nil {
			return nil, err
		}
		if filled(l.cells) > 0 {
			return newHeader(t.place, l.number, l.cells), nil
		}
	}
	return nil, t.problem("There is nothing in it. Choose the right file and try again.")
}

// Rows yields the rows of the file that l describes, in the file's order,
// without empty ones. An error is a [*Problem]. Where it is about one row alone,
// those after it follow for whoever goes on; any other comes last. A table
// without a row is a problem too.
func (f *File) Rows(l Layout) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if _, err := f.Recognise(l); err != nil {
			yield(Row{}, err)
			return
		}
		t, _ := f.table(l)
		row := Row{layout: &l, file: f}
		rows := 0
		for line, err := range t.lines() {
			switch {
			case err != nil:
				if rows++; !yield(Row{}, err) {
					return
				}
				continue
			case filled(line.cells) == 0:
				continue
			case row.header == nil:
				row.header = newHeader(t.place, line.number, line.cells)
				row.at, _, _ = row.header.find(l) // Recognise has seen it
				continue
			}
			row.line, row.cells = line.number, line.cells
			if rows++; rows > maxRows {
				yield(Row{}, t.at(row.line, "", "It has more than 5,000,000 rows. Split it into smaller files and try again."))
				return
			}
			if !yield(row.sound()) {
				return
			}
		}
		if err := f.same(); err != nil {
			yield(Row{}, err)
		} else if rows == 0 {
			yield(Row{}, t.problem("It has a header but no rows. Choose the file with the data and try again."))
		}
	}
}

// sound is r, unless a cell of the columns that were asked for is not what it
// looks like.
func (r Row) sound() (Row, error) {
	for _, c := range r.layout.Columns {
		if i := r.at[c.Key]; i >= 0 && i < len(r.cells) && r.cells[i].flaw != "" {
			return Row{}, r.Problem(c.Key, "%s", r.cells[i].flaw)
		}
	}
	return r, nil
}
