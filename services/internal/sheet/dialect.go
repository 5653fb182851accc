package sheet

import (
	"bufio"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// dialect is how a CSV is written.
type dialect struct {
	comma   rune
	western bool // in Windows-1252, not in UTF-8
}

// dialect finds out how p is written: by its header, and by whether all of it is
// UTF-8. Text that is both by turns is nobody's.
func (p *part) dialect() (dialect, error) {
	d := dialect{comma: ','}
	from, err := p.from()
	if err != nil {
		return d, p.problem(damaged)
	}
	defer from.Close() //nolint:errcheck // it was only read
	text := bufio.NewReaderSize(unmarked(from), maxField)
	header, utf8s := commas{}, false
	for {
		r, size, err := text.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return d, p.problem(damaged)
		}
		header.next(r)
		switch {
		case r == utf8.RuneError && size == 1:
			d.western = true
		case size > 1:
			utf8s = true
		}
	}
	if d.western && utf8s {
		return d, p.problem("Its text is partly in UTF-8 and partly in Windows-1252. " + asCSV)
	}
	d.comma = header.most()
	return d, nil
}

// text is what p says in UTF-8, without a mark before it.
func (d dialect) text(p io.Reader) io.Reader {
	if d.western {
		p = transform.NewReader(p, charmap.Windows1252.NewDecoder())
	}
	return unmarked(p)
}

// commas counts what may separate the fields of a header.
type commas struct {
	count        [3]int
	began, ended bool
	quoted       bool
}

var separators = [...]rune{',', ';', '\t'}

func (c *commas) next(r rune) {
	switch {
	case c.ended:
	case r == '"':
		c.quoted, c.began = !c.quoted, true
	case c.quoted:
	case r == '\n':
		c.ended = c.began
	default:
		for i, s := range separators {
			if r == s {
				c.count[i]++
			}
		}
		c.began = c.began || !unicode.IsSpace(r) && r != ',' && r != ';'
	}
}

// most is the separator there is most of; of equals the first.
func (c *commas) most() rune {
	best := 0
	for i, n := range c.count {
		if n > c.count[best] {
			best = i
		}
	}
	return separators[best]
}
