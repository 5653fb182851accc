package importing

import (
	"context"

	"github.com/ics-openbook/openbook/api/client"
)

// missing reports practices that the book has and a complete source has not.
func missing(ctx context.Context, c *client.Client, said *reports) error {
	return nil
}
