package importing

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// firstYear and lastYear are the years of which populations may be told.
const firstYear, lastYear = 2019, 2040

// NHS England's PCN adjusted populations of a contract year: lists frozen on 1
// January before it, and for which network each counts. The file says which year
// in the header of its last column.
var (
	populationColumns = func() []sheet.Column {
		all := []sheet.Column{
			{Key: "practice", Headers: []string{"Practice Code"}},
			{Key: "name", Headers: []string{"Practice Name"}},
			{Key: "network", Headers: []string{"PCN Code"}, Optional: true},
			{Key: "system", Headers: []string{"ICB Code"}, Optional: true},
			{Key: "raw", Headers: []string{"Raw list size"}},
			{Key: "adjusted", Headers: []string{"Adjusted Population", "PCN Adjusted Population"}},
			{Key: "weighted", Headers: []string{"Weighted Population", "Contractor Weighted Population"}, Optional: true},
		}
		for year := firstYear; year <= lastYear; year++ {
			all = append(all, sheet.Column{
				Key: strconv.Itoa(year), Optional: true,
				Headers: []string{fmt.Sprintf("PCN member January %02d", year%100), fmt.Sprintf("PCN member January %d", year)},
			})
		}
		return all
	}()
	people      = sheet.Layout{Name: "the adjusted populations", Columns: populationColumns}
	populations = reader{
		called: "populations", most: 1, layouts: []sheet.Layout{people}, read: readPopulations,
		wants: "populations need one file of adjusted populations at a time",
	}
)

func readPopulations(o Options, files []*sheet.File, watch func()) (*reports, error) {
	f := files[0]
	if _, err := f.Recognise(people); err != nil {
		return nil, err
	}
	said := newReports()
	said.asAt = o.AsAt
	wrong := &WrongRows{}
	lines := map[events.Practice]int{}
	sums := totals{}
	var day events.Date // on which the lists were frozen
	for r, err := range f.Rows(people) {
		if err != nil {
			return nil, err
		}
		watch()
		if day.IsZero() { // the first row
			day = cmp.Or(frozen(r), o.AsAt)
			if day.IsZero() {
				return nil, r.Problem("practice", "The file does not say of which year it is: there is no column “PCN member January 25” or alike. Say --as-at 2025-01-01.")
			}
			said.asAt = cmp.Or(o.AsAt, day)
		}
		if r.Text("practice") == "" {
			err = sums.against(r)
		} else {
			err = said.population(r, day, sums, lines)
		}
		if err != nil {
			wrong.add(err)
		}
	}
	return said, wrong.err()
}

// frozen is the day that the header of the file names, or none.
func frozen(r sheet.Row) events.Date {
	if year := memberColumn(r); year != "" {
		n, _ := strconv.Atoi(year) // it is one of ours
		return events.Day(n, time.January, 1)
	}
	return events.Date{}
}

// memberColumn is the column that says whether a practice is a member of a
// network, or "".
func memberColumn(r sheet.Row) string {
	for year := firstYear; year <= lastYear; year++ {
		if key := strconv.Itoa(year); r.Has(key) {
			return key
		}
	}
	return ""
}

var bases = []struct {
	column string
	basis  fact.Basis
}{{"raw", fact.Registered}, {"adjusted", fact.Adjusted}, {"weighted", fact.Weighted}}

func (s *reports) population(r sheet.Row, day events.Date, sums totals, lines map[events.Practice]int) error {
	code, err1 := practiceOf(r, "practice")
	name, err2 := nameOf(r, "name")
	if err := first(err1, err2); err != nil {
		return err
	}
	if s.practices[code] != nil {
		return r.Problem("practice", "Practice %s is here twice: line %d has it too.", code, lines[code])
	}
	lines[code] = r.Line()
	p := &network.ReportPractice{Code: code, Name: name}
	for _, b := range bases {
		if !r.Has(b.column) || r.Text(b.column) == "" {
			continue // not submitted is not zero
		}
		n, err := r.Count(b.column)
		if err != nil {
			return err
		}
		sums[b.column] += n
		p.ListSizes = append(p.ListSizes, network.ListSize{Basis: b.basis, On: day, Patients: n})
	}
	counts, err := countedFor(r, day)
	if err != nil {
		return err
	}
	p.CountedFor = counts
	s.practices[code] = p
	return nil
}

// countedFor is for which network a practice counts; nothing where the file has
// no column of that, or none of networks, without which the other says too
// little.
func countedFor(r sheet.Row, day events.Date) ([]network.CountedFor, error) {
	column := memberColumn(r)
	if column == "" || !r.Has("network") {
		return nil, nil
	}
	c := network.CountedFor{On: day}
	switch member := r.Text(column); {
	case strings.EqualFold(member, "No"):
		return []network.CountedFor{c}, nil
	case !strings.EqualFold(member, "Yes"):
		return nil, r.Problem(column, "%q is neither Yes nor No.", member)
	}
	var err1, err2 error
	c.Network, err1 = networkOf(r, "network")
	if r.Has("system") {
		c.System, err2 = systemOf(r, "system")
	}
	return []network.CountedFor{c}, first(err1, err2)
}

// totals are the sums of the columns.
type totals map[string]int

// against holds the sums against the row that has them: the one without a
// practice, which is the last.
func (t totals) against(r sheet.Row) error {
	for _, b := range bases {
		if !r.Has(b.column) || r.Text(b.column) == "" {
			continue
		}
		n, err := r.Count(b.column)
		if err != nil {
			return err
		}
		if n != t[b.column] {
			return r.Problem(b.column, "A row without a practice is the total, and says %d; the rows before come to %d.", n, t[b.column])
		}
	}
	return nil
}

// The Index of Multiple Deprivation by practice, as Fingertips publishes it. It
// is of a year and not of a day: the day it is said to describe is that year's
// first.
var (
	scores = sheet.Layout{Name: "the deprivation scores", Columns: []sheet.Column{
		{Key: "practice", Headers: []string{"PRACTICE_CODE"}},
		{Key: "name", Headers: []string{"PRACTICE_NAME"}},
		{Key: "year", Headers: []string{"IMD_YEAR"}},
		{Key: "score", Headers: []string{"IMD_SCORE"}},
	}}
	deprivation = reader{
		called: "deprivation", most: 1, layouts: []sheet.Layout{scores}, read: readDeprivation,
		wants: "deprivation needs one file of scores at a time",
	}
)

func readDeprivation(o Options, files []*sheet.File, watch func()) (*reports, error) {
	f := files[0]
	if _, err := f.Recognise(scores); err != nil {
		return nil, err
	}
	said := newReports()
	wrong := &WrongRows{}
	lines := map[events.Practice]int{}
	for r, err := range f.Rows(scores) {
		if err != nil {
			return nil, err
		}
		watch()
		if err := said.score(r, lines); err != nil {
			wrong.add(err)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if len(said.practices) == 0 {
		return nil, fmt.Errorf("%s: no practice in it has a score. Choose the file with the data and try again", f.Name())
	}
	if !o.AsAt.IsZero() {
		said.asAt = o.AsAt
	}
	return said, nil
}

func (s *reports) score(r sheet.Row, lines map[events.Practice]int) error {
	code, err1 := practiceOf(r, "practice")
	name, err2 := nameOf(r, "name")
	year, err3 := r.Count("year")
	if err := first(err1, err2, err3); err != nil {
		return err
	}
	if s.practices[code] != nil {
		return r.Problem("practice", "Practice %s is here twice: line %d has it too.", code, lines[code])
	}
	lines[code] = r.Line()
	if r.Text("score") == "" {
		return nil // no score is not a score of zero
	}
	score, err := decimal.Parse(r.Text("score"))
	if err != nil || score.IsNeg() {
		return r.Problem("score", "%q is not a score. It looks like 33.519.", r.Text("score"))
	}
	day := events.Day(year, time.January, 1)
	if s.asAt.IsZero() {
		s.asAt = day
	}
	if s.asAt != day {
		return r.Problem("year", "It is of %d, and the rows before are of %s. One file holds one index.", year, s.asAt.String()[:4])
	}
	s.practices[code] = &network.ReportPractice{Code: code, Name: name, Deprivation: &network.Deprivation{Year: year, Score: score}}
	return nil
}
