package index

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/ics-openbook/openbook/services/internal/store"
)

// check compares the index with its store: the last fact counted must still be
// where it was. If it is, so is all before it, for a store only grows at its
// end; if not, the store was put back from an older backup, or is another. A book that
// was moved keeps its name, but has positions of another place: that store is not asked
// for the old ones, which it may hold to be a mistake.
func (x *Index) check(ctx context.Context) error {
	for _, of := range []struct{ name, is string }{{"book", string(x.Book)}, {"place", x.Place}} {
		stmt, err := x.conn.Prepare("SELECT value FROM meta WHERE name = ?")
		if err != nil {
			return unfit(err)
		}
		stmt.BindText(1, of.name)
		was, err := sqlitex.ResultText(stmt)
		if err != nil {
			return fmt.Errorf("%w: it does not say of which %s it is: %w", errUnfit, of.name, err)
		}
		if was != of.is {
			return fmt.Errorf("%w: it is of %s %s, the store of %s", errUnfit, of.name, was, of.is)
		}
	}
	last, before, err := lastTwo(x.conn)
	if err != nil {
		return unfit(err)
	}
	if last == (store.Mark{}) {
		return nil
	}
	for fact, err := range x.Store.ReadAll(ctx, before.Position) {
		switch {
		case err != nil:
			return fmt.Errorf("compare the index with the store: %w", err)
		case fact.Position != last.Position || fact.ID != last.ID:
			return fmt.Errorf("%w: after position %s the store holds fact %s at %s, the index %s at %s", errUnfit, before.Position, fact.ID, fact.Position, last.ID, last.Position)
		}
		x.mark = last
		return nil
	}
	return fmt.Errorf("%w: it has counted %d facts, the store holds fewer", errUnfit, last.Ordinal)
}
