package sqlite

import (
	"fmt"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
)

const (
	insertFact = `INSERT INTO fact
		(position, revision, known, stream, time, type, id, source, entities, ask, askhash, cause, correlation, actor, onbehalfof, traceparent, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	// The numbers come first, then the texts that readFact cuts from one
	// string, then the data.
	selectFact = `SELECT
		position, revision, known, stream, time, type, id, source, entities, ask, askhash, cause, correlation, actor, onbehalfof, traceparent, data
		FROM fact `

	firstText = 3
	texts     = 13
	dataAt    = firstText + texts
)

// The time sorts as text and keeps the microseconds that the writer stamps.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err
}

func at(position int64) events.Position {
	return events.PositionAt(uint64(position), uint64(position))
}

func bindFact(stmt *sqlite.Stmt, position int64, stream events.Stream, revision events.Revision, recorded time.Time, e *store.Entry) {
	stmt.BindInt64(1, position)
	stmt.BindInt64(2, int64(revision))
	if e.Known > 0 {
		stmt.BindInt64(3, int64(e.Known))
	} else {
		stmt.BindNull(3)
	}
	for i, text := range [texts]string{
		string(stream), recorded.Format(timeLayout), e.Type, string(e.ID), e.Source, entityArray(e.Entities),
		string(e.Ask), e.AskHash, string(e.Cause), string(e.Correlation), string(e.Actor), string(e.OnBehalfOf), e.Traceparent,
	} {
		if text == "" {
			stmt.BindNull(1 + firstText + i)
		} else {
			stmt.BindText(1+firstText+i, text)
		}
	}
	stmt.BindText(1+dataAt, string(e.Data))
}

// rows reads facts from rows of selectFact.
type rows struct {
	buffer []byte
}

func (r *rows) fact(stmt *sqlite.Stmt) (fact events.Recorded, err error) {
	// One string for all texts of a row: a dozen small ones would cost more
	// than SQLite does.
	var ends [texts]int
	r.buffer = r.buffer[:0]
	for i := range texts {
		r.buffer = appendColumn(r.buffer, stmt, firstText+i)
		ends[i] = len(r.buffer)
	}
	all, from, i := string(r.buffer), 0, 0
	next := func() string {
		s := all[from:ends[i]]
		from, i = ends[i], i+1
		return s
	}
	fact.Position = at(stmt.ColumnInt64(0))
	fact.Revision = events.Revision(stmt.ColumnInt64(1))
	fact.Known = events.Ordinal(stmt.ColumnInt64(2))
	fact.Stream = events.Stream(next())
	if fact.Time, err = parseTime(next()); err != nil {
		return events.Recorded{}, fmt.Errorf("%w: position %s: %w", ErrDamaged, fact.Position, err)
	}
	fact.Type = next()
	fact.ID = events.ID(next())
	fact.Source = next()
	if fact.Entities, err = parseEntities(next()); err != nil {
		return events.Recorded{}, fmt.Errorf("%w: position %s: %w", ErrDamaged, fact.Position, err)
	}
	fact.Ask = events.ID(next())
	fact.AskHash = next()
	fact.Cause = events.ID(next())
	fact.Correlation = events.ID(next())
	fact.Actor = events.PersonRef(next())
	fact.OnBehalfOf = events.Entity(next())
	fact.Traceparent = next()
	fact.Data = appendColumn(nil, stmt, dataAt)
	return fact, nil
}

func appendColumn(b []byte, stmt *sqlite.Stmt, column int) []byte {
	n, size := len(b), stmt.ColumnLen(column)
	if size == 0 {
		return b
	}
	if b == nil {
		b = make([]byte, size)
	} else {
		b = append(b, make([]byte, size)...)
	}
	stmt.ColumnBytes(column, b[n:])
	return b
}

// entityArray writes a JSON array. The names have nothing in them that JSON
// would escape: store.Check has seen to that.
func entityArray(all []events.Entity) string {
	var b strings.Builder
	for i, e := range all {
		b.WriteString([2]string{`["`, `","`}[min(i, 1)])
		b.WriteString(string(e))
	}
	b.WriteString(`"]`)
	return b.String()
}

func parseEntities(array string) ([]events.Entity, error) {
	inner, opened := strings.CutPrefix(array, `["`)
	inner, closed := strings.CutSuffix(inner, `"]`)
	if !opened || !closed {
		return nil, fmt.Errorf("%q is not an array of entities", array)
	}
	all := make([]events.Entity, 0, 1+strings.Count(inner, `","`))
	for e := range strings.SplitSeq(inner, `","`) {
		all = append(all, events.Entity(e))
	}
	return all, nil
}
