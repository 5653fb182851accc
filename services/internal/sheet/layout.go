package sheet

import (
	"fmt"
	"slices"
	"strings"
)

// Layout is a table we know how to read: its columns by what they mean.
type Layout struct {
	Name    string   // what people call it: "practices to networks"
	Sheet   string   // its worksheet in a workbook, in any case; empty: the only one. A CSV is one table, without a name.
	Columns []Column // other columns may stand between and beside them
}

// Column is one column of a [Layout].
type Column struct {
	Key      string   // how the code asks for it
	Headers  []string // what it may be called; case, line breaks, underscores and runs of spaces make no difference
	Optional bool     // a table without it is read, and has "" in it
}

// clean makes one line of a header or a name.
func clean(s string) string { return strings.Join(strings.Fields(s), " ") }

// plain is what two ways to write one header have in common.
func plain(s string) string { return clean(strings.ToLower(strings.ReplaceAll(s, "_", " "))) }

// header is a table's first line.
type header struct {
	place
	line  int
	names []string // as the file has them, cleaned; trailing empty ones left out
	plain []string
}

func newHeader(p place, number int, cells []cell) *header {
	h := &header{place: p, line: number}
	for i := range cells[:filled(cells)] {
		h.names = append(h.names, clean(cells[i].text))
		h.plain = append(h.plain, plain(cells[i].text))
	}
	return h
}

// name is what to call the column at i in a message.
func (h *header) name(i int) string {
	if h == nil || i >= len(h.names) || h.names[i] == "" {
		return columnName(i)
	}
	return h.names[i]
}

// find returns where the layout's columns are, -1 for one that is absent, and
// the needed ones among those. Two columns that could be the same are a problem.
func (h *header) find(l Layout) (at map[string]int, missing []string, err error) {
	at = make(map[string]int, len(l.Columns))
	for _, c := range l.Columns {
		at[c.Key] = -1
		for i, name := range h.plain {
			if !slices.ContainsFunc(c.Headers, func(known string) bool { return plain(known) == name }) {
				continue
			}
			if before := at[c.Key]; before >= 0 {
				err = h.at(h.line, "", "The columns %s (%s) and %s (%s) could both be %s. Delete or rename one of them and try again.",
					columnName(before), h.name(before), columnName(i), h.name(i), c.Headers[0])
				return at, nil, err
			}
			at[c.Key] = i
		}
		if at[c.Key] < 0 && !c.Optional {
			missing = append(missing, c.Headers[0])
		}
	}
	return at, missing, nil
}

// Is reports whether the file has every column that l needs.
func (f *File) Is(l Layout) bool {
	_, err := f.Recognise(l)
	return err == nil
}

// Recognise returns the layout whose columns the file has; of several, the one
// with the most of them, and the first of equals. If there is none, the problem
// says what each lacks and what was found.
func (f *File) Recognise(ls ...Layout) (Layout, error) {
	best, most := -1, -1
	var lacks, found []string
	for i, l := range ls {
		t, why := f.table(l)
		if t == nil {
			lacks = append(lacks, why)
			continue
		}
		h, err := t.header()
		if err != nil {
			return Layout{}, err
		}
		at, missing, err := h.find(l)
		if err != nil {
			return Layout{}, err
		}
		if len(missing) > 0 {
			lacks = append(lacks, fmt.Sprintf("For %s it lacks the %s %s.", l.Name, plural("column", len(missing)), listed(missing)))
			if reads := h.reads(); !slices.Contains(found, reads) {
				found = append(found, reads)
			}
			continue
		}
		has := 0
		for _, i := range at {
			has += min(1, i+1)
		}
		if has > most {
			best, most = i, has
		}
	}
	if best < 0 {
		return Layout{}, place{file: f.name}.problem("%s Choose the right file, or name its columns so, and try again.",
			strings.Join(append(lacks, found...), " "))
	}
	return ls[best], nil
}

func (h *header) reads() string {
	if h.sheet != "" {
		return fmt.Sprintf("The header of sheet %s reads: %s.", h.sheet, listed(h.names))
	}
	return fmt.Sprintf("Its header reads: %s.", listed(h.names))
}

func plural(noun string, n int) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
