// Package importing puts published files into the book.
//
// A file is read whole and judged whole before anything is asked: one row that
// is wrong, and nothing of the file is recorded. What it says is then reported,
// one ask for each system, network and practice; what the book holds already
// records nothing. An import that breaks off is finished by doing it again.
package importing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

const (
	// atOnce is how many reports are on their way at one time.
	atOnce = 48
	// mostProblems is how many wrong rows are told of one by one.
	mostProblems = 20
)

// Options say how to import.
type Options struct {
	Kind   fact.Kind
	AsAt   events.Date // the day the files describe, where they do not tell
	DryRun bool        // find out what would be recorded, and record nothing
	Older  bool        // import although the book rests on a newer source of members already
	Again  bool        // report all of it, although the book has it in full already
	Part   bool        // the files are a part of what was published: what they do not have says nothing
	// Progress is told, where it is given, how much of a step is done: reading
	// in bytes, then reporting in reports.
	Progress func(step Step, done, total int64)
}

// Step is a part of an import.
type Step string

const (
	Reading   Step = "reading"
	Reporting Step = "reporting"
)

// Outcome is what came of an import.
type Outcome struct {
	Source  fact.Source    `json:"source"`
	AsAt    events.Date    `json:"asAt"`
	Files   []string       `json:"files"`
	Reports int            `json:"reports"`
	Entries map[string]int `json:"entries"`         // recorded, by type; of a dry run, what would be
	Notes   []string       `json:"notes,omitempty"` // what the reader of the file should know
	// Proposed is what a dry run would have recorded.
	Proposed []client.Proposal `json:"proposed,omitempty"`
}

// WrongRows are rows of a file for which none of it was recorded.
type WrongRows struct {
	First []error // mostProblems at most
	More  int
}

func (w *WrongRows) Error() string {
	text := errors.Join(w.First...).Error()
	if w.More > 0 {
		text += fmt.Sprintf("\nand %d more", w.More)
	}
	return text + "\nNothing was recorded. Correct the file, or ask who published it, and import it again."
}

// add notes a wrong row.
func (w *WrongRows) add(err error) {
	if len(w.First) < mostProblems {
		w.First = append(w.First, err)
	} else {
		w.More++
	}
}

func (w *WrongRows) err() error {
	if len(w.First) == 0 {
		return nil
	}
	return w
}

// reports is what files say.
type reports struct {
	asAt      events.Date
	systems   map[events.ICB]*network.ReportSystem
	networks  map[events.PCN]*network.ReportNetwork
	practices map[events.Practice]*network.ReportPractice
	complete  bool // whether a practice that is not among them has no patients
	notes     []string
}

func newReports() *reports {
	return &reports{
		systems: map[events.ICB]*network.ReportSystem{}, networks: map[events.PCN]*network.ReportNetwork{},
		practices: map[events.Practice]*network.ReportPractice{},
	}
}

// Run imports files of one kind as one source. Its error is a [*sheet.Problem],
// [*WrongRows], [ErrFiles], or what the client says.
func Run(ctx context.Context, c *client.Client, o Options, paths ...string) (*Outcome, error) {
	out := &Outcome{Entries: map[string]int{}}
	said, sum, err := read(o, out, paths)
	if err != nil {
		return nil, err
	}
	out.Source, out.AsAt, out.Notes = fact.NewSource(o.Kind, said.asAt, sum), said.asAt, said.notes
	has, err := before(ctx, c, o, out)
	if err != nil || has.complete && !o.Again {
		return out, err
	}
	of := network.Report{Source: out.Source, AsAt: out.AsAt, DryRun: o.DryRun}
	if err := said.sound(of, title(out.Files)); err != nil {
		return nil, err
	}
	if said.complete && !o.Part {
		if err := absent(ctx, c, said, out.Files); err != nil {
			return nil, err
		}
	}
	return out, tell(ctx, c, o, out, said, of, sum, has)
}

// ErrFiles means that the files are not those that an import needs.
var ErrFiles = errors.New("not the files for this import")

// read opens the files, finds out which is which, and reads them.
func read(o Options, out *Outcome, paths []string) (said *reports, sum string, err error) {
	reader, exists := readers[o.Kind]
	if !exists {
		return nil, "", fmt.Errorf("%w: nothing reads %q", ErrFiles, o.Kind)
	}
	var files []*sheet.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	for _, path := range paths {
		f, err := sheet.Open(path)
		if err != nil {
			return nil, "", err
		}
		files = append(files, f)
		out.Files = append(out.Files, f.Name())
	}
	if len(files) == 0 || len(files) > reader.most {
		return nil, "", fmt.Errorf("%w: %s", ErrFiles, reader.wants)
	}
	watch := watching(o, files)
	said, err = reader.read(o, files, watch)
	if err != nil {
		return nil, "", wrongKind(o.Kind, files, err)
	}
	return said, sumOf(files), nil
}

// sound holds everything against what may be asked at all, before any of it is.
func (s *reports) sound(of network.Report, files string) error {
	wrong := &WrongRows{}
	judge := func(what string, problems []ask.Problem) {
		for _, p := range problems {
			wrong.add(fmt.Errorf("%s, %s: %s", files, what, p.Message))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(s.systems)) {
		a := *s.systems[code]
		a.Report = of
		judge("system "+string(code), a.Problems())
	}
	for _, code := range slices.Sorted(maps.Keys(s.networks)) {
		a := *s.networks[code]
		a.Report = of
		judge("network "+string(code), a.Problems())
	}
	for _, code := range slices.Sorted(maps.Keys(s.practices)) {
		a := *s.practices[code]
		a.Report = of
		judge("practice "+string(code), a.Problems())
	}
	return wrong.err()
}

// sumOf is the SHA-256 of a file; of several, that of their sums in order.
func sumOf(files []*sheet.File) string {
	if len(files) == 1 {
		return files[0].SHA256()
	}
	var sums []string
	for _, f := range files {
		sums = append(sums, f.SHA256())
	}
	slices.Sort(sums)
	sum := sha256.Sum256([]byte(strings.Join(sums, "\n")))
	return hex.EncodeToString(sum[:])
}

// wrongKind adds to an error which command the file is for, if it is for one.
func wrongKind(asked fact.Kind, files []*sheet.File, err error) error {
	for _, f := range files {
		for _, kind := range fact.Kinds {
			if kind != asked && slices.ContainsFunc(readers[kind].layouts, f.Is) && !slices.ContainsFunc(readers[asked].layouts, f.Is) {
				return fmt.Errorf("%w\n%s is a file of %s: import it as that", err, f.Name(), readers[kind].called)
			}
		}
	}
	return err
}

// watching tells of the reading of files.
func watching(o Options, files []*sheet.File) func() {
	n := 0
	return func() {
		if n++; o.Progress == nil || n%512 != 1 {
			return
		}
		var done, total int64
		for _, f := range files {
			d, t := f.Progress()
			done, total = done+d, total+t
		}
		o.Progress(Reading, done, total)
	}
}

// tell reports everything: the source first, then what others build on.
func tell(ctx context.Context, c *client.Client, o Options, out *Outcome, said *reports, of network.Report, sum string, has standing) error {
	cite := network.CiteSource{Source: out.Source, Title: title(out.Files), AsAt: out.AsAt, SHA256: sum}
	switch {
	case !o.DryRun:
		cite.IdempotencyKey, cite.Wait = key(cite), "VISIBLE"
		receipt, err := c.CiteSource(ctx, cite)
		if err != nil {
			return err
		}
		out.count(client.Reported{Receipt: &receipt})
	case !has.cited:
		if err := out.propose(fact.SourceCited{Source: cite.Source, Title: cite.Title, AsAt: cite.AsAt, SHA256: cite.SHA256}); err != nil {
			return err
		}
	}
	t := &teller{o: o, out: out, total: int64(len(said.systems) + len(said.networks) + len(said.practices))}
	for _, code := range slices.Sorted(maps.Keys(said.systems)) {
		a := *said.systems[code]
		a.Report = of
		a.IdempotencyKey = key(a)
		t.add(func(ctx context.Context) (client.Reported, error) { return c.ReportSystem(ctx, a) })
	}
	if err := t.all(ctx); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(said.networks)) {
		a := *said.networks[code]
		a.Report = of
		a.IdempotencyKey = key(a)
		t.add(func(ctx context.Context) (client.Reported, error) { return c.ReportNetwork(ctx, a) })
	}
	if err := t.all(ctx); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(said.practices)) {
		a := *said.practices[code]
		a.Report = of
		a.IdempotencyKey = key(a)
		t.add(func(ctx context.Context) (client.Reported, error) { return c.ReportPractice(ctx, a) })
	}
	if err := t.all(ctx); err != nil || o.Part {
		return err
	}
	if o.DryRun {
		if has.complete {
			return nil
		}
		return out.propose(fact.SourceCompleted{Source: out.Source, Reports: out.Reports})
	}
	complete := network.CompleteSource{Source: out.Source, Reports: out.Reports}
	complete.IdempotencyKey, complete.Wait = key(complete), "VISIBLE"
	receipt, err := c.CompleteSource(ctx, complete)
	if err != nil {
		return err
	}
	out.count(client.Reported{Receipt: &receipt})
	return nil
}

// teller sends reports, a bounded number at once.
type teller struct {
	o           Options
	out         *Outcome
	waiting     []func(context.Context) (client.Reported, error)
	done, total int64
	mu          sync.Mutex
}

func (t *teller) add(send func(context.Context) (client.Reported, error)) {
	t.waiting = append(t.waiting, send)
}

// all sends what waits and stops at the first that fails.
func (t *teller) all(whole context.Context) error {
	work, ctx := errgroup.WithContext(whole)
	work.SetLimit(atOnce)
	told := make([]client.Reported, len(t.waiting)) // in the order asked
	for i, send := range t.waiting {
		if ctx.Err() != nil {
			break
		}
		work.Go(func() error {
			var err error
			if told[i], err = send(ctx); err != nil {
				return err
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.done++
			t.out.Reports++
			if t.o.Progress != nil {
				t.o.Progress(Reporting, t.done, t.total)
			}
			return nil
		})
	}
	t.waiting = nil
	err := work.Wait()
	for _, one := range told {
		t.out.count(one)
	}
	if err != nil {
		return err
	}
	return whole.Err() // some may not have been sent
}

// propose adds what a dry run knows without asking.
func (o *Outcome) propose(f fact.SourceEvent) error {
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.EventType(), err)
	}
	o.count(client.Reported{Proposed: []client.Proposal{{Type: f.EventType(), Data: data}}})
	return nil
}

// count adds what one report came to.
func (o *Outcome) count(told client.Reported) {
	if told.Receipt != nil {
		for _, typ := range told.Receipt.Types {
			o.Entries[typ]++
		}
	}
	for _, p := range told.Proposed {
		o.Entries[p.Type]++
	}
	o.Proposed = append(o.Proposed, told.Proposed...)
}
