// Package react answers facts with asks: a fact in, an ask out.
//
// A reaction is carried out at least once and recorded once: the id of its ask
// follows from the fact's id and the reaction's name, so that whoever decides it
// knows it again. What it remembers is only where to go on, and may be lost.
package react

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/serve"
	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	// pause is what a reaction waits before it asks again, at first and at most.
	pause, longest = 50 * time.Millisecond, 5 * time.Second
	// often is how many facts are passed before the place is written down.
	often = 1000
)

// Reaction says what follows from a fact.
type Reaction struct {
	// Name is part of the ids of its asks, and so may never change.
	Name string
	// By is on whose authority it asks: the service's own.
	By serve.By
	// To returns what to ask for; usually nothing.
	To func(events.Recorded) []ask.Ask
}

// Run reacts to every fact of the book, in order, until ctx is done. An ask
// that is turned down for now is asked again until it is answered: the facts
// behind it wait. One that is turned down for good is logged as an error, for
// that is a rule at odds with another.
func Run(ctx context.Context, e env.Env, book follow.Book, caller *serve.Caller, r Reaction) error {
	// The stream only says that there is something new; the book says what.
	news, err := follow.New(e, book, follow.View[struct{}]{Name: "react-" + r.Name}, follow.Options[struct{}]{})
	if err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return news.Run(ctx, func() {}) })
	work.Go(func() error {
		p := place{filepath.Join(e.Dir, "react-"+r.Name+".json")}
		at, err := p.read(ctx, book)
		for err == nil {
			at, err = r.pass(ctx, e, book, caller, p, at)
			if err == nil {
				_, err = news.Beyond(ctx, at.Ordinal)
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("reaction %s: %w", r.Name, err)
	})
	return work.Wait()
}

// pass reacts to the facts after at, as far as the book has counted.
func (r Reaction) pass(ctx context.Context, e env.Env, book store.Index, caller *serve.Caller, p place, at store.Mark) (store.Mark, error) {
	for fact, err := range book.Range(ctx, at.Ordinal, 0) {
		if err != nil {
			e.Telemetry.Log.WarnContext(ctx, "reaction waits for the book", "reaction", r.Name, "error", err)
			return at, wait(ctx, pause)
		}
		for n, a := range r.To(fact) {
			if err := r.insist(ctx, e, caller, fact, n, a); err != nil {
				return at, err
			}
		}
		at = store.Mark{Ordinal: fact.Ordinal, Position: fact.Position, ID: fact.ID, Time: fact.Time}
		if at.Ordinal%often == 0 {
			if err := p.write(at); err != nil {
				return at, err
			}
		}
	}
	return at, p.write(at)
}

// insist asks until there is an answer. Its error means that ctx is done.
func (r Reaction) insist(ctx context.Context, e env.Env, caller *serve.Caller, fact events.Recorded, n int, a ask.Ask) error {
	space, err := uuid.Parse(string(fact.ID))
	if err != nil {
		return fmt.Errorf("fact id %q: %w", fact.ID, err)
	}
	id := events.ID(uuid.NewSHA1(space, fmt.Appendf(nil, "%s/%d", r.Name, n)).String())
	by := r.By
	by.Cause, by.After = fact.ID, fact.Position
	for delay := pause; ; delay = min(2*delay, longest) {
		_, err := caller.AskAs(ctx, id, a, by)
		if err == nil {
			return nil
		}
		no, refused := refuse.From(err)
		if refused && no.Kind != refuse.Busy && no.Kind != refuse.Broken {
			e.Telemetry.Log.ErrorContext(ctx, "reaction turned down", "reaction", r.Name, "fact", fact.ID, "code", no.Code, "message", no.Message)
			return nil
		}
		e.Telemetry.Log.WarnContext(ctx, "reaction asks again", "reaction", r.Name, "fact", fact.ID, "error", err)
		if err := wait(ctx, delay); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// place is the file in which a reaction remembers where to go on.
type place struct{ path string }

// read returns the place written down, if the book still holds the fact that
// was there; otherwise the beginning.
func (p place) read(ctx context.Context, book store.Index) (at store.Mark, err error) {
	b, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return store.Mark{}, nil
	}
	if err != nil {
		return at, err
	}
	if err := json.Unmarshal(b, &at); err != nil {
		return store.Mark{}, nil //nolint:nilerr // a torn file is as good as none: asks are known again
	}
	for delay := pause; ; delay = min(2*delay, longest) {
		fact, err := book.ByID(ctx, at.ID)
		switch {
		case err == nil && fact.Ordinal == at.Ordinal:
			return at, nil
		case err == nil, errors.Is(err, store.ErrNotFound):
			return store.Mark{}, nil
		}
		if err := wait(ctx, delay); err != nil {
			return at, err
		}
	}
}

func (p place) write(at store.Mark) error {
	b, err := json.Marshal(at)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(p.path+".part", b, 0o600); err != nil {
		return err
	}
	return os.Rename(p.path+".part", p.path)
}
