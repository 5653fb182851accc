package network

import (
	"strconv"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/network"
)

// A report passes on what a published file says of something. What follows from
// it is decided by what the book holds already: a report that says nothing new
// records nothing, and one of an older file than the book has seen leaves alone
// what has no date of its own.

// CiteSource asks to name a published file as the source of reports to come.
type CiteSource struct {
	ask.Given
	Source network.Source `json:"source"`
	Title  string         `json:"title"`
	AsAt   events.Date    `json:"asAt"`
	SHA256 string         `json:"sha256"`
}

// CompleteSource asks to note that everything a source tells has been reported.
type CompleteSource struct {
	ask.Given
	Source  network.Source `json:"source"`
	Reports int            `json:"reports"`
}

// Report is what every report says of itself.
type Report struct {
	ask.Given
	Source network.Source `json:"source"`
	AsAt   events.Date    `json:"asAt"`             // the day the source describes
	DryRun bool           `json:"dryRun,omitempty"` // say what would be recorded, and record nothing
}

// Rehearses reports whether nothing is to be recorded.
func (r Report) Rehearses() bool { return r.DryRun }

// Cited is where what is reported comes from.
func (r Report) Cited() network.Cited { return network.Cited{Source: r.Source, AsAt: r.AsAt} }

// ReportSystem passes on a system and its sub-ICB locations.
type ReportSystem struct {
	Report
	Code    events.ICB    `json:"code"`
	Name    string        `json:"name"`
	Region  events.Region `json:"region,omitempty"`
	SubICBs []SubICB      `json:"subICBs,omitempty"`
}

// SubICB is a sub-ICB location with its name.
type SubICB struct {
	Code events.SubICB `json:"code"`
	Name string        `json:"name"`
}

// ReportNetwork passes on a network.
type ReportNetwork struct {
	Report
	Code   events.PCN    `json:"code"`
	Name   string        `json:"name"`
	System events.ICB    `json:"system,omitempty"`
	SubICB events.SubICB `json:"subICB,omitempty"`
	Opened events.Date   `json:"opened,omitzero"`
	Closed events.Date   `json:"closed,omitzero"` // its last day; none while it is open
}

// ReportPractice passes on a practice: as much of it as the source tells.
type ReportPractice struct {
	Report
	Code   events.Practice `json:"code"`
	Name   string          `json:"name"`
	System events.ICB      `json:"system,omitempty"`
	SubICB events.SubICB   `json:"subICB,omitempty"`
	// Memberships is every dated membership the source has; it is recorded as
	// the source says, also where two of them share a day.
	Memberships []Membership `json:"memberships,omitempty"`
	// Now is the network the practice is in on the day described, without a
	// date since when; nil when the source does not tell.
	Now *Now `json:"now,omitempty"`
	// Absent says that a list of every practice does not have it.
	Absent      bool         `json:"absent,omitempty"`
	Supplier    string       `json:"supplier,omitempty"` // of the clinical system
	ListSizes   []ListSize   `json:"listSizes,omitempty"`
	Deprivation *Deprivation `json:"deprivation,omitempty"`
	// CountedFor is for which network the practice counts in a contract year.
	// The book need not have the network or its system: what pays for a year may
	// be published before they are registered, or after they are gone.
	CountedFor []CountedFor `json:"countedFor,omitempty"`
}

// Membership is a dated membership.
type Membership struct {
	Network events.PCN  `json:"network"`
	From    events.Date `json:"from"`
	LastDay events.Date `json:"lastDay,omitzero"`
}

// Now is where a practice is; in no network when Network is empty.
type Now struct {
	Network events.PCN `json:"network,omitempty"`
}

// ListSize is how many patients a practice had on a day.
type ListSize struct {
	Basis    network.Basis `json:"basis"`
	On       events.Date   `json:"on"`
	Patients int           `json:"patients"`
}

// CountedFor is for which network a practice counts in the contract year that
// begins after the day populations were frozen; for none when Network is empty.
type CountedFor struct {
	On      events.Date `json:"on"`
	Network events.PCN  `json:"network,omitempty"`
	System  events.ICB  `json:"system,omitempty"` // of the network, as the source has it
}

// Deprivation is a practice's score in a year's index.
type Deprivation struct {
	Year  int             `json:"year"`
	Score decimal.Decimal `json:"score"`
}

func (CiteSource) Subject() string     { return "ask.network.cite_source" }
func (CompleteSource) Subject() string { return "ask.network.complete_source" }
func (ReportSystem) Subject() string   { return "ask.network.report_system" }
func (ReportNetwork) Subject() string  { return "ask.network.report_network" }
func (ReportPractice) Subject() string { return "ask.network.report_practice" }

func (a CiteSource) Stream() events.Stream     { return stream(a.Source.Entity()) }
func (a CompleteSource) Stream() events.Stream { return stream(a.Source.Entity()) }
func (a ReportSystem) Stream() events.Stream   { return stream(a.Code.Entity()) }
func (a ReportNetwork) Stream() events.Stream  { return stream(a.Code.Entity()) }
func (a ReportPractice) Stream() events.Stream { return stream(a.Code.Entity()) }

// A national file is the business of no single system.
func (CiteSource) Concerns() events.Entity     { return ask.England }
func (CompleteSource) Concerns() events.Entity { return ask.England }
func (Report) Concerns() events.Entity         { return ask.England }

func (a CiteSource) Problems() []ask.Problem {
	f := named(a.Title)
	cited(&f, a.Source, a.AsAt)
	if len(a.SHA256) != 64 {
		f.Note("DIGEST_INVALID", "sha256", "A SHA-256 is 64 hexadecimal digits.")
	}
	return f
}

func (a CompleteSource) Problems() []ask.Problem {
	var f ask.Form
	sourceName(&f, a.Source)
	return f
}

func (a ReportSystem) Problems() []ask.Problem {
	f := named(a.Name)
	cited(&f, a.Source, a.AsAt)
	system(&f, "code", a.Code)
	if a.Region != "" {
		f.Code("region", a.Region.Valid(), string(a.Region), "region", "Y59")
	}
	most(&f, "subICBs", len(a.SubICBs))
	for i, s := range a.SubICBs {
		subICB(&f, at("subICBs", i, "code"), s.Code)
		f.Name(at("subICBs", i, "name"), s.Name)
	}
	return f
}

func (a ReportNetwork) Problems() []ask.Problem {
	f := named(a.Name)
	cited(&f, a.Source, a.AsAt)
	pcn(&f, "code", a.Code)
	located(&f, a.System, a.SubICB)
	if !a.Opened.IsZero() {
		f.Order("closed", events.Period{From: a.Opened, To: a.Closed})
	}
	return f
}

func (a ReportPractice) Problems() []ask.Problem {
	f := named(a.Name)
	cited(&f, a.Source, a.AsAt)
	practice(&f, "code", a.Code)
	located(&f, a.System, a.SubICB)
	most(&f, "memberships", len(a.Memberships))
	for i, m := range a.Memberships {
		pcn(&f, at("memberships", i, "network"), m.Network)
		f.Day(at("memberships", i, "from"), m.From)
		f.Order(at("memberships", i, "lastDay"), events.Period{From: m.From, To: m.LastDay})
	}
	if a.Now != nil && a.Now.Network != "" {
		pcn(&f, "now.network", a.Now.Network)
	}
	if a.Supplier != "" {
		f.Name("supplier", a.Supplier)
	}
	most(&f, "listSizes", len(a.ListSizes))
	for i, l := range a.ListSizes {
		l.problems(&f, func(field string) string { return at("listSizes", i, field) })
	}
	most(&f, "countedFor", len(a.CountedFor))
	for i, c := range a.CountedFor {
		c.problems(&f, func(field string) string { return at("countedFor", i, field) })
	}
	if d := a.Deprivation; d != nil && (d.Year < 2000 || d.Year > 2100 || d.Score.IsNeg()) {
		f.Note("DEPRIVATION_INVALID", "deprivation", "A deprivation score is 0 or more, of an index of a year such as 2025.")
	}
	return f
}

func (c CountedFor) problems(f *ask.Form, path func(field string) string) {
	f.Day(path("on"), c.On)
	if c.Network != "" {
		pcn(f, path("network"), c.Network)
	}
	if c.System != "" {
		system(f, path("system"), c.System)
	}
}

func (l ListSize) problems(f *ask.Form, path func(field string) string) {
	switch l.Basis {
	case network.Registered, network.Adjusted, network.Weighted:
	default:
		f.Note("BASIS_INVALID", path("basis"), "Patients are counted as REGISTERED, ADJUSTED or WEIGHTED.")
	}
	f.Day(path("on"), l.On)
	if l.Patients < 0 || l.Patients > mostPatients {
		f.Note("PATIENTS_INVALID", path("patients"), "A practice has 0 to %d patients.", mostPatients)
	}
}

// Limits of a report. They are far above what there is: the largest practice
// has some 130,000 patients, and the most memberships of one are six.
const (
	mostPatients = 1_000_000
	mostItems    = 100
)

func most(f *ask.Form, path string, n int) {
	if n > mostItems {
		f.Note("TOO_MANY", path, "There are %d; %d is the most.", n, mostItems)
	}
}

func cited(f *ask.Form, s network.Source, asAt events.Date) {
	sourceName(f, s)
	f.Day("asAt", asAt)
}

func sourceName(f *ask.Form, s network.Source) {
	if !s.Valid() || s.Kind() == "" {
		f.Note("SOURCE_INVALID", "source", "%q does not name a source. It looks like epcn-2024-10-01-9f86d081.", ask.Clip(string(s)))
	}
}

func located(f *ask.Form, s events.ICB, sub events.SubICB) {
	if s != "" {
		system(f, "system", s)
	}
	if sub != "" {
		subICB(f, "subICB", sub)
	}
}

func subICB(f *ask.Form, path string, c events.SubICB) {
	f.Code(path, c.Valid(), string(c), "sub-ICB location", "15C or D4U1Y")
}

func at(list string, i int, field string) string {
	return list + "." + strconv.Itoa(i) + "." + field
}
