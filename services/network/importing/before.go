package importing

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/api/client"
)

// ErrOlder means that the book rests on a newer file of who is in which network.
var ErrOlder = errors.New("the book rests on a newer file")

// before looks at the sources the book has: whether this one is among them in
// full, so that nothing is left to do, and whether one is newer. What an older
// file says without a date would come too late, and be left out without a word.
func before(ctx context.Context, c *client.Client, o Options, out *Outcome) (done bool, err error) {
	sources, err := c.Sources(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range sources {
		switch {
		case s.Source == out.Source && s.Complete:
			return !o.Again, nil
		case o.Kind.Members() && s.Source.Kind().Members() && s.Complete && out.AsAt.Before(s.AsAt) && !o.Older:
			err = fmt.Errorf("%w: %s describes %s, and %s, which the book has already, describes %s. Import the oldest first. "+
				"Say --older to add what has dates, and leave names and places as the newer has them",
				ErrOlder, title(out.Files), out.AsAt, s.Title, s.AsAt)
		}
	}
	return false, err
}
