// Package importing puts into the ledgers what people keep in files of their
// own: what a network or practice has spent, and what a system means to pay.
//
// A file is judged whole, by its form and then by the platform, before any of it
// is recorded: unless only the good lines are asked for, one that is wrong, and
// nothing is. A line is one entry by its own reference, so that the same file
// again records nothing. It is read as a stream: what is kept of a line is some
// forty bytes.
package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// Kind is what the lines of a file say.
type Kind string

const (
	// Spending is what a network or practice has bought: `spendFunding`.
	Spending Kind = "spending"
	// Payments are what a system means to pay: `requestPayment`, which somebody
	// else approves.
	Payments Kind = "payments"
)

// Options say how to import.
type Options struct {
	Kind   Kind
	For    string      // the network or practice whose lines they are, where the file does not say
	System events.ICB  // whose ledger it is; none is the system that the payee is in
	Year   events.Year // lines of another year are wrong; none is the year of each line's date
	// GoodLines has the lines recorded that the platform takes, though others
	// are wrong.
	GoodLines bool
	DryRun    bool // find out what would be recorded, and record nothing
	// Progress is told, where it is given, how much of a step is done: reading
	// in bytes, then the others in lines.
	Progress func(step Step, done, total int64)
}

// Step is a part of an import.
type Step string

const (
	Reading    Step = "reading"
	Rehearsing Step = "rehearsing"
	Recording  Step = "recording"
)

// Outcome is what came of an import.
type Outcome struct {
	Kind     Kind       `json:"kind"`
	File     string     `json:"file"`
	Lines    int        `json:"lines"`    // with something in them, below the header
	Recorded int        `json:"recorded"` // of a dry run, to record
	Already  int        `json:"already"`  // that the ledger has
	Amount   events.GBP `json:"amount"`   // of those recorded
	Wrong    int        `json:"wrong"`    // lines that are not recorded for what is wrong with them
	// Problems are what is wrong, in the file's order, mostProblems at most.
	Problems []*sheet.Problem `json:"problems,omitempty"`
	Notes    []string         `json:"notes,omitempty"`
}

// ErrWrong means that lines of the file are wrong: [Outcome.Problems] says which.
var ErrWrong = errors.New("lines of the file are wrong")

const (
	// atOnce is how many lines are on their way at one time.
	atOnce = 48
	// window is how many lines are sent before their outcomes are told.
	window = 1024
	// mostProblems is how many are told of one by one.
	mostProblems = 10_000
)

// Run imports a file. Its outcome is there with an error too, as far as it came.
// The error wraps [ErrWrong], is a [*sheet.Problem] of the whole file, or what
// the client says.
func Run(ctx context.Context, c *client.Client, o Options, path string) (*Outcome, error) {
	if o.System != "" && !o.System.Valid() {
		return &Outcome{Kind: o.Kind}, fmt.Errorf("%q is not the code of a system: it looks like QZ1 or D4U1Y", ask.Clip(string(o.System)))
	}
	f, err := sheet.OpenTyped(path)
	if err != nil {
		return &Outcome{Kind: o.Kind}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	im := newImporter(c, o, f)
	err = im.run(ctx)
	slices.SortStableFunc(im.out.Problems, func(a, b *sheet.Problem) int { return cmp.Compare(a.Line, b.Line) })
	if err == nil && (im.out.Wrong > 0 || len(im.out.Problems) > 0) {
		err = ErrWrong
	}
	return im.out, err
}

func newImporter(c *client.Client, o Options, f *sheet.File) *importer {
	return &importer{
		Options: o, client: c, file: f, out: &Outcome{Kind: o.Kind, File: f.Name()}, kind: kinds[o.Kind],
		systems: map[string]events.ICB{}, seen: map[fingerprint]int32{},
	}
}

type importer struct {
	Options
	client *client.Client
	file   *sheet.File
	out    *Outcome
	kind   kind

	columns    map[string]string // what the file calls them
	sheet      string            // of a workbook
	systems    map[string]events.ICB
	seen       map[fingerprint]int32 // the line of each reference
	monthFirst int                   // a line whose date can only be read with the month first
	skip       bits                  // lines that are wrong, or that the ledger has
}

func (im *importer) run(ctx context.Context) error {
	if _, err := im.file.Recognise(im.kind.layout); err != nil {
		return err
	}
	if err := im.read(ctx); err != nil {
		return err
	}
	if im.DryRun || !im.GoodLines {
		if err := im.rehearse(ctx); err != nil {
			return err
		}
		if im.DryRun || im.out.Wrong > 0 || len(im.out.Problems) > 0 {
			if !im.DryRun {
				im.out.Recorded, im.out.Amount = 0, 0
			}
			return nil
		}
		im.out.Recorded, im.out.Amount = 0, 0
	}
	return im.record(ctx)
}

// read judges every line by itself, and by the others of the file.
func (im *importer) read(ctx context.Context) error {
	err := im.lines(func(n int, r sheet.Row, wrong error) error {
		im.progress(Reading, n)
		im.out.Lines++
		if wrong != nil {
			return im.wrong(n, wrong)
		}
		_, problems, err := im.line(ctx, r)
		if err != nil {
			return err
		}
		return im.wrong(n, problems...)
	})
	if err != nil || im.monthFirst == 0 {
		return err
	}
	// Whoever has one date with the month first has them all so.
	return im.lines(func(n int, r sheet.Row, wrong error) error {
		if wrong != nil || im.skip.has(n) || !twoDays(r.Text("date")) {
			return nil
		}
		return im.wrong(n, r.Problem("date", "%q could be two days, as line %d of this file has the month first. Write every date as 2025-07-31 and try again.", r.Text("date"), im.monthFirst))
	})
}

// lines goes through the file. Its last error is of the whole file.
func (im *importer) lines(do func(n int, r sheet.Row, wrong error) error) error {
	n := 0
	for r, err := range im.file.Rows(im.kind.layout) {
		var p *sheet.Problem
		if errors.As(err, &p) && p.Line == 0 {
			return err
		}
		if im.columns == nil && err == nil {
			im.columns = map[string]string{}
			for _, c := range im.kind.layout.Columns {
				at := r.Problem(c.Key, "")
				im.columns[c.Key], im.sheet = at.Column, at.Sheet
			}
		}
		if err := do(n, r, err); err != nil {
			return err
		}
		n++
	}
	return nil
}

// wrong notes what is wrong with the n-th line, if anything is.
func (im *importer) wrong(n int, problems ...error) error {
	if len(problems) == 0 {
		return nil
	}
	im.skip.set(n)
	im.out.Wrong++
	for _, err := range problems {
		var p *sheet.Problem
		if !errors.As(err, &p) {
			return err
		}
		im.note(p)
	}
	return nil
}

func (im *importer) note(p *sheet.Problem) {
	switch len(im.out.Problems) {
	case mostProblems:
		im.out.Notes = append(im.out.Notes, fmt.Sprintf("Only the first %d problems are shown.", mostProblems))
		im.out.Problems = append(im.out.Problems, nil)[:mostProblems]
	default:
		im.out.Problems = append(im.out.Problems, p)
	}
}

func (im *importer) progress(step Step, n int) {
	if im.Progress == nil || n%512 != 1 {
		return
	}
	if step == Reading {
		read, total := im.file.Progress()
		im.Progress(step, read, total)
		return
	}
	im.Progress(step, int64(n), int64(im.out.Lines))
}

// bits are a set of numbers from 0.
type bits []uint64

func (b *bits) set(n int) {
	for len(*b) <= n/64 {
		*b = append(*b, 0)
	}
	(*b)[n/64] |= 1 << (n % 64)
}

func (b bits) has(n int) bool { return n/64 < len(b) && b[n/64]&(1<<(n%64)) != 0 }
