// Package importstaff returns what networks have in the national workforce
// collection, from NHS England's individual-level file as it is published.
//
// The file is read whole and judged whole before anything is asked: one row that is
// wrong, and nothing of it is. Its rows become one return for each network and
// month, of roles and not of people: whose record it is stays in the file.
package importstaff

import (
	"context"
	"errors"
	"slices"

	"github.com/govalues/decimal"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// atOnce is how many returns are on their way at one time.
const atOnce = 8

// Reporter takes a return: a [client.Client] does. Several goroutines ask it at
// once. A repeat of what is recorded already records nothing.
type Reporter interface {
	ReturnStaff(ctx context.Context, a workforce.ReturnStaff) (client.Reported, error)
}

// Options say how to return.
type Options struct {
	DryRun bool // find out what would be recorded, and record nothing
	// Progress is told, where it is given, how much of a step is done: reading in
	// bytes, the others in returns. One call at a time.
	Progress func(step Step, done, total int64)
}

// Step is a part of it.
type Step string

const (
	Reading    Step = "reading"
	Rehearsing Step = "rehearsing"
	Returning  Step = "returning"
)

// Outcome is what came of a file. It names nobody.
type Outcome struct {
	File     string          `json:"file"`
	SHA256   string          `json:"sha256"` // of the file
	Months   []events.Month  `json:"months"`
	Rows     int             `json:"rows"`
	Networks int             `json:"networks"`
	Returns  int             `json:"returns"`  // in the file: one for each network and month
	Recorded int             `json:"recorded"` // of a dry run, to record
	Already  int             `json:"already"`  // that were recorded before
	WTE      decimal.Decimal `json:"wte"`      // of all rows
	// Unknown are the networks of which nothing was recorded, by code.
	Unknown []Unknown `json:"unknown,omitempty"`
	// Problems are what is wrong, in the file's order, and More how many there are
	// besides.
	Problems []*sheet.Problem `json:"problems,omitempty"`
	More     int              `json:"moreProblems,omitempty"`
}

// Unknown is a network of the file that the book does not know.
type Unknown struct {
	Network events.PCN   `json:"network"`
	Name    string       `json:"name,omitempty"` // as the file has it
	Month   events.Month `json:"month"`
	Message string       `json:"message"`
}

var (
	// ErrWrong means that rows of the file are wrong, and that nothing was asked.
	ErrWrong = errors.New("rows of the file are wrong, and nothing of it was recorded")
	// ErrUnknown means that the book does not know all networks of the file. The
	// returns of the others are recorded.
	ErrUnknown = errors.New("the book does not know all networks of the file: register them, and import it again")
)

// Run returns the staff of a file. Its outcome is there with an error too, as far
// as it came: [ErrWrong], [ErrUnknown], a [*sheet.Problem] of the whole file, or
// what to says. What breaks off is finished by doing it again.
func Run(ctx context.Context, to Reporter, o Options, path string) (*Outcome, error) {
	var reading func(done, total int64)
	if o.Progress != nil {
		reading = func(done, total int64) { o.Progress(Reading, done, total) }
	}
	f, err := Read(path, reading)
	out := &Outcome{
		File: f.Name, SHA256: f.SHA256, Months: f.Months, Rows: f.Rows, Networks: f.Networks,
		Returns: len(f.Asks), WTE: f.WTE, Problems: f.Problems, More: f.More,
	}
	if err != nil {
		return out, err
	}
	return out, out.report(ctx, to, o, f)
}

// report asks for all returns of a file, and stops at the first that is refused
// for another reason than an unknown network.
func (out *Outcome) report(whole context.Context, to Reporter, o Options, f *File) error {
	step := Returning
	if o.DryRun {
		step = Rehearsing
	}
	done := make(chan struct{})
	told := make(chan struct{}, atOnce)
	go func() { // one call of Progress at a time
		defer close(done)
		n := int64(0)
		for range told {
			if n++; o.Progress != nil {
				o.Progress(step, n, int64(len(f.Asks)))
			}
		}
	}()
	work, ctx := errgroup.WithContext(whole)
	work.SetLimit(atOnce)
	came := make([]func(), len(f.Asks)) // what each came to, in the order asked
	for i, a := range f.Asks {
		if ctx.Err() != nil {
			break
		}
		work.Go(func() error {
			a.DryRun = o.DryRun
			r, err := to.ReturnStaff(ctx, a)
			var no *client.Problems
			switch {
			case errors.As(err, &no) && no.Has("NETWORK_UNKNOWN"):
				came[i] = func() {
					out.Unknown = append(out.Unknown, Unknown{a.Network, f.names[a.Network], a.Month, no.Error()})
				}
			case err != nil:
				return err
			case len(r.Proposed) > 0 || r.Receipt != nil && r.Receipt.Entries > 0:
				came[i] = func() { out.Recorded++ }
			default:
				came[i] = func() { out.Already++ }
			}
			told <- struct{}{}
			return nil
		})
	}
	err := work.Wait()
	close(told)
	<-done
	for _, count := range slices.DeleteFunc(came, func(f func()) bool { return f == nil }) {
		count()
	}
	switch {
	case err != nil:
		return err
	case whole.Err() != nil: // some may not have been sent
		return whole.Err()
	case len(out.Unknown) > 0:
		return ErrUnknown
	}
	return nil
}
