package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

func (f *File) openCSV(p *part) (err error) {
	f.written = dialect{comma: ','}
	if f.typed {
		if f.written, err = p.dialect(); err != nil {
			return err
		}
	}
	f.parts = []*part{p}
	f.tables = []*table{{place: p.place, lines: func() iter.Seq2[line, error] { return csvLines(p, f.written) }}}
	return nil
}

// csvLines reads a CSV as RFC 4180 has it. Every row has the header's fields,
// apart from empty ones at its end; one that is wrong does not hide the others.
func csvLines(p *part, written dialect) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		from, err := p.open()
		if err != nil {
			yield(line{}, err)
			return
		}
		defer from.Close() //nolint:errcheck // it was only read
		c := csvReader{part: p, Reader: csv.NewReader(written.text(from))}
		c.Comma, c.FieldsPerRecord, c.ReuseRecord = written.comma, -1, true
		for {
			l, err := c.next()
			from.loosen()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(l, err) || err != nil && (c.over || c.header == nil) {
				return
			}
		}
	}
}

// unmarked skips the mark that Excel puts before UTF-8.
func unmarked(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(len(utf8BOM)); string(mark) == utf8BOM {
		_, _ = buffered.Discard(len(utf8BOM))
	}
	return buffered
}

type csvReader struct {
	*csv.Reader
	*part
	header *header
	began  int // the line where the last row did
	ended  int
	cells  []cell
	over   bool // whether nothing can be read after a problem
}

func (c *csvReader) next() (line, error) {
	fields, err := c.Read()
	if err != nil {
		return line{}, c.explain(err)
	}
	last := len(fields) - 1
	c.began, _ = c.FieldPos(0)
	c.ended, _ = c.FieldPos(last)
	c.ended += strings.Count(fields[last], "\n")
	c.cells = c.cells[:0]
	for i, field := range fields {
		if err := c.check(i, field); err != nil {
			return line{}, err
		}
		c.cells = append(c.cells, cell{text: field})
	}
	l := line{c.began, c.cells}
	full := filled(c.cells)
	switch {
	case full == 0: // nobody's row
	case c.header == nil:
		c.header = newHeader(c.place, c.began, c.cells)
		err = c.commas()
	case len(fields) < len(c.header.names):
		err = c.width("fewer", len(fields))
	case full > len(c.header.names):
		err = c.width("more", full)
	}
	return l, err
}

func (c *csvReader) width(than string, fields int) error {
	return c.at(c.began, "", "The row has %s fields (%d) than the header (%d). Look for a comma too many or too few, or for text with a comma that is not in quotation marks, and try again.",
		than, fields, len(c.header.names))
}

// commas notices what Excel calls CSV where a comma is for decimals.
func (c *csvReader) commas() error {
	if only := c.header.names[0]; len(c.header.names) == 1 && strings.ContainsAny(c.cells[0].text, ";\t") {
		c.over = true
		return c.at(c.began, "", "The fields are not separated by commas: the header is %s. Save it as CSV UTF-8 (comma delimited) and try again.", shown(only))
	}
	return nil
}

func (c *csvReader) check(i int, field string) error {
	bad := strings.IndexByte(field, 0)
	message := "There is a NUL character in it, which no text has. " + asCSV
	switch {
	case i >= maxColumns:
		return c.at(c.began, "", "The row has more than 2,048 fields. Delete the columns that are not needed and try again.")
	case len(field) > maxField:
		bad, message = 0, "The field has more than 64 kB. Look for a quotation mark that is not closed, or shorten the text, and try again."
	case bad < 0 && !utf8.ValidString(field):
		bad = strings.IndexRune(field, utf8.RuneError)
		message = "The text is not in UTF-8; it may be in Windows-1252. " + asCSV
	case bad < 0 && c.header == nil && strings.Contains(strings.TrimRight(field, "\r"), "\r"):
		bad, message = 0, "The lines end as on an old Macintosh, with CR alone. "+asCSV
	}
	if bad < 0 {
		return nil
	}
	at, _ := c.FieldPos(i)
	return c.at(at+strings.Count(field[:bad], "\n"), c.header.name(i), "%s", message)
}

func (c *csvReader) explain(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	if p, ok := c.found(err, c.ended+1); ok {
		c.over = true
		return p
	}
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		c.over = true
		return c.at(c.ended+1, "", damaged)
	}
	if errors.Is(err, csv.ErrBareQuote) {
		return c.at(parse.Line, "", "There is a quotation mark in a field that does not begin with one. Double it and put the field in quotation marks, and try again.")
	}
	return c.at(parse.StartLine, "", "In the row that begins here, a quotation mark is not closed, or one inside a field is not doubled. Mend it and try again.")
}
