package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// shared are the texts that a workbook's cells have by number: one string, and
// where each ends in it.
type shared struct {
	name string // of the part; "" when there is none
	read bool
	text string
	ends []uint32
}

func (s *shared) at(number string) (string, bool) {
	i, err := strconv.ParseUint(number, 10, 31)
	if err != nil || int(i) >= len(s.ends) {
		return "", false
	}
	begin := uint32(0)
	if i > 0 {
		begin = s.ends[i-1]
	}
	return s.text[begin:s.ends[i]], true
}

// readShared reads the shared texts once.
func (b *book) readShared() error {
	if b.shared.name == "" || b.shared.read {
		return nil
	}
	z := b.parts[b.shared.name]
	if z == nil {
		return b.problem(damaged)
	}
	if z.UncompressedSize64 > maxShared {
		return b.problem("Its texts take more than %d MB. Save the sheet that is meant as CSV UTF-8 and try again.", maxShared>>20)
	}
	x, err := newScanner(packed(b.place, z))
	if err != nil {
		return err
	}
	defer x.Close() //nolint:errcheck // it was only read
	var all, text strings.Builder
	all.Grow(int(z.UncompressedSize64)) //nolint:gosec // at most maxShared
	var ends []uint32
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			b.shared.text, b.shared.ends, b.shared.read = all.String(), ends, true
			return nil
		}
		if err != nil {
			return err
		}
		x.loosen()
		switch t := token.(type) {
		case xml.CharData:
			if x.in("t") && !x.within("rPh") { // how a name is said is no part of it
				text.Write(t)
			}
		case xml.EndElement:
			if t.Name.Local == "si" {
				all.WriteString(unescape(text.String()))
				ends = append(ends, uint32(all.Len())) //nolint:gosec // at most maxShared
				text.Reset()
			}
		}
		if len(ends) > maxTexts {
			return b.problem("It has more than 2,000,000 different texts. Save the sheet that is meant as CSV UTF-8 and try again.")
		}
		if text.Len() > maxField {
			return b.problem("A text in it has more than 64 kB. Shorten it and try again.")
		}
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape gives the characters that XML cannot hold as Excel writes them.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(code string) string {
		n, _ := strconv.ParseUint(code[2:6], 16, 16) // the pattern has seen to it
		return string(rune(n))
	})
}

// scanner reads a part's XML token by token.
type scanner struct {
	*reader
	xml  *xml.Decoder
	path []string // the elements that are open
}

func newScanner(p *part) (*scanner, error) {
	from, err := p.open()
	if err != nil {
		return nil, err
	}
	return &scanner{reader: from, xml: xml.NewDecoder(from)}, nil
}

// next returns io.EOF at the end of sound XML alone.
func (x *scanner) next() (xml.Token, error) {
	const deepest = 64 // Excel nests ten
	token, err := x.xml.Token()
	if err != nil {
		if _, ok := x.found(err, 0); !ok && !errors.Is(err, io.EOF) {
			err = x.problem(damaged)
		}
		return nil, err
	}
	switch t := token.(type) {
	case xml.StartElement:
		x.path = append(x.path, t.Name.Local)
	case xml.EndElement:
		x.path = x.path[:len(x.path)-1]
	}
	if len(x.path) > deepest {
		return nil, x.problem(damaged)
	}
	return token, nil
}

func (x *scanner) in(name string) bool {
	return len(x.path) > 0 && x.path[len(x.path)-1] == name
}

func (x *scanner) within(name string) bool {
	for _, open := range x.path {
		if open == name {
			return true
		}
	}
	return false
}
