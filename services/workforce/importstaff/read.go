package importstaff

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// What is read at all. All of England was 39,940 rows in June 2026.
const (
	mostRows     = 200_000
	mostReturns  = 20_000
	mostRoles    = 2_000 // 78 in June 2026
	mostProblems = 100   // that are told of one by one
	mostFTE      = workforce.MostWTE
	mostDecimals = 9 // of an FTE
	longestID    = 40
)

// layout is NHS England's individual-level file, by what its columns are called.
var layout = sheet.Layout{Name: "NHS England's individual-level workforce file", Columns: []sheet.Column{
	{Key: "year", Headers: []string{"CENSUS_YEAR"}},
	{Key: "month", Headers: []string{"CENSUS_MONTH"}},
	{Key: "network", Headers: []string{"PCN_CODE"}},
	{Key: "name", Headers: []string{"PCN_NAME"}, Optional: true},
	{Key: "group", Headers: []string{"STAFF_GROUP"}},
	{Key: "role", Headers: []string{"DETAILED_STAFF_ROLE"}},
	{Key: "fte", Headers: []string{"FTE", "WTE"}},
	{Key: "person", Headers: []string{"UNIQUE_IDENTIFIER"}},
}}

// File is what a file says.
type File struct {
	Name     string
	SHA256   string
	Rows     int // those that are wrong included
	Networks int
	Months   []events.Month
	WTE      decimal.Decimal // of all rows that are right
	// Asks are its returns, by network and month; none where a row is wrong.
	Asks []workforce.ReturnStaff
	// Problems are what is wrong, in the file's order, and More how many there are
	// besides.
	Problems []*sheet.Problem
	More     int

	names map[events.PCN]string
}

// Read reads a file and asks nothing. The file is there with an error too, as far
// as it was read: [ErrWrong], or a [*sheet.Problem] of the whole. What is kept is of
// networks, roles and people, each bounded. Progress, where it is given, is told in
// bytes.
func Read(path string, progress func(done, total int64)) (*File, error) {
	f, err := sheet.Open(path)
	if err != nil {
		return &File{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	r := &reader{
		File: &File{Name: f.Name(), SHA256: f.SHA256(), names: map[events.PCN]string{}},
		file: f, progress: progress, all: map[key]*network{}, titles: map[title]title{},
	}
	err = r.read()
	return r.File, err
}

type key struct {
	network events.PCN
	month   events.Month
}

// network is what it returns for a month.
type network struct {
	at    sheet.Problem // its first row
	roles map[title]*role
}

type title struct{ group, role string }

type role struct {
	records int
	people  map[string]bool // by identifier; nil while there is none
	wte     decimal.Decimal
}

type reader struct {
	*File
	file     *sheet.File
	progress func(done, total int64)
	all      map[key]*network
	titles   map[title]title // one of each, so that its text is kept once
}

func (r *reader) read() error {
	if _, err := r.file.Recognise(layout); err != nil {
		return headless(err)
	}
	for row, err := range r.file.Rows(layout) {
		var p *sheet.Problem
		if errors.As(err, &p) && p.Line == 0 || err != nil && p == nil {
			return err
		}
		if r.Rows++; r.Rows > mostRows {
			return &sheet.Problem{File: r.Name, Message: fmt.Sprintf("There are more than %d,000 rows, which is several times all of England in a month. Divide the file and try again.", mostRows/1000)}
		}
		if r.progress != nil && r.Rows%512 == 1 {
			r.progress(r.file.Progress())
		}
		if p != nil {
			r.note(p)
			continue
		}
		r.take(row)
		switch {
		case len(r.all) > mostReturns:
			return row.Problem("network", "There are more than %d,000 networks and months up to here, and England has some 1,300 networks. Divide the file and try again.", mostReturns/1000)
		case len(r.titles) > mostRoles:
			return row.Problem("role", "There are more than %d,000 different roles up to here, and the collection has some eighty. Take the file as NHS England publishes it and try again.", mostRoles/1000)
		}
	}
	r.returns()
	if len(r.Problems) > 0 {
		r.Asks = nil
		return ErrWrong
	}
	return nil
}

// A header that has a number is a row of data.
var number = regexp.MustCompile(`(^|, )[0-9.]+(,|\.$|\. )`)

// headless is why a file is not recognised. Where its first line is a row, it is
// not repeated, because it says whose record it is.
func headless(err error) error {
	var p *sheet.Problem
	if _, reads, is := strings.Cut(err.Error(), " reads: "); is && number.MatchString(reads) && errors.As(err, &p) {
		return &sheet.Problem{File: p.File, Sheet: p.Sheet, Line: p.Line, Message: "Its first line is no header: it holds numbers. Take the file as NHS England publishes it and try again."}
	}
	return err
}

func (r *reader) note(p *sheet.Problem) {
	if len(r.Problems) == mostProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

// take puts a row into the return that it is part of.
func (r *reader) take(row sheet.Row) {
	wrong := false
	note := func(column, format string, args ...any) {
		wrong = true
		r.note(row.Problem(column, format, args...))
	}
	for _, c := range layout.Columns {
		if strings.HasPrefix(row.Text(c.Key), "=") {
			note(c.Key, "It holds a formula. Take the file as NHS England publishes it, or write what the formula comes to.")
		}
	}
	if wrong {
		return
	}
	at := key{network: events.PCN(strings.ToUpper(row.Text("network"))), month: monthOf(row, note)}
	if !at.network.Valid() {
		note("network", "%q is not the code of a Primary Care Network. It looks like U12345.", ask.Clip(row.Text("network")))
	}
	var of title
	for _, one := range []struct {
		column string
		is     *string
	}{{"group", &of.group}, {"role", &of.role}} {
		name, problems := nameOf(row, one.column)
		for _, p := range problems {
			note(one.column, "%s", p.Message)
		}
		*one.is = name
	}
	wte := fteOf(row, note)
	person := row.Text("person")
	if len(person) > longestID {
		note("person", "It is longer than %d characters, as no identifier is. Take the file as NHS England publishes it.", longestID)
	}
	if wrong {
		return
	}
	n := r.all[at]
	if n == nil {
		n = &network{at: *row.Problem("network", ""), roles: map[title]*role{}}
		r.all[at] = n
		if name, problems := nameOf(row, "name"); len(problems) == 0 { // it is for messages alone
			r.names[at.network] = name
		}
	}
	if one, there := r.titles[of]; there {
		of = one
	} else {
		r.titles[of] = of
	}
	if n.roles[of] == nil {
		n.roles[of] = &role{}
	}
	if err := n.roles[of].add(person, wte); err != nil {
		note("fte", "The sum of its role cannot be held exactly. Take the file as NHS England publishes it.")
	}
	sum, err := r.WTE.AddExact(wte, mostDecimals)
	if err != nil {
		note("fte", "The sum of all rows cannot be held exactly. Divide the file and try again.")
		return
	}
	r.WTE = sum.Trim(0)
}

func (o *role) add(person string, wte decimal.Decimal) error {
	sum, err := o.wte.AddExact(wte, mostDecimals)
	if err != nil {
		return err
	}
	o.records++
	o.wte = sum
	if person == "" {
		return nil
	}
	if o.people == nil {
		o.people = map[string]bool{}
	}
	o.people[person] = true
	return nil
}

type noting func(column, format string, args ...any)

func monthOf(row sheet.Row, note noting) events.Month {
	year, month := row.Text("year"), row.Text("month")
	if y, err := strconv.Atoi(year); err != nil || len(year) != 4 || y < 1000 {
		note("year", "%q is not a year. Write it as 2026.", ask.Clip(year))
		year = "2026" // so that the month is looked at too
	}
	n, err := strconv.Atoi(month)
	m := events.Month(fmt.Sprintf("%s-%02d", year, n))
	if err != nil || !m.Valid() {
		note("month", "%q is not a month of the year. Write it as a number from 1 to 12.", ask.Clip(month))
	}
	return m
}

// nameOf is a name on one line, and what is wrong with it. It is not quoted back: in
// a row that has slipped, it could be anything.
func nameOf(row sheet.Row, column string) (string, []ask.Problem) {
	name := strings.Join(strings.Fields(row.Text(column)), " ")
	var f ask.Form
	f.Name(column, name)
	return name, f
}

// fte is how the collection writes it: 9 decimals at most, and no sign.
var fte = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9})?$`)

func fteOf(row sheet.Row, note noting) decimal.Decimal {
	text := row.Text("fte")
	if text == "" {
		note("fte", "The FTE is missing, and that is not nothing. Write it as 0.8, or as 0 for who works no hours.")
		return decimal.Zero
	}
	if !fte.MatchString(text) {
		note("fte", "%q is no FTE. Write it as 0.8: not below 0, and with at most nine decimals.", ask.Clip(text))
		return decimal.Zero
	}
	d, err := decimal.Parse(text)
	if err != nil || d.Cmp(decimal.MustNew(mostFTE, 0)) > 0 {
		note("fte", "The FTE is above %d,000, as no record's is. Look whether the row has slipped by a column.", mostFTE/1000)
	}
	return d
}

// returns makes what was read into asks, and holds each against the form that an
// ask has.
func (r *reader) returns() {
	networks, months := map[events.PCN]bool{}, map[events.Month]bool{}
	order := func(a, b key) int { return cmp.Or(cmp.Compare(a.network, b.network), cmp.Compare(a.month, b.month)) }
	for _, k := range slices.SortedFunc(maps.Keys(r.all), order) {
		networks[k.network], months[k.month] = true, true
		n := r.all[k]
		a := workforce.ReturnStaff{
			StaffOf: workforce.StaffOf{Network: k.network}, Month: k.month,
			Source: fmt.Sprintf("NHS England, Primary Care Network Workforce, individual level, %s (the file's SHA-256 is %s)", k.month, r.SHA256),
		}
		titles := func(a, b title) int { return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.role, b.role)) }
		for _, t := range slices.SortedFunc(maps.Keys(n.roles), titles) {
			o := n.roles[t]
			a.Staff = append(a.Staff, fact.Returned{Group: t.group, Role: t.role, Records: o.records, People: len(o.people), WTE: o.wte.Trim(0)})
		}
		for _, p := range a.Problems() {
			at := n.at
			at.Column, at.Message = "", fmt.Sprintf("The return of %s for %s: %s", k.network, k.month, p.Message)
			r.note(&at)
		}
		r.Asks = append(r.Asks, a)
	}
	r.Networks, r.Months = len(networks), slices.Sorted(maps.Keys(months))
	slices.SortStableFunc(r.Problems, func(a, b *sheet.Problem) int { return cmp.Compare(a.Line, b.Line) })
}
