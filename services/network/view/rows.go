package view

import (
	"slices"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// The rows are values, and so are their lists: none is ever changed in place.

type system struct {
	Code      events.ICB        `json:"code"`
	Name      string            `json:"name"`
	Region    events.Region     `json:"region,omitempty"`
	Places    []place           `json:"places,omitempty"`    // by code
	SubICBs   []events.SubICB   `json:"subICBs,omitempty"`   // by code; whichever ever was in it
	Networks  []events.PCN      `json:"networks,omitempty"`  // by code; whichever ever was in it
	Practices []events.Practice `json:"practices,omitempty"` // by code; whichever ever was in it
	Ends      events.Date       `json:"ends,omitzero"`       // the first day without it
	By        []events.ICB      `json:"by,omitempty"`        // its successors
	LMCs      []lmc             `json:"lmcs,omitempty"`      // by code
	Mandates  []mandate         `json:"mandates,omitempty"`  // in the order recorded
}

type place struct {
	Code fact.Place `json:"code"`
	Name string     `json:"name"`
}

type lmc struct {
	Code   fact.Place   `json:"code"`
	Name   string       `json:"name"`
	Places []fact.Place `json:"places,omitempty"`
}

type mandate struct {
	Person   events.PersonRef `json:"person"`
	Body     string           `json:"body"`
	Networks []events.PCN     `json:"networks"`
	Topics   []string         `json:"topics,omitempty"`
	events.Period
}

type subICB struct {
	Code   events.SubICB `json:"code"`
	Name   string        `json:"name"`
	System events.ICB    `json:"system"`
}

type network struct {
	Code      events.PCN        `json:"code"`
	Name      string            `json:"name"`
	Opened    events.Date       `json:"opened,omitzero"`
	Closed    ending            `json:"closed,omitzero"`
	Shut      []events.Period   `json:"shut,omitempty"`    // between a closure and the day it was reopened from
	Located   []located         `json:"located"`           // in the order recorded
	Members   []events.Practice `json:"members,omitempty"` // whoever ever was one, by code
	Into      events.PCN        `json:"into,omitempty"`    // what it was merged into
	Moves     []move            `json:"moves,omitempty"`   // in the order recorded
	Directors []director        `json:"directors,omitempty"`
	Deputies  []deputy          `json:"deputies,omitempty"`
	Covers    []events.Practice `json:"covers,omitempty"` // whose patients it ever looked after, by code
}

type director struct {
	Person     events.PersonRef `json:"person"`
	Share      decimal.Decimal  `json:"share"`
	Profession string           `json:"profession,omitempty"`
	FirstRole  *bool            `json:"firstRole,omitempty"`
	Notice     events.Date      `json:"notice,omitzero"` // when it was given
	events.Period
	By    entry `json:"by,omitzero"`    // who says so
	Ended entry `json:"ended,omitzero"` // who says the last day, where it is another
}

type deputy struct {
	Person events.PersonRef `json:"person"`
	events.Period
}

type practice struct {
	Code        events.Practice `json:"code"`
	Name        string          `json:"name"`
	Closed      ending          `json:"closed,omitzero"`
	Shut        []events.Period `json:"shut,omitempty"`        // between a closure and the day it was reopened from
	Located     []located       `json:"located"`               // in the order recorded
	Memberships []membership    `json:"memberships,omitempty"` // in the order recorded, as mergers and splits have moved them
	Told        []membership    `json:"told,omitempty"`        // as its own history has them, where that differs
	Sizes       []size          `json:"sizes,omitempty"`       // by day, then basis
	Counted     []count         `json:"counted,omitempty"`     // by day
	Supplier    string          `json:"supplier,omitempty"`
	Deprivation []deprivation   `json:"deprivation,omitempty"` // by year
	Notices     []notice        `json:"notices,omitempty"`     // the newest to each network
	Covered     []cover         `json:"covered,omitempty"`
}

// ending is a last day, as well as it is known.
type ending struct {
	LastDay events.Date `json:"lastDay,omitzero"`
	fact.Dating
}

// on reports whether what has this last day, and was shut for periods, is open.
func (e ending) on(day events.Date, shut []events.Period) bool {
	return (e.LastDay.IsZero() || !e.LastDay.Before(day)) &&
		!slices.ContainsFunc(shut, func(p events.Period) bool { return p.Includes(day) })
}

// reopened is shut with the time between an ending and a day; from no day, there
// never was an ending.
func reopened(shut []events.Period, e ending, from events.Date) []events.Period {
	if e.LastDay.IsZero() || from.IsZero() {
		return shut
	}
	return append(slices.Clip(shut), events.Period{From: e.LastDay.AddDays(1), To: from.AddDays(-1)})
}

// located is where something is from a day on; from ever when there is no day.
type located struct {
	System events.ICB    `json:"system,omitempty"`
	Place  fact.Place    `json:"place,omitempty"`
	SubICB events.SubICB `json:"subICB,omitempty"`
	From   events.Date   `json:"from,omitzero"`
	fact.Dating
	By entry `json:"by,omitzero"`
}

type membership struct {
	Network events.PCN `json:"network"`
	events.Period
	fact.Dating             // of the first day
	End         fact.Dating `json:"end,omitzero"` // of the last day
	Source      fact.Source `json:"source,omitempty"`
	By          entry       `json:"by,omitzero"`    // who says that it joined, and when
	Moved       entry       `json:"moved,omitzero"` // who moved it here
}

type size struct {
	On       events.Date `json:"on"`
	Basis    fact.Basis  `json:"basis"`
	Patients int         `json:"patients"`
	Source   fact.Source `json:"source,omitempty"`
	By       entry       `json:"by,omitzero"`
}

// count is for which network a practice counts in the contract year after a day.
type count struct {
	On      events.Date `json:"on"`
	Network events.PCN  `json:"network,omitempty"` // none: it counts for no network
	System  events.ICB  `json:"system,omitempty"`  // as the source has it
	Source  fact.Source `json:"source,omitempty"`
	By      entry       `json:"by,omitzero"`
}

type deprivation struct {
	Year  int             `json:"year"`
	Score decimal.Decimal `json:"score"`
	By    entry           `json:"by,omitzero"`
}

type notice struct {
	Network events.PCN  `json:"network"`
	Notice  fact.Notice `json:"notice"`
	GivenOn events.Date `json:"givenOn"`
	LastDay events.Date `json:"lastDay"`
	Until   events.Date `json:"until,omitzero"` // the day it was taken back
}

type cover struct {
	Network events.PCN `json:"network"`
	events.Period
}

// at is where something was on a day; nothing where that is not known.
func at(all []located, day events.Date) located {
	for _, l := range slices.Backward(all) {
		switch {
		case !day.Before(l.From):
			return l
		case l.Undated && !day.Before(l.NotBefore):
			return located{}
		}
	}
	return located{}
}

// latest is where something is by the newest that is recorded.
func latest(all []located) located {
	if len(all) == 0 {
		return located{}
	}
	return all[len(all)-1]
}

// on says whether a membership includes a day, and whether that is certain.
func (m membership) on(day events.Date) (includes, certain bool) {
	switch {
	case !m.To.IsZero() && m.To.Before(day):
		return false, true
	case day.Before(m.From):
		return false, !m.Undated || day.Before(m.NotBefore)
	case m.End.Undated && m.End.NotBefore.Before(day):
		return false, false
	}
	return true, true
}

// inserted is sorted with one more code in its place, as a new slice.
func inserted[T ~string](sorted []T, code T) []T {
	if code == "" {
		return sorted
	}
	i, found := slices.BinarySearch(sorted, code)
	if found {
		return sorted
	}
	return slices.Insert(slices.Clone(sorted), i, code)
}

// replaced is rows with r in place of the one that is the same, or at the end.
func replaced[R any](rows []R, r R, same func(R) bool) []R {
	rows = slices.Clone(rows)
	if i := slices.IndexFunc(rows, same); i >= 0 {
		rows[i] = r
		return rows
	}
	return append(rows, r)
}

// changed is rows with those that are meant changed.
func changed[R any](rows []R, meant func(R) bool, change func(*R)) []R {
	rows = slices.Clone(rows)
	for i := range rows {
		if meant(rows[i]) {
			change(&rows[i])
		}
	}
	return rows
}

// newest is the practice's list as it was frozen last on or before a day, or
// nil.
func (p *practice) newest(basis fact.Basis, on events.Date) *size {
	for i := len(p.Sizes) - 1; i >= 0; i-- {
		if s := &p.Sizes[i]; s.Basis == basis && !on.Before(s.On) {
			return s
		}
	}
	return nil
}
