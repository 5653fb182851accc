package importing

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/api/client"
)

// ErrOlder means that the book rests on a newer file of who is in which network.
var ErrOlder = errors.New("the book rests on a newer file")

// standing is what the book has of a source.
type standing struct{ cited, complete bool }

// before looks at the sources the book has: what it has of this one, and whether
// one is newer. What an older file says without a date would come too late, and
// be left out without a word.
func before(ctx context.Context, c *client.Client, o Options, out *Outcome) (has standing, err error) {
	sources, err := c.Sources(ctx)
	if err != nil {
		return has, err
	}
	for _, s := range sources {
		switch {
		case s.Source == out.Source:
			has = standing{true, s.Complete}
		case o.Kind.Members() && s.Source.Kind().Members() && s.Complete && out.AsAt.Before(s.AsAt) && !o.Older:
			err = fmt.Errorf("%w: %s describes %s, and %s, which the book has already, describes %s. Import the oldest first. "+
				"Say --older to add what has dates, and leave names and places as the newer has them",
				ErrOlder, title(out.Files), out.AsAt, s.Title, s.AsAt)
		}
	}
	if has.complete { // it was not too late then
		return has, nil
	}
	return has, err
}
