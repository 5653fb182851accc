// Package follow keeps a view in step with the book. A view is a pure fold;
// here is where it runs, what it remembers, and how it is read while it moves.
//
// A fact that cannot be read parks the entities its envelope names: they are
// marked, and a figure that includes one of them is unknown. The fold goes on,
// also with later facts that name a parked entity beside others, for what is
// true of the others does not become unknown by keeping such company. A retry
// folds everything again from the start.
package follow

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/benbjohnson/immutable"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/carrier"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// View is how facts become something to look at. Its functions are pure, and S
// is a value: evolving a copy leaves the original alone, so that a reader holds
// one consistent state without a lock while the fold goes on.
type View[S any] struct {
	Name    string // names its snapshots
	Version int    // of S's shape and of what its fold means; another version discards snapshots
	Domains []string
	Evolve  func(S, events.Recorded) (S, error) // its error parks
	Freeze  func(S, io.Writer) error            // writes a snapshot as JSON, in pieces: the whole is never in memory
	Thaw    func(io.Reader) (S, error)          // reads one
}

// Whole makes a View's Freeze of one that writes all at once, which small states
// may.
func Whole[S any](freeze func(S) ([]byte, error)) func(S, io.Writer) error {
	return func(s S, w io.Writer) error {
		b, err := freeze(s)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	}
}

// Unwhole makes a View's Thaw of one that reads all at once.
func Unwhole[S any](thaw func([]byte) (S, error)) func(io.Reader) (S, error) {
	return func(r io.Reader) (s S, err error) {
		b, err := io.ReadAll(r)
		if err != nil {
			return s, err
		}
		return thaw(b)
	}
}

// Seen is a state together with how far it has come.
type Seen[S any] struct {
	State  S
	At     store.Mark
	Epoch  carrier.Epoch
	parked *immutable.Map[events.Entity, Parking]
}

// Parking is why an entity is unknown.
type Parking struct {
	Entity  events.Entity  `json:"entity"`
	Fact    events.ID      `json:"fact"` // the first that could not be read
	Type    string         `json:"type"`
	Ordinal events.Ordinal `json:"ordinal"`
	Since   time.Time      `json:"since"`
	Reason  string         `json:"reason"`
}

// Parked returns why entity is unknown, if it is.
func (s *Seen[S]) Parked(entity events.Entity) (Parking, bool) {
	if s.parked == nil {
		return Parking{}, false
	}
	return s.parked.Get(entity)
}

// AnyParked reports whether any entity is unknown.
func (s *Seen[S]) AnyParked() bool { return s.parked != nil && s.parked.Len() > 0 }

// Unknown says why what is known of an entity cannot be relied on, or nil.
func (s *Seen[S]) Unknown(entity events.Entity) *figure.Unknown {
	p, parked := s.Parked(entity)
	if !parked {
		return nil
	}
	since := p.Since // what is taken of p must not cost those that are not parked
	return &figure.Unknown{
		Code: "PARKED", Since: &since,
		Reason: "The book has an entry about " + string(entity) + " that this release cannot read. The operator sees it in `openbook doctor`.",
	}
}

// AllParked returns every parking, in no order.
func (s *Seen[S]) AllParked() (all []Parking) {
	if s.parked == nil {
		return nil
	}
	for itr := s.parked.Iterator(); !itr.Done(); {
		_, p, _ := itr.Next()
		all = append(all, p)
	}
	return all
}

// after is s with one more fact.
func (v View[S]) after(s Seen[S], r events.Recorded) Seen[S] {
	s.At = store.Mark{Ordinal: r.Ordinal, Position: r.Position, ID: r.ID, Time: r.Time}
	if !v.reads(r.Type) {
		return s
	}
	state, err := v.evolve(s.State, r)
	if err == nil {
		s.State = state
		return s
	}
	if s.parked == nil {
		s.parked = immutable.NewMap[events.Entity, Parking](nil)
	}
	reason, _, _ := strings.Cut(err.Error(), "\n") // a panic's stack is nobody else's business
	for _, entity := range r.Entities {
		if _, already := s.parked.Get(entity); !already {
			s.parked = s.parked.Set(entity, Parking{entity, r.ID, r.Type, r.Ordinal, r.Time, reason})
		}
	}
	return s
}

func (v View[S]) reads(typ string) bool {
	for _, domain := range v.Domains {
		if strings.HasPrefix(typ, domain) && len(typ) > len(domain) && typ[len(domain)] == '.' {
			return true
		}
	}
	return false
}

// evolve takes a panic for what it is: a fact this release cannot read.
func (v View[S]) evolve(s S, r events.Recorded) (next S, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: folding %s panicked: %v\n%s", events.ErrUnreadable, r.ID, p, debug.Stack())
		}
	}()
	return v.Evolve(s, r)
}
