package importing

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client"
)

// absent adds the practices that the book has open and a list of all practices
// does not have.
func absent(ctx context.Context, c *client.Client, said *reports) error {
	for p, err := range c.Practices(ctx, client.When{On: said.asAt}) {
		if err != nil {
			return err
		}
		if said.practices[p.Code] == nil {
			said.practices[p.Code] = &network.ReportPractice{Code: p.Code, Name: p.Name, Absent: true}
		}
	}
	return nil
}
