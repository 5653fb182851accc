package importing

import (
	"context"
	"errors"
	"fmt"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
)

// mostAbsent is how many of the practices that the book has open a list of all
// practices may lack, in per cent. Of those that ever were in a network by 2025,
// one in ten is not in the list of 2026; a list that lacks more is not whole.
const mostAbsent = 25

// ErrPart means that a list of all practices is only a part of one.
var ErrPart = errors.New("only a part, it seems")

// absent adds the practices that the book has open and a list of all practices
// does not have.
func absent(ctx context.Context, c *client.Client, said *reports, files []string) error {
	var missing []*network.ReportPractice
	open := 0
	for p, err := range c.Practices(ctx, client.When{On: said.asAt}) {
		if err != nil {
			return err
		}
		if open++; said.practices[p.Code] == nil {
			missing = append(missing, &network.ReportPractice{Code: events.Practice(p.Code), Name: p.Name, Absent: true})
		}
	}
	if len(missing)*100 > open*mostAbsent {
		return fmt.Errorf("%w: %s lists %d practices, and %d of the %d that the book has open are not among them. Say --part, and nothing is concluded from what it does not have",
			ErrPart, title(files), len(said.practices), len(missing), open)
	}
	for _, a := range missing {
		said.practices[a.Code] = a
	}
	return nil
}
