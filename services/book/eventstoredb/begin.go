package eventstoredb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// The events of the stream about the book: the first is begun, and each time it
// is opened there are two more.
const (
	begun   = "book.begun"   // {book}
	opened  = "book.opened"  // settings are checked up to here: reading up to it ends for certain
	checked = "book.checked" // {upto, head}: they were as they must be, up to there
)

// about is what those events say.
type about struct {
	Book store.BookID    `json:"book,omitempty"`
	Upto events.Position `json:"upto,omitzero"`
	Head events.Position `json:"head,omitzero"`
}

// looked is how many of the last of these events are searched for one that was
// checked. Without one everything is checked again.
const looked = 100

// begin finds out which book this is, or begins one; that the server remembers
// all of it; and where it ends.
func (s *Store) begin(ctx context.Context, o Options) error {
	first, err := s.recognise(ctx, o)
	if err != nil {
		return err
	}
	// First where to begin, then the mark where to end: others who open it
	// meanwhile may get further than this mark.
	since, err := s.checked(ctx, positionOf(first))
	if err != nil {
		return err
	}
	mark, err := s.note(ctx, opened, about{})
	if err != nil {
		return err
	}
	upto, err := s.check(ctx, since.Upto, mark)
	if err != nil {
		return err
	}
	// Looking for the end goes back to where the last opening found it.
	found := edge{head: since.Head, seen: since.Upto}
	if !found.head.IsZero() {
		facts, err := s.Pick(ctx, []events.Position{found.head})
		if err != nil {
			return fmt.Errorf("%w: the last fact of an earlier opening: %w", ErrDamaged, err)
		}
		found.time = facts[0].Time
	}
	s.end.reach(found)
	if found, err = s.look(ctx); err != nil {
		return err
	}
	_, err = s.note(ctx, checked, about{Upto: upto, Head: found.head})
	return err
}

// recognise reads the first event about the book, and writes it where there is
// none: of two who do so one is first, and both read that.
func (s *Store) recognise(ctx context.Context, o Options) (*esdb.RecordedEvent, error) {
	for range 2 {
		page, err := s.readStream(ctx, s.about(), esdb.Forwards, esdb.Start{}, 1)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 && o.Existing {
			return nil, fmt.Errorf("%w: check the connection, and the name after ?book=", ErrNone)
		}
		if len(page) == 0 {
			id := cmp.Or(o.Begin, store.BookID(uuid.NewString()))
			if _, err := s.noteAt(ctx, events.NoStream, uuid.New(), begun, about{Book: id}); err != nil && !errors.Is(err, store.ErrConflict) {
				return nil, err
			}
			continue
		}
		var a about
		first := page[0]
		switch err := json.Unmarshal(first.Data, &a); {
		case err != nil, first.EventType != begun, a.Book == "":
			return nil, fmt.Errorf("%w: stream %s belongs to something else: name another book by ?book=NAME", ErrForeign, s.about())
		case o.Begin != "" && a.Book != o.Begin:
			return nil, fmt.Errorf("%w: there is book %s, not %s: name another by ?book=NAME", ErrForeign, a.Book, o.Begin)
		case !told(positionOf(first)):
			return nil, errors.New("the server does not say where in the log the events of a stream are: take EventStoreDB 22.6 or later")
		}
		s.book, s.place = a.Book, "esdb "+first.EventID.String()
		return first, nil
	}
	return nil, fmt.Errorf("%w: stream %s was written and cannot be read", ErrDamaged, s.about())
}

// checked is the last that was checked. Before the book was begun there is
// nothing of it.
func (s *Store) checked(ctx context.Context, beginning events.Position) (about, error) {
	page, err := s.readStream(ctx, s.about(), esdb.Backwards, esdb.End{}, looked)
	if err != nil {
		return about{}, err
	}
	for _, e := range page {
		var a about
		if e.EventType == checked {
			err := json.Unmarshal(e.Data, &a)
			return a, err
		}
	}
	return about{Upto: beginning}, nil
}

// note adds an event about the book. Others who open it add theirs.
func (s *Store) note(ctx context.Context, kind string, a about) (id uuid.UUID, err error) {
	id = uuid.New()
	for range tries {
		page, err := s.readStream(ctx, s.about(), esdb.Backwards, esdb.End{}, 1)
		if err != nil {
			return id, err
		}
		if len(page) == 0 {
			return id, fmt.Errorf("%w: stream %s is empty", ErrDamaged, s.about())
		}
		if _, err := s.noteAt(ctx, events.Revision(page[0].EventNumber), id, kind, a); !errors.Is(err, store.ErrConflict) {
			return id, err
		}
	}
	return id, fmt.Errorf("%w: others open it all the time", store.ErrUnavailable)
}

func (s *Store) noteAt(ctx context.Context, expected events.Revision, id uuid.UUID, kind string, a about) (events.Position, error) {
	data, err := json.Marshal(a)
	if err != nil {
		return events.Position{}, err
	}
	return s.send(ctx, s.about(), expected, []esdb.EventData{{EventID: id, EventType: kind, ContentType: esdb.ContentTypeJson, Data: data}})
}

// check reads the settings of the book's streams that were made after a
// position and before the event with an id, whose position it returns. The last
// settings of a stream count.
func (s *Store) check(ctx context.Context, since events.Position, mark uuid.UUID) (events.Position, error) {
	forgetful := map[string]string{}
	prefixes := []string{"$$" + s.prefix(), "$$" + s.about(), s.about()}
	for {
		got, err := s.following(ctx, since, prefixes, func(e *esdb.RecordedEvent, n int) bool { return e.EventID == mark || n == pageFacts })
		if err != nil {
			return since, err
		}
		for _, e := range got.events {
			if stream, is := strings.CutPrefix(e.StreamID, "$$"); is {
				forgetful[stream] = forgets(e.Data)
			}
			if e.EventID != mark {
				continue
			}
			maps.DeleteFunc(forgetful, func(_, settings string) bool { return settings == "" })
			if len(forgetful) == 0 {
				return positionOf(e), nil
			}
			stream := slices.Min(slices.Collect(maps.Keys(forgetful)))
			return since, fmt.Errorf("%w: stream %s has %s, and so have %d others: a book keeps everything, so take these settings away, and put back from a backup what they have hidden", ErrForgetful, stream, forgetful[stream], len(forgetful)-1)
		}
		since = got.upto
	}
}

// forgets says which settings of a stream would hide facts of it.
func forgets(settings []byte) string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(settings, &fields); err != nil {
		return "settings that cannot be read"
	}
	var found []string
	for _, name := range []string{"$maxAge", "$maxCount", "$tb"} {
		if value, is := fields[name]; is && string(value) != "null" && (name != "$tb" || string(value) != "0") {
			found = append(found, name)
		}
	}
	return strings.Join(found, " and ")
}
