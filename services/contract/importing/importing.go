// Package importing reads documents of a year's contract, and publishes them.
//
// A document is a YAML file of one year's terms: what is not written is not
// known, and each figure says where it is known from and how well.
//
//	year: 2025/26
//	streams:
//	  - key: core
//	    title: Core PCN funding
//	    payee: NETWORK             # or PRACTICE
//	    source: pulsetoday.co.uk
//	    confidence: FOUND
//	    lines:                     # they add up
//	      - key: core-registered
//	        basis: REGISTERED      # what the rate is multiplied by
//	        rates:                 # of two about the same days the last one holds
//	          - rate: 2.266
//	            instalments: 12
//	            source: pulsetoday.co.uk
//	            confidence: FOUND
//	    uses:
//	      - {key: core-parties, purpose: parties, allowed: false, text: No., source: us, confidence: LOCAL}
//	roles:
//	  - key: clinical-pharmacist
//	    title: Clinical pharmacist
//	    maxima: [{maximum: 66972, source: thepharmacist.co.uk, confidence: FOUND}]
//	    limits: [{key: pharmacist-limit, posts: 1, source: us, confidence: LOCAL}]
//	requirements:
//	  - {key: F25-01, service: CAIP, text: Risk-stratify., from: 2025-04-01, source: us, confidence: LOCAL}
//	maturityFrameworks:            # a tool of development, not a ranking
//	  - key: matrix-2019
//	    title: PCN maturity matrix
//	    publisher: NHS England
//	    version: August 2019
//	    from: 2019-08-01
//	    source: us
//	    confidence: LOCAL
//	    domains: [{key: leadership, title: "Leadership, planning and partnerships"}]
//	    levels: [{key: foundation, title: Foundation}, {key: step-1, title: Step 1}]
//	    descriptors:               # where the wording is certain
//	      - {key: d-1, domain: leadership, level: step-1, text: It is agreed., source: us, confidence: LOCAL}
//	disputes:                      # what another source says, and why that is not used
//	  - {key: d-1, about: core-registered, says: It is 2.3., value: 2.3, because: It is older., source: us, confidence: LOCAL}
//
// A rate or a maximum is for the whole year unless it says from and to, and a
// rate is per YEAR unless it says per: PERIOD.
package importing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/contract/terms"
)

// Problem is one thing wrong with a document, and where.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"` // what is wrong, and what to do about it
}

func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Document is a year's terms as a file has them.
type Document struct {
	File string
	Ask  contract.Publish
	at   places
	keys map[string]place // of its terms
}

// Read reads a document, and says all that is wrong with it by its form: its
// error joins a [Problem] for each.
func Read(file string, text []byte) (*Document, error) {
	r := &reader{file: file, at: places{}}
	d := &Document{File: file, at: r.at}
	root, ok := r.parse(text)
	if ok {
		d.Ask, d.keys = r.document(root)
	}
	if len(r.problems) == 0 {
		for _, p := range d.Ask.Problems() {
			r.problems = append(r.problems, d.place(p.Path, p.Message))
		}
	}
	return d, r.all()
}

// place is a problem at what a path of the ask was read from.
func (d *Document) place(path, message string) Problem {
	at := d.at[path]
	for at.line == 0 && strings.Contains(path, ".") { // a field that is not there is missing from what it is of
		path = path[:strings.LastIndex(path, ".")]
		at = d.at[path]
	}
	return Problem{d.File, max(at.line, 1), max(at.column, 1), message}
}

// ReadFile reads a document from disk.
func ReadFile(file string) (*Document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err == nil && info.Size() > mostBytes {
		return nil, Problem{file, 1, 1, tooLong}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Read(file, text)
}

// Shipped are the documents that the product ships with, the oldest year first.
func Shipped() ([]*Document, error) {
	files, err := fs.Glob(terms.Documents, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Document
	for _, file := range files {
		text, err := terms.Documents.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d, err := Read("(shipped)/"+file, text)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *Document) int { return strings.Compare(string(a.Ask.Year), string(b.Ask.Year)) })
	return all, nil
}

// Of is the shipped document of a year.
func Of(year events.Year) (*Document, error) {
	all, err := Shipped()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(d *Document) bool { return d.Ask.Year == year })
	if i < 0 {
		return nil, fmt.Errorf("no terms of %s are shipped, only those of %s to %s: name one of those, or a file", year, all[0].Ask.Year, all[len(all)-1].Ask.Year)
	}
	return all[i], nil
}

// Outcome is what came of publishing a document.
type Outcome struct {
	File     string            `json:"file"`
	Year     events.Year       `json:"year"`
	Entries  int               `json:"entries"`           // recorded; of a dry run, that would be
	Receipt  *client.Receipt   `json:"receipt,omitempty"` // none of a dry run
	Proposed []client.Proposal `json:"proposed,omitempty"`
}

// Publish puts what is new in documents into the book, one after another; of a
// dry run it answers with what that would be. What the platform refuses is said
// where it stands in the document.
func Publish(ctx context.Context, c *client.Client, dry bool, documents ...*Document) (all []Outcome, err error) {
	for _, d := range documents {
		a := d.Ask
		a.DryRun = dry
		told, err := c.PublishContract(ctx, a)
		if err != nil {
			return all, d.explain(err)
		}
		o := Outcome{File: d.File, Year: a.Year, Entries: len(told.Proposed), Receipt: told.Receipt, Proposed: told.Proposed}
		if told.Receipt != nil {
			o.Entries = len(told.Receipt.Types)
		}
		all = append(all, o)
	}
	return all, nil
}

// explain says where in the document the platform's reasons are.
func (d *Document) explain(err error) error {
	var told *client.Problems
	if !errors.As(err, &told) {
		return err
	}
	var all []error
	for _, reason := range told.Reasons {
		if _, known := d.at[reason.Path]; !known && !strings.Contains(reason.Path, ".") {
			return err // it is not about the document
		}
		all = append(all, d.place(reason.Path, reason.Message))
	}
	return errors.Join(all...)
}

// Has reports whether the document has a term of this key.
func (d *Document) Has(key fact.Key) bool {
	_, has := d.keys[string(key)]
	return has
}
