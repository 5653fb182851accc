package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// lines reads a worksheet.
func (b *book) lines(p *part) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		if err := b.readShared(); err != nil {
			yield(line{}, err)
			return
		}
		x, err := newScanner(p)
		if err != nil {
			yield(line{}, err)
			return
		}
		defer x.Close() //nolint:errcheck // it was only read
		w := worksheet{book: b, scanner: x}
		for {
			complete, err := w.step()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if under, ok := p.found(err, w.row); ok {
					err = under
				}
				yield(line{}, err)
				return
			}
			if complete && !yield(line{w.row, w.cells}, nil) {
				return
			}
		}
	}
}

// worksheet is how far the reading of one has come.
type worksheet struct {
	*book
	*scanner
	row    int // Excel's number
	cells  []cell
	inRow  bool
	inCell bool
	// The cell that is being read.
	column  int
	kind    string
	day     bool
	formula bool
	value   []byte
}

// step reads a token; complete is true after a row's last.
func (w *worksheet) step() (complete bool, err error) {
	token, err := w.next()
	if err != nil {
		return false, err
	}
	switch t := token.(type) {
	case xml.StartElement:
		err = w.start(t)
	case xml.CharData:
		if w.inCell && (w.in("v") || w.in("t") && !w.within("rPh")) {
			w.value = append(w.value, t...)
		}
	case xml.EndElement:
		switch {
		case w.inCell && t.Name.Local == "c":
			w.inCell = false
			err = w.endCell()
		case w.inRow && t.Name.Local == "row":
			w.inRow, complete = false, true
		}
	}
	if !w.inRow {
		w.loosen()
	}
	if len(w.value) > maxField {
		err = w.scanner.problem("The cell %s has more than 64 kB of text. Shorten it and try again.", w.name())
	}
	return complete, err
}

func (w *worksheet) start(t xml.StartElement) error {
	switch {
	case t.Name.Local == "row" && !w.inRow && w.within("sheetData"):
		return w.startRow(t)
	case t.Name.Local == "c" && w.inRow && !w.inCell:
		return w.startCell(t)
	case t.Name.Local == "f" && w.inCell:
		w.formula = true
	}
	return nil
}

func (w *worksheet) startRow(t xml.StartElement) error {
	const last = 1 << 20 // Excel's
	row := w.row + 1
	for _, a := range t.Attr {
		if a.Name.Local == "r" {
			row, _ = strconv.Atoi(a.Value) // 0 is refused below
		}
	}
	if row <= w.row || row > last {
		return w.scanner.problem(damaged)
	}
	w.row, w.inRow, w.column, w.cells = row, true, -1, w.cells[:0]
	return nil
}

func (w *worksheet) startCell(t xml.StartElement) error {
	w.inCell, w.column = true, w.column+1
	w.kind, w.day, w.formula, w.value = "", false, false, w.value[:0]
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "r":
			column, ok := columnOf(a.Value, w.row)
			if !ok {
				return w.scanner.problem("The cell %s is in no place that a worksheet has. %s", shown(a.Value), again)
			}
			w.column = column
		case "s":
			style, err := strconv.ParseUint(a.Value, 10, 31)
			w.day = err == nil && int(style) < len(w.dates) && w.dates[style]
		case "t":
			w.kind = a.Value
		}
	}
	return nil
}

// columnOf reads the column from a cell's name, such as AB12.
func columnOf(name string, row int) (int, bool) {
	const last = 16_384 // Excel's, XFD
	letters, found := strings.CutSuffix(name, strconv.Itoa(row))
	column := 0
	for _, letter := range []byte(letters) {
		if letter < 'A' || letter > 'Z' || column > last {
			return 0, false
		}
		column = column*26 + int(letter-'A') + 1
	}
	return column - 1, found && column > 0 && column <= last
}

// name is the cell's.
func (w *worksheet) name() string { return columnName(w.column) + strconv.Itoa(w.row) }

func (w *worksheet) endCell() error {
	c, err := w.content()
	if err != nil || c == (cell{}) {
		return err // an empty cell is as good as none, wherever it is
	}
	if w.column >= maxColumns {
		return w.scanner.problem("The cell %s is beyond the 2,048 columns that are read. Delete the columns that are not needed and try again.", w.name())
	}
	for len(w.cells) <= w.column {
		w.cells = append(w.cells, cell{})
	}
	if w.cells[w.column] != (cell{}) {
		return w.scanner.problem(damaged)
	}
	w.cells[w.column] = c
	return nil
}

func (w *worksheet) content() (c cell, err error) {
	switch c.text = string(w.value); w.kind {
	case "s":
		text, ok := w.shared.at(strings.TrimSpace(c.text))
		if !ok {
			return c, w.scanner.problem(damaged)
		}
		c.text = text
	case "inlineStr":
		c.text = unescape(c.text)
	case "b":
		c.text = map[string]string{"0": "FALSE", "1": "TRUE"}[c.text]
	case "e":
		c.flaw = fmt.Sprintf("The cell %s holds an error of Excel's (%s). Correct it and try again.", w.name(), shown(c.text))
	case "", "n":
		c.text = w.number(c.text)
	}
	if w.formula {
		c.flaw = fmt.Sprintf("The cell %s holds a formula. Copy the column, paste it as values over itself, save and try again.", w.name())
	}
	return c, nil
}

// number shows a day as Excel does to a person. Days before March 1900, which
// Excel counts wrongly, and times of day stay numbers.
func (w *worksheet) number(text string) string {
	if !w.day {
		return text
	}
	days, err := strconv.Atoi(text)
	if err != nil || days <= 60 || days > 2_958_465 {
		return text
	}
	return w.epoch.AddDate(0, 0, days).Format(time.DateOnly)
}
