// Package importing submits claims that people keep in files of their own, with
// the columns of the national portal.
//
// A file may hold the claims of several networks and months: the lines of one
// network and month are one claim. It is judged whole, by its form and then by the
// platform, before any of it is submitted; unless only the good lines are asked
// for, one that is wrong, and nothing is. The same file again submits nothing, but for
// claims that were rejected or withdrawn meanwhile.
package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// Options say how to submit.
type Options struct {
	Network events.PCN   // whose lines they are, where the file does not say
	Month   events.Month // likewise, of which month
	// GoodLines has claims submitted without the lines that are wrong.
	GoodLines bool
	DryRun    bool // find out what would be submitted, and submit nothing
	Progress  func(step Step, done, total int64)
}

// Step is a part of it.
type Step string

const (
	Reading    Step = "reading"
	Rehearsing Step = "rehearsing"
	Submitting Step = "submitting"
)

// Outcome is what came of a file.
type Outcome struct {
	File      string `json:"file"`
	Lines     int    `json:"lines"`
	Claims    int    `json:"claims"`    // in the file
	Submitted int    `json:"submitted"` // of a dry run, to submit
	Already   int    `json:"already"`   // that were submitted before
	Wrong     int    `json:"wrong"`     // lines that are wrong
	// Problems are what is wrong, in the file's order.
	Problems []*sheet.Problem `json:"problems,omitempty"`
}

// ErrWrong means that lines of the file are wrong: [Outcome.Problems] says which.
var ErrWrong = errors.New("lines of the file are wrong")

// most is how many lines a file may have: all of England in a month.
const most = 50_000

func column(key string, optional bool, headers ...string) sheet.Column {
	return sheet.Column{Key: key, Headers: headers, Optional: optional}
}

// The columns, version 1, with what the portal and people call them.
var layout = sheet.Layout{Name: "claims", Columns: []sheet.Column{
	column("network", true, "Network", "Network code", "PCN", "PCN code", "ODS code"),
	column("month", true, "Month", "Claim month", "Claiming month"),
	column("employee", false, "employeeId", "Employee ID", "Employee"),
	column("role", false, "profession", "Role", "Role key"),
	column("area", true, "area", "London weighting", "Weighting"),
	column("startedOn", false, "startedOn", "Started on", "Start date"),
	column("leftOn", true, "leftOn", "Left on", "Leave date", "End date"),
	column("hoursWorkedPerWeek", false, "hoursWorkedPerWeek", "Hours worked per week", "Hours per week", "Hours"),
	column("monthlySalary", false, "monthlySalary", "Monthly salary", "Salary"),
	column("monthlyEmployersNI", true, "monthlyEmployersNI", "Monthly employers NI", "Employer's NI", "Employers NI"),
	column("monthlyEmployersPension", true, "monthlyEmployersPension", "Monthly employers pension", "Employer's pension", "Employers pension"),
	column("monthlyFees", true, "monthlyFees", "Monthly fees", "Fees"),
	column("meetsTrainingRequirements", true, "meetsTrainingRequirements", "Meets training requirements"),
	column("reasonsTrainingNotMet", true, "reasonsTrainingNotMet", "Reasons training not met"),
}}

// claim is what a file claims for a network and month.
type claim struct {
	workforce.SubmitClaim
	rows []int // the number of each line in the file
}

// Run submits the claims of a file. Its outcome is there with an error too, as far
// as it came. The error wraps [ErrWrong], is a [*sheet.Problem] of the whole file,
// or what the client says.
func Run(ctx context.Context, c *client.Client, o Options, path string) (*Outcome, error) {
	out := &Outcome{}
	f, err := sheet.OpenTyped(path)
	if err != nil {
		return out, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	out.File = f.Name()
	im := &importer{Options: o, client: c, file: f, out: out, columns: map[string]string{}}
	err = im.run(ctx)
	slices.SortStableFunc(out.Problems, func(a, b *sheet.Problem) int { return cmp.Compare(a.Line, b.Line) })
	if err == nil && len(out.Problems) > 0 {
		err = ErrWrong
	}
	return out, err
}

type importer struct {
	Options
	client  *client.Client
	file    *sheet.File
	out     *Outcome
	columns map[string]string // what the file calls them
	sheet   string
	claims  []*claim
	bad     map[int]bool // rows that are wrong
}

func (im *importer) run(ctx context.Context) error {
	if _, err := im.file.Recognise(layout); err != nil {
		return err
	}
	if err := im.read(); err != nil {
		return err
	}
	im.out.Claims = len(im.claims)
	for i, c := range im.claims {
		im.progress(Rehearsing, i)
		if err := im.rehearse(ctx, c); err != nil {
			return err
		}
	}
	im.out.Wrong = len(im.bad)
	if im.DryRun || len(im.out.Problems) > 0 && !im.GoodLines {
		return nil
	}
	im.out.Submitted, im.out.Already = 0, 0
	for i, c := range im.claims {
		im.progress(Submitting, i)
		if len(c.Lines) == 0 {
			continue
		}
		r, err := im.client.SubmitClaim(ctx, c.SubmitClaim)
		if err != nil {
			return err
		}
		im.count(r)
	}
	return nil
}

func (im *importer) count(r client.Reported) {
	if len(r.Proposed) == 0 && (r.Receipt == nil || r.Receipt.Entries == 0) {
		im.out.Already++
		return
	}
	im.out.Submitted++
}

func (im *importer) progress(step Step, done int) {
	if im.Progress != nil {
		im.Progress(step, int64(done), int64(len(im.claims)))
	}
}

// read puts the lines of the file into claims.
func (im *importer) read() error {
	im.bad = map[int]bool{}
	by := map[string]*claim{}
	for r, err := range im.file.Rows(layout) {
		var p *sheet.Problem
		if im.out.Lines++; im.out.Lines > most {
			return &sheet.Problem{File: im.file.Name(), Sheet: im.sheet, Message: fmt.Sprintf("There are more than %d lines, which is more than all of England claims in a month. Divide the file.", most)}
		}
		switch {
		case errors.As(err, &p) && p.Line != 0:
			im.wrong(p.Line, p)
			continue
		case err != nil:
			return err
		}
		if len(im.columns) == 0 {
			for _, c := range layout.Columns {
				at := r.Problem(c.Key, "")
				im.columns[c.Key], im.sheet = at.Column, at.Sheet
			}
		}
		l, problems := line(r)
		network := events.PCN(cmp.Or(strings.ToUpper(r.Text("network")), string(im.Network)))
		month := events.Month(cmp.Or(r.Text("month"), string(im.Month)))
		if !network.Valid() {
			problems = append(problems, r.Problem("network", "%q is not the code of a network. It looks like U12345. Name it in a column, or for the whole file.", ask.Clip(string(network))))
		}
		if !month.Valid() {
			problems = append(problems, r.Problem("month", "%q is not a month. Write it as 2025-06, in a column or for the whole file.", ask.Clip(string(month))))
		}
		if len(problems) > 0 {
			im.wrong(r.Line(), problems...)
			continue
		}
		key := string(network) + " " + string(month)
		c := by[key]
		if c == nil {
			c = &claim{SubmitClaim: workforce.SubmitClaim{Network: network, Month: month}}
			by[key], im.claims = c, append(im.claims, c)
		}
		c.Lines, c.rows = append(c.Lines, l), append(c.rows, r.Line())
	}
	return nil
}

// line is a row as a line of a claim, and all that cannot be read of it.
func line(r sheet.Row) (l fact.Claimed, problems []*sheet.Problem) {
	note := func(err error) {
		var p *sheet.Problem
		if errors.As(err, &p) {
			problems = append(problems, p)
		}
	}
	for _, c := range layout.Columns {
		if strings.HasPrefix(r.Text(c.Key), "=") {
			note(r.Problem(c.Key, "It holds a formula. Write what the formula comes to, and try again."))
		}
	}
	money := func(key string, needed bool) events.GBP {
		if !needed && r.Text(key) == "" {
			return 0
		}
		m, err := r.Money(key)
		note(err)
		return m
	}
	day := func(key string, needed bool) events.Date {
		if !needed && r.Text(key) == "" {
			return events.Date{}
		}
		d, err := r.Date(key)
		note(err)
		return d
	}
	if len(problems) > 0 {
		return l, problems
	}
	l = fact.Claimed{
		Employee: r.Text("employee"), Role: contract.Key(strings.ToLower(strings.ReplaceAll(r.Text("role"), " ", "-"))),
		Area: fact.Area(strings.ToUpper(strings.ReplaceAll(r.Text("area"), " ", "_"))), StartedOn: day("startedOn", true), LeftOn: day("leftOn", false),
		Pay: fact.Pay{
			Salary: money("monthlySalary", true), Insurance: money("monthlyEmployersNI", false),
			Pension: money("monthlyEmployersPension", false), Fees: money("monthlyFees", false),
		},
		TrainingNotMetFor: r.Text("reasonsTrainingNotMet"),
	}
	hours, err := decimal.Parse(r.Text("hoursWorkedPerWeek"))
	if err != nil {
		note(r.Problem("hoursWorkedPerWeek", "%q is no number of hours. Write it as 37.5.", ask.Clip(r.Text("hoursWorkedPerWeek"))))
	}
	l.Hours = hours
	switch strings.ToLower(r.Text("meetsTrainingRequirements")) {
	case "":
	case "yes", "y", "true", "1":
		l.MeetsTraining = yes(true)
	case "no", "n", "false", "0":
		l.MeetsTraining = yes(false)
	default:
		note(r.Problem("meetsTrainingRequirements", "%q is neither yes nor no.", ask.Clip(r.Text("meetsTrainingRequirements"))))
	}
	return l, problems
}

func yes(is bool) *bool { return &is }

// rehearse finds out what is wrong with a claim, and takes the lines out of it that
// are: then the others are looked at again.
func (im *importer) rehearse(ctx context.Context, c *claim) error {
	for len(c.Lines) > 0 {
		problems := c.Problems()
		if len(problems) == 0 {
			trial := c.SubmitClaim
			trial.DryRun, trial.Wait = true, ask.Recorded
			r, err := im.client.SubmitClaim(ctx, trial)
			var no *client.Problems
			switch {
			case err == nil:
				im.count(r)
				return nil
			case !errors.As(err, &no) || no.Temporary() || no.Has("FAULT") || no.Has("UNAUTHENTICATED"):
				return err
			}
			for _, reason := range no.Reasons {
				problems = append(problems, ask.Problem{Code: reason.Code, Message: reason.Message, Path: reason.Path})
			}
		}
		if !im.drop(c, problems) {
			return nil
		}
	}
	return nil
}

// drop notes what is wrong, and takes the lines out that are. It reports whether
// the rest may be looked at again.
func (im *importer) drop(c *claim, problems []ask.Problem) bool {
	out := map[int]bool{}
	for _, p := range problems {
		at, field, is := place(p.Path)
		if !is || at >= len(c.rows) { // it is of the whole claim
			for _, row := range c.rows {
				im.bad[row] = true
			}
			im.note(&sheet.Problem{File: im.file.Name(), Sheet: im.sheet, Line: c.rows[0], Message: fmt.Sprintf("The claim of %s for %s: %s", c.Network, c.Month, p.Message)})
			c.Lines, c.rows = nil, nil
			return false
		}
		out[at] = true
		im.wrong(c.rows[at], &sheet.Problem{File: im.file.Name(), Sheet: im.sheet, Line: c.rows[at], Column: im.columns[field], Message: p.Message})
	}
	var lines []fact.Claimed
	var rows []int
	for i := range c.Lines {
		if !out[i] {
			lines, rows = append(lines, c.Lines[i]), append(rows, c.rows[i])
		}
	}
	c.Lines, c.rows = lines, rows
	return true
}

// place is which line and field a path names: "lines.2.role".
func place(path string) (line int, field string, is bool) {
	rest, is := strings.CutPrefix(path, "lines.")
	number, field, two := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	return n, field, is && two && err == nil
}

func (im *importer) wrong(row int, problems ...*sheet.Problem) {
	im.bad[row] = true
	for _, p := range problems {
		im.note(p)
	}
}

func (im *importer) note(p *sheet.Problem) { im.out.Problems = append(im.out.Problems, p) }
