// Package source decides which published files the book rests on. It is pure.
package source

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask/network"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrUnknown = refuse.New(refuse.NotFound, "SOURCE_UNKNOWN",
		"There is no source %s in the book. Cite it first, or check its name.")
	ErrExists = refuse.New(refuse.Conflict, "SOURCE_EXISTS",
		"Source %s is in the book already, as another file. Name this one otherwise.")
)

// State is the source as cited; zero before.
type State struct {
	Cited    fact.SourceCited
	Complete bool
}

// Evolve returns s as it stands after e.
func Evolve(s State, e fact.SourceEvent) State {
	switch e := e.(type) {
	case fact.SourceCited:
		s.Cited = e
	case fact.SourceCompleted:
		s.Complete = true
	}
	return s
}

// Cite says that facts will follow from a file. The same file under another
// name is the same source.
func Cite(s State, _ view.State, a network.CiteSource) ([]fact.SourceEvent, error) {
	switch {
	case s.Cited.SHA256 == a.SHA256 && s.Cited.AsAt == a.AsAt:
		return nil, nil
	case s.Cited.Source != "":
		return nil, ErrExists.About("source", a.Source)
	}
	return []fact.SourceEvent{fact.SourceCited{Source: a.Source, Title: a.Title, AsAt: a.AsAt, SHA256: a.SHA256}}, nil
}

// Complete notes that everything the source tells has been reported.
func Complete(s State, _ view.State, a network.CompleteSource) ([]fact.SourceEvent, error) {
	switch {
	case s.Cited.Source == "":
		return nil, ErrUnknown.About("source", a.Source)
	case s.Complete:
		return nil, nil
	}
	return []fact.SourceEvent{fact.SourceCompleted{Source: a.Source, Reports: a.Reports}}, nil
}

// Outdated reports whether a newer source of the same kind as the report's has
// been reported in full: what that one has dated, the report does not correct.
func Outdated(known view.State, r network.Report) bool {
	return slices.ContainsFunc((&view.Reading{State: known}).Sources(), func(s *view.Source) bool {
		return s.Complete && s.Source.Kind() == r.Source.Kind() && r.AsAt.Before(s.AsAt)
	})
}

// Cited refuses a report of a source that the book does not know. One that is
// only a rehearsal need not have cited it.
func Cited(known view.State, r network.Report) error {
	if !r.DryRun && !known.HasSource(r.Source) {
		return ErrUnknown.About("source", r.Source)
	}
	return nil
}
